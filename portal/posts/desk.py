"""The desk at which a post is written."""

from __future__ import annotations

from typing import Any

from portal.ideas.actions import Content
from portal.ideas.desk import Desk, Nameless, nameless_there
from portal.ideas.queries import IdeaRow, has_documents
from portal.posts.forms import AS_LEADER, PostForm
from portal.posts.queries import Spoken, Stream, get_stream, leaders_for
from portal.search.queries import Shown
from portal.search.similar import similar_ideas
from portal.topics.forms import with_topic
from portal.topics.queries import Choice, topics_to_choose
from portal.web.errors import found
from portal.web.request import Request


class PostDesk(Desk):
    """The desk at which a post is written."""

    template, section, called = "posts/form.html", "groups", "posts"

    def __init__(
        self,
        request: Request,
        stream: Stream,
        post: IdeaRow | None,
        leaders: list[Spoken],
        topics: list[Choice],
        nameless: Nameless,
    ) -> None:
        super().__init__(request, post, stream.space, topics, nameless)
        self.stream = stream
        self.leaders = leaders
        self.kind = with_topic(PostForm.of(request.actor, leaders, anonymous=nameless.offered), topics)
        self.kind.named_only = nameless.refused

    @property
    def speaks_for(self) -> tuple[int, ...]:
        """For whom she may post here."""
        return tuple(one.id for one in self.leaders)

    def empty(self) -> Any:
        """The form of a new post."""
        return self.kind(language=self.request.actor.language)

    def filled(self, item: IdeaRow) -> Any:
        """The form as it was saved last."""
        spoken = next((one.public_id for one in self.leaders if one.id == item.speaks_for_id), "")
        voice = spoken or (AS_LEADER if item.kind == "leader" else "")
        return self.kind(obj=item, voice=voice, topic=item.topic_public_id)

    def content(self, form: Any) -> Content:
        """What the form says."""
        return self.on_topic(form.content(self.leaders), form)

    def shown(self) -> dict[str, Any]:
        """What its page needs besides."""
        return {"stream": self.stream, "thing": self.stream, "post": self.item}

    async def again(self, item: IdeaRow) -> Desk:
        """The desk of what stands now."""
        return await desk_for(self.request, self.stream.public_id, item)

    async def similar(self, title: str, but: str = "") -> list[Shown]:
        """Posts and ideas like it."""
        return await similar_ideas(self.request.actor, title, "", but)


async def desk_for(request: Request, space: str, post: IdeaRow | None = None) -> PostDesk:
    """The desk of a new post in a space, or of one that is there."""
    stream = found(await get_stream(request.actor, space))
    topics = await topics_to_choose(request.actor, post.topic_public_id if post else "")
    leaders = await leaders_for(request.actor, stream.space)
    nameless = await nameless_there(request, stream.space, post, allowed=stream.anonymous)
    desk = PostDesk(request, stream, post, leaders, topics, nameless)
    if post is not None and request.method == "POST":
        desk.kind.documents = await has_documents(request.actor, post)
    return desk
