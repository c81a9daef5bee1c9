"""What can't be discussed in public is published once a second person agrees (rule 10)."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.answers.actions import Decision, publish
from portal.answers.drafts import Typed, save
from portal.db import execute, fetch_one, fetch_value, transaction
from portal.escalation.actions import NotEligible
from portal.escalation.moving import hold, move, oblige, possible
from portal.escalation.queries import CaseRow
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow

# Somebody else, who may decide it, too, and is there; who wrote it without her name is refused when she says yes only.
MAY_AGREE = """
    SELECT {}::bigint <> {} AND plein_there({}, plein_now()) AND {}::bigint <> ALL (plein_openly_barred(e))
    FROM escalation e WHERE e.id = {}
"""
SUBMIT = """
    UPDATE answer_draft SET decision = {}, submitted_by = {}, approver = {}, approver_joined = approver_joined OR {},
        sent_back = '', sent_back_by = NULL WHERE escalation = {} AND version = {}
"""
READS = """
    INSERT INTO case_role (escalation, space, person, role) SELECT e.id, e.space, {}, 'counsel' FROM escalation e
    WHERE e.id = {} ON CONFLICT DO NOTHING RETURNING id
"""


async def submit(actor: Actor, case: CaseRow, idea: IdeaRow, decision: Decision, typed: Typed, version: int) -> None:
    """Asks the second person, who reads the case from then on; nothing is published. Raises NotEligible where she may
    not agree, Changed."""
    require(actor, Action.IDEA_ANSWER, idea)
    assert decision.approver is not None
    async with transaction():
        held = await hold(case.id)
        if held.owner != actor.id or not possible(held, Kind.CASE_ANSWERED):
            raise Changed
        if not await fetch_value(MAY_AGREE, decision.approver, actor.id, decision.approver, decision.approver, case.id):
            raise NotEligible
        if possible(held, Kind.CASE_DRAFTING):
            await move(case.id, Kind.CASE_DRAFTING, actor=actor.id)
        version = await save(actor, case.id, typed, version)
        said = msgspec.json.encode(decision).decode()
        joined = await fetch_value(READS, decision.approver, case.id) is not None
        await execute(SUBMIT, said, actor.id, decision.approver, joined, case.id, version)
        await oblige(Kind.DUTY_APPROVAL, held, decision.approver)


class Waiting(msgspec.Struct, frozen=True):
    """What waits for a yes, and whose it is."""

    decision: str
    submitted_by: int
    language: str


WAITING = """
    SELECT d.decision::text, d.submitted_by, n.language FROM answer_draft d
    JOIN identity n ON n.person = d.submitted_by WHERE d.escalation = {} AND d.approver = {} AND d.version = {}
"""


async def approve(actor: Actor, case: CaseRow, idea: IdeaRow, version: int) -> None:
    """She agrees to the text that she read: it is published, as the owner's. Raises Changed where it was changed or
    taken back meanwhile, or the case is somebody else's; Overtaken."""
    require(actor, Action.ANSWER_APPROVE, case)
    async with transaction():
        waiting = await fetch_one(Waiting, WAITING, case.id, actor.id, version)
        if waiting is None:
            raise Changed
        decision = msgspec.json.decode(waiting.decision, type=Decision)
        if not await publish(waiting.submitted_by, waiting.language, idea, decision, version):
            raise Changed


SEND_BACK = """
    UPDATE answer_draft SET decision = NULL, submitted_by = NULL, approver = NULL, approver_joined = FALSE,
        sent_back = {}, sent_back_by = {}
    WHERE escalation = {} AND approver = {} AND version = {} RETURNING id
"""


async def send_back(actor: Actor, case: CaseRow, version: int, reason: str) -> None:
    """She does not agree, and says why; who decides hears of it. Raises Changed."""
    require(actor, Action.ANSWER_APPROVE, case)
    async with transaction():
        held = await hold(case.id)
        if await fetch_value(SEND_BACK, reason, actor.id, case.id, actor.id, version) is None:
            raise Changed
        await record(Kind.ANSWER_SENT_BACK, actor=actor.id, space=case.space, escalation=case.id, person=held.owner)
        await oblige(Kind.DUTY_REMINDER, held, held.owner, about="sent back")
