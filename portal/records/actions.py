"""Asking for the record of a space, and of a case."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.escalation.moving import hold
from portal.escalation.queries import CaseRow
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.queries import SpaceRow

# One at a time: the same person, of the same case.
ASK_OF_CASE = """
    INSERT INTO case_record (escalation, space, person, label, whole, language, reason)
    SELECT e.id, e.space, {}, s.label, {}, {}, {} FROM escalation e JOIN space s ON s.id = e.space
    WHERE e.id = {} AND NOT EXISTS (SELECT FROM case_record r WHERE r.escalation = e.id AND r.person = {}
        AND r.made_at IS NULL AND r.asked_at > plein_now() - interval '1 hour')
    RETURNING id
"""


async def ask_for_case_record(actor: Actor, case: CaseRow, whole: bool, reason: str) -> None:
    """Has the record of a case made; `whole`: with what is its team's alone."""
    require(actor, Action.ESCALATION_RECORD, case)
    async with transaction():
        await hold(case.id)
        asked = await fetch_value(ASK_OF_CASE, actor.id, whole, actor.language, reason, case.id, actor.id)
        if asked is not None:
            await queue("make_case_record", case_record=asked)
            await record(Kind.CASE_RECORDED, actor=actor.id, space=case.space, escalation=case.id, whole=whole)


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
