"""A full disk, for real: writes are refused with a page that says so, reads go on, and all works again once there is
room. The kernel itself says that there is none: through /dev/full, and at the limit that a process has for a file."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from portal import db
from portal.db import execute, fetch_value
from portal.run.postgres import EmbeddedPostgres
from portal.settings import settings
from tests.client import Browser, text_of
from tests.world import World

ROOM = 1_000_003  # bytes
SUPPORT = "SELECT (SELECT count(*) FROM vote), supporters FROM idea WHERE id = {}"


@pytest.fixture
async def voter(fresh_db: str, app: Litestar, world: World) -> AsyncIterator[Browser]:
    """Somebody at a database of the test's own."""
    browser = Browser(app, world.person_id["employee"])
    await browser.start_session()
    yield browser
    await browser.http.aclose()


async def test_where_postgresql_has_no_room_nothing_is_written_and_everything_is_read(
    voter: Browser, cluster: EmbeddedPostgres, world: World
):
    idea = f"/ideas/{world.idea['vote']}"
    await execute("TRUNCATE vote")
    table = cluster.cluster / Path(await fetch_value("SELECT pg_relation_filepath('vote')"))
    assert table.stat().st_size == 0, "the first vote needs more of the disk"
    aside = table.rename(table.with_suffix(".aside"))
    table.symlink_to("/dev/full")
    try:
        for htmx in (False, True):
            refused = await voter.post(f"{idea}/vote", htmx=htmx)
            assert refused.status_code == 507
            assert "The disk is full" in text_of(refused)
        assert tuple((await execute(SUPPORT, world.idea_id["vote"]))[0]) == (0, 0)
        assert "Idea vote" in text_of(await voter.get(idea))
    finally:
        aside.replace(table)
    assert db.DB.pool is not None
    await db.DB.pool.expire_connections()  # PostgreSQL keeps files open; the disk, unlike its stand-in, stays the same
    assert (await voter.post(f"{idea}/vote")).status_code == 303
    assert tuple((await execute(SUPPORT, world.idea_id["vote"]))[0]) == (1, 1)


@pytest.mark.parametrize("beyond", [100, 400_000])
async def test_where_a_file_has_no_room_it_is_refused_whole(as_: Any, world: World, beyond: int):
    """Also where only its end does not fit, of which the kernel tells by writing less."""
    author, page = await as_("author"), f"/ideas/{world.idea['collect']}/attachments"
    kept = "SELECT count(*) FROM attachment"
    before, limits = await fetch_value(kept), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        large = await author.post(page, files=[("files", ("notes.txt", b"x" * (ROOM + beyond)))])
        assert (await author.get(page)).status_code == 200
        small = await author.post(page, files=[("files", ("small.txt", b"It fits"))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert large.status_code == 507
    assert "The disk is full" in text_of(large)
    assert small.status_code == 303
    assert (await author.post(page, files=[("files", ("notes.txt", b"x" * (ROOM + beyond)))])).status_code == 303
    assert await fetch_value(kept) == before + 2
    assert not list((settings().files_folder / "incoming").iterdir())
