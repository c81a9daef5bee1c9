"""Writing the event log."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from portal.db import DB, after_commit, execute, fetch_value
from portal.events.kinds import Kind
from portal.events.wake import wake_worker

RECORD = """
    WITH written AS (
        INSERT INTO event (kind, actor, space, campaign, idea, comment, answer, escalation, person, particulars)
        VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}::jsonb) RETURNING id
    )
    INSERT INTO event_queue (event) SELECT id FROM written RETURNING event
"""


class Happened(msgspec.Struct, frozen=True):
    """One of many events of a kind, on a case each."""

    space: int
    escalation: int
    person: int | None
    particulars: dict[str, int | str | bool | None]


RECORD_ALL = """
    WITH written AS (
        INSERT INTO event (kind, actor, space, escalation, person, particulars)
        SELECT {}, {}, h.space, h.escalation, h.person, h.particulars::jsonb
        FROM unnest({}::bigint[], {}::bigint[], {}::bigint[], {}::text[]) WITH ORDINALITY
            h (space, escalation, person, particulars, nth) ORDER BY h.nth RETURNING id
    )
    INSERT INTO event_queue (event) SELECT id FROM written
"""


async def record_all(kind: Kind, happened: Sequence[Happened], *, actor: int | None = None) -> None:
    """Writes many events of a kind at once, in their order, in the caller's transaction."""
    assert DB.current_transaction.get() is not None, "record_all() belongs into the transaction of what happened"
    if happened:
        await execute(
            RECORD_ALL,
            kind.value,
            actor,
            [one.space for one in happened],
            [one.escalation for one in happened],
            [one.person for one in happened],
            [msgspec.json.encode(one.particulars).decode() for one in happened],
        )
        after_commit(wake_worker)


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
