"""The desk at which a post is written: its form, what is saved, and what collides."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from portal.ideas.actions import Content, Saved
from portal.ideas.queries import IdeaRow, current_version
from portal.posts.forms import AS_LEADER, PostForm
from portal.posts.queries import Spoken, Stream, get_stream, leaders_for
from portal.search.similar import similar_ideas
from portal.spaces.queries import audience, looked_at_first
from portal.text.difference import differences
from portal.text.language import gettext
from portal.topics.choice import chosen_topic, with_topic
from portal.topics.queries import Choice, topics_to_choose
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


class Desk:
    """What writing one post needs, and how it is shown."""

    def __init__(
        self, request: Request, stream: Stream, post: IdeaRow | None, leaders: list[Spoken], topics: list[Choice]
    ) -> None:
        self.request = request
        self.stream = stream
        self.post = post
        self.leaders = leaders
        self.topics = topics
        self.kind = with_topic(PostForm.of(request.actor, leaders, anonymous=self.offers_anonymity), topics)

    @property
    def offers_anonymity(self) -> bool:
        """Whether it may be posted without a name: by colleagues, where the space says so, before anybody read it."""
        new = self.post is None or not self.post.seen
        return self.stream.anonymous and new and not self.request.actor.guest

    @property
    def speaks_for(self) -> tuple[int, ...]:
        """For whom she may post here."""
        return tuple(one.id for one in self.leaders)

    def empty(self) -> Any:
        """The form of a new post."""
        return self.kind(language=self.request.actor.language)

    def filled(self, post: IdeaRow) -> Any:
        """The form as it was saved last."""
        spoken = next((one.public_id for one in self.leaders if one.id == post.speaks_for_id), "")
        voice = spoken or (AS_LEADER if post.kind == "leader" else "")
        return self.kind(obj=post, voice=voice, topic=post.topic_public_id)

    def content(self, form: Any) -> Content:
        """What the form says."""
        kept = self.post.topic_id if self.post else None
        said: Content = form.content(self.leaders)
        return msgspec.structs.replace(said, topic=chosen_topic(form, self.topics, kept))

    async def sent(self) -> Any:
        """The form as it was sent."""
        return await self.kind.sent(self.request)

    async def show(self, form: Any, changed: dict[str, Any] | None = None) -> Response[Any]:
        """The form; of one that saves itself, only how that went."""
        quiet = form.typed.get("draft") == "auto"
        return page(
            self.request,
            "posts/form.html",
            fragment="preview" if "preview" in form.typed else "draft_state" if quiet else None,
            section="groups",
            form=form,
            stream=self.stream,
            thing=self.stream,
            post=self.post,
            changed=changed,
            saved=None,
            similar=await self._similar(form.title.data or ""),
            readers=await audience(self.request.actor, self.stream.space),
            first=await looked_at_first(self.request.actor, self.stream.space),
            now=self.request.now,
            status=form.status,
        )

    async def _similar(self, title: str) -> list[Any]:
        """Posts and ideas like one that is still being written."""
        if self.post is None:
            return await similar_ideas(self.request.actor, title, "")
        if self.post.idea_state != "draft":
            return []
        return await similar_ideas(self.request.actor, title, "", self.post.public_id)

    def saved(self, draft: Saved) -> Response[Any]:
        """A draft is kept: on to its form, or, for one that saves itself, only a word."""
        if not self.request.wants_fragment:
            return see_other(f"/posts/{draft.public_id}/edit", "draft-saved")
        return page(
            self.request, "posts/form.html", fragment="draft_state", saved=draft, form=None, now=self.request.now
        )

    async def refuse(self, form: Any) -> Response[Any]:
        """The form with all that was typed, beside what was saved elsewhere meanwhile."""
        form.refuse("body", gettext("This post was saved elsewhere meanwhile. Compare, then save again."))
        stands = await current_version(self.request.actor, self.post.id) if self.post else None
        if stands is None:
            return await self.show(form)
        form.version.data = stands.version
        before = {"title": stands.title, "body": stands.body, "core_questions": "\n".join(stands.core_questions)}
        after = {"title": form.title.data or "", "body": form.body.data or ""}
        fields = await differences(before, after | {"core_questions": "\n".join(form.core_questions.data)})
        return await self.show(form, {"by": stands.author_name, "at": stands.created_at, "fields": fields})


async def desk_for(request: Request, space: str, post: IdeaRow | None = None) -> Desk:
    """The desk of a new post in a space, or of one that is there."""
    stream = found(await get_stream(request.actor, space))
    topics = await topics_to_choose(request.actor, post.topic_public_id if post else "")
    return Desk(request, stream, post, await leaders_for(request.actor, stream.space), topics)
