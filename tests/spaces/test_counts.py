"""How many belong to a space is kept by the database: colleagues and guests apart, once each; and how many employees
there are. The audience that is told is as many as read."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.db import QueryString, fetch_one
from portal.spaces.queries import AUDIENCE, Audience

COUNTED = """
    SELECT s.id, count(DISTINCT p.id) FILTER (WHERE p.kind <> 'guest') AS colleagues,
        count(DISTINCT p.id) FILTER (WHERE p.kind = 'guest') AS guests
    FROM space s LEFT JOIN membership m ON m.space = s.id AND m.until IS NULL
    LEFT JOIN person p ON p.id = m.person AND p.active GROUP BY 1 ORDER BY 1
"""
KEPT = "SELECT id, colleagues, guests FROM space ORDER BY 1"
EMPLOYEES = "SELECT count(*) FROM person WHERE active AND kind = 'employee'"
KEPT_EMPLOYEES = "SELECT employees FROM space WHERE kind = 'organisation'"
READERS = """
    SELECT count(*) FILTER (WHERE p.kind <> 'guest') AS colleagues, count(*) FILTER (WHERE p.kind = 'guest') AS guests
    FROM readership r JOIN person p ON p.id = r.person WHERE r.space = $1
"""
#: What can happen to memberships and people; {p}, {q}: people; {s}, {t}: a guest space, and a section of {group}.
STEPS = [
    "INSERT INTO membership (space, person, role) SELECT {s}, id, 'member' FROM person WHERE id = {p}"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO membership (space, person, role) SELECT s, p.id, 'member' FROM person p, unnest(ARRAY[{s}, {t}]) s"
    " WHERE p.id IN ({p}, {q}) ON CONFLICT DO NOTHING",
    "INSERT INTO membership (space, person, role) SELECT {s}, id, 'owner' FROM person"
    " WHERE kind = 'employee' AND id IN ({p}, {q}) ON CONFLICT DO NOTHING",
    "UPDATE membership SET until = plein_now() + interval '1 day' WHERE space = {s} AND person = {p}",
    "UPDATE membership SET until = NULL WHERE person IN ({p}, {q})",
    "UPDATE membership SET until = CASE WHEN role = 'owner' THEN plein_now() END WHERE space = {s}",
    "DELETE FROM membership WHERE space = {s} AND role = 'member'",
    "DELETE FROM membership WHERE space = {s} AND person = {p} AND role = 'owner'",
    "DELETE FROM membership WHERE person = {p}",
    "UPDATE person SET active = NOT active WHERE id IN ({p}, {q})",
    "UPDATE person SET kind = 'employee', home = NULL WHERE id = {p}",
    "UPDATE person SET kind = 'sister', home = {home} WHERE kind = 'employee' AND id IN ({p}, {q})",
    "INSERT INTO membership (space, person, role) SELECT {group}, id, 'member' FROM person"
    " WHERE kind <> 'guest' AND id IN ({p}, {q}) ON CONFLICT DO NOTHING",
    "DELETE FROM person WHERE id = {p}",
]


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), *[st.integers(0, 3)] * 2, *[st.integers(0, 1)] * 2), max_size=12))
async def test_what_is_kept_is_what_a_count_would_give(rollback: asyncpg.Connection, steps: list[Any]):
    undone = rollback.transaction()
    await undone.start()
    try:
        add = "INSERT INTO person (kind) SELECT unnest(ARRAY['employee', 'employee', 'guest', 'guest']) RETURNING id"
        people = [row["id"] for row in await rollback.fetch(add)]
        add = "INSERT INTO space (kind, name, language, open) VALUES ($1, $1, 'en', FALSE) RETURNING id"
        guested, group, home = [await rollback.fetchval(add, kind) for kind in ("guest", "group", "sister")]
        add = "INSERT INTO space (kind, parent, name, language, open) VALUES ('section', $1, 'X', 'en', FALSE) RETURNING id"
        spaces = [guested, await rollback.fetchval(add, group)]
        known = {"group": group, "home": home}
        everywhere = [row["id"] for row in await rollback.fetch("SELECT id FROM space")]
        for sql, p, q, s, t in steps:
            await rollback.execute(sql.format(p=people[p], q=people[q], s=spaces[s], t=spaces[t], **known))
            assert await rollback.fetch(KEPT) == await rollback.fetch(COUNTED), sql
            assert await rollback.fetchval(KEPT_EMPLOYEES) == await rollback.fetchval(EMPLOYEES), sql
            for space in everywhere:
                told = await fetch_one(Audience, AUDIENCE, space, QueryString("TRUE"))
                assert msgspec.structs.astuple(told) == tuple(await rollback.fetchrow(READERS, space)), sql
    finally:
        await undone.rollback()
