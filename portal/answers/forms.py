"""The forms of an answer and of a status."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.answers.queries import AnswerText, PolicyChoice
from portal.colleagues.forms import ColleagueField
from portal.ideas.forms import DraftedForm, needed
from portal.starts.queries import Start
from portal.text.answers import ANSWER_KINDS, CATEGORIES, NOT_OURS, NOT_PUBLIC
from portal.text.language import gettext
from portal.text.markdown import LONGEST
from portal.text.statuses import STATUSES
from portal.web.forms import (
    OTHER_YEAR,
    YEARS,
    Form,
    HiddenField,
    HiddenNumber,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    choose_from,
    lazy,
    options,
    required,
)

#: What is compared letter by letter.
TYPED = ("kind", "summary", "reason", "from_when", "next_step", "whose")
#: What a starting text fills, where nothing stands yet.
STARTED = ("kind", "summary", "reason", "next_step")
LONGEST_REPLY = 2000


def read_day(form: Any, field: wtforms.Field) -> date | None:
    """The day that was typed, if one was; of a draft, whatever it is."""
    if not field.data or form.is_draft:
        return None
    try:
        day = date.fromisoformat(field.data)
    except ValueError:
        raise StopValidation(gettext("Give a date, such as 2027-01-31.")) from None
    if day.year not in YEARS:
        raise StopValidation(OTHER_YEAR)
    return day


class AnswerForm(DraftedForm):
    """The official answer."""

    previewed = "reason"

    order = (
        *("start", "kind", "whose", "category", "review_on", "approver_called", "summary", "reason", "reply_"),
        *("next_step", "next_owner_called", "from_when", "next_date", "policy"),
    )
    kind = RadioField(lazy("The decision"), [needed(lazy("Choose the decision."))])
    whose = StringField(lazy("Whose is it?"), [at_most(120)])
    category: Any = None
    review_on: Any = None
    approver_called: Any = None
    summary = StringField(
        lazy("The answer in one line"), [needed(lazy("Sum the answer up in one line.")), at_most(200)]
    )
    reason = TextAreaField(lazy("Why?"), [needed(lazy("Give the reason.")), at_most(LONGEST)])
    from_when = StringField(lazy("From when?"), [at_most(120)])
    policy: Any = None
    next_step = StringField(
        lazy("What happens next?"),
        [needed(lazy("Say what happens next, even if it is nothing.")), at_most(300)],
    )
    next_owner_called = ColleagueField(lazy("Who sees to it?"), [needed(lazy("Name the colleague who sees to it."))])
    next_date = StringField(lazy("News by"))
    start: Any = None
    replies_to = HiddenField()
    version = HiddenNumber(default=1)
    apart = ("start",)
    next_day: date | None = None
    review_day: date | None = None
    questions: tuple[str, ...] = ()
    asked_anew = False  # the authors named or changed them after the draft was saved

    @classmethod
    def of(
        cls, questions: tuple[str, ...], policies: list[PolicyChoice], starts: list[Start], *, owed: bool, secret: bool
    ) -> type[AnswerForm]:
        """With a reply to each of the authors' questions; what is `owed` to a case takes all that rule 9 asks for;
        `secret`: it may be about what can't be discussed in public."""
        kinds = options((kind, words.choice) for kind, words in ANSWER_KINDS.items() if secret or kind != NOT_PUBLIC)
        fields: dict[str, Any] = {
            "kind": RadioField(cls.kind.args[0], cls.kind.args[1], choices=kinds),
            "questions": questions,
            "policy": _policy(policies) if policies else None,
            "start": _start(starts) if starts else None,
        }
        must = [needed(lazy("Reply to this question."))] if owed else []
        for n, question in enumerate(questions):
            fields[f"reply_{n}"] = TextAreaField(question, [*must, at_most(LONGEST_REPLY)])
        if owed:
            fields["from_when"] = StringField(cls.from_when.args[0], [needed(lazy("Say from when.")), at_most(120)])
            fields["next_date"] = StringField(cls.next_date.args[0], [needed(lazy("Name the day."))])
        if secret:
            fields["category"] = SelectField(
                lazy("Why can’t it be discussed?"), choices=choose_from(CATEGORIES.items()), default=""
            )
            fields["review_on"] = StringField(lazy("When is it looked at again?"))
            fields["approver_called"] = ColleagueField(lazy("Who agrees to it, beside you?"))
        return type("AnswerForm", (cls,), fields)

    @property
    def replies(self) -> list[Any]:
        """The fields of the authors' questions, in their order."""
        return [self[f"reply_{n}"] for n in range(len(self.questions))]

    @property
    def for_approval(self) -> bool:
        """Whether somebody else has to agree first."""
        return bool(self.kind.data == NOT_PUBLIC)

    @property
    def first_error(self) -> str:
        """What is wrong first, for a draft that saves itself."""
        return str(next((message for field in self for message in field.errors), ""))

    def says(self, text: AnswerText, next_owner: int) -> bool:
        """Whether it says just what stands there already."""
        day = text.next_date.isoformat() if text.next_date else ""
        typed = {name: self[name].data or "" for name in TYPED}
        return typed == {name: getattr(text, name) for name in TYPED} and (
            next_owner,
            self.next_date.data or "",
            self.policy.data if self.policy else text.policy,
            [field.data for field in self.replies],
        ) == (text.next_owner, day, text.policy, text.replies)

    def begin_with(self, start: Start) -> None:
        """Fills what is empty."""
        for name in STARTED:
            if not self[name].data:
                self[name].data = getattr(start, name)

    def validate_next_date(self, field: wtforms.Field) -> None:
        """A date, where one is given."""
        self.next_day = read_day(self, field)

    def validate_review_on(self, field: wtforms.Field) -> None:
        """A date, of what can't be discussed in public."""
        if self.for_approval:
            needed(gettext("Name the day."))(self, field)
            self.review_day = read_day(self, field)

    def validate_whose(self, field: wtforms.Field) -> None:
        """Somebody's, if it is not ours."""
        if self.kind.data == NOT_OURS:
            needed(gettext("Say who decides about it."))(self, field)

    def validate_category(self, field: wtforms.Field) -> None:
        """One of them, of what can't be discussed in public."""
        if self.for_approval:
            needed(gettext("Choose why."))(self, field)

    def validate_approver_called(self, field: wtforms.Field) -> None:
        """Somebody, of what can't be discussed in public."""
        if self.for_approval:
            needed(gettext("Name the colleague who agrees to it."))(self, field)


def _policy(policies: list[PolicyChoice]) -> SelectField:
    version = gettext("%(title)s, version %(n)s")
    offered = ((one.key, version % {"title": one.title, "n": one.version}) for one in policies)
    return SelectField(lazy("Policy that it changes"), choices=options([("", gettext("None")), *offered]), default="")


def _start(starts: list[Start]) -> SelectField:
    offered = choose_from((one.public_id, one.name) for one in starts)
    return SelectField(lazy("Begin with a text"), choices=offered, default="")


def mark_of(questions: tuple[str, ...]) -> str:
    """The questions in short, by which one sees that they were changed."""
    return hashlib.sha256(repr(questions).encode()).hexdigest()[:16] if questions else ""


class StatusForm(Form):
    """A step on the way, with the text without which there is none."""

    step = RadioField(
        lazy("Where does it stand?"),
        [required(lazy("Choose where it stands."))],
        choices=options((status, words.words) for status, words in STATUSES.items()),
    )
    body = TextAreaField(
        lazy("What does everybody need to know?"), [required(lazy("Say what everybody needs to know.")), at_most(2000)]
    )
