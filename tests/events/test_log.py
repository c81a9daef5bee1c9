"""The event log: written in the transaction of what happened, never changed, passed on once and in order."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from portal import worker
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.worker import pass_on_events
from tests.world import NOW, set_clock


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "TRUNCATE event CASCADE",
    ],
)
async def test_nothing_that_happened_can_be_changed(rollback, statement):
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        async with transaction():
            await execute(statement)


async def test_the_owner_of_the_table_is_refused_too(rollback):
    assert await fetch_value("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'event'")


async def test_what_is_undone_did_not_happen(rollback, world):
    before = await fetch_value("SELECT count(*) FROM event"), await fetch_value("SELECT count(*) FROM event_queue")

    async def fail():
        async with transaction():
            await record(Kind.SIGNED_IN, actor=world.person_id["employee"], person=world.person_id["employee"])
            await queue("deliver_mail")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    after = await fetch_value("SELECT count(*) FROM event"), await fetch_value("SELECT count(*) FROM event_queue")
    assert before == after
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs") == 0


async def test_an_event_has_one_subject_at_the_most(rollback, world):
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction():
            await record(Kind.IDEA_EDITED, idea=world.idea_id["vote"], comment=world.comment_id["vote"])


async def test_only_ids_are_written(rollback, world):
    async with transaction():
        await record(Kind.MEMBER_ADDED, actor=1, space=world.space_id["open"], member=2, quiet=True, nothing=None)
    particulars = await fetch_value("SELECT particulars::text FROM event ORDER BY id DESC LIMIT 1")
    assert particulars == '{"quiet": true, "member": 2, "nothing": null}'


# --- passing on ----------------------------------------------------------------------------------------------


@pytest.fixture
def heard(monkeypatch):
    """What a subscriber of its own hears."""
    events = []

    async def listen(event):
        events.append(event)
        await asyncio.sleep(0)

    monkeypatch.setattr(worker, "SUBSCRIBERS", {Kind.IDEA_EDITED: [listen]})
    return events


async def write_events(world, n):
    async with transaction():
        return [await record(Kind.IDEA_EDITED, actor=1, idea=world.idea_id["vote"]) for _ in range(n)]


async def pass_all_on():
    while await pass_on_events():
        pass


async def test_each_event_is_passed_on_once_and_in_order(rollback, world, heard):
    written = await write_events(world, 250)  # more than a batch
    await pass_all_on()
    assert heard == written
    await pass_all_on()
    assert heard == written
    assert await fetch_value("SELECT count(*) FROM event_queue") == 0


async def test_only_who_subscribed_hears_of_it(rollback, world, heard):
    await pass_all_on()
    async with transaction():
        await record(Kind.SIGNED_OUT, actor=1, person=1)
    await pass_all_on()
    assert heard == []


async def test_a_reaction_that_fails_is_repeated_later_and_stops_no_other(rollback, world, monkeypatch):
    tries = []

    async def fails_first(event):
        tries.append(event)
        await execute("INSERT INTO throttle VALUES ({}, 1, plein_now(), plein_now())", f"effect {len(tries)}")
        if len(tries) == 1:
            raise ZeroDivisionError

    monkeypatch.setattr(worker, "SUBSCRIBERS", {Kind.IDEA_EDITED: [fails_first]})
    first, second = await write_events(world, 2)
    await pass_all_on()
    assert tries == [first, second]
    assert await fetch_value("SELECT array_agg(event) FROM event_queue WHERE event = ANY({})", tries) == [first]
    await set_clock(NOW + timedelta(minutes=3))
    await pass_all_on()
    assert tries == [first, second, first]
    assert await fetch_value("SELECT array_agg(key ORDER BY key) FROM throttle") == ["effect 2", "effect 3"]


async def test_two_workers_pass_nothing_on_twice(fresh_db, world, heard):
    written = await write_events(world, 400)
    await asyncio.gather(*(pass_all_on() for _ in range(4)))
    assert sorted(heard) == written


async def test_an_event_that_commits_late_is_not_skipped(fresh_db, world, heard):
    """Its number is lower than that of one that was passed on already."""
    started, go = asyncio.Event(), asyncio.Event()

    async def late():
        async with transaction():
            events = await write_events(world, 1)
            started.set()
            await go.wait()
        return events

    task = asyncio.create_task(late())
    await started.wait()
    early = await write_events(world, 1)
    await pass_all_on()
    assert heard == early
    go.set()
    (event,) = await task
    assert event < early[0]
    await pass_all_on()
    assert heard == [*early, event]
