"""The engine, and the few ways to reach it. Every statement of the product goes through this module.

SQL uses `{}` placeholders; a placeholder takes a value or another QueryString (portal/sql.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any, Generic, TypeVar

import asyncpg
import msgspec
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from portal.settings import settings
from portal.sql import QueryString

__all__ = ["DB", "UNREACHABLE", "QueryString", "close_pool", "execute", "fetch", "fetch_one", "fetch_value"]

Row = TypeVar("Row")
_after_commit: ContextVar[list[Callable[[], None]]] = ContextVar("after_commit")
_hold: ContextVar[Hold | None] = ContextVar("hold", default=None)
TELL = """
    SELECT set_config('app.person', $1, false), set_config('app.spaces', $2, false), set_config('app.seal', $3, false)
"""


class Engine(PostgresEngine):
    """Piccolo's engine, without the connection that it would make when it is imported, and a pool for guests beside."""

    guest_pool: Any = None

    async def check_version(self) -> None:
        """The embedded server's version is ours, another's is checked by `portal migrate`."""

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> list[asyncpg.Record]:
        async with acquire() as connection:
            records: list[asyncpg.Record] = await connection.fetch(query, *(args or ()))
            return records


DB = Engine(config={})


class Unreachable(Exception):
    """No connection to PostgreSQL can be had."""


PATIENCE = 5  # seconds to wait for a connection of the pool

#: What comes up while PostgreSQL is gone, starting or stopping: the page says 503 and the client may come back.
UNREACHABLE: tuple[type[Exception], ...] = (
    Unreachable,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionFailureError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


def is_gone(error: BaseException | None) -> bool:
    """Whether PostgreSQL can't be reached, at the bottom of an error, whichever driver says so."""
    while error is not None:
        state = getattr(error, "sqlstate", "")
        if isinstance(error, (ConnectionError, *UNREACHABLE)) or (state or "").startswith(("08", "57P")):
            return True
        if state is None and type(error).__name__ == "OperationalError":
            return True  # psycopg, without a server that could give a state
        error = error.__cause__ or error.__context__
    return False


#: A statement took longer than it may, and was stopped: the database is there, and others go on.
TOO_SLOW: tuple[type[Exception], ...] = (asyncpg.QueryCanceledError, TimeoutError)
#: Seconds until this process stops a guest's statement itself: PostgreSQL's own limit a statement of hers may lift.
GUESTS_WAIT = 8.0
#: Two transactions met, and PostgreSQL gave one of them up: sent again, it goes through.
COLLIDED: tuple[type[Exception], ...] = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
#: The disk is full: writes are refused, reads go on.
NO_ROOM: tuple[type[Exception], ...] = (asyncpg.DiskFullError,)


async def _keep_as_is(connection: asyncpg.Connection) -> None:
    """No session state is ever set, so a released connection needs no round trip to be reset."""


async def open_pool(dsn: str, size: int = 10, guests: str = "") -> None:
    """Opens this process's pool, and one for the requests of guests. Statements end after 15 s, those of guests after
    5 s, whatever these set after 8, forgotten transactions after 60 s. Raises Unreachable."""
    DB.config = {"dsn": dsn}
    DB.pool = await _pool(dsn, size, _keep_as_is, None)
    if guests:
        # Policies make their statements long: planned once, for all guests alike, and by what is in memory. Given back,
        # a connection forgets whose it was, and whatever else was set or locked.
        planned = {"plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}
        DB.guest_pool = await _pool(guests, size, None, GUESTS_WAIT, statement_timeout="5s", **planned)


async def _pool(
    dsn: str, size: int, reset: Callable[[Any], Awaitable[None]] | None, wait: float | None, **more: str
) -> asyncpg.Pool:
    server_settings = {
        "application_name": "plein",
        "statement_timeout": "15s",
        "jit": "off",  # compiling takes longer than any statement of a page
        "idle_in_transaction_session_timeout": "60s",
    } | more
    try:
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            reset=reset,
            command_timeout=wait,
            server_settings=server_settings,
            max_cacheable_statement_size=0,  # the longest are those that are worth keeping
            max_cached_statement_lifetime=0,  # planned anew, a statement's next five runs cost twice (docs/bench.md)
        )
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


async def close_pool() -> None:
    """Closes the pools, if there are any."""
    if DB.guest_pool is not None:
        await DB.guest_pool.close()
        DB.guest_pool = None
    if DB.pool is not None:
        await DB.close_connection_pool()


class Hold:
    """A request whose statements all go through one connection: to take one and give it back costs more than most of
    them do."""

    held: asyncpg.Connection | None = None

    @property
    def pool(self) -> asyncpg.Pool | None:
        """Where the connection comes from."""
        return DB.pool

    async def connection(self) -> asyncpg.Connection:
        """Taken with the first statement."""
        if self.held is None:
            self.held = await _take(self.pool)
        return self.held


class Wall(Hold):
    """A guest's request: its connection is one of the guests' own login, on which PostgreSQL is told whose it is and
    which spaces she reads, under a seal that nobody makes by a statement (portal.access.wall)."""

    def __init__(self, person: int, spaces: list[int]) -> None:
        self.person = person
        self.spaces = spaces

    @property
    def pool(self) -> asyncpg.Pool | None:
        """The guests' own."""
        return DB.guest_pool

    async def connection(self) -> asyncpg.Connection:
        """Taken and told with the first statement."""
        if self.held is None:
            self.held = await _take(self.pool)
            await self.held.fetch(TELL, *sealed(self.held, self.person, self.spaces))
        return self.held


def sealed(connection: asyncpg.Connection, person: int, spaces: list[int]) -> tuple[str, str, str]:
    """The values of TELL: who asks, where she reads, and the seal that fits both on this very connection."""
    told = (str(person), "{" + ",".join(map(str, spaces)) + "}")
    key, words = settings().wall_key, " ".join((str(connection.get_server_pid()), *told))
    return (*told, sha256(key + sha256(key + words.encode()).digest()).hexdigest())


def hold_connection() -> None:
    """From now on this request's statements go through one connection."""
    _hold.set(Hold())


async def stand_behind_wall(person: int, spaces: list[int]) -> None:
    """From now on this request's statements are a guest's."""
    await rest_connection()
    _hold.set(Wall(person, spaces))


async def leave_connection() -> None:
    """The request is over."""
    try:
        await rest_connection()
    finally:
        _hold.set(None)


async def rest_connection() -> None:
    """Gives the one connection of a request back, before what takes long and asks nothing of the database: a file may
    be read slowly. A statement that follows takes another."""
    hold = _hold.get()
    if hold is not None and hold.held is not None and hold.pool is not None:
        held, hold.held = hold.held, None
        await hold.pool.release(held)


@asynccontextmanager
async def beside_wall() -> AsyncIterator[None]:
    """For what is no guest's to reach: the statements in here are the product's own, whoever asks. Not within a
    transaction."""
    await rest_connection()
    hold = _hold.get()
    _hold.set(None)
    try:
        yield
    finally:
        _hold.set(hold)


async def _take(pool: asyncpg.Pool | None) -> asyncpg.Connection:
    assert pool is not None, "open_pool() comes first"
    try:
        return await pool.acquire(timeout=PATIENCE)
    except (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
        raise Unreachable(str(error)) from error


@asynccontextmanager
async def acquire() -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool, or the one of this request. Raises Unreachable where none can be had."""
    hold = _hold.get()
    connection = await (hold.connection() if hold else _take(DB.pool))
    try:
        yield connection
    except asyncpg.InternalClientError as error:  # the server said farewell to it between two statements
        if not _lost(connection):
            connection.terminate()
        raise Unreachable(str(error)) from error
    except asyncpg.InterfaceError as error:
        if _lost(connection):
            raise Unreachable(str(error)) from error
        raise
    finally:
        if hold is None and DB.pool is not None:
            await DB.pool.release(connection)


def _lost(connection: asyncpg.Connection) -> bool:
    """Whether a connection is closed; the pool may have taken it back for that."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


@asynccontextmanager
async def transaction() -> AsyncIterator[asyncpg.Connection]:
    """All or nothing. Nested, it is a savepoint; the connection goes back whatever happens, a failed COMMIT included.

    No `asyncio.gather` inside: one connection speaks one statement at a time.
    """
    current = DB.current_transaction.get()
    if current is not None:
        async with current.connection.transaction():
            yield current.connection
        return
    async with acquire() as connection:
        own = PostgresTransaction(engine=DB)
        own.connection = connection
        own.transaction = connection.transaction()
        token = DB.current_transaction.set(own)
        waiting = _after_commit.set([])
        try:
            async with own.transaction:
                yield connection
            for work in _after_commit.get():
                work()
        finally:
            _after_commit.reset(waiting)
            DB.current_transaction.reset(token)


@asynccontextmanager
async def planned_for_its_values() -> AsyncIterator[None]:
    """The statements in here are planned each time, for the values that they bring: where these say whether some rows
    are looked at or thousands, one plan for everybody is the wrong one for somebody."""
    async with transaction() as connection:
        await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield


def after_commit(work: Callable[[], None]) -> None:
    """Does `work` once the transaction that is open has committed, and not at all when that is undone as a whole."""
    _after_commit.get().append(work)


async def execute(sql: str, *args: Any) -> list[asyncpg.Record]:
    """Runs one statement and gives its records."""
    records: list[asyncpg.Record] = await DB.run_querystring(QueryString(sql, *args))
    return records


# What commits lets its rows go before the disk has it; the next commit waits for the disk, as it is configured, and so
# for all that came before.
BRIEFLY = QueryString("set_config('synchronous_commit', 'off', true) = 'off'")
AS_EVER = QueryString("TRUE")
LASTING = "SELECT pg_logical_emit_message(true, 'plein', '')"


async def execute_briefly(sql: str, *args: Any) -> list[asyncpg.Record]:
    """The same for a statement that holds a row for which many wait; its first place is a condition that it asks of a
    row. What it holds is free before the disk has it, and its records are given once the disk does: so those who wait
    share one write (docs/decisions/0022). Within a transaction it is a statement like any other."""
    if DB.current_transaction.get() is not None:
        return await execute(sql, AS_EVER, *args)
    records = await execute(sql, BRIEFLY, *args)
    await execute(LASTING)
    return records


async def fetch(row: type[Row], sql: str, *args: Any) -> list[Row]:
    """Runs one statement; each record becomes a `row`, column name by field name."""
    return _rows(row, await execute(sql, *args))


async def fetch_one(row: type[Row], sql: str, *args: Any) -> Row | None:
    """The first row, or None."""
    return next(iter(await fetch(row, sql, *args)), None)


def _rows(row: type[Row], records: list[asyncpg.Record]) -> list[Row]:
    """By place where that can be, which takes a third of the time."""
    placed = _placed(row, tuple(records[0].keys())) if records else None  # type: ignore[arg-type]  # classes are hashable
    if placed is not None:
        return [row(*placed(record)) for record in records]
    return [row(**record) for record in records]


@lru_cache(maxsize=1000)
def _placed(row: type, columns: tuple[str, ...]) -> itemgetter[Any] | None:
    """Gives a record's values in the order of the fields, if each field has its column."""
    fields = getattr(row, "__match_args__", ())
    if len(fields) < 2 or sorted(fields) != sorted(columns):
        return None
    return itemgetter(*(columns.index(field) for field in fields))


async def fetch_value(sql: str, *args: Any) -> Any:
    """The first column of the first record, or None."""
    records = await execute(sql, *args)
    return records[0][0] if records else None


class Reading(Generic[Row]):
    """A statement that only reads, and what its records become. Awaited, it is sent by itself and gives its rows."""

    def __init__(self, row: type[Row], sql: str, *args: Any) -> None:
        self.row = row
        self.statement = QueryString(sql, *args)

    def __await__(self) -> Generator[Any, None, list[Row]]:
        return _alone(self).__await__()


async def _alone(reading: Reading[Row]) -> list[Row]:
    return (await read_together(rows=reading))["rows"]


async def read_together(**readings: Reading[Any]) -> dict[str, list[Any]]:
    """The rows of several readings by their names, in one statement: one way to PostgreSQL and back."""
    wanted = ", ".join(["(SELECT json_agg(x) FROM ({}) x)"] * len(readings))
    record = (await execute(f"SELECT {wanted}", *(reading.statement for reading in readings.values())))[0]
    return {
        name: _rows_of(reading.row).decode(text) if text else []  # type: ignore[arg-type]  # classes are hashable
        for (name, reading), text in zip(readings.items(), record, strict=True)
    }


@lru_cache(maxsize=100)
def _rows_of(row: Callable[..., Row]) -> msgspec.json.Decoder[list[Row]]:
    return msgspec.json.Decoder(list[row])  # type: ignore[valid-type]


class Made(msgspec.Struct, frozen=True):
    """A row that was just inserted."""

    id: int
    public_id: str


async def script(sql: str) -> None:
    """Runs several statements at once, without arguments; for migrations."""
    async with transaction() as connection:
        await connection.execute(sql)
