"""What follows from an answer. Each reaction may come twice and does its work once."""

from __future__ import annotations

from portal.crowd.asking import ask
from portal.crowd.promising import promise_of_answer, replace_promises
from portal.db import execute, fetch_value
from portal.escalation.moving import OPEN_CASE, hold, move
from portal.escalation.states import State
from portal.events.kinds import Kind

CASE = "SELECT e.escalation AS id, x.idea FROM event e JOIN escalation x ON x.id = e.escalation WHERE e.id = {}"


async def answered(event: int) -> None:
    """A case was answered: its supporters are asked whether that answers the question, and what the answer promises is
    watched over."""
    row = (await execute(CASE, event))[0]
    case = await hold(row["id"])
    if case.state is not State.ANSWERED or await ask(case) is None:
        return
    await replace_promises(case.id)
    if await promise_of_answer(case.idea, case, anew=True):
        await move(case.id, Kind.CASE_COMMITTED)


ANSWERED = "SELECT a.idea FROM event e JOIN answer a ON a.id = e.answer WHERE e.id = {}"
ASKED = "SELECT EXISTS (SELECT FROM crowd_question WHERE escalation = {} AND round = {} AND promise IS NULL)"


async def promised(event: int) -> None:
    """An answer was given where there is no case, or came to promise something when it was corrected."""
    idea = await fetch_value(ANSWERED, event)
    number = await fetch_value(OPEN_CASE, idea)
    case = await hold(number) if number is not None else None
    if case is not None and (
        case.state not in (State.ANSWERED, State.COMMITTED) or not await fetch_value(ASKED, case.id, case.round)
    ):
        return  # what follows from its answer comes with that event, or with the next answer
    made = await promise_of_answer(idea, case, anew=False)
    if made and case is not None and case.state is State.ANSWERED:
        await move(case.id, Kind.CASE_COMMITTED)
