"""The forms of an answer and of a status."""

from __future__ import annotations

from datetime import date

import wtforms
from wtforms.validators import StopValidation

from portal.answers.queries import AnswerText
from portal.colleagues.forms import ColleagueField
from portal.text.answers import ANSWER_KINDS
from portal.text.language import gettext
from portal.text.markdown import LONGEST
from portal.text.statuses import STATUSES
from portal.web.forms import (
    YEARS,
    Form,
    HiddenNumber,
    PreviewedForm,
    RadioField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

#: What is compared letter by letter.
TYPED = ("kind", "summary", "reason", "from_when", "next_step")


class AnswerForm(PreviewedForm):
    """The official answer."""

    previewed = "reason"

    kind = RadioField(
        lazy("The decision"),
        [required(lazy("Choose the decision."))],
        choices=options((kind, words.choice) for kind, words in ANSWER_KINDS.items()),
    )
    summary = StringField(
        lazy("The answer in one line"), [required(lazy("Sum the answer up in one line.")), at_most(200)]
    )
    reason = TextAreaField(lazy("Why?"), [required(lazy("Give the reason.")), at_most(LONGEST)])
    from_when = StringField(lazy("From when?"), [at_most(120)])
    next_step = StringField(
        lazy("What happens next?"),
        [required(lazy("Say what happens next, even if it is nothing.")), at_most(300)],
    )
    next_owner_called = ColleagueField(lazy("Who sees to it?"), [required(lazy("Name the colleague who sees to it."))])
    next_date = StringField(lazy("News by"))
    version = HiddenNumber(default=1)
    next_day: date | None = None

    def says(self, text: AnswerText, next_owner: int) -> bool:
        """Whether it says just what stands there already."""
        day = text.next_date.isoformat() if text.next_date else ""
        typed = {name: self[name].data or "" for name in TYPED}
        return typed == {name: getattr(text, name) for name in TYPED} and (next_owner, self.next_date.data or "") == (
            text.next_owner,
            day,
        )

    def validate_next_date(self, field: wtforms.Field) -> None:
        """A date, where one is given."""
        if not field.data:
            return
        try:
            day = date.fromisoformat(field.data)
        except ValueError:
            day = date.max
        if day.year not in YEARS:
            raise StopValidation(gettext("Give a date, such as 2027-01-31."))
        self.next_day = day


class StatusForm(Form):
    """A step on the way, with the text without which there is none."""

    step = RadioField(
        lazy("Where does it stand?"),
        [required(lazy("Choose where it stands."))],
        choices=options((status, words.words) for status, words in STATUSES.items()),
    )
    body = TextAreaField(
        lazy("What does everybody need to know?"), [required(lazy("Say in a line what this means.")), at_most(2000)]
    )
