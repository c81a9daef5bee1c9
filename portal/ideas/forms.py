"""The forms of an idea."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import wtforms
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from portal.ideas.actions import Content
from portal.ideas.queries import Choice, Question
from portal.text.language import LANGUAGES, gettext
from portal.text.markdown import LONGEST
from portal.web.forms import (
    OTHER_YEAR,
    YEARS,
    BooleanField,
    Form,
    HiddenNumber,
    PreviewedForm,
    RadioField,
    SelectField,
    StringField,
    TagsField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)
from portal.web.request import Request

LONGEST_REPLY = 2000
NUMBER = re.compile(r"[-−]?\d{1,15}([.,]\d{1,6})?")


class IdeaTags(TagsField):
    """Tags, of which those that the campaign has `offered` have a box each; a draft may have any that can be kept."""

    offered: tuple[str, ...] = ()
    longest_kept = 500

    def pre_validate(self, form: BaseForm) -> None:
        """A few short words, once it is posted."""
        if not form.is_draft or any(len(tag) > self.longest_kept for tag in self.data or []):  # type: ignore[attr-defined]
            super().pre_validate(form)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(tag for tag in self.data or [] if tag not in self.offered)


class QuestionsField(TextAreaField):
    """What its authors want to know above all: a question a line; `data` is a list."""

    data: Any
    most = 3
    longest = 200

    def process_data(self, value: Any) -> None:
        """As they are kept."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Splits."""
        lines = "\n".join(valuelist).splitlines()
        self.data = [line.strip() for line in lines if line.strip()]

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(self.data or [])

    def pre_validate(self, form: BaseForm) -> None:
        """A few short ones."""
        if len(self.data) > self.most:
            raise StopValidation(gettext("Name at most %(n)s questions.") % {"n": self.most})
        if any(len(line) > self.longest for line in self.data):
            raise StopValidation(gettext("Keep each question to %(n)s characters.") % {"n": self.longest})


CORE_QUESTIONS = lazy("What do you want to know above all?")
Check = Callable[[wtforms.Form, wtforms.Field], None]


def needed(message: str) -> Check:
    """Required, but not of a draft."""
    required_ = required(message)

    def check(form: wtforms.Form, field: wtforms.Field) -> None:
        if not form.is_draft:  # type: ignore[attr-defined]
            required_(form, field)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


class ReplyField(StringField):
    """What an idea says to a question of its campaign; a draft may say anything."""

    def __init__(self, question: Question, **options: Any) -> None:
        checks: list[Check] = [needed(lazy("This question needs a reply."))] if question.required else []
        super().__init__(question.label, [*checks, at_most(LONGEST_REPLY)], **options)
        self.question = question
        self.choices = options_of(question)
        if question.kind == "number":
            self.flags.maxlength = None  # nobody counts its characters

    def pre_validate(self, form: BaseForm) -> None:
        """Of its kind."""
        if self.question.kind != "text":
            super().pre_validate(form)
        if self.data and not form.is_draft:  # type: ignore[attr-defined]
            CHECKS[self.question.kind](self.question, self.data)

    def iter_choices(self) -> Any:
        """What a choice offers, as radio buttons take it."""
        return [(value, words, value == self.data) for value, words in self.choices]


def options_of(question: Question) -> list[tuple[str, str]]:
    """What a question lets one choose."""
    return [(option, option) for option in question.options]


def _choice(question: Question, reply: str) -> None:
    if reply not in question.options:
        raise StopValidation(gettext("Choose one of these."))


def _number(question: Question, reply: str) -> None:
    if not NUMBER.fullmatch(reply):
        raise StopValidation(gettext("Give a number, such as 12 or 12.5."))


def _date(question: Question, reply: str) -> None:
    try:
        day = date.fromisoformat(reply)
    except ValueError:
        raise StopValidation(gettext("Give a date, such as 2027-01-31.")) from None
    if day.year not in YEARS:
        raise StopValidation(OTHER_YEAR)


CHECKS: dict[str, Callable[[Question, str], None]] = {
    "text": lambda question, reply: None,
    "choice": _choice,
    "number": _number,
    "date": _date,
}


class RepliesForm(Form):
    """What is said to the questions of a campaign, each with a field of its own."""

    order = (
        *("title", "reply_", "body", "tags", "service", "topic", "core_questions", "confidential", "anonymous"),
        "language",
    )
    is_draft = False
    asked: tuple[Question, ...] = ()

    @property
    def replies(self) -> list[Any]:
        """Their fields, in their order."""
        return [self[name_of(question)] for question in self.asked]

    @property
    def replied(self) -> dict[int, str]:
        """What stands in them, by the question's id."""
        return {field.question.id: field.data for field in self.replies}


class DraftedForm(PreviewedForm):
    """What can be kept as a draft before it is posted: an idea, or a post."""

    is_draft = False
    together = False  # somebody writes it along, or is asked to
    documents = False  # files are attached that may hold the name of who made them
    named_only = ""  # why nobody writes there without her name

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """And whether it is to be kept as a draft."""
        form = await super().sent(request, **options)
        form.is_draft = "draft" in form.typed
        return form

    def validate_anonymous(self, field: wtforms.Field) -> None:
        """Who writes along knows whose it is, and documents say it: then it has a name."""
        if field.data and self.together:
            raise StopValidation(gettext("Others write it along, or are asked to. Post it with your name."))
        if field.data and self.documents:
            words = gettext("Its documents may hold your name. Take them away first, or post it with your name.")
            raise StopValidation(words)
        if field.data and self.named_only:
            raise StopValidation(self.named_only)

    @property
    def first_error(self) -> str:
        """What is wrong first, for a draft that saves itself."""
        return str(next(message for field in self for message in field.errors))


def confidential_field() -> BooleanField:
    """Its author's own doubt: then somebody looks at it before others read it."""
    return BooleanField(lazy("This may be confidential: somebody who screens looks at it before anybody reads it"))


def anonymous_field() -> BooleanField:
    """Nobody then reads who wrote it."""
    return BooleanField(lazy("Post it without my name"))


class IdeaForm(RepliesForm, DraftedForm):
    """What should change, and how."""

    title = StringField(lazy("Title"), [needed(lazy("Give your idea a title.")), at_most(90)])
    body = TextAreaField(lazy("What do you propose?"), [needed(lazy("Say what you propose.")), at_most(LONGEST)])
    tags = IdeaTags(lazy("Tags"))
    service = SelectField(lazy("Service or process that it improves"), default="")
    core_questions = QuestionsField(CORE_QUESTIONS)
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    confidential = confidential_field()
    anonymous = anonymous_field()
    version = HiddenNumber(default=1)
    form_version = HiddenNumber(default=0)
    topic: Any = None

    @classmethod
    def asking(cls, questions: list[Question], services: list[Choice], *, anonymous: bool) -> type[IdeaForm]:
        """The form of a campaign, with its questions; without services there is nothing to choose among; without her
        name only where the space allows it."""
        fields = reply_fields(questions)
        fields["anonymous"] = anonymous_field() if anonymous else None
        offered = [("", gettext("None in particular")), *((s.public_id, s.name) for s in services)]
        fields["service"] = SelectField(cls.service.args[0], choices=options(offered), default="") if services else None
        return type("IdeaForm", (cls,), fields)

    def content(self, services: list[Choice]) -> Content:
        """What it says."""
        chosen = self.service.data if self.service else ""
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            tags=self.tags.data or [],
            language=self.language.data,
            service=next((s.id for s in services if s.public_id == chosen), None),
            core_questions=self.core_questions.data,
            form_version=self.form_version.data or 0,
            replies=self.replied,
            confidential=bool(self.confidential.data),
            anonymous=bool(self.anonymous.data) if self.anonymous else None,
        )


def name_of(question: Question) -> str:
    """What the field of a question is called."""
    return f"reply_{question.public_id}"


def reply_fields(questions: list[Question]) -> dict[str, Any]:
    """What a form needs that asks them."""
    return {name_of(question): ReplyField(question) for question in questions} | {"asked": tuple(questions)}


class _WhyForm(Form):
    """Says why; without `words` there is nothing to be said."""

    text_field = "reason"
    reason: TextAreaField

    def __init__(self, words: bool = True, **given: Any) -> None:
        super().__init__(**given)
        self.words = words
        if not words:
            self.reason.data, self.reason.validators = "", []


class WithdrawalForm(_WhyForm):
    """Why an idea is taken back."""

    reason = TextAreaField(lazy("Why do you withdraw it?"), [required(lazy("Say why, in a line.")), at_most(1000)])


class PutBackForm(_WhyForm):
    """Why an idea is put back."""

    reason = TextAreaField(lazy("Why do you put it back?"), [required(lazy("Say why, in a line.")), at_most(1000)])


class CorrectionForm(Form):
    """What has to be added to a text that stands still."""

    body = TextAreaField(lazy("Your correction"), [required(lazy("Write your correction.")), at_most(2000)])
