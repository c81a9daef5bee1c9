"""A scratch database with the demo organisation, the tests' cast with everything they wrote among it, and canaries."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg

from portal import db
from portal import tables as t
from portal.access import scope, sight
from portal.access.scope import NEVER_SHOWN, VISIBILITY
from portal.app import create_app, set_up_logs
from portal.demo.seed import seed
from portal.migrate import migrate
from portal.run.postgres import EmbeddedPostgres
from tests.access.canary import FOR_EVERYBODY, text_columns
from tests.access.stage import Stage, open_stage, plant_everything
from tests.servers import new_database, run_sql
from tests.template import make_careless
from tests.world import CLOCK, NOW, World, build_world, set_clock


class Plan(NamedTuple):
    """What every process of a proof needs to know."""

    folder: str
    database: str
    world: str
    sessions: dict[str, str]
    #: the table that everybody sees, for the control
    without: str
    #: how the addresses begin that are asked for
    only: tuple[str, ...]


async def open_database(cluster: EmbeddedPostgres, name: str, size: int = 4) -> None:
    """Connects as the product does, guests by their own login."""
    await db.open_pool(cluster.dsn(name), size=size, guests=cluster.dsn(name, user=f"{name}_guest"))


async def make_demo(cluster: EmbeddedPostgres) -> tuple[str, World]:
    """The demo and the cast, without canaries; nobody is connected in the end."""
    await make_careless(cluster)
    name = await new_database(cluster)
    await open_database(cluster, name)
    await migrate()
    await run_sql(cluster.dsn(name), CLOCK)
    await set_clock(NOW)
    await seed()
    # Then the moderators are who screens, of the cast, too.
    await db.execute("ALTER TABLE screener DISABLE TRIGGER screener_kept")
    await db.execute("DELETE FROM screener")
    await db.execute("ALTER TABLE screener ENABLE TRIGGER screener_kept")
    world = await build_world()
    await db.close_pool()
    return name, world


async def plant_demo(cluster: EmbeddedPostgres, name: str, world: World) -> dict[str, str]:
    """Everything that could leak, and a canary in every text; gives the sessions."""
    await open_database(cluster, name)
    connection = await asyncpg.connect(cluster.dsn(name))
    sessions = await plant_everything(connection, world)
    await connection.close()
    await db.close_pool()
    return sessions


async def planted(connection: asyncpg.Connection) -> dict[str, tuple[int, int]]:
    """By table: how many rows hold a canary, and how many texts that makes."""
    found = {}
    for table in [*VISIBILITY, *NEVER_SHOWN]:
        columns = text_columns(table)
        if columns and table not in FOR_EVERYBODY:
            name = table._meta.tablename
            rows = await connection.fetchval(f"SELECT count(*) FROM {name}")
            found[name] = (rows, rows * len(columns))
    return {name: numbers for name, numbers in found.items() if numbers[0]}


@asynccontextmanager
async def on_stage(plan: Plan, behind: bool) -> AsyncIterator[Stage]:
    """The planted demo with everybody signed in; guests behind the second wall, or by the first one alone."""
    set_up_logs("error")
    for table in (getattr(t, name) for name in t.__all__):
        if table._meta.tablename == plan.without:
            scope.VISIBILITY[table] = sight.everybody
    cluster = EmbeddedPostgres(Path(plan.folder) / "postgres")
    await open_database(cluster, plan.database)
    guests = db.DB.guest_pool
    if not behind:
        db.DB.guest_pool = db.DB.pool
    connection = await asyncpg.connect(cluster.dsn(plan.database))
    try:
        yield await open_stage(connection, World(**json.loads(plan.world)), create_app(own_pool=False), plan.sessions)
    finally:
        await connection.close()
        db.DB.guest_pool = guests
        await db.close_pool()
