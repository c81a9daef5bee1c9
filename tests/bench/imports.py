"""`make bench ARGS=--people`: 400,000 people in 3,000 units out of a file, through the same functions as the product."""

from __future__ import annotations

import asyncio
import time

from portal.db import close_pool, execute, fetch_value, open_pool
from portal.imports.actions import hand_in
from portal.imports.jobs import run_import
from portal.imports.staging import read_import
from portal.install import install_organisation
from portal.migrate import migrate
from portal.run.postgres import EmbeddedPostgres
from tests.servers import drop_database, new_database

PEOPLE = 400_000
UNITS = 3_000
AIM = 300  # seconds
TREE = """
    INSERT INTO org_unit (name, code, parent) SELECT 'Division ' || n, 'D' || n, NULL FROM generate_series(1, 30) n;
"""
LEAVES = """
    INSERT INTO org_unit (name, code, parent)
    SELECT 'Team ' || n, 'T' || n, (SELECT id FROM org_unit WHERE code = 'D' || (n % 30 + 1)) FROM generate_series(1, {}) n
"""


def a_list() -> bytes:
    """What a personnel system exports: semicolons, Windows-1252, Windows line ends."""
    lines = ["Personeelsnummer;Achternaam;Voornaam;E-mail;Functie;Afdeling;Actief"]
    lines += [
        f"P{n};Bruin-{n};Zoë;person-{n}@import.example;Engineer {n % 90};T{n % (UNITS - 30) + 1};ja"
        for n in range(PEOPLE)
    ]
    return "\r\n".join(lines).encode("cp1252")


def measure_import(cluster: EmbeddedPostgres) -> None:
    """Prints how far it is and how long it took: the trial run, the import, and the trial run of the same list again."""
    asyncio.run(_measure(cluster))


async def _measure(cluster: EmbeddedPostgres) -> None:
    name = await new_database(cluster)
    await open_pool(cluster.dsn(name), size=4)
    try:
        await migrate()
        await install_organisation("Lowland Works", "nl", "Europe/Amsterdam")
        await execute(TREE)
        await execute(LEAVES, UNITS - 30)
        content = a_list()
        print(f"{PEOPLE:,} people in {UNITS:,} units, {len(content) / 1e6:.0f} MB")
        tried = await _timed_trial(content)
        begun, done = time.monotonic(), 0

        def told(lines: int) -> None:
            nonlocal done
            done += lines
            print(f"  {done:>9,} of {PEOPLE:,} lines, {time.monotonic() - begun:.0f} s", flush=True)

        await execute("UPDATE people_import SET state = 'running' WHERE id = {}", tried[0])
        await run_import(tried[0], told)
        took = time.monotonic() - begun
        assert await fetch_value("SELECT count(*) FROM identity") == PEOPLE
        again = await _timed_trial(content)
        assert await fetch_value("SELECT tallies ->> 'same' FROM people_import WHERE id = {}", again[0]) == str(PEOPLE)
        total = tried[1] + took
        verdict = "met" if total < AIM else "missed"
        print(f"trial run {tried[1]:.0f} s, import {took:.0f} s, together {total:.0f} s (aim {AIM} {verdict});")
        print(f"the same list again, trial run: {again[1]:.0f} s, nothing to do")
    finally:
        await close_pool()
        await drop_database(cluster, name)


async def _timed_trial(content: bytes) -> tuple[int, float]:
    begun = time.monotonic()
    number, _ = await hand_in(
        None, content, kind="people", file_name="people.csv", make_units=False, deactivate_missing=False
    )
    await read_import(number)
    print(f"trial run: {time.monotonic() - begun:.0f} s", flush=True)
    return number, time.monotonic() - begun
