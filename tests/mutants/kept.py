"""What is tried without pytest in between, in a tenth of the time: it asks what the tests of the same names ask.

Sights, facts and walls are asked of a database that is made once. A mutant changes few of the questions, and what is
asked as before is answered as before: only the others are asked again.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

KEPT = Path("build/kept.json")


def keep() -> None:
    """Makes that database, with something of everything, and notes what everybody is to see of it."""
    asyncio.run(_keep())


async def _keep() -> None:
    import asyncpg

    import tests.conftest  # noqa: F401
    from portal import db
    from tests.access.facts import should_be_known
    from tests.access.forged import something_to_forge
    from tests.access.sights import actors_of, should_be_seen, what_is_asked, wrong_sights
    from tests.access.variety import LOOKERS, something_of_everything
    from tests.servers import start_postgres
    from tests.template import make_template

    cluster = start_postgres()
    name, world = await make_template(cluster)
    await db.open_pool(cluster.dsn(name), size=2)
    ids = await something_to_forge(world)
    await db.close_pool()
    kept: dict[str, Any] = {"forged": {"dsn": cluster.dsn(name), "role": f"{name}_guest"}, "ids": ids}
    name, world = await make_template(cluster)
    await db.open_pool(cluster.dsn(name), size=2)
    async with db.transaction():
        await something_of_everything(world)
    people = {looker: world.person_id[looker] for looker in LOOKERS}
    actors = await actors_of(people)
    connection = await asyncpg.connect(cluster.dsn(name))
    kept |= {
        "dsn": cluster.dsn(name),
        "superuser": cluster.dsn(name, user="postgres"),
        "role": f"{name}_guest",
        "people": people,
        "sights": await should_be_seen(connection, people),
        "facts": await should_be_known(connection, people),
        "asked": [repr(one) for one in what_is_asked(actors)],
        "actors": msgspec.to_builtins(actors),
    }
    KEPT.write_text(json.dumps(kept))
    wrong = [line async for line in wrong_sights(what_is_asked(actors), kept["sights"])]
    assert not wrong, f"without any mutant: {wrong[:20]}"
    await connection.close()
    await db.close_pool()


async def _wrong_predicates() -> AsyncIterator[str]:
    """The rules that need no database."""
    predicates = importlib.import_module("tests.access.test_predicates")
    try:
        for test in (test for name, test in vars(predicates).items() if name.startswith("test_")):
            marks = getattr(test, "pytestmark", ())
            for values in marks[0].args[1] if marks else [()]:
                test(values) if marks else test()
    except BaseException as noticed:  # noqa: BLE001  pytest's own failures are no exceptions
        yield repr(noticed)


async def _wrong_facts() -> AsyncIterator[str]:
    from tests.access.facts import wrong_facts

    kept = json.loads(KEPT.read_text())
    async for wrong in wrong_facts(await _connected(kept), kept["people"], kept["facts"]):
        yield wrong


async def _wrong_sights() -> AsyncIterator[str]:
    from tests.access.sights import what_is_asked, wrong_sights

    kept = json.loads(KEPT.read_text())
    before = set(kept["asked"])
    changed = [one for one in what_is_asked(_actors(kept)) if repr(one) not in before]
    await _connected(kept)
    async for wrong in wrong_sights(changed, kept["sights"]):
        yield wrong


async def _wrong_names() -> AsyncIterator[str]:
    from tests.access.names import wrong_names

    async for wrong in wrong_names(await _connected(json.loads(KEPT.read_text()))):
        yield wrong


async def _wrong_masks() -> AsyncIterator[str]:
    from tests.access.masks import wrong_masks

    kept = json.loads(KEPT.read_text())
    async for wrong in wrong_masks(await _connected(kept), _actors(kept)):
        yield wrong


async def _wrong_eyes() -> AsyncIterator[str]:
    from tests.access.eyes import wrong_eyes

    kept = json.loads(KEPT.read_text())
    async for wrong in wrong_eyes(await _connected(kept), _actors(kept)):
        yield wrong


async def _wrong_tables() -> AsyncIterator[str]:
    from tests.access.test_scope import test_every_table_says_who_sees_it_or_that_nobody_does as of_every_table

    try:
        of_every_table()
    except AssertionError as noticed:
        yield repr(noticed)


async def _wrong_refusals() -> AsyncIterator[str]:
    from tests.access.refusals import wrong_refusals

    await _connected(json.loads(KEPT.read_text()))
    async for wrong in wrong_refusals():
        yield wrong


async def _wrong_roles() -> AsyncIterator[str]:
    import asyncpg

    from tests.access.walls import wrong_roles

    kept = json.loads(KEPT.read_text())
    superuser = await asyncpg.connect(kept["superuser"])
    await superuser.transaction().start()
    async for wrong in wrong_roles(superuser, kept["role"]):
        yield wrong


async def _wrong_walls() -> AsyncIterator[str]:
    from tests.access.walls import GUESTS, wrong_walls

    kept = json.loads(KEPT.read_text())
    connection = await _walled(kept)
    guests = {name: actor for name, actor in _actors(kept).items() if name in GUESTS}
    async for wrong in wrong_walls(connection, kept["role"], guests, kept["sights"]):
        yield wrong


async def _wrong_forged() -> AsyncIterator[str]:
    from tests.access.forged import FORGED, what_is_forged

    kept = json.loads(KEPT.read_text())
    connection = await _walled(kept["forged"])
    async for wrong in what_is_forged(connection, kept["ids"], list(FORGED)):
        yield wrong


async def _wrong_log() -> AsyncIterator[str]:
    from tests.access.logged import wrong_log

    kept = json.loads(KEPT.read_text())
    await _walled(kept["forged"])
    async for wrong in wrong_log(kept["ids"]):
        yield wrong


def _actors(kept: dict[str, Any]) -> dict[str, Any]:
    """Everybody as she is known without any mutant."""
    from portal.access.actor import Actor

    return msgspec.convert(kept["actors"], dict[str, Actor])


async def _connected(kept: dict[str, Any]) -> Any:
    import asyncpg

    from portal import db
    from tests.connections import OneConnection, OneConnectionAsGuests

    connection = await asyncpg.connect(kept["dsn"], server_settings={"statement_timeout": "10s"})  # one may never end
    db.DB.pool = OneConnection(connection)
    db.DB.guest_pool = OneConnectionAsGuests(connection, kept["role"])
    return connection


async def _walled(kept: dict[str, Any]) -> Any:
    """With the wall as the mutant builds it, in a transaction that is undone with the connection."""
    from portal.access.wall_build import build_wall

    connection = await _connected(kept)
    await connection.transaction().start()
    await build_wall(kept["role"], "")
    await connection.execute("GRANT SELECT ON test_clock TO PUBLIC")
    return connection


ROUNDS: dict[str, Callable[[], AsyncIterator[str]]] = {
    "predicates": _wrong_predicates,
    "facts": _wrong_facts,
    "sights": _wrong_sights,
    "names": _wrong_names,
    "tables": _wrong_tables,
    "refusals": _wrong_refusals,
    "masks": _wrong_masks,
    "eyes": _wrong_eyes,
    "roles": _wrong_roles,
    "walls": _wrong_walls,
    "forged": _wrong_forged,
    "log": _wrong_log,
}


def first_wrong(round_: str) -> str:
    """What is noticed first; nothing where all is as it should be."""
    return asyncio.run(_first(ROUNDS[round_]()))


async def _first(found: AsyncIterator[str]) -> str:
    first: Awaitable[str] = anext(found, "")
    try:
        return await first
    except Exception as noticed:  # noqa: BLE001  a mutant may be no SQL at all
        return repr(noticed)
