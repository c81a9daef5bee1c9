"""The fixtures. `rollback` (the default): each test in a transaction that is undone, requests one after another.
`fresh_db`: a database of its own, committed for real, for races, roles, worker, live pages and browsers.
"""

from __future__ import annotations

import gc
import os
import socket
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import uvloop

gc.disable()  # until all is loaded and collected, nothing of which is garbage: a quarter of that time
ROOT = Path(__file__).parent.parent
os.environ.update(
    PICCOLO_CONF="piccolo_conf",
    DATA_DIR=str(ROOT / "build" / f"tests{os.environ.get('PYTEST_XDIST_WORKER', '')}"),
    BASE_URL="http://127.0.0.1:8000",
    SECRET_KEY="for the tests alone, 0123456789abcdef",
    DATABASE_URL="postgresql://set.by.the.fixtures/",
)

from litestar import Litestar  # noqa: E402

from portal import db  # noqa: E402
from portal.app import create_app, set_up_logs, spare_the_lasting  # noqa: E402
from portal.run.postgres import EmbeddedPostgres  # noqa: E402
from portal.scoreboard import board  # noqa: E402
from portal.web.assets import build  # noqa: E402
from tests.client import Browser  # noqa: E402
from tests.connections import OneConnection, OneConnectionAsGuests, connect  # noqa: E402
from tests.servers import drop_database, new_database, start_postgres  # noqa: E402
from tests.template import make_template  # noqa: E402
from tests.world import World  # noqa: E402

set_up_logs("warning")
_connect = socket.socket.connect
#: The files that take longest are begun first: else a process ends with one of them, and the other waits for it.
LONGEST = (
    "tests/browser/test_axe.py",
    "tests/web/test_request.py",
    "tests/access/test_crawl.py",
    "tests/access/test_crawl_writes.py",
    "tests/browser/test_focus.py",
    "tests/access/test_two_worlds.py",
    "tests/faults/test_faults.py",
    "tests/access/test_crawl_without_rules.py",
    "tests/test_cli.py",
    "tests/escalation/test_processes.py",
    "tests/notifications/test_worker.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts them first, and each file's tests together."""
    places = {file: place for place, file in enumerate(LONGEST)}

    def place(item: pytest.Item) -> tuple[int, str]:
        file = item.nodeid.split("::")[0]
        return places.get(file, len(LONGEST)), file

    items.sort(key=place)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], AbstractEventLoop]]:
    """The loop that the product runs on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_finish() -> None:
    """What is loaded and collected by now stays to the end: looking through it for garbage took half of the time."""
    gc.enable()
    spare_the_lasting()


def _loopback_only(self: socket.socket, address: Any) -> Any:
    """The network is closed in tests, but for this machine."""
    if self.family != socket.AF_UNIX and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the tests' network is closed: {address}")
    return _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Any:
    """Only the loopback answers."""
    socket.socket.connect = _loopback_only  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def cluster() -> Any:
    """The tests' PostgreSQL."""
    build()
    postgres = start_postgres()
    yield postgres
    postgres.stop()


@pytest.fixture(scope="session")
async def template(cluster: EmbeddedPostgres) -> AsyncIterator[tuple[str, World]]:
    """A migrated database with the world in it, to be copied; nobody is connected to it."""
    name, world = await make_template(cluster)
    yield name, world
    await drop_database(cluster, name)


@pytest.fixture(scope="session")
async def shared_database(cluster: EmbeddedPostgres, template: tuple[str, World]) -> AsyncIterator[str]:
    """One copy for all tests that roll back."""
    name = await new_database(cluster, template[0])
    yield cluster.dsn(name)
    await drop_database(cluster, name)


@pytest.fixture(scope="session")
async def connected(shared_database: str) -> AsyncIterator[list[asyncpg.Connection]]:
    """The connection that those tests have one after another: a new one has to read the catalogue and to plan anew."""
    kept: list[asyncpg.Connection] = []
    yield kept
    for connection in kept:
        await connection.close()


async def _the_connection(kept: list[asyncpg.Connection], dsn: str) -> asyncpg.Connection:
    """The one that is kept, or another where a test has lost it."""
    if kept and kept[0].is_closed():
        kept.clear()
    if not kept:
        kept.append(await connect(dsn))
    return kept[0]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """The numbers of another test's cases are none of this one's."""
    board.kept.clear()


@pytest.fixture
async def rollback(
    connected: list[asyncpg.Connection], shared_database: str, template: tuple[str, World]
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction around the test. What the product runs in a transaction of its own becomes a savepoint."""
    connection = await _the_connection(connected, shared_database)
    outer = connection.transaction()
    await outer.start()
    db.DB.pool = OneConnection(connection)
    db.DB.guest_pool = OneConnectionAsGuests(connection, f"{template[0]}_guest")
    try:
        yield connection
    finally:
        db.DB.pool = db.DB.guest_pool = None
        if not connection.is_closed():
            await outer.rollback()


@pytest.fixture
def world(template: tuple[str, World]) -> World:
    """The ids of everything, by name; a copy, so that a test may add to it."""
    import copy

    return copy.deepcopy(template[1])


@pytest.fixture(scope="session")
def app(cluster: EmbeddedPostgres) -> Litestar:
    """The application, over whatever pool the test brings."""
    return create_app(own_pool=False)


@pytest.fixture
async def as_(
    app: Litestar, rollback: asyncpg.Connection, world: World
) -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """`await as_("employee")`: a browser in which she is signed in; `await as_(None)`: an anonymous one."""
    opened: list[Browser] = []

    async def browser(name: str | None) -> Browser:
        made = Browser(app, world.person_id[name] if name else None)
        if name:
            await made.start_session()
        opened.append(made)
        return made

    yield browser
    for browser_ in opened:
        await browser_.http.aclose()


@pytest.fixture
async def fresh_db(cluster: EmbeddedPostgres, template: tuple[str, World]) -> AsyncIterator[str]:
    """The address of a database of the test's own, with a pool open on it."""
    name = await new_database(cluster, template[0])
    await db.open_pool(cluster.dsn(name), size=10, guests=cluster.dsn(name, user=f"{name}_guest"))
    try:
        yield cluster.dsn(name)
    finally:
        await db.close_pool()
        await drop_database(cluster, name)


@asynccontextmanager
async def statements() -> AsyncIterator[list[str]]:
    """Collects the statements that the product sends meanwhile."""
    sent: list[str] = []
    original = db.DB.run_querystring

    async def counted(querystring: Any, in_pool: bool = True) -> Any:
        sent.append(querystring.template)
        return await original(querystring, in_pool)

    db.DB.run_querystring = counted  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        del db.DB.run_querystring
