"""What everybody of the cast sees of each table, row by row, beside what the rules in words say (`canary.py`)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import asyncpg
from piccolo.table import Table

from portal import tables as t
from portal.access.actor import Actor, actor_of_person
from portal.access.fields import profiles, visible_field
from portal.access.scope import VISIBILITY, visible
from portal.db import DB, QueryString
from tests.access.canary import FIELDS, Sight, sight_of

#: People are shown to those who share a space with them, whatever of them is asked for.
OF_PEOPLE = (t.Person, t.Identity, t.Profile)

Sights = dict[str, dict[str, list[int]]]


async def should_be_seen(connection: asyncpg.Connection, people: dict[str, int]) -> Sights:
    """By name, and by table or field of a profile: the keys of what is there and is to be seen."""
    return {name: await _of_one(connection, await sight_of(connection, person)) for name, person in people.items()}


async def _of_one(connection: asyncpg.Connection, sight: Sight) -> dict[str, list[int]]:
    found = {}
    for table in VISIBILITY:
        name, key = _named(table)
        should = sight.rows["neighbour" if table in OF_PEOPLE else name]
        found[name] = sorted(should & {row[0] for row in await connection.fetch(f"SELECT {key} FROM {name}")})
    for field in FIELDS:
        found[f"profile.{field}"] = sorted(sight.rows[f"profile.{field}"] & set(found["profile"]))
    return found


class Asked(NamedTuple):
    """A question about all rows of a table: who asks, what it is about, and how it is sent."""

    name: str
    told: str
    sql: str
    values: list[Any]


async def actors_of(people: dict[str, int]) -> dict[str, Actor]:
    """Everybody as an actor."""
    found = {name: await actor_of_person(person) for name, person in people.items()}
    return {name: actor for name, actor in found.items() if actor is not None}


def what_is_asked(actors: dict[str, Actor]) -> list[Asked]:
    """Everything, by everybody."""
    asked = []
    for name, actor in actors.items():
        questions = [(*_named(table), visible(table, actor)) for table in VISIBILITY]
        for field in FIELDS:
            both = QueryString("{} AND {}", visible(t.Profile, actor), visible_field(field, actor, "profile"))
            questions.append((f"profile.{field}", "person", both))
        for told, key, condition in questions:
            table = told.partition(".")[0]
            rows = QueryString("{} AS profile", profiles(actor)) if table == "profile" else QueryString(table)
            asked.append(
                Asked(name, told, *QueryString(f"SELECT {key} FROM {{}} WHERE {{}}", rows, condition).compile_string())
            )
    return asked


async def wrong_sights(asked: list[Asked], should: Sights) -> AsyncIterator[str]:
    """What somebody sees and should not, or should see and does not."""
    for name, told, sql, values in asked:
        seen, right = {row[0] for row in await DB._run_in_pool(sql, values)}, set(should[name][told])
        for row in sorted(seen - right):
            yield f"{name} sees {told} {row}"
        for row in sorted(right - seen):
            yield f"{name} does not see {told} {row}"


def _named(table: type[Table]) -> tuple[str, str]:
    return table._meta.tablename, table._meta.primary_key._meta.name
