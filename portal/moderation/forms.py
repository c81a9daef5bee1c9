"""The forms of moderation."""

from __future__ import annotations

import wtforms
from wtforms.validators import StopValidation

from portal.comments.forms import LONGEST as LONGEST_COMMENT
from portal.ideas.actions import Content
from portal.ideas.forms import CORE_QUESTIONS, IdeaTags, QuestionsField, RepliesForm, reply_fields
from portal.ideas.queries import IdeaRow, Question
from portal.moderation import PAUSES
from portal.text.language import gettext, ngettext
from portal.text.markdown import LONGEST
from portal.text.rules import HOUSE_RULES
from portal.web.forms import (
    Form,
    HiddenNumber,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

LONGEST_WORDS = 2000
RULES = options((key, rule.name) for key, rule in HOUSE_RULES.items())


def _days() -> list[tuple[str, str]]:
    return [(str(days), ngettext("%(n)s day", "%(n)s days", days) % {"n": days}) for days in PAUSES]


class DecisionForm(Form):
    """What a moderator decides, by which rule, and what she tells the author. `version`: of the text that she read."""

    action = RadioField(lazy("What do you do?"), [required(lazy("Choose what you do."))], choices=[])
    rule = SelectField(lazy("House rule"), [required(lazy("Choose the house rule."))], choices=RULES)
    days = SelectField(lazy("For how long, when you pause?"), choices=_days, default=str(PAUSES[0]))
    words = TextAreaField(lazy("Message to the author"), [at_most(LONGEST_WORDS)])
    version = HiddenNumber(default=1)

    def validate_words(self, field: wtforms.Field) -> None:
        """Whoever is told something is told why."""
        if not field.data and self.action.data not in (None, "", "allow"):
            raise StopValidation(gettext("Write what was wrong, and what the author can do."))


class AppealForm(Form):
    """Why a decision should be reversed."""

    words = TextAreaField(
        lazy("Why should it have been decided otherwise?"),
        [required(lazy("Say why you see it differently.")), at_most(LONGEST_WORDS)],
    )


class AppealDecisionForm(Form):
    """What somebody else decides about it."""

    outcome = RadioField(
        lazy("What do you decide?"),
        [required(lazy("Choose what you decide."))],
        choices=options(
            [
                ("granted", lazy("Grant the appeal: everything is as it was before")),
                ("upheld", lazy("Uphold the decision: it stays as it is")),
            ]
        ),
    )
    reason = TextAreaField(
        lazy("Why?"), [required(lazy("Give the reason; the author reads it.")), at_most(LONGEST_WORDS)]
    )


class NewTextForm(Form):
    """A comment that was sent back, changed."""

    body = TextAreaField(lazy("Your new text"), [required(lazy("Write something first.")), at_most(LONGEST_COMMENT)])

    def content(self, language: str) -> Content:
        """What it says now."""
        return Content(title="", body=self.body.data or "", tags=[], language=language)


class NewIdeaForm(RepliesForm):
    """An idea that was sent back, changed, with all that others read of it."""

    title = StringField(lazy("Title"), [required(lazy("Give your idea a title.")), at_most(90)])
    body = TextAreaField(lazy("Your new text"), [required(lazy("Write something first.")), at_most(LONGEST)])
    tags = IdeaTags(lazy("Tags"))
    core_questions = QuestionsField(CORE_QUESTIONS)

    @classmethod
    def of(cls, idea: IdeaRow, questions: list[Question]) -> type[NewIdeaForm]:
        """With the questions that it replied to; without what it never said."""
        fields = reply_fields(questions)
        unsaid = {name: None for name in ("tags", "core_questions") if not getattr(idea, name)}
        return type("NewIdeaForm", (cls,), fields | unsaid)

    def content(self, language: str) -> Content:
        """What it says now."""
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            tags=self.tags.data if self.tags else [],
            language=language,
            core_questions=self.core_questions.data if self.core_questions else [],
            replies=self.replied,
        )
