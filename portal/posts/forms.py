"""The form of a post."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.of_posts import leader
from portal.ideas.actions import Content
from portal.ideas.forms import needed
from portal.posts.queries import Spoken
from portal.text.language import LANGUAGES, gettext
from portal.text.markdown import LONGEST, rendered
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
)
from portal.web.request import Request

AS_LEADER = "leader"


class PostForm(Form):
    """What it is about, in a line, and more where there is more. `voice`: who speaks, asked of those who have a choice:
    nothing for herself, or as a leader, or for one (her public id)."""

    title = StringField(lazy("What is it about?"), [needed(lazy("Say in a line what it is about.")), at_most(90)])
    body = TextAreaField(lazy("Your text"), [at_most(LONGEST)])
    voice = SelectField(lazy("Who speaks?"), default="")
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    version = HiddenNumber(default=1)
    preview_html: str | None = None
    is_draft = False

    @classmethod
    def of(cls, actor: Actor, leaders: list[Spoken]) -> type[PostForm]:
        """The form of somebody: who is no leader and posts for none is not asked who speaks."""
        voices = [("", gettext("I, in my own name"))]
        if leader(actor):
            voices.append((AS_LEADER, gettext("I, as a leader")))
        voices += [(one.public_id, gettext("%(name)s, for whom I post") % {"name": one.name}) for one in leaders]
        field = SelectField(cls.voice.args[0], choices=options(voices), default="") if len(voices) > 1 else None
        return type("PostForm", (cls,), {"voice": field})

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """With the preview made, if it was asked for."""
        form = await super().sent(request, **options)
        form.is_draft = "draft" in form.typed
        if "preview" in form.typed and len(form.body.data or "") <= LONGEST:
            form.preview_html = await rendered(form.body.data or "")
        return form

    @property
    def first_error(self) -> str:
        """What is wrong first, for a draft that saves itself."""
        return str(next(message for field in self for message in field.errors))

    def content(self, leaders: list[Spoken]) -> Content:
        """What it says."""
        voice = self.voice.data if self.voice else ""
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            tags=[],
            language=self.language.data,
            kind="leader" if voice else "discussion",
            speaks_for=next((one.id for one in leaders if one.public_id == voice), None),
        )
