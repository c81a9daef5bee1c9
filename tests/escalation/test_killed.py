"""A worker is killed in the middle of each kind of transition: nothing is missed, and nothing happens twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from portal import db
from portal.answers import actions as answering
from portal.db import execute, fetch_value
from portal.escalation import actions, states
from portal.escalation.replay import differing
from portal.events.kinds import Kind
from portal.ideas.queries import get_idea
from tests.answers.test_races import DECISION
from tests.caseteam.test_team import asked
from tests.escalation.stage import (
    Stage,
    assigned,
    at,
    days_later,
    duties,
    happened,
    happens,
    judge,
    make_office,
    make_stage,
    work,
)
from tests.escalation.test_after_answers import DECLINED, answered, promised, say
from tests.escalation.test_processes import Killed, one_pass, process
from tests.world import NOW, set_clock

# Whoever writes this event stays in the middle of its transaction.
STOPS = (
    "CREATE TABLE stops (kind text)",
    """CREATE FUNCTION stop_there() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM stops s WHERE s.kind = NEW.kind) THEN PERFORM pg_sleep(60); END IF;
        RETURN NEW;
    END $$""",
    "CREATE TRIGGER event_stops BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION stop_there()",
)
ASLEEP = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
#: What the clock brings about, so many working minutes or days after T1.
TRANSITIONS = (
    ("case.held", 0, 0),
    ("case.qualified", 240, 0),
    ("case.assigned", 480, 0),
    ("case.handed_over", 0, 2),
    ("case.no_statement", 0, 4),
    ("case.overdue", 0, 11),
)
ONCE_EACH = {kind: 1 for kind, _, _ in TRANSITIONS}


async def killed_within(kind: str, dsn: str) -> None:
    """A worker begins, and is killed with -9 while it writes that this happened."""
    await execute("INSERT INTO stops VALUES ({})", kind)
    worker = await process("work", dsn)
    for _ in range(600):
        if asleep := await execute(ASLEEP):
            break
        await asyncio.sleep(0.05)
    worker.kill()
    await worker.wait()
    assert asleep, f"{kind} never came"
    await execute("DELETE FROM stops")
    await execute("SELECT pg_terminate_backend({})", asleep[0]["pid"])
    while await execute(ASLEEP):
        await asyncio.sleep(0.05)


async def moment(minutes: int, days: int) -> datetime:
    """So much working time after T1."""
    later: datetime = await fetch_value("SELECT plein_working_after({}, {})", NOW, minutes)
    return await days_later(NOW, days) if days else later


async def test_a_worker_that_is_killed_within_each_transition_misses_nothing_and_does_nothing_twice(fresh_db, world):
    stage = await make_stage(world, 25)
    await make_office(stage)
    for statement in STOPS:
        await execute(statement)
    await set_clock(NOW)
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    for kind, minutes, days in TRANSITIONS:
        await set_clock(await moment(minutes, days))
        await killed_within(kind, fresh_db)
        assert kind not in await happened(post), "what had not been committed is gone"
        await one_pass()
        assert (await happened(post)).count(kind) == 1
    assert Counter(await happened(post)) == ONCE_EACH
    told = Counter(kind for kind, _ in await duties(post))
    assert told == {"duty.triage": 1, "duty.assigned": 2, "duty.reminder": 4}
    assert await fetch_value("SELECT count(*) FROM event_queue") == 0
    assert await differing() == []


async def test_a_step_that_was_not_marked_with_what_it_did_would_be_done_twice(stage):
    await set_clock(NOW)
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    for _, minutes, days in TRANSITIONS:
        await set_clock(await moment(minutes, days))
        await one_pass()
    assert Counter(await happened(post)) == ONCE_EACH
    await execute("UPDATE case_step SET done_at = NULL WHERE kind IN ('overdue_1', 'statement_missed')")
    await one_pass()
    assert Counter(await happened(post)) == ONCE_EACH | {"case.overdue": 2, "case.no_statement": 2}


# --- what comes about less often: killed before the line of the timeline is written, and right after -----------------


async def under_alert(stage: Stage) -> int:
    """All of its support comes from one unit, and the hold is over."""
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('A depot') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE id = ANY({})", unit, stage.people)
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    await work()
    await set_clock(await moment(240, 0))
    return post


async def supported_by_more(stage: Stage) -> int:
    """T2 was reached."""
    post = await assigned(stage)
    await stage.support(post, stage.people[9:20])
    return post


async def without_a_reply(stage: Stage) -> int:
    """A question to the author had its time."""
    post, owner = await assigned(stage), stage.heads["owner"]
    await stage.does(owner, actions.acknowledge, post, (await stage.owed(post)).due_at.date())
    await stage.does(owner, actions.clarify, post, "Which?")
    await set_clock(await fetch_value("SELECT clarify_until FROM escalation WHERE idea = {}", post))
    return post


async def without_advice(stage: Stage) -> int:
    """Somebody was asked for advice, and the day is over."""
    post = await assigned(stage)
    [counsel] = await stage.add_people(1)
    await asked(stage, post, counsel)
    await set_clock(await fetch_value("SELECT due_at + interval '1 hour' FROM consultation"))
    return post


async def withdrawn(stage: Stage) -> int:
    """Its author withdrew it."""
    post = await assigned(stage)
    await happens("idea.withdrawn", stage.space, post)
    return post


async def put_back(stage: Stage) -> int:
    """And put it back."""
    post = await withdrawn(stage)
    await work()
    await happens("idea.put_back", stage.space, post)
    return post


async def removed(stage: Stage) -> int:
    """Moderators removed it for good."""
    post = await assigned(stage)
    await judge(stage, post, "remove")
    return post


async def shown_again(stage: Stage) -> int:
    """Moderators hid it, and put it up again the next day."""
    post = await assigned(stage)
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", post)
    await set_clock(await fetch_value("SELECT plein_now()") + timedelta(days=1))
    await execute("UPDATE idea SET state = 'published' WHERE id = {}", post)
    return post


async def past_the_date_of_its_campaign(stage: Stage) -> int:
    """It was to be answered by a date that is over."""
    idea: int = stage.world.idea_id["vote"]
    await execute("DELETE FROM cluster_item WHERE idea = {}", idea)  # it stands by itself
    await execute("UPDATE idea SET t1_at_count = 3 WHERE id = {}", idea)
    await stage.support(idea, stage.people[:5])
    await at(NOW + timedelta(days=1))
    done = await fetch_value("SELECT done_from FROM campaign WHERE id = {}", stage.world.campaign_id["vote"])
    await set_clock(done + timedelta(minutes=1))
    return idea


async def just_answered(stage: Stage) -> int:
    """The owner just promised something."""
    post = await assigned(stage)
    owner = await stage.actor(stage.heads["owner"])
    idea = await get_idea(owner, await fetch_value("SELECT public_id FROM idea WHERE id = {}", post))
    assert idea is not None
    tomorrow = await fetch_value("SELECT plein_day(plein_now()) + 1")
    decision = replace(DECISION, kind="changed", next_date=tomorrow, next_owner=stage.heads["deputy"])
    await answering.answer(owner, idea, decision)
    return post


async def rated(stage: Stage, yes: int | None) -> int:
    """Ten rated what was declined, so many of them said yes; or nobody did."""
    post = await answered(stage, supporters=12, **DECLINED)
    if yes is not None:
        await say(stage, post, stage.people[1:11], yes)
    await set_clock(await fetch_value("SELECT max(until) FROM crowd_question WHERE idea = {}", post))
    return post


async def judged(stage: Stage, yes: int) -> int:
    """A promise is late, and of ten so many said that it is done."""
    post = await promised(stage, days=1, supporters=12)
    due = await fetch_value("SELECT due_on FROM promise WHERE idea = {}", post)
    await at(await fetch_value("SELECT ({}::date + 1)::timestamptz + interval '1 hour'", due))
    await say(stage, post, stage.people[1:11], yes)
    await set_clock(await fetch_value("SELECT max(until) FROM crowd_question WHERE idea = {}", post))
    return post


#: What the worker brings about besides, and what stands right before it.
SCENES: dict[Kind, Callable[[Stage], Awaitable[int]]] = {
    Kind.CASE_HOLD_LENGTHENED: under_alert,
    Kind.CASE_RAISED: supported_by_more,
    Kind.CASE_CLARIFIED: without_a_reply,
    Kind.CASE_ADVICE_LATE: without_advice,
    Kind.CASE_WITHDRAWN: withdrawn,
    Kind.CASE_REMOVED: removed,
    Kind.CASE_RESUMED: put_back,
    Kind.CASE_SCREENED: shown_again,
    Kind.CASE_OPENED: past_the_date_of_its_campaign,
    Kind.CASE_COMMITTED: just_answered,
    Kind.CASE_CLOSED: partial(rated, yes=None),
    Kind.CASE_UNDER_REVIEW: partial(rated, yes=3),
    Kind.CASE_REOPENED: partial(judged, yes=4),
    Kind.CASE_IMPLEMENTED: partial(judged, yes=6),
    Kind.CASE_VERIFIED: partial(judged, yes=6),
}
#: What people alone do, each in one transaction of her own request.
BY_PEOPLE = {
    *(Kind.CASE_INVALIDATED, Kind.CASE_CONFLICT, Kind.CASE_ACKNOWLEDGED, Kind.CASE_CLARIFYING),
    *(Kind.CASE_STATEMENT, Kind.CASE_EXTENSION_ASKED, Kind.CASE_EXTENDED, Kind.CASE_EXTENSION_REFUSED),
    *(Kind.CASE_DRAFTING, Kind.CASE_STAFFED, Kind.CASE_RELEASED, Kind.CASE_CONSULTED, Kind.CASE_ADVISED),
    *(Kind.CASE_ANSWERED, Kind.CASE_MERGED, Kind.CASE_SPLIT, Kind.CASE_DIVERTED),
}


def test_every_transition_that_the_worker_brings_about_is_killed():
    assert {*SCENES, *(Kind(kind) for kind, _, _ in TRANSITIONS)} == set(states.TRANSITIONS) - BY_PEOPLE


async def killed_at(kind: Kind, later: int) -> bool:
    """A worker's minute, which ends so many statements after the one that tells of this; whether it came so far. What
    had not committed is gone."""
    original, sent = db.DB.run_querystring, -1

    async def counted(query: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal sent
        if sent >= 0 or kind in query.compile_string()[1]:
            sent += 1
        if sent == later:
            raise Killed
        return await original(query, *arguments, **named)

    db.DB.run_querystring = counted  # type: ignore[method-assign, assignment]
    try:
        await one_pass()
    except Killed:
        return True
    finally:
        del db.DB.run_querystring
    return False


@pytest.mark.parametrize("kind", SCENES)
async def test_killed_before_or_after_it_is_told_each_happens_once(stage, kind):
    post = await SCENES[kind](stage)
    before = (await happened(post)).count(kind)
    for later in (0, 1):
        assert await killed_at(kind, later), "it comes about"
        assert (await happened(post)).count(kind) <= before + later, "before it is told nothing of it is done"
    for _ in range(2):
        await one_pass()
        assert (await happened(post)).count(kind) == before + 1
    assert await fetch_value("SELECT count(*) FROM event_queue") == 0
    assert await differing() == []
