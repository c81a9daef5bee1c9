"""Withdrawing an idea, and putting it back."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.phases import WHILE_EDITING
from portal.access.policy import Action, require
from portal.campaigns.queries import UNANSWERED
from portal.db import fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.holding import hold_above
from portal.ideas.queries import IdeaRow
from portal.sensitive.holding import refuse_sensitive
from portal.text.markdown import rendered

WITHDRAW = f"""
    UPDATE idea i SET state = 'withdrawn' WHERE id = {{}} AND state = 'published'
        AND {UNANSWERED} RETURNING id
"""
SAY_WHY = """
    INSERT INTO status_change (idea, space, author, status, body, body_html, language)
    VALUES ({}, {}, {}, {}, {}, {}, {}) RETURNING id
"""


async def withdraw(actor: Actor, idea: IdeaRow, *, reason: str) -> None:
    """Takes an idea out of the lists; its page stays, with the reason and the thread. Raises Changed if it was answered
    meanwhile, and Sensitive."""
    require(actor, Action.IDEA_WITHDRAW, idea)
    await refuse_sensitive(reason)
    html = await rendered(reason)
    async with transaction():
        await hold_above(idea.id)
        if await fetch_value(WITHDRAW, idea.id) is None:
            raise Changed
        step = await fetch_value(SAY_WHY, idea.id, idea.space, actor.id, "withdrawn", reason, html, actor.language)
        await record(Kind.IDEA_WITHDRAWN, actor=actor.id, space=idea.space, idea=idea.id, step=step)


PUT_BACK = """
    UPDATE idea i SET state = 'published' FROM campaign c
    WHERE i.id = {} AND i.state = 'withdrawn' AND c.id = i.campaign AND plein_phase(c, plein_now()) = ANY({})
    RETURNING i.id
"""


async def put_back(actor: Actor, idea: IdeaRow, *, reason: str) -> None:
    """A withdrawn idea is in the lists again, with its thread, its support and the story of both. Raises Closed once
    voting has begun, and Sensitive."""
    require(actor, Action.IDEA_PUT_BACK, idea)
    await refuse_sensitive(reason)
    html = await rendered(reason)
    async with transaction():
        await hold_above(idea.id)
        if await fetch_value(PUT_BACK, idea.id, list(WHILE_EDITING)) is None:
            raise Closed
        step = await fetch_value(SAY_WHY, idea.id, idea.space, actor.id, "put back", reason, html, actor.language)
        await record(Kind.IDEA_PUT_BACK, actor=actor.id, space=idea.space, idea=idea.id, step=step)
