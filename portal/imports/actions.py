"""Handing a list in, and what is done with it."""

from __future__ import annotations

from hashlib import sha256

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.imports.queries import ImportRow
from portal.tables.base import new_public_id

HAND_IN = """
    INSERT INTO people_import (public_id, started_by, kind, state, file_name, sha256, make_units, deactivate_missing)
    VALUES ({}, {}, {}, 'waiting', {}, {}, {}, {}) RETURNING id
"""
FILE = "INSERT INTO import_file (people_import, content) VALUES ({}, {})"


async def hand_in(
    actor: Actor | None, content: bytes, *, kind: str, file_name: str, make_units: bool, deactivate_missing: bool
) -> tuple[int, str]:
    """Keeps a list for its trial run; gives its id and public id. Without an actor (the command line) nothing is
    queued: the caller runs it."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    public_id = new_public_id()
    async with transaction():
        digest = sha256(content).digest()
        by = actor.id if actor else None
        given = (public_id, by, kind, file_name[:200], digest, make_units, deactivate_missing)
        number: int = await fetch_value(HAND_IN, *given)
        await execute(FILE, number, content)
        if actor:
            await queue("read_import", people_import=number)
    return number, public_id


START = """
    UPDATE people_import SET state = 'running', problem = '' WHERE id = {} AND (state = 'stopped'
        OR state = 'running' AND started_by IS NULL OR state = 'ready' AND md5(tallies::text) = {}) RETURNING id
"""


async def start(actor: Actor | None, row: ImportRow, seen: str) -> None:
    """Carries out what the trial run said, or goes on where it was stopped. `seen` marks what was shown: raises Changed
    when it says something else by now."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        if await fetch_value(START, row.id, seen) is None:
            raise Changed
        if actor:
            await queue("run_import", people_import=row.id)


async def stop(actor: Actor, row: ImportRow) -> None:
    """Stops after the batch that is being done."""
    require(actor, Action.PEOPLE_MANAGE)
    await execute("UPDATE people_import SET state = 'stopped' WHERE id = {} AND state = 'running'", row.id)


async def throw_away(actor: Actor | None, row: ImportRow) -> None:
    """Forgets a list, unless it is being carried out. What was done stays done."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    await execute("DELETE FROM people_import WHERE id = {} AND state <> 'running'", row.id)
