"""`make bench`: the product beside bare handlers that run the same statements and send the same bytes.

Both run on the real server, over loopback, and take turns in short rounds. A round goes over all measures before the
next one begins, so that noise hits all of them alike: read the ratios. It takes some eight minutes; `--quick` two.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from tests.bench.bare import Plan
from tests.bench.beside import compare
from tests.bench.capture import AGENT, capturing, first_visit
from tests.bench.cases import measure_cases
from tests.bench.crowd import gather
from tests.bench.imports import measure_import
from tests.bench.load import Load, Round, run
from tests.bench.report import Result, report, write
from tests.bench.wide import GUESTS, widen
from tests.bench.world import (
    COMMENTS,
    FEW,
    IDEAS_EACH,
    MEASURED,
    PEOPLE,
    SHORT,
    SIGNED_IN,
    THREAD,
    VOTED_FOR,
    bench_database,
    public_id,
    session_token,
)
from tests.servers import ROOT, drop_database, start_postgres

DATA = Path(os.environ.get("TEST_DATA_DIR", ROOT / "build" / "tests"))
SECRET_KEY = "for the bench alone, 0123456789abcdef"
VOTED = "/ideas/{}/vote"
LONG_THREAD = f"/ideas/{public_id('idea', THREAD)}"
#: Pages of the long thread. Its comments 10,025 and 17,993 were found helpful 25 times and once; after the latter come 20.
PLACES = {
    "first": "",
    "middle": f"?order=helpful&after={public_id('comment', 10_025)}-25",
    "last": f"?order=helpful&after={public_id('comment', 17_993)}-1",
    "oldest, middle": f"?order=oldest&after={public_id('comment', COMMENTS // 2 + 1)}",
    "oldest, last": f"?order=oldest&after={public_id('comment', COMMENTS - 83)}",
    "newest, first": "?order=newest",
    "newest, middle": f"?order=newest&after={public_id('comment', COMMENTS // 2 + 1)}",
    "permanent link": f"?order=oldest&start={public_id('comment', COMMENTS // 2 + 1)}",
}
PAGES = {
    "home": "/",
    "campaigns": "/campaigns",
    "campaign, 20 of 500 ideas": f"/campaigns/{public_id('campaign', MEASURED)}",
    "board of 500 ideas": f"/campaigns/{public_id('campaign', MEASURED)}?view=board",
    "idea, 4 comments": f"/ideas/{public_id('idea', FEW)}",
    "idea, 20 comments": f"/ideas/{public_id('idea', SHORT)}",
    **{f"idea, 20,000 comments, {place}": LONG_THREAD + query for place, query in PLACES.items()},
    "search, 110,000 things, a rare pair": "/search?q=north+canteen+plan",
    "search, a word in every seventh": "/search?q=bicycles",
    "search, a typing error": "/search?q=bycicles",
    "suggestions": "/search/suggestions?q=bicycl",
}
FIRST_IDEA = (MEASURED - 1) * IDEAS_EACH + 1
VOTES = {
    "votes over 500 ideas": range(FIRST_IDEA, FIRST_IDEA + IDEAS_EACH),
    "votes on one idea": range(VOTED_FOR, VOTED_FOR + 1),
}


def cookie(number: int) -> dict[str, str]:
    """The header of a browser in which somebody is signed in, and has been here before."""
    return {"Cookie": f"sid={session_token(number)}; language=en"}


def voter(number: int) -> dict[str, str]:
    """The headers of a click on a vote button, as htmx sends it."""
    from portal.web.request import Request

    scope: Any = {"type": "http", "headers": [(b"cookie", cookie(number)["Cookie"].encode())], "path": "/"}
    return cookie(number) | {"HX-Request": "true", "HX-Request-Type": "partial", "X-CSRF-Token": Request(scope).csrf}


def lines(headers: dict[str, str]) -> str:
    """Headers as they stand in a request."""
    return "".join(f"{name}: {value}\r\n" for name, value in (AGENT | headers).items())


def free_port() -> int:
    """One that the operating system gives."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when the server answers. Raises RuntimeError when it ended, or after a minute."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"no answer from {process.args!r}")


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[int]:
    """`application` on the server, started as `portal run` starts the product; gives its port."""
    from portal.run.supervisor import _web_command
    from portal.settings import read_settings

    port = free_port()
    given = os.environ | environment | {"PORT": str(port)}
    command = [application if part == "portal.app:web" else part for part in _web_command(read_settings(given))]
    process = subprocess.Popen(command, env=given, cwd=ROOT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def plan(database_url: str, port: int) -> tuple[Plan, dict[str, int]]:
    """What the product does for each measure, and the bytes that each answer is on the wire."""
    idea, token = public_id("idea", FEW), session_token(1)
    give, take_back = VOTED.format(idea), VOTED.format(idea) + "/withdrawal"
    async with capturing(database_url, port) as capture:
        first = PEOPLE - SIGNED_IN + 1
        pages = {path: await capture.page(path, cookie(1), token, first) for path in PAGES.values()}
        one = await capture.vote(give, voter(1), token, idea)
        two = await capture.vote(take_back, voter(1), token, idea)
        return Plan(pages, one, two), capture.sizes | {"vote": capture.sizes[give]}


def measured(
    product: int, bare: int, prepared: Plan, sizes: dict[str, int], rounds: int, seconds: float
) -> Iterator[Result]:
    """All measures; each is in every round, so that what is compared was seen in the same minutes."""
    everybody = range(1, SIGNED_IN + 1)
    loads = {name: Load([path], [lines(cookie(n)) for n in everybody], votes=False) for name, path in PAGES.items()}
    for name, ideas in VOTES.items():
        paths = [VOTED.format(public_id("idea", number)) for number in ideas]
        loads[name] = Load(paths, [lines(voter(n)) for n in everybody], votes=True)
    seen: dict[tuple[str, int], list[Round]] = defaultdict(list)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as client:
        for number in range(rounds + 1):
            for name, load in loads.items():
                for port in (product, bare) if number % 2 else (bare, product):
                    result = client.submit(run, port, load, seconds / 5, seconds).result()
                    if number:  # the first round only warms both up
                        seen[name, port].append(result)
            print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
    for name, load in loads.items():
        path = PAGES.get(name, "vote")
        step = prepared.give if load.votes else prepared.pages[path]
        given = load.votes, len(step.statements), sizes[path], len(step.body)
        yield Result(name, *given, seen[name, product], seen[name, bare])


def second_start() -> float:
    """Seconds from `portal run` until the first page can be asked for, where everything is there already."""
    folder = Path(tempfile.mkdtemp(prefix="start-", dir=DATA))
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL")}
    took = 0.0
    try:
        for _ in range(2):
            port = free_port()
            begun = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", "run"],
                env=given | {"DATA_DIR": str(folder), "PORT": str(port)},
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            try:
                wait_for(port, process)
                took = time.monotonic() - begun
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return took


def compare_guests(rounds: int, seconds: float) -> None:
    """Guests beside employees, many spaces beside few, large ones beside small ones."""
    cluster = start_postgres()
    try:
        name = asyncio.run(bench_database(cluster, widen))
        os.environ["DATABASE_URL"] = cluster.dsn(name)
        with served("portal.app:web", {}) as product:
            compare(product, {n: lines(cookie(n)) for n in range(1, SIGNED_IN + len(GUESTS) + 1)}, rounds, seconds)
        asyncio.run(drop_database(cluster, name))
    finally:
        cluster.stop()


def escalate() -> None:
    """Votes that cross, cases, their inbox and their clock, in a company of 400,000."""
    cluster = start_postgres()
    try:
        name = asyncio.run(bench_database(cluster, gather))
        os.environ["DATABASE_URL"] = cluster.dsn(name)
        with served("portal.app:web", {}) as product, served("portal.app:web", {}) as another:
            uvloop.run(measure_cases([product, another], lambda n: lines(voter(n)), lambda n: lines(cookie(n))))
        asyncio.run(drop_database(cluster, name))
    finally:
        cluster.stop()


def main() -> None:
    """Measures everything and prints the table."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="short rounds: two minutes, rougher numbers")
    arguments.add_argument("--people", action="store_true", help="only the import of 400,000 people, some minutes")
    arguments.add_argument(
        "--guests", action="store_true", help="only guests, many spaces and large ones, some minutes"
    )
    arguments.add_argument(
        "--escalation", action="store_true", help="only votes that cross, cases and their clock, some minutes"
    )
    given = arguments.parse_args()
    quick = given.quick
    DATA.mkdir(parents=True, exist_ok=True)
    os.environ |= {"PICCOLO_CONF": "piccolo_conf", "DATA_DIR": str(DATA), "SECRET_KEY": SECRET_KEY}
    for name in ("BASE_URL", "HOST", "DATABASE_URL", "REDIS_URL", "WEB_PROCESSES"):
        os.environ.pop(name, None)
    if given.people:
        cluster = start_postgres()
        try:
            measure_import(cluster)
        finally:
            cluster.stop()
        return
    from portal.web.assets import build

    build()
    if given.guests:
        compare_guests(*((2, 0.4) if quick else (5, 1.2)))
        return
    if given.escalation:
        escalate()
        return
    start = second_start()
    cluster = start_postgres()
    name = asyncio.run(bench_database(cluster))
    try:
        os.environ["DATABASE_URL"] = cluster.dsn(name)
        with served("portal.app:web", {}) as product, tempfile.TemporaryDirectory(dir=DATA) as folder:
            prepared, sizes = asyncio.run(plan(cluster.dsn(name), product))
            kept = Path(folder) / "plan"
            kept.write_bytes(pickle.dumps(prepared))
            with served("tests.bench.bare:web", {"BENCH_PLAN": str(kept)}) as bare:
                rounds, seconds = (3, 0.5) if quick else (5, 1.2)
                results = list(measured(product, bare, prepared, sizes, rounds, seconds))
            visit = first_visit(product, PAGES["home"], cookie(1))
    finally:
        asyncio.run(drop_database(cluster, name))
        cluster.stop()
    write(ROOT / "build" / "bench.json", results, visit, start)
    print(report(results, visit, start))


if __name__ == "__main__":
    main()
