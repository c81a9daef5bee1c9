"""Asking for one's own data."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record

# One at a time: who asks again while it is being made, waits for the same one.
ASK = """
    INSERT INTO data_export (person) SELECT {} WHERE NOT EXISTS (
        SELECT FROM data_export WHERE person = {} AND made_at IS NULL AND asked_at > plein_now() - interval '1 hour')
    RETURNING id
"""


async def ask_for_data(actor: Actor) -> None:
    """Has a file made with all that is stored about the actor; one that was made before goes."""
    require(actor, Action.DATA_ASK)
    async with transaction():
        await execute("DELETE FROM data_export WHERE person = {} AND made_at IS NOT NULL", actor.id)
        export = await fetch_value(ASK, actor.id, actor.id)
        if export is not None:
            await queue("make_export", export=export)
            await record(Kind.DATA_ASKED, actor=actor.id, person=actor.id)
