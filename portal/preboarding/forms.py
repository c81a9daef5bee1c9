"""The forms of pre-boarding."""

from __future__ import annotations

import re
from typing import Any

from wtforms.validators import StopValidation

from portal.invitations.queries import GuestSpace
from portal.invitations.recipients import first_day_problem
from portal.preboarding.queries import ChapterRow
from portal.text.language import gettext
from portal.text.markdown import LONGEST
from portal.web.beside import SeenForm
from portal.web.forms import (
    DayField,
    Form,
    NumberField,
    RadioField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

USUAL = {"-30": lazy("30 days before the first day"), "-7": lazy("A week before it"), "0": lazy("On the first day")}
FURTHEST = 365  # days before or after
NUMBER = re.compile("-?[0-9]{1,3}")


class ChapterForm(SeenForm):
    """A chapter: what it says, and from which day on."""

    title = StringField(lazy("Title"), [required(lazy("Give it a title.")), at_most(120)])
    body = TextAreaField(lazy("Text"), [required(lazy("Write what people who start should know.")), at_most(LONGEST)])
    when = RadioField(
        lazy("When does it open?"), choices=options([*USUAL.items(), ("own", lazy("On another day"))]), default="-30"
    )
    days = StringField(lazy("How many days after the first day?"))
    opens = 0

    def of(self, chapter: ChapterRow) -> ChapterForm:
        """With what is there."""
        self.title.data, self.body.data, self.seen.data = chapter.title, chapter.body, chapter.seen
        self.when.data = str(chapter.opens) if str(chapter.opens) in USUAL else "own"
        self.days.data = str(chapter.opens) if self.when.data == "own" else ""
        return self

    def validate_days(self, field: Any) -> None:
        """A number of days, where the usual ones were not chosen."""
        typed = field.data.strip().replace("−", "-") if self.when.data == "own" else self.when.data
        if not NUMBER.fullmatch(typed) or abs(int(typed)) > FURTHEST:
            raise StopValidation(gettext("Give a number of days, such as 3; with a minus sign for before, such as -3."))
        self.opens = int(typed)


class MentorForm(Form):
    """How many people one looks after, and a word to them."""

    most = NumberField(lazy("How many people at once?"), 1, 20, default=2)
    words = TextAreaField(lazy("A word to whom you look after"), [at_most(500)])


class FirstDayForm(Form):
    """Somebody's first day."""

    starts_on = DayField(lazy("First day"), [required(lazy("Say on which day she or he starts."))])

    def within(self, space: GuestSpace) -> FirstDayForm:
        """In a space, whose calendar says what today is."""
        self.space = space
        return self

    def validate_starts_on(self, field: Any) -> None:
        """A day within a year."""
        if field.data and (problem := first_day_problem(field.data, self.space)):
            raise StopValidation(problem)
