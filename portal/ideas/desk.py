"""The desk at which an idea is written: its form with the campaign's questions, what is saved, and what collides."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from portal.access.conflicts import Changed, Closed
from portal.campaigns.queries import CampaignRow, get_campaign
from portal.ideas import queries
from portal.ideas.actions import Content, Saved
from portal.ideas.forms import IdeaForm, name_of
from portal.search.queries import Shown
from portal.search.similar import similar_ideas
from portal.spaces.queries import audience, looked_at_first
from portal.text.difference import Piece, differences
from portal.text.language import LANGUAGES, gettext
from portal.topics.choice import chosen_topic, with_topic
from portal.topics.queries import Choice, topics_to_choose
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


class Desk:
    """What writing one idea needs, and how it is shown."""

    def __init__(
        self,
        request: Request,
        campaign: CampaignRow,
        idea: queries.IdeaRow | None,
        asked: queries.CampaignForm,
        questions: list[queries.Question],
        services: list[queries.Choice],
        topics: list[Choice],
    ) -> None:
        self.request = request
        self.campaign = campaign
        self.idea = idea
        self.asked = asked
        self.questions = questions
        self.services = services
        self.topics = topics
        self.kind = with_topic(IdeaForm.asking(questions, services, anonymous=self._offers_anonymity), topics)
        self.kind.together = idea is not None and idea.together

    @property
    def _offers_anonymity(self) -> bool:
        """Whether it may be posted without a name: by its author, a colleague, where the space says so, before anybody
        read it."""
        new = self.idea is None or (not self.idea.seen and self.idea.author == self.request.actor.id)
        return self.campaign.anonymous and new and not self.request.actor.guest

    def empty(self) -> Any:
        """The form of a new idea."""
        service = self.request.query_params.get("service", "")
        return self._offering(
            self.kind(language=self.campaign.language, service=service, form_version=self.asked.version)
        )

    def filled(self, idea: queries.IdeaRow) -> Any:
        """The form as it was saved last."""
        replies = {name_of(question): question.reply for question in self.questions}
        chosen = {"service": idea.service_public_id, "topic": idea.topic_public_id, "form_version": self.asked.version}
        return self._offering(self.kind(obj=idea, **chosen, **replies))

    def content(self, form: Any) -> Content:
        """What the form says."""
        kept = self.idea.topic_id if self.idea else None
        said: Content = form.content(self.services)
        return msgspec.structs.replace(said, topic=chosen_topic(form, self.topics, kept))

    async def sent(self) -> Any:
        """The form as it was sent."""
        return self._offering(await self.kind.sent(self.request))

    def _offering(self, form: Any) -> Any:
        form.tags.offered = tuple(self.asked.tags)
        return form

    async def show(self, form: Any, changed: dict[str, Any] | None = None) -> Response[Any]:
        """The form; of one that saves itself, only how that went."""
        quiet = form.typed.get("draft") == "auto"
        return page(
            self.request,
            "ideas/form.html",
            fragment="preview" if "preview" in form.typed else "draft_state" if quiet else None,
            section="campaigns",
            form=form,
            campaign=self.campaign,
            idea=self.idea,
            changed=changed,
            saved=None,
            similar=await self._similar(form.title.data or ""),
            readers=await audience(self.request.actor, self.campaign.space),
            first=await looked_at_first(self.request.actor, self.campaign.space),
            now=self.request.now,
            status=form.status,
        )

    async def _similar(self, title: str) -> list[Shown]:
        """Ideas like one that is still being written."""
        if self.idea is None:
            return await similar_ideas(self.request.actor, title, self.campaign.public_id)
        if self.idea.idea_state != "draft":
            return []
        return await similar_ideas(self.request.actor, title, self.campaign.public_id, self.idea.public_id)

    def saved(self, draft: Saved) -> Response[Any]:
        """A draft is kept: on to its form, or, for one that saves itself, only a word."""
        if not self.request.wants_fragment:
            return see_other(f"/ideas/{draft.public_id}/edit", "draft-saved")
        return page(
            self.request, "ideas/form.html", fragment="draft_state", saved=draft, form=None, now=self.request.now
        )

    async def refuse(self, form: Any, error: Changed | Closed) -> Response[Any]:
        """The form with all that was typed; and what somebody else saved meanwhile, compared with it."""
        if isinstance(error, Closed):
            form.refuse("title", gettext("Collecting has just closed. Your text is kept here: take it along."))
            return await self.show(form)
        form.refuse("body", gettext("This idea was saved elsewhere meanwhile. Compare, then save again."))
        stands = await queries.current_version(self.request.actor, self.idea.id) if self.idea else None
        if stands is None:
            return await self.show(form)
        form.version.data = stands.version
        assert self.idea is not None
        services = {service.public_id: service.name for service in self.services}
        chosen = form.service.data if form.service else self.idea.service_public_id
        before = {"service": self.idea.service_name, "language": LANGUAGES[self.idea.language]}
        after = {"service": services.get(chosen, ""), "language": LANGUAGES.get(form.language.data, "")}
        fields = await differences(_fields(stands) | before, _typed(form) | after)
        return await self.show(form, {"by": stands.author_name, "at": stands.created_at, "fields": fields})


async def desk_for(request: Request, campaign: CampaignRow, idea: queries.IdeaRow | None = None) -> Desk:
    """A form goes on with the version of the questions that it was begun with, also when they change meanwhile."""
    asked = found(await queries.campaign_form(request.actor, campaign.id))
    typed = (await request.typed()).get("form_version") if request.method == "POST" else ""
    begun = int(typed) if typed.isdecimal() and len(typed) < 10 else idea.form_version if idea else 0
    if 0 < begun < asked.version:
        asked = queries.CampaignForm(begun, asked.tags)
    questions = await queries.questions(request.actor, campaign.id, asked.version, idea.id if idea else None)
    topics = await topics_to_choose(request.actor, idea.topic_public_id if idea else "")
    return Desk(request, campaign, idea, asked, questions, await queries.services(request.actor), topics)


async def desk_of(request: Request, idea: queries.IdeaRow) -> Desk:
    """The desk of an idea that is there."""
    return await desk_for(request, found(await get_campaign(request.actor, idea.campaign_public_id)), idea)


async def changes(old: queries.Version, new: queries.Version) -> dict[str, list[Piece]]:
    """What of a version is another than before, by field; what stayed is left out."""
    return await differences(_fields(old), _fields(new))


def _typed(form: Any) -> dict[str, str]:
    """What was typed, as `_fields` has what is saved."""
    replies = "\n".join(f"{field.question.label}: {field.raw_data[0]}" for field in form.replies if field.data)
    tags = ", ".join(form.tags.data or [])
    core = "\n".join(form.core_questions.data)
    texts = {"title": form.title.data or "", "body": form.body.data or "", "replies": replies, "tags": tags}
    return texts | {"core_questions": core}


def _fields(version: queries.Version) -> dict[str, str]:
    tags = ", ".join(version.tags)
    core = "\n".join(version.core_questions)
    texts = {"title": version.title, "body": version.body, "replies": version.replies, "tags": tags}
    return texts | {"core_questions": core}
