"""What the clock sets off on a case. Each is called once, in the order of the due moments, with the case held; it looks
whether it still matters. The list is in timetable.STEPS, with what other rooms add to it. What is due of many cases at
the same moment, such as reminders, is done for all of them by one statement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import zip_longest

from portal.db import execute
from portal.escalation.alerts import alerts
from portal.escalation.moving import (
    Case,
    above,
    hand_over_all,
    hold_all,
    move,
    move_all,
    oblige,
    oblige_all,
    possible,
    rise_all,
)
from portal.escalation.opening import assign_all, call_for_triage
from portal.escalation.states import OWED, OWNED, State
from portal.events.kinds import Kind

#: A case, and which of a kind of step it is.
Due = tuple[Case, int]
#: Takes a step of each of these cases.
Handler = Callable[[list[Due]], Awaitable[None]]


def one_by_one(handle: Callable[[Case, int], Awaitable[None]]) -> Handler:
    """For a step that asks much of each case."""

    async def handler(due: list[Due]) -> None:
        for case, nth in due:
            await handle(case, nth)

    return handler


LENGTHEN = """
    UPDATE escalation e SET hold_longer = TRUE, alerts = string_to_array(n.alerts, ','),
        hold_until = plein_working_after(e.hold_until, s.longer_hold_hours * 60)
    FROM escalation_setting s, unnest({}::bigint[], {}::text[]) n (id, alerts) WHERE e.id = n.id AND s.id = e.setting
"""
# Reckoned once for each charter and level, and not for each case.
TRIAGE = """
    UPDATE escalation e SET triage_due_at = d.due_at FROM (
        SELECT s.id, k.level, plein_working_after(plein_now(),
            60 * CASE k.level WHEN 2 THEN s.triage2_hours ELSE s.triage1_hours END) AS due_at
        FROM (SELECT DISTINCT setting, level FROM escalation WHERE id = ANY({})) k
        JOIN escalation_setting s ON s.id = k.setting OFFSET 0) d
    WHERE e.id = ANY({}) AND d.id = e.setting AND d.level = e.level
"""


async def hold_over(due: list[Due]) -> None:
    """Four working hours after T1: it goes on, and somebody names who answers; unless an alert lengthens the hold once
    (rule 18)."""
    held = [case for case, _ in due if case.state is State.QUALIFYING]
    raised = await alerts([case.idea for case in held if not case.hold_longer])
    longer = {case.id: ",".join(raised[case.idea]) for case in held if case.idea in raised}
    if longer:
        await execute(LENGTHEN, list(longer), list(longer.values()))
        await move_all(list(longer), Kind.CASE_HOLD_LENGTHENED)
    over = [case.id for case in held if case.id not in longer]
    await execute(TRIAGE, over, over)
    await move_all(over, Kind.CASE_QUALIFIED)
    await call_for_triage(over)


async def triage_missed(due: list[Due]) -> None:
    """Nobody named an owner: who answers by the rules has it."""
    await assign_all([case.id for case, _ in due if case.state is State.TRIAGE])


async def acknowledge_missed(due: list[Due]) -> None:
    """The owner said nothing: her deputy, or whoever comes next, owns it."""
    silent = [case for case, _ in due if case.state is State.ASSIGNED]
    await hand_over_all(silent, "not acknowledged")


async def statement_missed(due: list[Due]) -> None:
    """No first statement: everybody reads so."""
    cases = [case for case, _ in due if case.statement_at is None and case.state in OWNED]
    await move_all([case.id for case in cases], Kind.CASE_NO_STATEMENT)
    await oblige_all(Kind.DUTY_REMINDER, [(case, case.owner) for case in cases], about="statement")


async def half_of_time(due: list[Due]) -> None:
    """The first reminder."""
    await _remind(due, 50)


async def most_of_time(due: list[Due]) -> None:
    """The second reminder."""
    await _remind(due, 80)


async def _remind(due: list[Due], percent: int) -> None:
    owned = [(case, case.owner) for case, _ in due if case.state in OWNED]
    await oblige_all(Kind.DUTY_REMINDER, owned, about="answer", percent=percent)


async def overdue_1(due: list[Due]) -> None:
    """The time is over: a public badge, and who stands above the owner is told."""
    cases = [case for case, _ in due if possible(case, Kind.CASE_OVERDUE)]
    await move_all([case.id for case in cases], Kind.CASE_OVERDUE, step=1)
    await oblige_all(Kind.DUTY_REMINDER, [(case, case.owner) for case in cases], about="answer", percent=100)
    superiors = await above(*(case.id for case in cases))
    await oblige_all(Kind.DUTY_OVERDUE, [(case, superiors[case.id]) for case in cases], step=1)


async def overdue_2(due: list[Due]) -> None:
    """Five working days later who stands above the owner owns it."""
    await _overdue(due, 1, 2)


async def overdue_3(due: list[Due]) -> None:
    """Ten working days later the top of the chain owns it. The chain has no end and nothing closes by itself."""
    await _overdue(due, TOP, 3)


TOP = 1000  # levels: more than any organisation has


async def _overdue(due: list[Due], levels: int, step: int) -> None:
    cases = [case for case, _ in due if possible(case, Kind.CASE_OVERDUE)]
    await rise_all([case for case in cases if case.state in OWNED], levels, "late")
    await move_all([case.id for case in cases], Kind.CASE_OVERDUE, step=step)
    now = await hold_all([case.id for case in cases])
    await oblige_all(Kind.DUTY_OVERDUE, [(case, now[case.id].owner) for case in cases], step=step)


# The clock stood still from the question on; no longer than was allowed, however late this is found (rule 2).
GO_ON = """
    UPDATE escalation e SET clarified_at = p.until,
        due_at = CASE WHEN e.due_at > e.clarify_from
            THEN plein_working_after(e.due_at, p.minutes) ELSE e.due_at END,
        statement_due_at = CASE WHEN e.statement_at IS NULL AND e.statement_due_at > e.clarify_from
            THEN plein_working_after(e.statement_due_at, p.minutes) ELSE e.statement_due_at END
    FROM (SELECT x.id, least(plein_now(), x.clarify_until) AS until,
            plein_working_minutes(x.clarify_from, least(plein_now(), x.clarify_until)) AS minutes
        FROM escalation x WHERE x.id = {}) p
    WHERE e.id = p.id
"""


@one_by_one
async def clarifying_over(case: Case, nth: int) -> None:
    """The author said nothing for five working days: the clock goes on."""
    if case.state is State.CLARIFYING:
        await go_on(case)


async def stop_asking(case: Case) -> None:
    """Where a question to the author is open, it is no more: due so much later as it took."""
    if case.state is State.CLARIFYING:
        await execute(GO_ON, case.id)


async def go_on(case: Case, *, actor: int | None = None, **particulars: str) -> None:
    """The question is answered, or its time over."""
    await stop_asking(case)
    await move(case.id, Kind.CASE_CLARIFIED, actor=actor, **particulars)
    await oblige(Kind.DUTY_REMINDER, case, case.owner, about="clarified")


# What was due after it was taken out of sight is due so much later as it was. A question to the author, during which
# the clock stands still anyway, may be answered so much longer.
LATER = """
    UPDATE escalation e SET
        due_at = CASE WHEN e.due_at > p.since THEN plein_working_after(e.due_at, p.minutes) ELSE e.due_at END,
        statement_due_at = CASE WHEN e.statement_at IS NULL AND e.statement_due_at > p.since
            THEN plein_working_after(e.statement_due_at, p.minutes) ELSE e.statement_due_at END,
        acknowledge_due_at = CASE WHEN e.acknowledged_at IS NULL AND e.acknowledge_due_at > p.since
            THEN plein_working_after(e.acknowledge_due_at, p.minutes) ELSE e.acknowledge_due_at END,
        triage_due_at = CASE WHEN e.owner IS NULL AND e.triage_due_at > p.since
            THEN plein_working_after(e.triage_due_at, p.minutes) ELSE e.triage_due_at END,
        hold_until = CASE WHEN e.state = 'qualifying' AND e.hold_until > p.since
            THEN plein_working_after(e.hold_until, p.minutes) ELSE e.hold_until END
    FROM (SELECT x.since, plein_working_minutes(x.since, x.until) AS minutes FROM (
        SELECT {}::timestamptz AS since, coalesce({}, plein_now()) AS until) x) p
    WHERE e.id = {}
"""
LONGER = """
    UPDATE escalation e SET clarify_until = plein_working_after(e.clarify_until,
        plein_working_minutes(p.since, p.until))
    FROM (SELECT {}::timestamptz AS since, coalesce({}, plein_now()) AS until) p
    WHERE e.id = {} AND e.clarify_until > p.since
"""


async def later(case: Case, *turns: datetime) -> None:
    """All is due so much later as it was out of sight. `turns`: taken out of sight, shown again, and so on; until now
    where the last was not shown again."""
    for since, until in zip_longest(turns[::2], turns[1::2]):
        await execute(LONGER if case.state is State.CLARIFYING else LATER, since, until, case.id)


async def go_on_in_sight(case: Case, *turns: datetime) -> None:
    """The item was out of sight, also for who owes the answer, until somebody had screened it (rule 15), or for as long
    as moderators hid it: the clock stood still meanwhile."""
    if case.state in OWED:
        await later(case, *turns)
    if possible(case, Kind.CASE_SCREENED):
        await move(case.id, Kind.CASE_SCREENED)


#: By the key in `case_step.kind`; the migration says when each is due.
STEPS: dict[str, Handler] = {
    "hold_over": hold_over,
    "longer_hold_over": hold_over,
    "triage_missed": triage_missed,
    "acknowledge_missed": acknowledge_missed,
    "statement_missed": statement_missed,
    "half_of_time": half_of_time,
    "most_of_time": most_of_time,
    "overdue_1": overdue_1,
    "overdue_2": overdue_2,
    "overdue_3": overdue_3,
    "clarifying_over": clarifying_over,
}
