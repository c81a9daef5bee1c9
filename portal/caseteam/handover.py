"""Handing a case over: somebody is asked, with a reason, and owns it once she says yes. The clock goes on (rule 1)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.of_people import NAMED
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.caseteam.actions import ON_TEAM, STAFF
from portal.db import Reading, execute, fetch_one, fetch_value, transaction
from portal.escalation.actions import HAND, MAY_OWN, NotEligible
from portal.escalation.moving import Case, give_to, hold_for, move, oblige
from portal.escalation.queries import CaseRow
from portal.escalation.states import OWNED
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive.holding import refuse_sensitive
from portal.tables import Escalation, Handover, Identity

ASK = """
    INSERT INTO handover (escalation, space, person, body, asked_by, joined)
    SELECT e.id, e.space, {}, {}, {}, {} FROM escalation e WHERE e.id = {}
"""
END = """
    UPDATE handover SET outcome = {}, ended_at = plein_now() WHERE escalation = {} AND outcome IS NULL
    RETURNING id, asked_by
"""


async def ask_to_take_over(actor: Actor, case: CaseRow, to: int, reason: str) -> None:
    """Somebody is asked to own it, and reads it from then on; until she says yes it stays whose it is. Who is above the
    owner and takes it herself has it at once. Raises NotEligible, Changed, Sensitive."""
    require(actor, Action.ESCALATION_HAND_OVER, case)
    await refuse_sensitive(reason)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_HANDED_OVER)
        if held.state not in OWNED:  # it was answered just now
            raise Changed
        if to == held.owner or not await fetch_value(MAY_OWN, to, to, case.id):
            raise NotEligible
        await _end(held, "lapsed")
        joined = await fetch_value(ON_TEAM, case.id, to) is None
        if joined and await fetch_value(STAFF, to, "counsel", case.id, to, to, to) is None:
            raise NotEligible
        await execute(ASK, to, reason, actor.id, joined, case.id)
        if to == actor.id:
            await _take(actor, held)
        else:
            await oblige(Kind.DUTY_OFFERED, held, to)


async def answer_handover(actor: Actor, case: CaseRow, agreed: bool) -> None:
    """Who was asked owns it from now on, or does not want to. Raises NotEligible, Changed."""
    require(actor, Action.ESCALATION_TAKE_OVER, case)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_HANDED_OVER)
        if agreed:
            await _take(actor, held)
        else:
            _, asked_by = await _end(held, "refused")
            await oblige(Kind.DUTY_REMINDER, held, asked_by, about="not taken")


async def _take(actor: Actor, held: Case) -> None:
    if not await fetch_value(MAY_OWN, actor.id, actor.id, held.id):
        raise NotEligible
    taken, _ = await _end(held, "taken")
    await execute(HAND, actor.id, held.id)
    await give_to(held, actor.id, "handed over")
    await move(held.id, Kind.CASE_HANDED_OVER, actor=actor.id, why="handed over", handover=taken)


async def _end(held: Case, outcome: str) -> tuple[int | None, int | None]:
    """What was asked is over, so or so: which, and by whom. Raises Changed where nobody was asked, unless it only
    makes room."""
    ended = await execute(END, outcome, held.id)
    if ended:
        await record(Kind.HANDOVER_ENDED, space=held.space, escalation=held.id)
        return ended[0]["id"], ended[0]["asked_by"]
    if outcome != "lapsed":
        raise Changed
    return None, None


class HandoverRow(msgspec.Struct, frozen=True):
    """Somebody is asked to take a case over."""

    name: str
    by: str
    reason: str
    asked_at: datetime


ASKED = (
    "SELECT coalesce(n.name, '') AS name, coalesce(b.name, '') AS by, h.body AS reason, h.asked_at FROM handover h "
    + NAMED.format("n", "h.person", "h.space")
    + NAMED.format("b", "h.asked_by", "h.space")
    + " WHERE h.escalation = {} AND h.outcome IS NULL AND {}"
)


def asked_to_take_over(actor: Actor, case: int) -> Reading[HandoverRow]:
    """Who is asked, and why, for the team."""
    return Reading(HandoverRow, ASKED, case, visible(Handover, actor, "h"))


class Taker(msgspec.Struct, frozen=True):
    """Who would own a case: how many she owes an answer to already, as far as the reader sees them, and who stands
    above her."""

    public_id: str
    name: str
    title: str
    cases: int
    above: str


TAKER = """
    SELECT p.public_id, n.name, n.title, coalesce(a.name, '') AS above,
        (SELECT count(*)::int FROM escalation e WHERE e.owner = p.id AND e.ended_at IS NULL AND e.state = ANY({})
            AND {}) AS cases
    FROM person p JOIN identity n ON n.person = p.id AND {}
    LEFT JOIN identity a ON a.person = (plein_above(p.id, '{{}}', plein_now()))[1] AND {}
    WHERE p.id = {}
"""


async def taker(actor: Actor, person: int) -> Taker | None:
    """Her, as the reader may know of her."""
    sights = visible(Escalation, actor, "e"), visible(Identity, actor, "n"), visible(Identity, actor, "a")
    return await fetch_one(Taker, TAKER, sorted(OWNED), *sights, person)
