"""Bringing the schema up to date, once, however many ask for it at the same time."""

from __future__ import annotations

import contextlib
import io
import os
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager

from portal.access.wall_build import build_wall
from portal.db import DB, PATIENCE, execute, fetch_value, transaction
from portal.settings import BadSetting, settings

OLDEST = 15  # PostgreSQL's major version
LOCK = 7_536_201  # an advisory lock of our own
PLACE = "SELECT format('%s %s', oid, pg_postmaster_start_time()) FROM pg_database WHERE datname = current_database()"
ANEW = "SELECT format('ALTER ROLE %I PASSWORD %L', {}::text, {}::text)"


async def migrate() -> None:
    """Runs what has not run yet, all of it in one transaction, however long it takes. Raises BadSetting for a server
    that is too old."""
    os.environ.setdefault("PICCOLO_CONF", "piccolo_conf")
    major = int(await fetch_value("SHOW server_version_num")) // 10_000
    if major < OLDEST:
        raise BadSetting(f"DATABASE_URL: PostgreSQL {major} is too old, Plein needs {OLDEST} or newer.")
    async with transaction():
        await execute("SET LOCAL statement_timeout = 0")  # large tables are rewritten, and others wait for that
        await execute("SELECT pg_advisory_xact_lock({})", LOCK)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            result = await ForwardsMigrationManager("portal").run()
        if not result.success:
            raise RuntimeError(said.getvalue())
        guests = settings().guests_dsn(DB.config["dsn"])
        await build_wall(urlsplit(guests).username or "", urlsplit(guests).password or "")
    await _let_guests_in(guests)


async def _let_guests_in(dsn: str) -> None:
    """Opens a connection as guests do. Raises BadSetting where that can't be done: else no page would ever open."""
    try:
        if await _place_of(dsn) != await fetch_value(PLACE):
            raise BadSetting("GUEST_DATABASE_URL: it leads to another database than DATABASE_URL.")
    except asyncpg.InvalidPasswordError as error:
        if settings().guest_database_url:
            raise BadSetting(f"GUEST_DATABASE_URL: {error}.") from None
        statement = await fetch_value(ANEW, urlsplit(dsn).username, urlsplit(dsn).password)
        raise BadSetting(
            f"SECRET_KEY: it is another than the one that guests' login has its password from ({error}); use that one, "
            f"everywhere, or as a superuser say: {statement}"
        ) from None
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise BadSetting(f"GUEST_DATABASE_URL: guests' login can't be opened: {error}.") from None


async def _place_of(dsn: str) -> Any:
    connection = await asyncpg.connect(dsn, timeout=PATIENCE)
    try:
        return await connection.fetchval(PLACE)
    finally:
        await connection.close()
