"""The clock of the cases, each minute. It may run twice at once, or not for days: each step is done once, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from portal.db import execute, fetch_value, transaction
from portal.escalation import batches
from portal.escalation.batches import done, in_batches, one_by_one
from portal.escalation.clusters import follow_new_leads
from portal.escalation.moving import hand_over_all, hold_all, move, possible
from portal.escalation.opening import assign_all, go_on_from_triage, open_case
from portal.escalation.states import OWED, State
from portal.escalation.steps import Due, Handler, go_on_in_sight, later, stop_asking
from portal.events.kinds import Kind


async def tick(steps: Mapping[str, Handler]) -> None:
    """Everything that is due by now."""
    await look_at_support()
    await open_what_was_promised()
    await follow_new_leads()
    await end_what_was_removed()
    await go_on_with_what_is_shown_again()
    await pass_on_what_is_unowned()
    await assign_what_waits_for_somebody()
    await take_steps(steps)


# At least 40 % of T1, from distinct people, within any 6 hours of the first 24.
LIVELY = """
    SELECT i.id FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.published_at > plein_now() - interval '25 hours' AND i.heads_up_at IS NULL AND i.state = 'published'
        AND i.t1_at IS NULL AND i.supporters >= ceil(i.t1_at_count * 0.4) AND NOT plein_counts_hidden(c, plein_now())
        AND EXISTS (SELECT FROM (
            SELECT v.created_at - lag(v.created_at, ceil(i.t1_at_count * 0.4)::int - 1) OVER (ORDER BY v.created_at)
                AS took
            FROM vote v
            WHERE v.idea = i.id AND NOT v.guest AND v.created_at <= i.published_at + interval '24 hours') w
            WHERE w.took <= interval '6 hours')
    ORDER BY i.id
"""
HEADS_UP = """
    UPDATE idea SET heads_up_at = plein_now() FROM (
        SELECT i.id FROM idea i WHERE i.id = ANY({}) AND i.heads_up_at IS NULL AND i.t1_at IS NULL
        ORDER BY i.id FOR NO KEY UPDATE SKIP LOCKED) n
    WHERE idea.id = n.id
"""
OLDER = """
    SELECT v.id FROM vote v JOIN person p ON p.id = v.person
    WHERE v.young AND p.created_at <= plein_now() - interval '7 days' ORDER BY v.idea, v.id
"""
COUNT = "UPDATE vote SET young = FALSE WHERE id = ANY({}) AND young"


async def look_at_support() -> None:
    """What becomes lively is a heads-up; accounts that are a week old count."""
    await in_batches([row["id"] for row in await execute(LIVELY)], _heads_up)
    await in_batches([row["id"] for row in await execute(OLDER)], _count)


async def _heads_up(ideas: list[int]) -> None:
    await execute(HEADS_UP, ideas)


async def _count(votes: list[int]) -> None:
    await execute(COUNT, votes)


PROMISED = """
    SELECT i.id FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.t1_at IS NOT NULL AND i.state = 'published' AND plein_owed_on(i, c) <= plein_now()
        AND NOT EXISTS (SELECT FROM answer a WHERE a.idea = i.id AND a.kind <> 'statement')
        AND NOT EXISTS (SELECT FROM escalation e WHERE e.idea = i.id) ORDER BY i.id
"""


async def open_what_was_promised() -> None:
    """The date of a campaign passed, or it was stopped, and an idea that is owed an answer has none: its decision owner
    has a case, due on that date at the latest."""
    await one_by_one([row["id"] for row in await execute(PROMISED)], _open_promised)


async def _open_promised(idea: int) -> None:
    await open_case(idea, "campaign")


# Moderators removed it for good, or its author left what was sent back as it was.
REMOVED = """
    SELECT e.id FROM escalation e
    WHERE e.hidden_from IS NOT NULL AND e.state = ANY({}) AND plein_removed(e.idea) ORDER BY e.id
"""


async def end_what_was_removed() -> None:
    """Nobody owes it an answer any more; a question to its author is open no longer, either."""
    await in_batches([row["id"] for row in await execute(REMOVED, list(OWED))], _end)


async def _end(cases: list[int]) -> None:
    for case in (await hold_all(cases)).values():
        if possible(case, Kind.CASE_REMOVED):
            await stop_asking(case)
            await move(case.id, Kind.CASE_REMOVED)


# What moderators hid, or its campaign, and somebody put up again: an odd number of turns after it was hidden.
IS_SHOWN_AGAIN = "e.hidden_from IS NOT NULL AND cardinality(e.hidden_turns) % 2 = 1"
SHOWN_AGAIN = f"SELECT e.id FROM escalation e WHERE {IS_SHOWN_AGAIN} ORDER BY e.id"
TURNS = f"SELECT e.hidden_from || e.hidden_turns FROM escalation e WHERE e.id = {{}} AND {IS_SHOWN_AGAIN}"
PUBLISHED = "SELECT state = 'published' FROM idea WHERE id = {}"
FORGET_HIDDEN = "UPDATE escalation SET hidden_from = NULL, hidden_turns = '{{}}' WHERE id = {}"


async def go_on_with_what_is_shown_again() -> None:
    """The clock stood still while nobody could read the item (rule 2): all is due so much later as that took, whenever
    this is found."""
    await in_batches([row["id"] for row in await execute(SHOWN_AGAIN)], _go_on)


async def _go_on(cases: list[int]) -> None:
    for case in (await hold_all(cases)).values():
        if turns := await fetch_value(TURNS, case.id):
            await execute(FORGET_HIDDEN, case.id)
            if case.state is not State.WITHDRAWN:
                await go_on_in_sight(case, *turns)
            elif await fetch_value(PUBLISHED, case.idea):  # its removal was undone, or it was changed at last
                await later(case, *turns)
                await go_on_from_triage(case.id, Kind.CASE_RESUMED)


# Away, or gone: whoever takes over is there. Each owner is looked up once, however many cases she has. And whoever may
# not decide it any more, since she writes along, or said so while nobody else was there (rule 6).
UNOWNED = """
    WITH owned AS (
        SELECT e.id, e.owner, e.idea FROM escalation e
        WHERE e.owner IS NOT NULL AND e.ended_at IS NULL AND e.state <> 'verified'
    ), gone AS MATERIALIZED (
        SELECT o.owner FROM (SELECT DISTINCT owner FROM owned) o WHERE NOT plein_there(o.owner, plein_now())
    )
    SELECT w.id FROM owned w WHERE w.owner IN (SELECT owner FROM gone)
        OR EXISTS (SELECT FROM co_author k WHERE k.idea = w.idea AND k.person = w.owner AND k.accepted_at IS NOT NULL)
        OR EXISTS (SELECT FROM case_conflict c WHERE c.escalation = w.id AND c.person = w.owner)
    ORDER BY w.id
"""
WHY = """
    SELECT e.id, e.owner = ANY (b.barred) AS barred
    FROM escalation e, LATERAL (SELECT plein_openly_barred(e) AS barred OFFSET 0) b
    WHERE e.id = ANY({}) AND (e.owner = ANY (b.barred) OR NOT plein_there(e.owner, plein_now()))
"""


async def pass_on_what_is_unowned() -> None:
    """Where an owner is absent, left, or may not decide it, her deputy or whoever comes next owns it at once (rules 5
    and 6)."""
    await in_batches([row["id"] for row in await execute(UNOWNED)], _pass_on)


async def _pass_on(cases: list[int]) -> None:
    owned = {case.id: case for case in (await hold_all(cases)).values() if possible(case, Kind.CASE_HANDED_OVER)}
    barred = {row["id"]: row["barred"] for row in await execute(WHY, list(owned))}
    await hand_over_all([owned[case] for case in barred if barred[case]], "conflict")
    await hand_over_all([owned[case] for case in barred if not barred[case]], "absent")


# Nobody was left to own it, and administrators were told; since then somebody came, or a rule names her.
WAITS_FOR_SOMEBODY = """
    SELECT d.id FROM plein_deciders(
        ARRAY(SELECT e FROM escalation e
            WHERE e.state = 'triage' AND coalesce(e.triage_due_at, e.created_at) < plein_now()),
        '{{}}', FALSE, plein_now()) d
    WHERE d.person IS NOT NULL ORDER BY d.id
"""


async def assign_what_waits_for_somebody() -> None:
    """Nothing escalates into the void: what has nobody is somebody's as soon as there is one."""
    await in_batches([row["id"] for row in await execute(WAITS_FOR_SOMEBODY)], _assign)


async def _assign(cases: list[int]) -> None:
    held = await hold_all(cases)
    await assign_all([case for case in cases if possible(held[case], Kind.CASE_ASSIGNED)])


# Those that wait longest first; two workers never hold the same. While a question to the author is open, nothing but
# its own end is due; while the item waits to be screened, or moderators hide it, nothing is. The moment is asked for
# once, so that an index finds what is due.
CLAIM = """
    SELECT e.id FROM case_step s JOIN escalation e ON e.id = s.escalation
    WHERE s.done_at IS NULL AND s.due_at <= (SELECT plein_now())
        AND (e.state <> 'clarifying' OR s.kind = 'clarifying_over') AND e.id <> ALL({}) AND e.hidden_from IS NULL
        AND NOT EXISTS (SELECT FROM screening x WHERE x.idea = e.idea AND x.state = 'open')
    ORDER BY s.due_at, s.id LIMIT {} FOR UPDATE OF e SKIP LOCKED
"""
# The first of each of these cases.
NEXT = """
    WITH done AS (
        UPDATE case_step SET done_at = plein_now() WHERE id IN (
            SELECT DISTINCT ON (s.escalation) s.id FROM case_step s JOIN escalation e ON e.id = s.escalation
            WHERE s.escalation = ANY({}) AND s.done_at IS NULL AND s.due_at <= (SELECT plein_now())
                AND (e.state <> 'clarifying' OR s.kind = 'clarifying_over')
            ORDER BY s.escalation, s.due_at, s.id)
        RETURNING id, escalation, kind, nth, due_at)
    SELECT escalation, kind, nth FROM done ORDER BY due_at, id
"""


async def take_steps(steps: Mapping[str, Handler]) -> None:
    """Every step that is due, of many cases in one transaction. Where it fails, nothing of it was done, and these cases
    come one by one: what fails on one stops no other, and comes again with the next tick."""
    failed: list[int] = []
    alone = 0  # so many are still to come one by one

    async def take(cases: list[int]) -> None:
        await _take_steps_of(cases, steps)

    while True:
        async with transaction():
            rows = await execute(CLAIM, failed, 1 if alone else batches.AT_ONCE)
            cases = list(dict.fromkeys(row["id"] for row in rows))  # one may have several due
            if not cases:
                return
            alone = max(0, alone - 1)
            if not await done(cases, take):
                if len(cases) > 1:
                    alone = len(cases)
                else:
                    failed += cases


async def _take_steps_of(cases: list[int], steps: Mapping[str, Handler]) -> None:
    """Of each case the first that is due, until there are none: so its steps come in order, each with the case as the
    one before left it."""
    while rows := await execute(NEXT, cases):
        held = await hold_all([row["escalation"] for row in rows])
        due: dict[str, list[Due]] = defaultdict(list)
        for row in rows:
            due[row["kind"]].append((held[row["escalation"]], row["nth"]))
        for kind, those in due.items():
            await steps[kind](those)
