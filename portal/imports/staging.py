"""The trial run: a list beside the people who are there, and what would be done for each. SQL over whole sets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec

from portal.db import execute, fetch_one, fetch_value, transaction
from portal.files.dialect import Unreadable, taken_apart
from portal.imports.reading import Line, WrongCell, lines_of, people_of
from portal.imports.unit_list import units_of
from portal.units.queries import all_units

LINE_COLUMNS = (
    *("people_import", "line", "number", "email", "name", "title", "language"),
    *("zone", "unit", "parent", "head", "org_unit", "sister", "active", "outcome"),
)
PROBLEM_COLUMNS = ("people_import", "line", "field", "problem", "value")
PATIENCE = "SET LOCAL statement_timeout = '10min'"  # for statements over whole lists, and for this transaction alone


class Handed(msgspec.Struct, frozen=True):
    """An import as its jobs need it."""

    id: int
    kind: str
    state: str
    started_by: int | None
    make_units: bool
    deactivate_missing: bool
    tallies: str
    done: int


HANDED = """
    SELECT id, kind, state, started_by, make_units, deactivate_missing, tallies::text AS tallies, done
    FROM people_import WHERE id = {}
"""


async def read_import(people_import: int) -> None:
    """The trial run: reads the file and says what would be done. Changes nobody and nothing."""
    row = await fetch_one(Handed, HANDED, people_import)
    content = await fetch_value("SELECT content FROM import_file WHERE people_import = {}", people_import)
    if row is None or row.state not in ("waiting", "ready", "unreadable") or content is None:
        return
    units = await all_units(None)
    heads = await heads_named(content) if row.kind == "units" else {}

    def taken() -> tuple[str, str, list[Line], list[WrongCell]]:
        sheet = taken_apart(content, row.kind)
        if row.kind == "units":
            planned, wrong = units_of(sheet, units, heads)
            return sheet.encoding, sheet.separator, [plan.line for plan in planned], wrong
        lines: list[Line] = []
        wrong = []
        for item in people_of(sheet, units, row.make_units):
            (lines if isinstance(item, Line) else wrong).append(item)  # type: ignore[arg-type]
        return sheet.encoding, sheet.separator, lines, wrong

    try:
        encoding, separator, lines, wrong = await asyncio.to_thread(taken)
    except Unreadable as error:
        await execute(UNREADABLE, error.problem, people_import)
        return
    async with transaction() as connection:
        await execute(PATIENCE)
        await execute("DELETE FROM import_line WHERE people_import = {}", people_import)
        await execute("DELETE FROM import_problem WHERE people_import = {}", people_import)
        await _copy(connection, people_import, lines, wrong)
        await execute(READ, encoding, separator, people_import)
        await plan(people_import)


HEADS = """
    SELECT lower(n.email) AS email, n.person FROM identity n
    WHERE lower(n.email) = ANY({}) AND plein_in_office(n.person)
"""


async def heads_named(content: bytes) -> dict[str, int]:
    """Those whom a list of units names as heads and who work here, by their addresses."""

    def named() -> list[str]:
        try:
            return sorted({line.head.lower() for line, _ in lines_of(taken_apart(content, "units")) if line.head})
        except Unreadable:  # said by who reads the rest of it
            return []

    return {row["email"]: row["person"] for row in await execute(HEADS, await asyncio.to_thread(named))}


UNREADABLE = "UPDATE people_import SET state = 'unreadable', problem = {} WHERE id = {} AND state <> 'running'"
READ = "UPDATE people_import SET state = 'ready', problem = '', encoding = {}, separator = {}, done = 0 WHERE id = {}"


async def _copy(connection: asyncpg.Connection, people_import: int, lines: list[Line], wrong: list[WrongCell]) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for line in lines:
            yield (
                *(people_import, line.line, line.number, line.email, line.name, line.title, line.language),
                *(line.zone, line.unit, line.parent, line.head, line.org_unit, line.sister, line.active, line.outcome),
            )

    await connection.copy_records_to_table("import_line", records=rows(), columns=LINE_COLUMNS)
    problems = [(people_import, w.line, w.field, w.problem, w.value) for w in wrong]
    await connection.copy_records_to_table("import_problem", records=problems, columns=PROBLEM_COLUMNS)
    await execute("ANALYZE import_line")


#: Who is on a line: by number, else by address. Lines are written only where that is somebody else than before.
MATCH = """
    UPDATE import_line l SET person = coalesce(r.person, n.person)
    FROM import_line k LEFT JOIN personnel r ON r.number = k.number
    LEFT JOIN identity n ON lower(n.email) = lower(k.email)
    WHERE l.id = k.id AND k.people_import = {} AND k.line > 0 AND NOT k.done
        AND k.person IS DISTINCT FROM coalesce(r.person, n.person)
"""
#: Of which sister organisation a line says that somebody is; our own name means no sister.
HOMES = """
    UPDATE import_line l SET home = s.id FROM space s
    WHERE l.people_import = {} AND NOT l.done AND s.kind = 'sister' AND s.archived_at IS NULL
        AND lower(s.name) = lower(l.sister) AND l.home IS DISTINCT FROM s.id
"""
#: What only shows beside who is there already.
REFUSE = """
    WITH wrong AS (
        SELECT l.id, l.line, 'email' AS field, 'taken' AS problem, l.email AS value
        FROM import_line l JOIN identity n ON lower(n.email) = lower(l.email)
        WHERE l.people_import = {} AND l.person <> n.person AND NOT l.done
        UNION ALL
        SELECT l.id, l.line, '', 'same person', (min(l.line) OVER (PARTITION BY l.person))::text
        FROM import_line l WHERE l.people_import = {} AND NOT l.done AND l.person IN (
            SELECT person FROM import_line WHERE people_import = {} AND person IS NOT NULL
            GROUP BY person HAVING count(*) > 1)
        UNION ALL
        SELECT l.id, l.line, 'email', 'guest', l.email FROM import_line l JOIN person p ON p.id = l.person
        WHERE l.people_import = {} AND NOT l.done
            AND (p.kind = 'guest' AND l.active IS FALSE OR p.kind = 'sister' AND l.home IS DISTINCT FROM p.home)
        UNION ALL
        SELECT l.id, l.line, 'sister', 'no sister', l.sister FROM import_line l, organisation g
        WHERE l.people_import = {} AND NOT l.done AND l.home IS NULL AND lower(l.sister) <> lower(g.name)
        UNION ALL
        SELECT l.id, l.line, 'sister', 'no sister of theirs', l.email
        FROM import_line l JOIN person p ON p.id = l.person
        WHERE l.people_import = {} AND NOT l.done AND l.home IS NOT NULL AND p.kind <> 'sister'
        UNION ALL
        SELECT l.id, l.line, 'name', 'missing', '' FROM import_line l
        WHERE l.people_import = {} AND l.person IS NULL AND l.name IS NULL AND l.active IS NOT FALSE
            AND NOT l.done),
    said AS (
        INSERT INTO import_problem (people_import, line, field, problem, value)
        SELECT DISTINCT {}::bigint, line, field, problem, value FROM wrong
        WHERE problem <> 'same person' OR line::text <> value)
    UPDATE import_line l SET outcome = 'wrong', done = TRUE FROM wrong w
    WHERE l.id = w.id AND (w.problem <> 'same person' OR w.line::text <> w.value)
"""
#: Whom no import deactivates: somebody has to look at what she leads first.
KEPT = """
    SELECT m.person FROM membership m JOIN space s ON s.id = m.space AND s.kind = 'organisation'
    WHERE m.role = 'administrator'
    UNION SELECT person FROM led_alone
"""
DECIDE = f"""
    WITH decided AS (SELECT k.id, CASE
        WHEN p.id IS NULL THEN CASE WHEN k.active IS FALSE THEN 'nobody' ELSE 'new' END
        WHEN p.kind = 'guest' THEN 'employed'
        WHEN k.active IS FALSE AND p.active THEN CASE WHEN p.id IN ({KEPT}) THEN 'kept' ELSE 'leaves' END
        WHEN k.active AND NOT p.active THEN 'returns'
        WHEN k.org_unit <> coalesce(p.org_unit, 0) OR k.org_unit IS NULL AND k.unit IS NOT NULL THEN 'moved'
        WHEN k.name <> n.name OR k.title <> n.title OR lower(k.email) <> lower(n.email) OR k.language <> n.language
            OR k.zone <> n.zone OR k.number <> coalesce(r.number, '') THEN 'changed'
        ELSE 'same' END AS outcome,
        coalesce(k.active IS FALSE AND (p.id IS NULL OR NOT p.active OR p.id IN ({KEPT})), FALSE) AS done
    FROM import_line k LEFT JOIN person p ON p.id = k.person LEFT JOIN identity n ON n.person = p.id
    LEFT JOIN personnel r ON r.person = p.id
    WHERE k.people_import = {{}} AND k.outcome <> 'wrong' AND k.line > 0)
    UPDATE import_line l SET outcome = d.outcome, done = d.done FROM decided d
    WHERE l.id = d.id AND (l.outcome, l.done) IS DISTINCT FROM (d.outcome, d.done)
"""
#: Employees whom no line names. They get lines without a number only where they are to leave.
ABSENT = """
    SELECT p.id FROM person p WHERE p.active AND p.kind = 'employee' AND NOT EXISTS (
        SELECT FROM import_line l WHERE l.people_import = {} AND l.person = p.id AND l.line > 0)
"""
LET_LEAVE = f"""
    INSERT INTO import_line (people_import, line, person, active, outcome, done)
    SELECT {{}}::bigint, 0, a.id, FALSE, CASE WHEN a.id IN ({KEPT}) THEN 'kept' ELSE 'leaves' END, a.id IN ({KEPT})
    FROM ({ABSENT}) a
"""
TALLIED = """
    WITH counted AS (
        SELECT outcome, count(*) AS n FROM import_line WHERE people_import = {} AND outcome <> 'wrong' GROUP BY 1),
    wrong AS (SELECT count(DISTINCT line) AS n FROM import_problem WHERE people_import = {})
    UPDATE people_import i SET
        tallies = (SELECT coalesce(jsonb_object_agg(outcome, n), '{{}}') FROM counted)
            || jsonb_build_object('wrong', (SELECT n FROM wrong), 'absent', {}::integer),
        lines = (SELECT coalesce(sum(n), 0) FROM counted)::int
    WHERE id = {} RETURNING tallies::text
"""


async def plan(people_import: int) -> str:
    """What is to be done for each line, as things are now; gives the tallies."""
    row = await fetch_one(Handed, HANDED, people_import)
    assert row is not None
    absent = 0
    if row.kind == "people":
        await execute("DELETE FROM import_line WHERE people_import = {} AND line = 0", people_import)
        await execute(MATCH, people_import)
        await execute(HOMES, people_import)
        await execute(REFUSE, *[people_import] * 8)
        await execute(DECIDE, people_import)
        absent = await fetch_value(f"SELECT count(*)::int FROM ({ABSENT}) a", people_import)
        wrong = await fetch_value("SELECT count(*) FROM import_problem WHERE people_import = {}", people_import)
        if row.deactivate_missing and not wrong:
            await execute(LET_LEAVE, people_import, people_import)
    return str(await fetch_value(TALLIED, people_import, people_import, absent, people_import))
