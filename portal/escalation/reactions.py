"""What follows from events. Each reaction may come twice and does its work once."""

from __future__ import annotations

from portal.db import execute, fetch_value
from portal.escalation.moving import OPEN_CASE, decider, give_to, hold, move, possible, rise
from portal.escalation.opening import assign, go_on_from_triage, open_case
from portal.escalation.states import OWNED
from portal.escalation.steps import go_on, stop_asking
from portal.events.kinds import Kind
from portal.events.log import record

REACHED = "SELECT e.idea, (e.particulars ->> 'level')::int AS level FROM event e WHERE e.id = {}"
# Never later than it was (rule of T2): the date of the answer stays, what comes before it may be sooner.
SOONER = """
    UPDATE escalation e SET level = 2,
        triage_due_at = least(e.triage_due_at, plein_working_after(i.t2_at, s.triage2_hours * 60)),
        acknowledge_due_at = least(e.acknowledge_due_at, plein_working_after(i.t2_at, s.acknowledge2_hours * 60)),
        statement_due_at = least(e.statement_due_at, plein_working_days_after(i.t2_at, s.statement2_days))
    FROM idea i, escalation_setting s WHERE e.id = {} AND i.id = e.idea AND s.id = e.setting
"""


async def threshold_reached(event: int) -> None:
    """T1: a case, held for some hours first. T2: the next level decides."""
    reached = (await execute(REACHED, event))[0]
    if reached["level"] == 1:
        await open_case(reached["idea"], "threshold")
        return
    case = await fetch_value(OPEN_CASE, reached["idea"])
    if case is not None:
        await raise_case(case)


async def raise_case(case: int) -> None:
    """T2: one level up, and sooner."""
    held = await hold(case)
    if held.level == 2 or not possible(held, Kind.CASE_RAISED):
        return
    await execute(SOONER, case)
    if held.state in OWNED:
        await rise(held, 1, "raised")
    else:
        await execute("UPDATE escalation SET height = height + 1 WHERE id = {}", case)
    await move(case, Kind.CASE_RAISED)


CASE_OF = (
    "SELECT e.escalation AS id, x.idea, x.origin FROM event e JOIN escalation x ON x.id = e.escalation WHERE e.id = {}"
)
COUNT_ALL = "UPDATE idea SET qualified_at = plein_now() WHERE id = {} AND qualified_at IS NULL"


async def count_all(event: int) -> None:
    """The hold is over: young accounts count from now on."""
    case = (await execute(CASE_OF, event))[0]
    await execute(COUNT_ALL, case["idea"])


async def assign_promised(event: int) -> None:
    """What a campaign promised has an owner from the start: its decision owner."""
    case = (await execute(CASE_OF, event))[0]
    if case["origin"] == "campaign" and possible(await hold(case["id"]), Kind.CASE_ASSIGNED):
        await assign(case["id"])


# What was found to be no support counts no more; with enough that is, T1 can be reached again.
UNLATCH = """
    UPDATE idea i SET t1_at = NULL, t2_at = NULL, discounted = least(plein_union(i), i.discounted + {})
    FROM escalation x WHERE x.id = {} AND i.id = x.idea AND i.t1_at = x.started_at
"""


async def open_again(event: int) -> None:
    """The support was fraud: the item is open as before (rule 18)."""
    case = (await execute(CASE_OF, event))[0]
    found: int = await fetch_value("SELECT (particulars ->> 'supporters')::int FROM event WHERE id = {}", event)
    await execute(UNLATCH, found, case["id"])


SHOWN = """
    UPDATE idea SET supporters = supporters FROM (
        SELECT i.id FROM idea i JOIN event e ON e.id = {} AND e.campaign = i.campaign
        WHERE i.t1_at IS NULL AND i.state = 'published' AND plein_union(i) - i.discounted >= i.t1_at_count
        ORDER BY i.id FOR NO KEY UPDATE OF i) n
    WHERE idea.id = n.id
"""


async def look_again(event: int) -> None:
    """Where counts were hidden and are no more, what was reached meanwhile is reached now (rule 4)."""
    await execute(SHOWN, event)


OF_IDEA = """
    SELECT x.id FROM event e JOIN escalation x ON x.idea = e.idea AND (x.ended_at IS NULL OR x.state = 'withdrawn')
    WHERE e.id = {} ORDER BY x.id DESC LIMIT 1
"""


async def withdrawn(event: int) -> None:
    """The author withdrew the item; a question to her that was open has stopped the clock all the same."""
    case = await fetch_value(OF_IDEA, event)
    if case is not None and possible(held := await hold(case), Kind.CASE_WITHDRAWN):
        await stop_asking(held)
        await move(case, Kind.CASE_WITHDRAWN)


async def put_back(event: int) -> None:
    """The author put it back: the case goes on, with the same due date."""
    case = await fetch_value(OF_IDEA, event)
    if case is not None and possible(await hold(case), Kind.CASE_RESUMED):
        await go_on_from_triage(case, Kind.CASE_RESUMED)


REPLIED = """
    SELECT x.id, e.actor, e.particulars ->> 'said' AS said FROM event e
    JOIN escalation x ON x.idea = e.idea AND x.ended_at IS NULL WHERE e.id = {}
"""


async def question_answered(event: int) -> None:
    """A guest replied to the question about what she wrote: the clock goes on."""
    for row in await execute(REPLIED, event):
        if possible(held := await hold(row["id"]), Kind.CASE_CLARIFIED):
            await go_on(held, actor=row["actor"], comment=row["said"])


BOUNCED = """
    SELECT d.escalation AS "case", b.person FROM event b JOIN event d ON d.id = (b.particulars ->> 'event')::bigint
    WHERE b.id = {} AND d.escalation IS NOT NULL
"""


async def bounced(event: int) -> None:
    """The owner can't be reached: her deputy, or whoever comes next, owns it at once (rule 22)."""
    for row in await execute(BOUNCED, event):
        case = await hold(row["case"])
        hers = case.owner == row["person"] and possible(case, Kind.CASE_HANDED_OVER)
        if hers and await give_to(case, await decider(case.id, row["person"]), "unreachable"):
            await move(case.id, Kind.CASE_HANDED_OVER, why="unreachable")


# The one with the least to look at; nobody who wrote it.
WATCH = """
    UPDATE idea SET watched_by = n.person FROM (
        SELECT i.id, (
            SELECT m.person FROM membership m
            WHERE m.space = i.space AND m.role IN ('moderator', 'owner') AND (m.until IS NULL OR m.until > plein_now())
                AND plein_there(m.person, plein_now()) AND m.person NOT IN (SELECT plein_writers(i.id))
            GROUP BY m.person ORDER BY (SELECT count(*) FROM idea w WHERE w.watched_by = m.person), m.person
            LIMIT 1) AS person
        FROM idea i JOIN event e ON e.id = {} AND e.idea = i.id) n
    WHERE idea.id = n.id AND idea.watched_by IS NULL AND n.person IS NOT NULL
    RETURNING idea.space, idea.id, idea.watched_by
"""


async def watch(event: int) -> None:
    """As many discuss it as T1 asks for: a moderator is named, and hears of it."""
    for row in await execute(WATCH, event):
        await record(Kind.DUTY_WATCH, space=row["space"], person=row["watched_by"], item=row["id"])
