"""Reading a case's events again: they give its state, its owner and its due date, or something changed without one."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.db import execute
from portal.escalation.states import TRANSITIONS, State
from portal.events.kinds import Kind


class Replayed(msgspec.Struct, frozen=True):
    """A case as its events tell it."""

    state: State
    owner: int | None
    level: int
    due_at: datetime


class Impossible(Exception):
    """An event that could not follow the one before it."""


EVENTS = """
    SELECT v.kind, (v.particulars ->> 'owner')::bigint AS owner, (v.particulars ->> 'level')::int AS level,
        (v.particulars ->> 'due')::timestamptz AS due_at
    FROM event v WHERE v.escalation = {} AND starts_with(v.kind, 'case.') ORDER BY v.id
"""


async def replay(case: int) -> Replayed:
    """What the events of a case amount to. Raises Impossible."""
    state: State | None = None
    rows = await execute(EVENTS, case)
    for row in rows:
        before, after = TRANSITIONS[Kind(row["kind"])]
        if (state not in before) if state else before:
            raise Impossible(f"{row['kind']} after {state}")
        state = after or state
    if state is None:
        raise Impossible("no event")
    return Replayed(state, rows[-1]["owner"], rows[-1]["level"], rows[-1]["due_at"])


# Every case of which row and last event differ: none, or something changed it silently.
DIFFERENT = """
    SELECT e.id FROM escalation e LEFT JOIN LATERAL (
        SELECT v.particulars FROM event v WHERE v.escalation = e.id AND starts_with(v.kind, 'case.')
        ORDER BY v.id DESC LIMIT 1) l ON TRUE
    WHERE (l.particulars ->> 'owner')::bigint IS DISTINCT FROM e.owner
        OR (l.particulars ->> 'level')::int IS DISTINCT FROM e.level
        OR (l.particulars ->> 'due')::timestamptz IS DISTINCT FROM e.due_at
    ORDER BY e.id
"""


async def differing() -> list[int]:
    """The cases whose row says something else than their last event."""
    return [row["id"] for row in await execute(DIFFERENT)]
