"""What everybody of the cast sees of each table, row by row, beside what the rules in words say (`canary.py`)."""

from __future__ import annotations

import asyncpg
from piccolo.table import Table

from portal import tables as t
from portal.access.actor import actor_of_person
from portal.access.fields import FIELDS, visible_field
from portal.access.scope import VISIBILITY, visible
from portal.db import QueryString, execute
from tests.access.canary import Sight, sight_of

#: People are shown to those who share a space with them, whatever of them is asked for.
OF_PEOPLE = (t.Person, t.Identity, t.Profile)
#: Whose rules have tests of their own, in their rooms.
ELSEWHERE = {t.Screening, t.SealedText, t.Unmasking}
COMPARED = [table for table in VISIBILITY if table not in ELSEWHERE]
Sights = dict[str, dict[str, list[int]]]


async def should_be_seen(connection: asyncpg.Connection, people: dict[str, int]) -> Sights:
    """By name, and by table or field of a profile: the keys of what is there and is to be seen."""
    return {name: await _of_one(connection, await sight_of(connection, person)) for name, person in people.items()}


async def _of_one(connection: asyncpg.Connection, sight: Sight) -> dict[str, list[int]]:
    found = {}
    for table in COMPARED:
        name, key = _named(table)
        should = sight.rows["neighbour" if table in OF_PEOPLE else name]
        found[name] = sorted(should & {row[0] for row in await connection.fetch(f"SELECT {key} FROM {name}")})
    for field in FIELDS:
        found[f"profile.{field}"] = sorted(sight.rows[f"profile.{field}"] & set(found["profile"]))
    return found


async def wrong_sights(people: dict[str, int], should: Sights) -> list[str]:
    """What somebody sees and should not, or should see and does not."""
    wrong = []
    for name, person in people.items():
        actor = await actor_of_person(person)
        assert actor is not None
        asked = [(*_named(table), visible(table, actor)) for table in COMPARED]
        for field in FIELDS:
            both = QueryString("{} AND {}", visible(t.Profile, actor), visible_field(field, actor, "profile"))
            asked.append((f"profile.{field}", "person", both))
        for told, key, condition in asked:
            rows = await execute(f"SELECT {key} FROM {told.partition('.')[0]} WHERE {{}}", condition)
            seen, right = {row[0] for row in rows}, set(should[name][told])
            wrong += [f"{name} sees {told} {row}" for row in sorted(seen - right)]
            wrong += [f"{name} does not see {told} {row}" for row in sorted(right - seen)]
    return wrong


def _named(table: type[Table]) -> tuple[str, str]:
    return table._meta.tablename, table._meta.primary_key._meta.name
