"""The database that the tests' databases are copies of: migrated, with the world in it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from portal import db
from portal.access.wall_build import build_wall
from portal.db import execute, transaction
from portal.migrate import migrate
from portal.run.postgres import EmbeddedPostgres
from tests.servers import new_database, run_sql
from tests.world import CLOCK, World, build_world

Template = tuple[str, World]
#: Nothing of the tests' has to outlive the machine: a database made and dropped costs a third without it.
CARELESS = ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'")


async def make_careless(cluster: EmbeddedPostgres) -> None:
    """Lets a server forget what it was told when its machine stops."""
    settings = (f"ALTER SYSTEM SET {setting}" for setting in CARELESS)
    await run_sql(cluster.dsn("postgres", user="postgres"), *settings, "SELECT pg_reload_conf()")


async def make_template(cluster: EmbeddedPostgres) -> Template:
    """Makes one; nobody is connected to it in the end."""
    await make_careless(cluster)
    kept = os.environ.get("TEST_TEMPLATE")
    if kept:
        return await _copy(cluster, Path(kept))
    name = await new_database(cluster)
    await db.open_pool(cluster.dsn(name), size=2)
    await migrate()
    await run_sql(cluster.dsn(name), CLOCK)
    world = await build_world()
    await db.close_pool()
    return name, world


async def keep_template(cluster: EmbeddedPostgres, file: Path) -> None:
    """Makes one that other processes copy, which find it by TEST_TEMPLATE."""
    name, world = await make_template(cluster)
    file.write_text(json.dumps([name, json.loads(world.dump())]))


async def _copy(cluster: EmbeddedPostgres, kept: Path) -> Template:
    """A copy of one that was kept, with the second wall as this process would build it."""
    original, world = json.loads(kept.read_text())
    name = await new_database(cluster, original)
    await db.open_pool(cluster.dsn(name), size=2)
    async with transaction():
        await build_wall(f"{name}_guest", "")
        await execute("GRANT SELECT ON test_clock TO PUBLIC")
    await db.close_pool()
    return name, World(**world)
