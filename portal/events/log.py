"""Writing the event log."""

from __future__ import annotations

import msgspec

from portal.db import DB, after_commit, fetch_value
from portal.events.kinds import Kind
from portal.events.wake import wake_worker

RECORD = """
    WITH written AS (
        INSERT INTO event (kind, actor, space, campaign, idea, comment, answer, escalation, person, particulars)
        VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}::jsonb) RETURNING id
    )
    INSERT INTO event_queue (event) SELECT id FROM written RETURNING event
"""


async def record(
    kind: Kind,
    *,
    actor: int | None = None,
    space: int | None = None,
    campaign: int | None = None,
    idea: int | None = None,
    comment: int | None = None,
    answer: int | None = None,
    escalation: int | None = None,
    person: int | None = None,
    **particulars: int | str | bool | None,
) -> int:
    """Writes what happened, in the caller's transaction. `particulars` hold ids and enums, never anyone's words."""
    assert DB.current_transaction.get() is not None, "record() belongs into the transaction of what happened"
    event: int = await fetch_value(
        RECORD,
        kind.value,
        actor,
        space,
        campaign,
        idea,
        comment,
        answer,
        escalation,
        person,
        msgspec.json.encode(particulars).decode(),
    )
    after_commit(wake_worker)
    return event
