"""What the clock sets off after an answer. Each is called once, with the case held; it looks whether it still
matters."""

from __future__ import annotations

from portal.crowd.asking import Said, end
from portal.crowd.promising import (
    COLUMNS,
    WATCHED,
    Promised,
    ask_whether_done,
    break_promise,
    keep,
    remind,
    review,
)
from portal.db import fetch_one
from portal.escalation.moving import Case, move
from portal.escalation.states import State
from portal.escalation.steps import Handler, one_by_one
from portal.events.kinds import Kind

ONE = f"SELECT {COLUMNS} FROM promise WHERE id = {{}}"
# The one that the last news, or its beginning (with a minus), belongs to; nothing, where there was news since.
WAITING = f"""
    SELECT {COLUMNS} FROM promise p WHERE escalation = {{}} AND state = 'open'
        AND coalesce((SELECT max(n.id) FROM promise_news n WHERE n.promise = p.id), -p.id) = {{}}
"""


@one_by_one
async def asked(case: Case, nth: int) -> None:
    """The supporters had their time."""
    said = await end(nth)
    if said is None or case.state not in WATCHED:
        return
    if said.promise is not None:
        await _of_promise(case, said.promise, said)
    elif not (said.outcome == "no" and await review(case)) and case.state is State.ANSWERED:
        await move(case.id, Kind.CASE_CLOSED)  # it promised nothing, and is final


async def _of_promise(case: Case, promise: int, said: Said) -> None:
    row = await fetch_one(Promised, ONE, promise)
    if row is None or row.state not in ("open", "done"):
        return
    if said.outcome == "no":
        await break_promise(case, row, "crowd")
    elif said.outcome == "yes" or row.state == "done":
        await keep(case.id, row)
    else:  # late, and too few said anything: it stays open
        await remind(case, row, "late")


@one_by_one
async def promise_due(case: Case, nth: int) -> None:
    """The day of a promise is over: whether it is done, the supporters say (rule 14)."""
    row = await fetch_one(Promised, ONE, nth)
    if row is not None and row.state == "open" and case.state in WATCHED:
        await remind(case, row, "late")
        await ask_whether_done(case, row)


@one_by_one
async def news_soon(case: Case, nth: int) -> None:
    """Nothing was told of a promise for most of the time that there is."""
    row = await fetch_one(Promised, WAITING, case.id, nth)
    if row is not None and case.state in WATCHED:
        await remind(case, row, "news")


@one_by_one
async def news_missed(case: Case, nth: int) -> None:
    """Nothing was told of it in time: the case is open again."""
    row = await fetch_one(Promised, WAITING, case.id, nth)
    if row is not None and case.state in (State.COMMITTED, State.IMPLEMENTED):
        await break_promise(case, row, "no news")


#: By the key in `case_step.kind`.
STEPS: dict[str, Handler] = {
    "crowd_asked": asked,
    "promise_due": promise_due,
    "promise_news_soon": news_soon,
    "promise_news_missed": news_missed,
}
