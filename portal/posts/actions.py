"""Writing posts, as ideas are written, in the stream of a space; for a leader only as she allows, and who may."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas import actions as writing
from portal.ideas.actions import Content, Saved
from portal.ideas.queries import IdeaRow
from portal.posts.queries import Leader, Stream


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


NAME = """
    INSERT INTO delegate (leader, person, named_by) VALUES ({}, {}, {})
    ON CONFLICT (leader, person) DO NOTHING RETURNING id
"""


async def name_delegate(actor: Actor, leader: Leader, person: int) -> None:
    """Somebody may post for a leader from now on."""
    require(actor, Action.DELEGATE_NAME, leader)
    async with transaction():
        if await fetch_value(NAME, leader.id, person, actor.id):
            await record(Kind.DELEGATE_NAMED, actor=actor.id, person=leader.id, delegate=person)


LOOKED = "UPDATE notice SET read_at = plein_now() WHERE person = {} AND kind = 'delegate' AND read_at IS NULL"


async def looked_at_delegates(actor: Actor, leader: Leader) -> None:
    """Who posts for her, she has seen now: the duty to look is done."""
    require(actor, Action.DELEGATE_NAME, leader)
    if actor.id == leader.id and actor.unread:
        await execute(LOOKED, actor.id)


END = """
    DELETE FROM delegate d USING person p WHERE d.leader = {} AND p.id = d.person AND p.public_id = {} RETURNING p.id
"""


async def end_delegate(actor: Actor, leader: Leader, public_id: str) -> None:
    """Somebody posts for a leader no longer; what was posted stays as it is."""
    require(actor, Action.DELEGATE_NAME, leader)
    async with transaction():
        ended = await fetch_value(END, leader.id, public_id)
        if ended:
            await record(Kind.DELEGATE_ENDED, actor=actor.id, person=leader.id, delegate=ended)
