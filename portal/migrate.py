"""Bringing the schema up to date, once, however many ask for it at the same time."""

from __future__ import annotations

import contextlib
import io
import os
from urllib.parse import urlsplit

from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager

from portal.access.wall import build_wall
from portal.db import DB, execute, fetch_value, transaction
from portal.settings import BadSetting, settings

OLDEST = 15  # PostgreSQL's major version
LOCK = 7_536_201  # an advisory lock of our own


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
        guests = urlsplit(settings().guests_dsn(DB.config["dsn"]))
        await build_wall(guests.username or "", guests.password or "")
