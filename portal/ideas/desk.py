"""The desk at which an idea or a post is written: its form, what is saved, and what collides; and that of an idea, with
its campaign's questions."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from portal.access.conflicts import Changed, Closed
from portal.campaigns.queries import CampaignRow, get_campaign
from portal.ideas import queries
from portal.ideas.actions import Content, Saved
from portal.ideas.forms import IdeaForm, name_of
from portal.ideas.nameless import FEWEST_READERS, enough
from portal.search.queries import Shown
from portal.search.similar import similar_ideas
from portal.spaces.queries import audience, looked_at_first
from portal.text.difference import Piece, differences
from portal.text.language import gettext
from portal.topics.forms import chosen_topic, with_topic
from portal.topics.queries import Choice, topics_to_choose
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


class Nameless(msgspec.Struct, frozen=True):
    """Whether something may be posted without a name: whether that is asked, and why it is refused; `few_readers`: it
    would be asked, if more colleagues read the space."""

    offered: bool
    refused: str = ""
    few_readers: bool = False


async def nameless_there(request: Request, space: int, item: queries.IdeaRow | None, *, allowed: bool) -> Nameless:
    """By its author, a colleague, where the space says so and enough colleagues read it, before anybody read it. Who
    asks for it where it can't be is refused: nothing of hers stands in her name instead."""
    if item is not None and (item.seen or item.author != request.actor.id):
        return Nameless(offered=False)
    typed = await request.typed() if request.method == "POST" else ()
    wanted = "anonymous" in typed or (item is not None and item.anonymous)
    if not allowed or request.actor.guest:
        return Nameless(wanted, gettext("Here everybody writes in her own name. Take this away, or post it elsewhere."))
    if enough(await audience(request.actor, space)):
        return Nameless(offered=True)
    few = gettext("Fewer than %(n)s colleagues can read it, so they would guess who wrote it: it bears your name here.")
    return Nameless(wanted, few % {"n": FEWEST_READERS}, few_readers=True)


class Desk:
    """What writing an idea, or a post, needs, and how it is shown: `item` is the one that is there, if one is. Who
    extends it gives its form, and the page of that."""

    template = section = called = ""
    kind: Any

    def __init__(
        self, request: Request, item: queries.IdeaRow | None, space: int, topics: list[Choice], nameless: Nameless
    ) -> None:
        self.request = request
        self.item = item
        self.space = space
        self.topics = topics
        self.nameless = nameless

    def filled(self, item: queries.IdeaRow) -> Any:
        """The form as it was saved last."""
        raise NotImplementedError

    def content(self, form: Any) -> Content:
        """What the form says."""
        raise NotImplementedError

    def shown(self) -> dict[str, Any]:
        """What its page needs besides."""
        raise NotImplementedError

    async def again(self, item: queries.IdeaRow) -> Desk:
        """The desk of what stands now."""
        raise NotImplementedError

    async def similar(self, title: str, but: str = "") -> list[Shown]:
        """What is like it, as long as it is no more than a draft."""
        raise NotImplementedError

    async def sent(self) -> Any:
        """The form as it was sent."""
        return await self.kind.sent(self.request)

    def on_topic(self, content: Content, form: Any) -> Content:
        """With the topic that was chosen."""
        kept = self.item.topic_id if self.item else None
        return msgspec.structs.replace(content, topic=chosen_topic(form, self.topics, kept))

    async def show(self, form: Any, changed: Beside | None = None) -> Response[Any]:
        """The form; of one that saves itself, only how that went."""
        quiet = form.typed.get("draft") == "auto"
        item, similar = self.item, []
        if item is None:
            similar = await self.similar(form.title.data or "")
        elif item.idea_state == "draft":
            similar = await self.similar(form.title.data or "", item.public_id)
        return page(
            self.request,
            self.template,
            fragment="preview" if "preview" in form.typed else "draft_state" if quiet else None,
            section=self.section,
            form=form,
            **self.shown(),
            few_readers=self.nameless.few_readers,
            changed=changed,
            saved=None,
            similar=similar,
            readers=await audience(self.request.actor, self.space),
            first=await looked_at_first(self.request.actor, self.space),
            now=self.request.now,
            status=form.status,
        )

    def saved(self, draft: Saved) -> Response[Any]:
        """A draft is kept: on to its form, or, for one that saves itself, only a word."""
        if not self.request.wants_fragment:
            return see_other(f"/{self.called}/{draft.public_id}/edit", "draft-saved")
        return page(self.request, self.template, fragment="draft_state", saved=draft, form=None, now=self.request.now)

    async def refuse(self, form: Any, error: Changed | Closed) -> Response[Any]:
        """The form with all that was typed; and what was saved elsewhere meanwhile, compared with it."""
        if isinstance(error, Closed):
            form.refuse("title", gettext("Collecting has just closed. Your text is kept here: take it along."))
            return await self.show(form)
        stands = await queries.get_idea(self.request.actor, self.item.public_id) if self.item else None
        text = await queries.current_version(self.request.actor, stands.id) if stands else None
        if stands is None or text is None:
            form.refuse("body", gettext("This was saved elsewhere meanwhile. Your text is kept here: take it along."))
            return await self.show(form)
        saved = (await self.again(stands)).filled(stands)
        return await self.show(form, await collided(form, saved, "body", by=text.author_name, at=text.created_at))


class IdeaDesk(Desk):
    """The desk at which an idea is written, with its campaign's questions."""

    template, section, called = "ideas/form.html", "campaigns", "ideas"

    def __init__(
        self,
        request: Request,
        campaign: CampaignRow,
        idea: queries.IdeaRow | None,
        asked: queries.CampaignForm,
        questions: list[queries.Question],
        services: list[queries.Choice],
        topics: list[Choice],
        nameless: Nameless,
    ) -> None:
        super().__init__(request, idea, campaign.space, topics, nameless)
        self.campaign = campaign
        self.asked = asked
        self.questions = questions
        self.services = services
        self.kind = with_topic(IdeaForm.asking(questions, services, anonymous=nameless.offered), topics)
        self.kind.together = idea is not None and idea.together
        self.kind.named_only = nameless.refused

    def empty(self) -> Any:
        """The form of a new idea."""
        service = self.request.query_params.get("service", "")
        return self._offering(
            self.kind(language=self.campaign.language, service=service, form_version=self.asked.version)
        )

    def filled(self, item: queries.IdeaRow) -> Any:
        """The form as it was saved last."""
        replies = {name_of(question): question.reply for question in self.questions}
        chosen = {"service": item.service_public_id, "topic": item.topic_public_id, "form_version": self.asked.version}
        return self._offering(self.kind(obj=item, **chosen, **replies))

    def content(self, form: Any) -> Content:
        """What the form says."""
        return self.on_topic(form.content(self.services), form)

    async def sent(self) -> Any:
        """The form as it was sent."""
        return self._offering(await super().sent())

    def _offering(self, form: Any) -> Any:
        form.tags.offered = tuple(self.asked.tags)
        return form

    def shown(self) -> dict[str, Any]:
        """What its page needs besides."""
        return {"campaign": self.campaign, "idea": self.item}

    async def again(self, item: queries.IdeaRow) -> Desk:
        """The desk of what stands now, with the same questions."""
        return await desk_for(self.request, self.campaign, item)

    async def similar(self, title: str, but: str = "") -> list[Shown]:
        """Ideas like it."""
        return await similar_ideas(self.request.actor, title, self.campaign.public_id, but)


async def desk_for(request: Request, campaign: CampaignRow, idea: queries.IdeaRow | None = None) -> IdeaDesk:
    """A form goes on with the version of the questions that it was begun with, also when they change meanwhile."""
    asked = found(await queries.campaign_form(request.actor, campaign.id))
    typed = (await request.typed()).get("form_version") if request.method == "POST" else ""
    begun = int(typed) if typed.isdecimal() and len(typed) < 10 else idea.form_version if idea else 0
    if 0 < begun < asked.version:
        asked = queries.CampaignForm(begun, asked.tags)
    questions = await queries.questions(request.actor, campaign.id, asked.version, idea.id if idea else None)
    topics = await topics_to_choose(request.actor, idea.topic_public_id if idea else "")
    services = await queries.services(request.actor)
    nameless = await nameless_there(request, campaign.space, idea, allowed=campaign.anonymous)
    desk = IdeaDesk(request, campaign, idea, asked, questions, services, topics, nameless)
    if idea is not None and request.method == "POST":
        desk.kind.documents = await queries.has_documents(request.actor, idea)
    return desk


async def desk_of(request: Request, idea: queries.IdeaRow) -> IdeaDesk:
    """The desk of an idea that is there."""
    return await desk_for(request, found(await get_campaign(request.actor, idea.campaign_public_id)), idea)


async def written(request: Request, public_id: str, said: str) -> Response[Any]:
    """On to where it stands; to where it waits, if it has to be screened first."""
    row = found(await queries.get_idea(request.actor, public_id))
    if row.screening:
        return see_other(f"/screenings/{row.screening}")
    return see_other(row.address, "awaits-check" if row.checked_by else said)


async def changes(old: queries.Version, new: queries.Version) -> dict[str, list[Piece]]:
    """What of a version is another than before, by field; what stayed is left out."""
    return await differences(_fields(old), _fields(new))


def _fields(version: queries.Version) -> dict[str, str]:
    tags = ", ".join(version.tags)
    core = "\n".join(version.core_questions)
    texts = {"title": version.title, "body": version.body, "replies": version.replies, "tags": tags}
    return texts | {"core_questions": core}
