"""`make bench ARGS=--escalation`: what 400,000 people, a million votes and 10,000 open cases cost the votes and the clock."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from portal import db
from portal.db import fetch_value
from portal.timetable import tick_cases
from tests.bench.crowd import CASES, CROSSING, FIRST_POST, HOT, OWNER, VOTERS
from tests.bench.load import each_once, request
from tests.bench.report import verdict
from tests.bench.world import public_id
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
        "SELECT count(*) FROM idea WHERE t1_at IS NOT NULL AND id BETWEEN {} AND {}", FIRST_POST, HOT - 1
    )
    assert reached == CROSSING, reached
    return statistics.median(took[1]), statistics.median(took[0] + took[2])


OPENED = """
    SELECT extract(epoch FROM e.created_at - i.t1_at)::float FROM idea i LEFT JOIN escalation e ON e.idea = i.id
    WHERE i.id = {}
"""


async def rush(port: int, voter: Headers) -> tuple[float, float]:
    """A thousand people support one post, as many at once as there are connections, while a worker looks: votes a second,
    and seconds from the vote that owed it until the case was there."""
    path = f"/ideas/{public_id('idea', HOT)}/vote"
    votes = [request("POST", path, voter(person)) for person in VOTERS]
    worker = subprocess.Popen([sys.executable, "-m", "portal.cli", "worker"], cwd=ROOT, env=os.environ)
    try:
        while await fetch_value("SELECT count(*) FROM event_queue WHERE due_at <= plein_now()"):
            await asyncio.sleep(0.2)  # it is up, and has opened the cases of what crossed before
        rate = len(votes) / await each_once(port, votes)
        while (late := await fetch_value(OPENED, HOT)) is None:
            await asyncio.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(20)
    return rate, late


async def inbox(port: int, reader: str) -> float:
    """The list of somebody who owns 5,000 open cases: p95 in ms."""
    asker = await Asker(port).connect()
    took = [await asker.ask("GET", "/cases", reader) for _ in range(120)]
    return statistics.quantiles(took[20:], n=20)[-1]


DUE = """
    WITH due AS (
        UPDATE case_step SET due_at = plein_now() WHERE id IN (
            SELECT id FROM case_step WHERE kind = {} AND done_at IS NULL ORDER BY id LIMIT {}) RETURNING id)
    SELECT count(*) FROM due
"""


async def tick(kind: str, most: int) -> tuple[int, float]:
    """So many steps of a kind are due, one on each of as many cases: how many, and seconds that the clock takes."""
    due: int = await fetch_value(DUE, kind, most)
    since = time.perf_counter()
    await tick_cases()
    took = time.perf_counter() - since
    assert not await fetch_value("SELECT count(*) FROM case_step WHERE done_at IS NULL AND due_at <= plein_now()")
    return due, took


def line(name: str, value: float, aim: float, unit: str, met: bool) -> None:
    """What was measured beside its aim."""
    print(f"{name:62} {value:8.2f} {unit:4} aim {aim:6.1f}  {verdict(met)}", flush=True)


async def measure_cases(port: int, voter: Headers, reader: Headers) -> None:
    """Everything, and prints how it stands beside its aims."""
    await db.open_pool(os.environ["DATABASE_URL"], size=4)
    crossed, beside = await crossing(port, voter)
    times = crossed / beside
    line(f"a vote that crosses, {crossed:.1f} ms beside {beside:.1f}", times, NEIGHBOUR, "x", times <= NEIGHBOUR)
    rate, late = await rush(port, voter)
    line("votes a second on one post", rate, VOTES_A_SECOND, "", rate >= VOTES_A_SECOND)
    line("its case is open after the vote that owed it", late, OPEN_WITHIN, "s", late <= OPEN_WITHIN)
    p95 = await inbox(port, reader(OWNER))
    line("inbox of 5,000 open cases, p95", p95, INBOX, "ms", p95 < INBOX)
    for kind, most in (("most_of_time", 0), ("most_of_time", 1_000), ("most_of_time", CASES), ("overdue_1", CASES)):
        due, took = await tick(kind, most)
        line(f"a tick over {CASES:,} open cases, {kind} of {due:,}", took, TICK, "s", took < TICK)
    await db.close_pool()
