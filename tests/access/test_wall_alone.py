"""All guests' requests share a login: by her own SQL none of them sees or ends what another one asks, nor fills the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from portal import db
from portal.db import execute, fetch_value, leave_connection, stand_behind_wall
from portal.run.postgres import EmbeddedPostgres
from tests.world import World


@pytest.fixture
async def guest(fresh_db: str, world: World) -> AsyncIterator[World]:
    """Statements are those of a guest in the closed group A from here on, by her own login."""
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    yield world
    await leave_connection()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT query FROM pg_stat_activity",
        "SELECT pg_stat_get_backend_activity(1)",
        "SELECT pg_cancel_backend(pg_backend_pid())",
        "SELECT pg_terminate_backend(pg_backend_pid())",
        "SELECT lo_creat(-1)",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "CREATE TABLE t (x integer)",
        "SET temp_file_limit = -1",
    ],
)
async def test_she_sees_and_ends_nobody_elses_statements_and_keeps_nothing_beside_the_tables(
    guest: World, statement: str
):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(statement)


async def test_what_she_sorts_fills_no_disk_and_what_takes_long_is_ended(guest: World):
    assert await fetch_value("SELECT current_setting('temp_file_limit')") == "256MB"
    assert await fetch_value("SELECT current_setting('statement_timeout')") == "5s"


async def test_who_lifts_that_limit_is_ended_all_the_same(
    fresh_db: str, world: World, cluster: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
):
    """A role can't be kept from setting it: this process waits no longer."""
    monkeypatch.setattr(db, "GUESTS_WAIT", 0.5)
    name = await fetch_value("SELECT current_database()")
    await db.close_pool()
    await db.open_pool(fresh_db, size=1, guests=cluster.dsn(name, user=f"{name}_guest"))
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    await execute("SET statement_timeout = 0")
    with pytest.raises(db.TOO_SLOW):
        await execute("SELECT pg_sleep(10)")
    await leave_connection()


async def test_who_keeps_the_database_sees_what_runs(fresh_db: str):
    assert await fetch_value("SELECT count(*) FROM pg_stat_activity WHERE pid = pg_backend_pid()") == 1
