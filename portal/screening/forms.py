"""The forms of screening."""

from __future__ import annotations

from typing import Any

from wtforms.validators import StopValidation

from portal.sensitive.queries import Door, Shown
from portal.text.language import gettext
from portal.web.forms import (
    Form,
    HiddenNumber,
    RadioField,
    SelectField,
    TextAreaField,
    at_most,
    choose_from,
    lazy,
    options,
    required,
)

LONGEST_WORDS = 1000


class DecideForm(Form):
    """Whether it is published, or belongs at another door."""

    what = RadioField(
        lazy("What becomes of it?"),
        [required(lazy("Choose one of these."))],
        choices=options(
            [
                ("publish", lazy("Publish it: there is nothing sensitive in it")),
                ("divert", lazy("Divert it: it belongs at another door, and leaves no trace here")),
            ]
        ),
    )
    category = SelectField(lazy("Category"), default="")
    door = SelectField(lazy("Which door?"), default="")
    words = TextAreaField(lazy("Message to the author"), [at_most(LONGEST_WORDS)])
    version = HiddenNumber(default=1)
    order = ("what", "category", "door", "words")

    @classmethod
    def of(cls, categories: list[Shown]) -> type[DecideForm]:
        """With the categories and their doors."""
        doors = [(str(door.id), f"{shown.name}: {door.name}") for shown in categories for door in shown.doors]
        fields: dict[str, Any] = {
            "category": SelectField(
                cls.category.args[0], choices=choose_from((one.key, one.name) for one in categories), default=""
            ),
            "door": SelectField(cls.door.args[0], choices=choose_from(doors), default="") if doors else None,
        }
        return type("DecideForm", (cls,), fields)

    def validate_category(self, field: Any) -> None:
        """What is diverted is of a category."""
        if self.what.data == "divert" and not field.data:
            raise StopValidation(gettext("Say of which category it is; the author reads it."))

    def validate_words(self, field: Any) -> None:
        """Whoever is sent to another door is told why."""
        if self.what.data == "divert" and not field.data:
            raise StopValidation(gettext("Write why it belongs elsewhere, and what the author can do."))

    def chosen_door(self, categories: list[Shown]) -> Door | None:
        """The door that was chosen; an error stands there where it is one of another category, or none of several."""
        of_category = next((one.doors for one in categories if one.key == self.category.data), [])
        chosen = self.door.data if self.door else ""
        door = next((one for one in of_category if str(one.id) == chosen), None)
        if self.what.data == "divert" and of_category and door is None:
            self.refuse("door", gettext("Choose a door of this category."))
        return door


class UnmaskForm(Form):
    """Why somebody has to know who wrote it."""

    reason = TextAreaField(
        lazy("Why do you have to know who wrote it?"), [required(lazy("Say why.")), at_most(LONGEST_WORDS)]
    )


class AppealForm(Form):
    """Why it should have been published."""

    words = TextAreaField(
        lazy("Why does it belong on the square?"),
        [required(lazy("Say why you see it differently.")), at_most(LONGEST_WORDS)],
    )


class OutcomeForm(Form):
    """What the neutral decides."""

    outcome = RadioField(
        lazy("What do you decide?"),
        [required(lazy("Choose what you decide."))],
        choices=options(
            [
                ("granted", lazy("Publish it after all")),
                ("upheld", lazy("It stays diverted; its text is destroyed")),
            ]
        ),
    )
    words = TextAreaField(
        lazy("Why?"), [required(lazy("Give the reason; the author reads it.")), at_most(LONGEST_WORDS)]
    )
