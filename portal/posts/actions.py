"""Writing posts: as ideas are written, in the stream of a space; and for a leader only as she allows."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.ideas import actions as writing
from portal.ideas.actions import Content, Saved
from portal.ideas.queries import IdeaRow
from portal.posts.queries import Stream


class Voice(msgspec.Struct, frozen=True):
    """In whose name something is posted in a space, and for whom she may."""

    space: int
    speaks_for: int | None
    leaders: tuple[int, ...]


def _speaks(actor: Actor, space: int, content: Content, leaders: tuple[int, ...]) -> None:
    """The first line of what is posted: a leader's is hers, or of somebody whom she named."""
    if content.kind == "leader":
        require(actor, Action.POST_SPEAK, Voice(space, content.speaks_for, leaders))


async def publish(
    actor: Actor,
    stream: Stream,
    content: Content,
    leaders: tuple[int, ...],
    *,
    form_key: str,
    draft_key: str = "",
    version: int = 1,
) -> str:
    """A new post, or the draft that was begun in the same form; gives its public id. Raises Changed."""
    require(actor, Action.POST_WRITE, stream)
    _speaks(actor, stream.space, content, leaders)
    return await writing.propose(actor, stream, content, form_key=form_key, draft_key=draft_key, version=version)


async def begin_draft(
    actor: Actor, stream: Stream, content: Content, leaders: tuple[int, ...], *, key: str, version: int
) -> Saved:
    """Keeps what is being written where only its author sees it. Raises Changed."""
    require(actor, Action.POST_WRITE, stream)
    _speaks(actor, stream.space, content, leaders)
    return await writing.begin_draft(actor, stream, content, key=key, version=version)


async def save_draft(actor: Actor, post: IdeaRow, content: Content, leaders: tuple[int, ...], *, version: int) -> Saved:
    """Keeps a draft's new text. Raises Changed."""
    require(actor, Action.IDEA_EDIT, post)
    _speaks(actor, post.space, content, leaders)
    return await writing.save_draft(actor, post, content, version=version)


async def post_draft(
    actor: Actor, post: IdeaRow, content: Content, leaders: tuple[int, ...], *, version: int, form_key: str
) -> None:
    """A draft becomes a post that its readers see. Raises Changed."""
    require(actor, Action.IDEA_POST, post)
    _speaks(actor, post.space, content, leaders)
    await writing.post_draft(actor, post, content, version=version, form_key=form_key)


async def edit(actor: Actor, post: IdeaRow, content: Content, *, version: int) -> None:
    """Saves a new version and keeps the one before; who speaks in it stays. Raises Changed."""
    require(actor, Action.IDEA_EDIT, post)
    kept = msgspec.structs.replace(content, kind=post.kind, speaks_for=post.speaks_for_id)
    await writing.edit_idea(actor, post, kept, version=version)
