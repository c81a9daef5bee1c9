"""The real servers that tests talk to: PostgreSQL and a Redis-protocol server, both out of wheels."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import asyncpg

from portal.run.postgres import EmbeddedPostgres

ROOT = Path(__file__).parent.parent


def start_postgres() -> EmbeddedPostgres:
    """The tests' own cluster, kept between runs; it ends with this process."""
    folder = Path(os.environ.get("TEST_DATA_DIR", ROOT / "build" / "tests"))
    cluster = EmbeddedPostgres(folder / f"postgres{os.environ.get('PYTEST_XDIST_WORKER', '')}")
    cluster.start()
    return cluster


async def run_sql(dsn: str, *statements: str) -> None:
    """Runs statements outside any transaction."""
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def new_database(cluster: EmbeddedPostgres, template: str = "template1") -> str:
    """Makes a database; gives its name. It is a copy of `template`, to which nobody may be connected: of its files, which
    takes half as long as writing all of it to the log."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    await run_sql(cluster.dsn("postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    cluster.make_guests(name)
    if template != "template1":  # what the wall grants there, it grants here
        grant = f'GRANT "{template}_guest" TO "{name}_guest"'
        await run_sql(cluster.dsn("postgres", user="postgres"), grant)
    return name


async def drop_database(cluster: EmbeddedPostgres, name: str) -> None:
    """Removes it with whoever is connected."""
    await run_sql(
        cluster.dsn("postgres", user="postgres"),
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'DROP ROLE IF EXISTS "{name}_guest"',
    )
