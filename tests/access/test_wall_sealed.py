"""Whose request it is, no statement says of itself: a guest's own SQL may set what it likes, and reaches no more by it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from portal import db
from portal.db import TELL, execute, fetch_value, leave_connection, sealed, stand_behind_wall
from portal.settings import settings
from tests.world import World

SAID = "SELECT set_config('app.person', {}, false), set_config('app.spaces', {}, false)"
BEGUN = """
    INSERT INTO session (token_sha256, person, epoch, user_agent, created_at, last_seen_at, idle_until, expires_at)
    SELECT '\\x00', {}, 0, '', now, now, now + interval '1 hour', now + interval '1 hour' FROM plein_now() AS now
"""


@pytest.fixture
async def guest(fresh_db: str, world: World) -> AsyncIterator[World]:
    """Statements are those of a guest in the closed group A from here on, by her own login."""
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    yield world
    await leave_connection()


async def test_a_guest_is_who_the_application_says(guest: World):
    assert await fetch_value("SELECT wall_told('person')") == str(guest.person_id["guest_a"])
    assert await fetch_value("SELECT count(*) FROM idea") > 0


@pytest.mark.parametrize("name", ["administrator", "insider_a", "guest_b"])
async def test_who_says_she_is_somebody_else_is_nobody(guest: World, name: str):
    person, own = guest.person_id[name], "{" + str(guest.space_id["closed_a"]) + "}"
    await execute(SAID, str(person), own)
    assert await fetch_value("SELECT count(*) FROM idea") == 0
    assert await fetch_value("SELECT count(*) FROM person") == 0
    assert await fetch_value("SELECT count(*) FROM session") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(BEGUN, person)


async def test_who_says_she_reads_more_reads_nothing(guest: World):
    her, all_spaces = str(guest.person_id["guest_a"]), "{" + ",".join(map(str, guest.space_id.values())) + "}"
    await execute(SAID, her, all_spaces)
    assert await fetch_value("SELECT count(*) FROM idea") == 0
    assert await fetch_value("SELECT count(*) FROM session") == 0


@pytest.mark.parametrize("said", ["", "{}"])
async def test_who_says_nothing_of_herself_is_no_employee(guest: World, said: str):
    """What asks whether a guest stands behind it asks her login, not what she says."""
    await execute(SAID, "", said)
    assert await fetch_value("SELECT plein_behind_wall()")
    assert await fetch_value("SELECT count(*) FROM section_reader") == 0
    assert await fetch_value("SELECT count(*) FROM plein_growth({})", guest.idea_id["collect"]) == 0
    for job in ("erase_guests", "send_reset"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute("SELECT plein_queue({}, '{{}}')", job)


async def test_a_seal_fits_one_person_her_spaces_and_one_connection(fresh_db: str, world: World):
    one, another = world.person_id["guest_a"], world.person_id["guest_b"]
    spaces, others = [world.space_id["closed_a"]], [world.space_id["closed_b"]]
    assert db.DB.guest_pool is not None
    async with db.DB.guest_pool.acquire() as here, db.DB.guest_pool.acquire() as there:
        right = sealed(here, one, spaces)
        for connection, told, fits in (
            (here, right, True),
            (there, right, False),
            (here, (*sealed(here, another, spaces)[:2], right[2]), False),
            (here, (*sealed(here, one, others)[:2], right[2]), False),
            (here, (*right[:2], ""), False),
            (here, (*right[:2], right[2].upper()), False),
        ):
            await connection.fetch(TELL, *told)
            assert (await connection.fetchval("SELECT wall_told('person')") is not None) == fits, told
            assert (await connection.fetchval("SELECT count(*) FROM idea") > 0) == fits, told


async def test_what_a_request_was_told_set_and_locked_is_not_left_for_the_next(fresh_db: str, world: World):
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    mine = await fetch_value("SELECT pg_backend_pid()")
    await execute("SELECT set_config('search_path', '', false), pg_advisory_lock(4711)")
    await leave_connection()
    assert db.DB.guest_pool is not None
    async with db.DB.guest_pool.acquire() as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") == mine
        for name in ("person", "spaces", "seal"):
            assert not await connection.fetchval("SELECT current_setting('app.' || $1, true)", name)
        assert await connection.fetchval("SELECT count(*) FROM idea") == 0
        assert await connection.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


async def test_the_key_is_kept_from_guests_and_made_of_the_secret_one(guest: World):
    for sql in ("SELECT key FROM wall.key", "UPDATE wall.key SET key = key", "DELETE FROM wall.key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(sql)
    await leave_connection()
    assert await fetch_value("SELECT key FROM wall.key") == settings().wall_key
