"""A worker is killed in the middle of each kind of transition: nothing is missed, and nothing happens twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

from portal.db import execute, fetch_value
from portal.escalation.replay import differing
from tests.escalation.stage import days_later, duties, happened, make_office, make_stage
from tests.escalation.test_processes import one_pass, process
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
