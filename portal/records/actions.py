"""Asking for the record of a space."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.queries import SpaceRow

# One at a time: who asks again while it is being made, waits for the same one.
ASK = """
    INSERT INTO space_record (space, label, asked_by) SELECT s.id, s.label, {} FROM space s
    WHERE s.id = {} AND NOT EXISTS (SELECT FROM space_record r
        WHERE r.space = s.id AND r.made_at IS NULL AND r.asked_at > plein_now() - interval '1 hour')
    RETURNING id
"""


async def ask_for_record(actor: Actor, space: SpaceRow) -> None:
    """Has the record of an ended space made."""
    require(actor, Action.SPACE_RECORD, space)
    async with transaction():
        await execute("SELECT id FROM space WHERE id = {} FOR NO KEY UPDATE", space.id)
        asked = await fetch_value(ASK, actor.id, space.id)
        if asked is not None:
            await queue("make_record", space_record=asked)
            await record(Kind.SPACE_RECORDED, actor=actor.id, space=space.id)
