"""What the clock sets off where advice was asked: a reminder, and a line that it is late. No date of the case moves."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.db import fetch_one
from portal.escalation.moving import Case, move, oblige, possible
from portal.escalation.steps import Handler, one_by_one
from portal.events.kinds import Kind


class Waiting(msgspec.Struct, frozen=True):
    """Advice that has not come, of somebody who is still asked."""

    kind: str
    person: int
    due_on: date


WAITING = """
    SELECT c.kind, c.person, c.due_on FROM consultation c WHERE c.id = {} AND c.answered_at IS NULL
        AND EXISTS (SELECT FROM case_role r
            WHERE r.escalation = c.escalation AND r.person = c.person AND r.until IS NULL)
"""


@one_by_one
async def advice_soon(case: Case, nth: int) -> None:
    """A day before it is expected."""
    waiting = await fetch_one(Waiting, WAITING, nth)
    if waiting and possible(case, Kind.CASE_ADVICE_LATE):
        await oblige(Kind.DUTY_CONSULTED, case, waiting.person, about=waiting.kind)


@one_by_one
async def advice_late(case: Case, nth: int) -> None:
    """The day is over: everybody reads so; who was asked, and who asked, are told."""
    waiting = await fetch_one(Waiting, WAITING, nth)
    if waiting and possible(case, Kind.CASE_ADVICE_LATE):
        await move(case.id, Kind.CASE_ADVICE_LATE, about=waiting.kind, on=waiting.due_on.isoformat())
        await oblige(Kind.DUTY_CONSULTED, case, waiting.person, about=waiting.kind)
        await oblige(Kind.DUTY_REMINDER, case, case.owner, about="advice")


#: By the key in `case_step.kind`; `nth` is the consultation.
STEPS: dict[str, Handler] = {"advice_soon": advice_soon, "advice_late": advice_late}
