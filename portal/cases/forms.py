"""The forms of a case's desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.colleagues.forms import ColleagueField
from portal.comments.forms import LONGEST as LONGEST_COMMENT
from portal.ideas.forms import CORE_QUESTIONS, QuestionsField
from portal.text.dates import read_date
from portal.text.language import gettext, lazy
from portal.text.markdown import LONGEST
from portal.web.forms import (
    BooleanField,
    Form,
    HiddenNumber,
    NumberField,
    RadioField,
    StringField,
    TextAreaField,
    at_most,
    options,
    required,
)
from portal.web.request import Request


class DayForm(Form):
    """When the answer comes."""

    on = StringField(lazy("On which day do you answer?"), [required(lazy("Name the day."))])
    day: date | None = None

    def validate_on(self, field: wtforms.Field) -> None:
        """A date."""
        self.day = read_date(field.data)
        if self.day is None:
            raise StopValidation(gettext("Give a date, such as 2027-01-31."))


class StatementForm(Form):
    """What is said before the answer."""

    text_field = "words"
    words = TextAreaField(lazy("Your statement"), [required(lazy("Write the statement.")), at_most(LONGEST)])


class QuestionForm(Form):
    """What the author is asked."""

    text_field = "words"
    words = TextAreaField(lazy("Your question"), [required(lazy("Write the question.")), at_most(1000)])


class ReplyForm(Form):
    """What its author says to that."""

    words = TextAreaField(lazy("Your answer"), [required(lazy("Write your answer.")), at_most(LONGEST_COMMENT)])


class QuestionsForm(Form):
    """What its authors want to know above all."""

    text_field = "questions"
    questions = QuestionsField(CORE_QUESTIONS, [required(lazy("Write at least one question."))])


class ExtensionForm(Form):
    """How much more time, and why; `of` says at most how much."""

    text_field = "words"
    days: Any = None
    words: Any = None

    @classmethod
    def of(cls, most: int) -> type[ExtensionForm]:
        """As many working days as the charter of the case allows."""
        fields = {
            "days": NumberField(lazy("How many working days more?"), 1, most),
            "words": TextAreaField(lazy("Why?"), [required(lazy("Give the reason.")), at_most(1000)]),
        }
        return type("ExtensionForm", (cls,), fields)


class AgreeForm(Form):
    """Whether there is more time."""

    agreed = RadioField(
        lazy("May it take longer?"),
        [required(lazy("Choose yes or no."))],
        choices=options((("yes", lazy("Yes, once")), ("no", lazy("No, the day stays")))),
    )


class ApprovalForm(Form):
    """Whether what can't be discussed in public is published so; and else why not. `version`: of the text that was
    read."""

    agreed = RadioField(
        lazy("Do you agree to it?"),
        [required(lazy("Choose yes or no."))],
        choices=options((("yes", lazy("Yes, publish it")), ("no", lazy("No, send it back")))),
    )
    words = TextAreaField(lazy("Why not?"), [at_most(1000)])
    version = HiddenNumber(default=0)

    def validate_words(self, field: wtforms.Field) -> None:
        """A reason, where she does not agree."""
        if self.agreed.data == "no":
            required(gettext("Give the reason."))(self, field)


class TriedForm(Form):
    """A form that can be tried first: all of it is checked and nothing done, to show what would come of it."""

    tried = False

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """As it was sent, or tried."""
        form = await super().sent(request, **options)
        form.tried, form.only_shown = form.only_shown, False
        return form

    @property
    def complete(self) -> bool:
        """What was tried is shown again."""
        return super().complete and not self.tried


class HandForm(TriedForm):
    """To whom it goes, and why. `shown`: who that is, when it was tried."""

    text_field = "words"
    to = ColleagueField(lazy("Who decides it from now on?"), [required(lazy("Name the colleague."))])
    words = TextAreaField(lazy("Why?"), [required(lazy("Say why: everybody reads it.")), at_most(1000)])
    shown: Any = None


class TakeForm(Form):
    """Whether she takes it."""

    agreed = RadioField(
        lazy("Do you take it over?"),
        [required(lazy("Choose yes or no."))],
        choices=options((("yes", lazy("Yes, I decide it from now on")), ("no", lazy("No, it stays whose it is")))),
    )


class DoubtForm(Form):
    """How much of the support is none, and why."""

    text_field = "words"
    number = NumberField(lazy("How many of the supporters are none?"), 1, 1_000_000)
    words = TextAreaField(lazy("Why?"), [required(lazy("Give the reason.")), at_most(1000)])


class BringForm(Form):
    """Why a case is opened that no threshold opened."""

    text_field = "reason"
    reason = TextAreaField(lazy("Why?"), [required(lazy("Say why: everybody reads it.")), at_most(1000)])
    statement: Any = None


class TakeUpForm(BringForm):
    """The same by who decides, with what she says about it at once, if she likes."""

    statement = TextAreaField(lazy("Your first statement"), [at_most(LONGEST)])

    def texts_at(self, places: Sequence[int]) -> list[str]:
        """The reason, or the statement."""
        return [("reason", "statement")[n] for n in places]


class TriageForm(TriedForm):
    """What a case is about, and whom it is about. Without `owner` the rules say who decides; tried, it
    shows who would get it."""

    topic: Any = None
    unit = StringField(lazy("Unit"), [at_most(500)])
    complaint = BooleanField(lazy("Its author complains about somebody above her or him"))
    named = ColleagueField(lazy("Is somebody named, or complained about?"))
    other = ColleagueField(lazy("And somebody else?"))
    owner = ColleagueField(lazy("Should somebody else decide than the rules say?"))


class PlainForm(Form):
    """Nothing but a yes."""


class LeavingForm(Form):
    """Why an item stands by itself again: its author need not say so."""

    text_field = "reason"
    reason = TextAreaField(lazy("Why?"), [at_most(500)])


class ApartForm(LeavingForm):
    """The same of a moderator, who says why."""

    reason = TextAreaField(lazy("Why?"), [required(lazy("Say why: its author reads it.")), at_most(500)])


class TogetherForm(Form):
    """Which other item counts together with this one, and why."""

    text_field = "reason"

    other = StringField(
        lazy("The address of the other"), [required(lazy("Paste the address of the other one.")), at_most(300)]
    )
    reason = TextAreaField(lazy("Why?"), [required(lazy("Say why: everybody reads it.")), at_most(500)])

    @property
    def named(self) -> str:
        """What its address ends with."""
        return str(self.other.data or "").partition("?")[0].partition("#")[0].strip().rstrip("/").rpartition("/")[2]
