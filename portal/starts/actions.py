"""Keeping starting texts: administrators write them."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import as_seen
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.starts.queries import Start, Words, get_start

ADD = """
    INSERT INTO answer_start (name, language, kind, summary, reason, next_step, author, form_key)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING public_id
"""


async def add_start(actor: Actor, words: Words, *, form_key: str) -> None:
    """A new one; the same form twice adds one."""
    require(actor, Action.ANSWER_START_EDIT)
    async with transaction():
        start = await fetch_value(ADD, *msgspec.structs.astuple(words), actor.id, form_key)
        if start is not None:
            await record(Kind.ANSWER_START_SAVED, actor=actor.id, start=start)


HOLD = "SELECT id FROM answer_start WHERE public_id = {} FOR NO KEY UPDATE"
EDIT = """
    UPDATE answer_start SET name = {}, language = {}, kind = {}, summary = {}, reason = {}, next_step = {}
    WHERE public_id = {}
"""


async def edit_start(actor: Actor, start: Start, words: Words, *, seen: str) -> None:
    """Its words; answers that were begun with it stay as they are. Raises Changed when it is no longer as it was
    seen."""
    require(actor, Action.ANSWER_START_EDIT)
    async with transaction():
        await execute(HOLD, start.public_id)
        stands = await get_start(actor, start.public_id)
        if as_seen(seen, stands.seen if stands else "", words.seen):
            await execute(EDIT, *msgspec.structs.astuple(words), start.public_id)
            await record(Kind.ANSWER_START_SAVED, actor=actor.id, start=start.public_id)


async def remove_start(actor: Actor, start: Start) -> None:
    """It is offered no more."""
    require(actor, Action.ANSWER_START_EDIT)
    async with transaction():
        await execute("DELETE FROM answer_start WHERE public_id = {}", start.public_id)
        await record(Kind.ANSWER_START_REMOVED, actor=actor.id, start=start.public_id)
