"""`make bench ARGS=--escalation`: what 400,000 people, a million votes and 10,000 open cases cost the votes and the clock."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from portal import db
from portal.db import fetch_value
from portal.timetable import tick_cases
from tests.bench.crowd import BOSS, CASES, CROSSING, FIRST_POST, HOT, OWNER, VOTERS
from tests.bench.load import each_once, request
from tests.bench.report import verdict
from tests.bench.world import PEOPLE, public_id
from tests.servers import ROOT

Headers = Callable[[int], str]

NEIGHBOUR = 1.2  # times what the vote before it and the vote after it take
OPEN_WITHIN = 2.0  # seconds after the vote that owed it
VOTES_A_SECOND = 500
INBOX = 100.0  # ms, p95
TICK = 5.0  # seconds


class Asker:
    """One connection to the product, which waits for each answer. Raises RuntimeError on any but 200."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def connect(self) -> Asker:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def ask(self, method: str, path: str, headers: str) -> float:
        """How many ms it took."""
        since = time.perf_counter()
        self.writer.write(request(method, path, headers))
        head = await self.reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{path}: {head.decode(errors='replace')}")
        _, _, rest = head.lower().partition(b"\r\ncontent-length: ")
        await self.reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return 1000 * (time.perf_counter() - since)


async def crossing(port: int, voter: Headers) -> tuple[float, float]:
    """On each of 500 posts the vote before the one that owes an answer, that one, and the one after it: ms of those that
    cross, and of their neighbours."""
    asker = await Asker(port).connect()
    took: list[list[float]] = [[], [], []]
    for number in range(CROSSING):
        path = f"/ideas/{public_id('idea', FIRST_POST + 1 + number)}/vote"
        for nth in range(3):
            took[nth].append(await asker.ask("POST", path, voter(VOTERS[(number + nth) % len(VOTERS)])))
    reached = await fetch_value(
        "SELECT count(*) FROM idea WHERE t1_at IS NOT NULL AND id BETWEEN {} AND {}", FIRST_POST, HOT[0] - 1
    )
    assert reached == CROSSING, reached
    return statistics.median(took[1]), statistics.median(took[0] + took[2])


OPENED = """
    SELECT extract(epoch FROM e.created_at - i.t1_at)::float FROM idea i LEFT JOIN escalation e ON e.idea = i.id
    WHERE i.id = {}
"""


async def through_pages(ports: list[int], voter: Headers, idea: int) -> float:
    """A thousand people click, over all these servers: seconds until the last of them has her answer."""
    path = f"/ideas/{public_id('idea', idea)}/vote"
    return await each_once(ports, [request("POST", path, voter(number)) for number in VOTERS])


async def through_actions(idea: int) -> float:
    """A thousand people support it by the action that the page calls, in two processes that do nothing else."""
    words = [
        sys.executable,
        "-m",
        "tests.escalation.crowd",
        "vote",
        os.environ["DATABASE_URL"],
        public_id("idea", idea),
    ]
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    made = []
    for half in range(2):
        people = [str(PEOPLE + number) for number in VOTERS[half::2]]
        made.append(await asyncio.create_subprocess_exec(*words, *people, cwd=ROOT, **pipes))  # type: ignore[arg-type]
    for one in made:
        assert one.stdout is not None
        await one.stdout.readline()  # it is ready
    since = time.perf_counter()
    await asyncio.gather(*(one.communicate(b"now\n") for one in made))
    assert [one.returncode for one in made] == [0, 0]
    return time.perf_counter() - since


async def rush(idea: int, voting: Callable[[], Awaitable[float]]) -> tuple[float, float]:
    """A thousand people support one post at once, while a worker looks: votes a second, and seconds from the vote that
    owed it until the case was there."""
    worker = subprocess.Popen([sys.executable, "-m", "portal.cli", "worker"], cwd=ROOT, env=os.environ)
    try:
        while await fetch_value("SELECT count(*) FROM event_queue WHERE due_at <= plein_now()"):
            await asyncio.sleep(0.2)  # it is up, and has opened the cases of what crossed before
        rate = len(VOTERS) / await voting()
        assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", idea) == len(VOTERS)
        while (late := await fetch_value(OPENED, idea)) is None:
            await asyncio.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(20)
    return rate, late


async def inbox(port: int, reader: str, query: str = "") -> float:
    """The list of somebody who has to do with thousands of open cases: p95 in ms."""
    asker = await Asker(port).connect()
    took = [await asker.ask("GET", f"/cases{query}", reader) for _ in range(120)]
    return statistics.quantiles(took[20:], n=20)[-1]


# All of them from the beginning, so that each step finds what it is for.
ANEW = """
    UPDATE escalation SET state = 'qualifying', owner = NULL, acknowledged_at = NULL, statement_at = NULL,
        hold_until = plein_now() + interval '90 days'
"""
DUE = """
    WITH due AS (
        UPDATE case_step SET due_at = plein_now(), done_at = NULL WHERE id IN (
            SELECT id FROM case_step WHERE kind = {} ORDER BY id LIMIT {}) RETURNING id)
    SELECT count(*) FROM due
"""
ALL_AWAY = """
    WITH away AS (
        INSERT INTO absence (person, from_day, until_day)
        SELECT DISTINCT owner, plein_day(plein_now()), plein_day(plein_now()) FROM escalation
        WHERE owner IS NOT NULL RETURNING person)
    SELECT count(*) FROM escalation WHERE owner IN (SELECT person FROM away)
"""
#: In the order in which they come to a case.
KINDS = (
    *("hold_over", "triage_missed", "acknowledge_missed", AWAY := "all owners absent", "statement_missed"),
    *("half_of_time", "most_of_time", "overdue_1", "overdue_2", "overdue_3"),
)


async def tick(kind: str, most: int) -> tuple[int, float, float]:
    """So many steps of a kind are due, one on each of as many cases: how many, and seconds that the clock takes, on the
    wall and of the processors (its own, and those of its connection)."""
    due: int = await (fetch_value(ALL_AWAY) if kind == AWAY else fetch_value(DUE, kind, most))
    await db.execute("ANALYZE escalation, case_step, case_role")  # as by itself, some time before
    since, spent = time.perf_counter(), await cpu()
    await tick_cases()
    took = time.perf_counter() - since
    assert not await fetch_value("SELECT count(*) FROM case_step WHERE done_at IS NULL AND due_at <= plein_now()")
    return due, took, await cpu() - spent


async def cpu() -> float:
    """Seconds of the processors that this process and its one connection have had."""
    backend = await fetch_value("SELECT pg_backend_pid()")
    nanoseconds = Path(f"/proc/{backend}/schedstat").read_text().split()[0]
    return time.process_time() + int(nanoseconds) / 1e9


def line(name: str, value: float, aim: float, unit: str, met: bool) -> None:
    """What was measured beside its aim."""
    print(f"{name:72} {value:8.2f} {unit:4} aim {aim:6.1f}  {verdict(met)}", flush=True)


async def measure_cases(ports: list[int], voter: Headers, reader: Headers) -> None:
    """Everything, and prints how it stands beside its aims."""
    await db.open_pool(os.environ["DATABASE_URL"], size=1)
    crossed, beside = await crossing(ports[0], voter)
    times = crossed / beside
    line(f"a vote that crosses, {crossed:.1f} ms beside {beside:.1f}", times, NEIGHBOUR, "x", times <= NEIGHBOUR)
    ways = {
        f"through the pages of {len(ports)} web processes": lambda: through_pages(ports, voter, HOT[0]),
        "through the votes' action in 2 processes": lambda: through_actions(HOT[1]),
    }
    for idea, (way, voting) in zip(HOT, ways.items(), strict=True):
        rate, late = await rush(idea, voting)
        line(f"votes a second on one post, {way}", rate, VOTES_A_SECOND, "", rate >= VOTES_A_SECOND)
        line(
            f"its case is open after the vote that owed it, at {rate:.0f} a second",
            late,
            OPEN_WITHIN,
            "s",
            late <= OPEN_WITHIN,
        )
    for name, who, query in (
        (f"{CASES // 2:,} open cases", OWNER, ""),
        (f"{CASES:,} in one's line", BOSS, "?list=line"),
    ):
        p95 = await inbox(ports[0], reader(who), query)
        line(f"inbox of {name}, p95", p95, INBOX, "ms", p95 < INBOX)
    await tick(KINDS[0], 0)
    await db.execute(ANEW)
    for kind in KINDS:
        due, took, spent = await tick(kind, CASES)
        line(f"a tick over {due:,} open cases, {kind} ({spent:.1f} s of the processors)", took, TICK, "s", took < TICK)
    await db.close_pool()
