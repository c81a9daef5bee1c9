"""The form of a post."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.access.of_posts import leader
from portal.campaigns.queries import CampaignRow
from portal.ideas.actions import Content
from portal.ideas.forms import (
    CORE_QUESTIONS,
    DraftedForm,
    QuestionsField,
    anonymous_field,
    confidential_field,
    needed,
)
from portal.posts.queries import Spoken
from portal.text.language import LANGUAGES, gettext
from portal.text.markdown import LONGEST
from portal.web.forms import (
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

AS_LEADER = "leader"


class PostForm(DraftedForm):
    """What it is about, in a line, and more where there is more. `voice`: who speaks, asked of those who have a choice:
    nothing for herself, or as a leader, or for one (her public id)."""

    order = ("title", "body", "voice", "topic", "core_questions", "anonymous", "confidential", "language")
    title = StringField(lazy("What is it about?"), [needed(lazy("Say in a line what it is about.")), at_most(90)])
    body = TextAreaField(lazy("Your text"), [at_most(LONGEST)])
    voice = SelectField(lazy("Who speaks?"), default="")
    core_questions = QuestionsField(CORE_QUESTIONS)
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    confidential = confidential_field()
    anonymous = anonymous_field()
    version = HiddenNumber(default=1)
    topic: Any = None

    @classmethod
    def of(cls, actor: Actor, leaders: list[Spoken], *, anonymous: bool) -> type[PostForm]:
        """The form of somebody: who is no leader and posts for none is not asked who speaks; where the space does not
        allow it, nobody is asked whether without her name."""
        voices = [("", gettext("I, in my own name"))]
        if leader(actor):
            voices.append((AS_LEADER, gettext("I, as a leader")))
        voices += [(one.public_id, gettext("%(name)s, for whom I post") % {"name": one.name}) for one in leaders]
        field = SelectField(cls.voice.args[0], choices=options(voices), default="") if len(voices) > 1 else None
        return type("PostForm", (cls,), {"voice": field, "anonymous": anonymous_field() if anonymous else None})

    def validate_anonymous(self, field: wtforms.Field) -> None:
        """Nor in a leader's name: of the two she asked for none is passed over."""
        super().validate_anonymous(field)
        if field.data and self.voice and self.voice.data:
            raise StopValidation(gettext("A leader speaks with a name. Choose one of the two."))

    def content(self, leaders: list[Spoken]) -> Content:
        """What it says."""
        voice = self.voice.data if self.voice else ""
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            tags=[],
            core_questions=self.core_questions.data,
            language=self.language.data,
            confidential=bool(self.confidential.data),
            anonymous=bool(self.anonymous.data) if self.anonymous else None,
            kind="leader" if voice else "discussion",
            speaks_for=next((one.id for one in leaders if one.public_id == voice), None),
        )


class AskForm(Form):
    """Why something should be done."""

    reason = TextAreaField(lazy("What should be done, and why?"), [required(lazy("Say why.")), at_most(1000)])
    comment = HiddenField()


WHAT = {
    "idea": lazy("Make it an idea of a campaign"),
    "case": lazy("Bring it to who decides"),
    "none": lazy("Leave it as it is"),
}


class ActForm(Form):
    """What becomes of a post, and why."""

    order = ("what", "campaign", "words")
    what = RadioField(lazy("What becomes of it?"), [required(lazy("Choose one of these."))])
    campaign = SelectField(lazy("Campaign"), default="")
    words = TextAreaField(
        lazy("Why?"), [required(lazy("Say why: whoever asked, and whoever supports it, reads it.")), at_most(1000)]
    )

    @classmethod
    def of(cls, campaigns: list[CampaignRow], may_bring: bool) -> type[ActForm]:
        """With the campaigns of its space that collect ideas; what can't be done is not offered."""
        offered = {"idea": bool(campaigns), "case": may_bring, "none": True}
        choices = options((name, words) for name, words in WHAT.items() if offered[name])
        named = choose_from((row.public_id, row.title) for row in campaigns)
        fields: dict[str, Any] = {
            "what": RadioField(cls.what.args[0], cls.what.args[1], choices=choices),
            "campaign": SelectField(cls.campaign.args[0], choices=named, default="") if campaigns else None,
        }
        return type("ActForm", (cls,), fields)
