"""Writing along, and offering help."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.sensitive.holding import refuse_sensitive
from portal.together.queries import Member

MOST = 10  # who write one idea, beside its author
INVITE = """
    INSERT INTO co_author (idea, space, person, invited_by)
    SELECT i.id, i.space, {}, {} FROM (SELECT * FROM idea WHERE id = {} FOR NO KEY UPDATE) i
    WHERE i.author <> {} AND NOT i.anonymous AND (SELECT count(*) FROM co_author k WHERE k.idea = i.id) < {}
    ON CONFLICT (idea, person) DO NOTHING RETURNING id
"""


async def invite(actor: Actor, idea: IdeaRow, person: int) -> None:
    """Asks somebody to write along; nothing changes until she says yes. Raises Changed when there are ten already."""
    require(actor, Action.IDEA_INVITE, idea)
    async with transaction():
        made = await fetch_value(INVITE, person, actor.id, idea.id, person, MOST)
        if made is not None:
            await record(
                Kind.CO_AUTHOR_INVITED, actor=actor.id, space=idea.space, person=person, idea_public_id=idea.public_id
            )
        elif not await fetch_value("SELECT 1 FROM co_author WHERE idea = {} AND person = {}", idea.id, person):
            raise Changed


JOIN = """
    UPDATE co_author SET accepted_at = plein_now() WHERE idea = {} AND person = {} AND accepted_at IS NULL RETURNING id
"""


async def join(actor: Actor, idea: IdeaRow) -> None:
    """She says yes, and may edit from now on; a vote that she gave to what is now her own idea goes, by a
    trigger, and no count tells of it."""
    require(actor, Action.IDEA_JOIN, idea)
    async with transaction():
        if await fetch_value(JOIN, idea.id, actor.id) is not None:
            await record(
                Kind.CO_AUTHOR_JOINED, actor=actor.id, space=idea.space, person=actor.id, idea_public_id=idea.public_id
            )


async def decline(actor: Actor, idea: IdeaRow) -> None:
    """She says no."""
    require(actor, Action.IDEA_JOIN, idea)
    await _end(actor, idea, actor.id)


async def leave(actor: Actor, idea: IdeaRow) -> None:
    """She writes along no longer."""
    require(actor, Action.IDEA_LEAVE, idea)
    await _end(actor, idea, actor.id)


async def take_out(actor: Actor, idea: IdeaRow, member: Member) -> None:
    """The author ends that somebody writes along."""
    require(actor, Action.IDEA_INVITE, idea)
    await _end(actor, idea, member.person)


async def _end(actor: Actor, idea: IdeaRow, person: int) -> None:
    async with transaction():
        gone = await fetch_value("DELETE FROM co_author WHERE idea = {} AND person = {} RETURNING id", idea.id, person)
        if gone is not None:
            await record(
                Kind.CO_AUTHOR_LEFT, actor=actor.id, space=idea.space, person=person, idea_public_id=idea.public_id
            )


OFFER = """
    INSERT INTO help_offer (idea, space, person, body) SELECT id, space, {}, {} FROM idea WHERE id = {}
    ON CONFLICT (idea, person) DO UPDATE SET body = excluded.body RETURNING id
"""


async def offer_help(actor: Actor, idea: IdeaRow, body: str) -> None:
    """Says what she could do; said again, it replaces what she said before. Raises Sensitive."""
    require(actor, Action.IDEA_OFFER_HELP, idea)
    await refuse_sensitive(body)
    async with transaction():
        await execute(OFFER, actor.id, body, idea.id)
        await record(Kind.HELP_OFFERED, actor=actor.id, space=idea.space, idea=idea.id)


async def take_back_offer(actor: Actor, idea: IdeaRow) -> None:
    """She can't help after all."""
    require(actor, Action.IDEA_TAKE_OFFER_BACK, idea)
    async with transaction():
        gone = await fetch_value(
            "DELETE FROM help_offer WHERE idea = {} AND person = {} RETURNING id", idea.id, actor.id
        )
        if gone is not None:
            await record(Kind.HELP_TAKEN_BACK, actor=actor.id, space=idea.space, idea=idea.id)
