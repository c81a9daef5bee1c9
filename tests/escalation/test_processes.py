"""Several processes at once, and processes that are killed: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from portal import db
from portal.db import execute, fetch_value
from portal.escalation.jobs import take_steps
from portal.escalation.replay import differing, replay
from portal.escalation.steps import Due
from portal.settings import ROOT
from portal.timetable import STEPS, tick_cases
from tests.escalation.stage import assigned, duties, happened, make_office, make_stage, work
from tests.pages.locks import until_waiting
from tests.world import NOW, set_clock

PROCESSES = 3


async def process(*words: str) -> asyncio.subprocess.Process:
    """A process that is ready to begin."""
    made = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.escalation.crowd",
        *words,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert made.stdout is not None
    assert await made.stdout.readline() == b"ready\n"
    return made


async def all_at_once(*all_words: list[str]) -> None:
    """Starts them, lets them begin together, and waits."""
    made = [await process(*words) for words in all_words]
    ends = await asyncio.gather(*(one.communicate(b"now\n") for one in made))
    assert [one.returncode for one in made] == [0] * len(made), ends


async def test_1000_people_support_one_post_at_the_same_moment_exactly_one_case_and_no_vote_lost(fresh_db, world):
    stage = await make_stage(world, 1001)
    post = await stage.post()
    public_id = await fetch_value("SELECT public_id FROM idea WHERE id = {}", post)
    voters = stage.people[1:]
    shares = [[str(person) for person in voters[n::PROCESSES]] for n in range(PROCESSES)]
    worker = await process("work", fresh_db)
    try:
        await all_at_once(*(["vote", fresh_db, public_id, *share] for share in shares))
        for _ in range(100):
            if await fetch_value("SELECT count(*) FROM event_queue") == 0:
                break
            await asyncio.sleep(0.05)
    finally:
        worker.kill()
        await worker.wait()
    row = (await execute("SELECT supporters, t1_at_count, t2_at_count FROM idea WHERE id = {}", post))[0]
    assert row["supporters"] == 1000 == await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", post)
    reached = await execute("SELECT particulars FROM event WHERE kind = 'idea.threshold_reached' ORDER BY id")
    assert [(r["level"], r["supporters"]) for r in map(_read, reached)] == [
        (1, row["t1_at_count"]),
        (2, row["t2_at_count"]),
    ]
    assert await happened(post) == ["case.held", "case.raised"]
    assert await fetch_value("SELECT count(*) FROM escalation") == 1


def _read(row: object) -> dict[str, int]:

    return msgspec.json.decode(row["particulars"], type=dict[str, int])  # type: ignore[index]


async def test_two_workers_give_one_reminder(fresh_db, world):
    stage = await make_stage(world, 25)
    await make_office(stage)
    posts = [await assigned(stage) for _ in range(5)]
    await set_clock(NOW + timedelta(days=60))
    await all_at_once(["tick", fresh_db], ["tick", fresh_db])
    for post in posts:
        assert Counter(await happened(post))["case.overdue"] == 3
        assert Counter(kind for kind, _ in await duties(post))["duty.reminder"] == 4
    assert await differing() == []


async def test_what_one_worker_is_at_another_leaves_alone(fresh_db, world):
    """Both find the same step due, the second while the first is within it."""
    stage = await make_stage(world, 25)
    await make_office(stage)
    post = await assigned(stage)
    await set_clock(NOW + timedelta(days=60))
    within, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(due: list[Due]) -> None:
        within.set()
        await go_on.wait()
        await STEPS["half_of_time"](due)

    first = asyncio.create_task(take_steps(STEPS | {"half_of_time": slowly}))
    await within.wait()
    second = asyncio.create_task(take_steps(STEPS))
    between = await asyncpg.connect(fresh_db)
    await until_waiting(between, second)
    await between.close()
    left_alone = second.done()
    go_on.set()
    await asyncio.gather(first, second)
    assert Counter(await happened(post))["case.overdue"] == 3
    assert Counter(kind for kind, _ in await duties(post))["duty.reminder"] == 4
    assert left_alone, "it waits for nobody"


class Killed(BaseException):
    """As if the process had been killed before this statement."""


async def killed_before(n: int, pass_: Callable[[], Awaitable[None]]) -> bool:
    """Runs it, and kills it before the n-th statement; whether it came so far. What had not committed is gone."""
    original, sent = db.DB.run_querystring, 0

    async def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == n:
            raise Killed
        return await original(*arguments, **named)

    db.DB.run_querystring = counted  # type: ignore[method-assign]
    try:
        await pass_()
    except Killed:
        return True
    finally:
        del db.DB.run_querystring
    return False


async def one_pass() -> None:
    """What a worker does in a minute."""
    await work()
    await tick_cases()
    await work()


async def test_a_worker_that_is_killed_at_each_transition_misses_nothing_and_does_nothing_twice(stage):
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    for days in (0, 1, 2, 4, 8, 16, 25, 40):
        await set_clock(NOW + timedelta(days=days))
        n = 1
        while await killed_before(n, one_pass):
            n += 1 + n // 3
    assert Counter(await happened(post)) == {
        "case.held": 1,
        "case.qualified": 1,
        "case.assigned": 1,
        "case.handed_over": 1,
        "case.no_statement": 1,
        "case.overdue": 3,
    }
    case = await stage.owed(post)
    assert ((await replay(case.id)).owner, case.owner) == (case.owner, stage.heads["top"])
    assert [kind for kind, _ in await duties(post)].count("duty.reminder") == 4
    assert await fetch_value("SELECT count(*) FROM event_queue") == 0
    assert await differing() == []
