"""Carrying an import out, in batches: each is one transaction, and says with it how far it is. Whatever happens in
between, the next one goes on where that stood, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
import msgspec

from portal.accounts.actions import END_LINKS
from portal.admin.roles import HOLD
from portal.db import execute, fetch, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.files.dialect import taken_apart
from portal.imports.staging import HANDED, KEPT, PATIENCE, Handed, heads_named, plan
from portal.imports.unit_list import Planned, units_of
from portal.leaving.deactivation import close_the_door
from portal.leaving.turning import employ
from portal.spaces.owners import hold_owned
from portal.units.actions import made_unit
from portal.units.queries import all_units

BATCH = 5_000  # lines in one transaction

LOCKED = HANDED + " FOR UPDATE"
CHANGED = "UPDATE people_import SET state = 'ready', problem = {} WHERE id = {}"


async def run_import(people_import: int, told: Callable[[int], None] = lambda done: None) -> None:
    """Does what the trial run said; stops by itself when people changed since, or when it is told to. `told` hears of
    each batch how many lines it had."""
    if not await _still_as_tried(people_import):
        return
    while lines := await _next_batch(people_import):
        told(lines)


async def _still_as_tried(people_import: int) -> bool:
    async with transaction():
        await execute(PATIENCE)
        row = await fetch_one(Handed, LOCKED, people_import)
        if row is None or row.state != "running":
            return False
        if row.kind == "units":
            await _run_units(row)
            return False
        if row.done == 0:
            before = msgspec.json.decode(row.tallies)
            if msgspec.json.decode(await plan(people_import)) != before:
                await execute(CHANGED, "changed meanwhile", people_import)
                return False
        if row.make_units:
            await _make_units(row)
    return True


PATHS = """
    SELECT DISTINCT unit FROM import_line
    WHERE people_import = {} AND unit IS NOT NULL AND org_unit IS NULL AND NOT done ORDER BY unit
"""
PLACE = """
    UPDATE import_line l SET org_unit = m.unit
    FROM (SELECT unnest({}::text[]) AS path, unnest({}::bigint[]) AS unit) m
    WHERE l.people_import = {} AND l.unit = m.path AND l.org_unit IS NULL AND NOT l.done
"""


async def _make_units(row: Handed) -> None:
    """The units that lines name and that aren't there yet, with those above them."""
    paths = [wanted["unit"] for wanted in await execute(PATHS, row.id)]
    units = await all_units(None)
    made = [await made_unit(units, path, row.started_by) for path in paths]
    await execute(PLACE, paths, made, row.id)


TAKE = """
    WITH next AS (
        SELECT id FROM import_line WHERE people_import = {} AND NOT done ORDER BY line, id LIMIT {})
    UPDATE import_line l SET done = TRUE FROM next WHERE l.id = next.id RETURNING l.id
"""
FORWARD = "UPDATE people_import SET done = done + {} WHERE id = {}"


async def _next_batch(people_import: int) -> int:
    """Does the next lines and gives their number; 0 when there are none left, or when it was stopped."""
    async with transaction():
        await execute(PATIENCE)
        row = await fetch_one(Handed, LOCKED, people_import)
        if row is None or row.state != "running":
            return 0
        ids = [line["id"] for line in await execute(TAKE, people_import, BATCH)]
        if not ids:
            await _finish(row)
            return 0
        await _add(ids)
        await _change(ids)
        await _let_in_and_out(row, ids)
        await execute(FORWARD, len(ids), people_import)
    return len(ids)


#: Somebody came in by another door since the trial run.
THERE_BY_NOW = """
    UPDATE import_line l SET person = n.person,
        outcome = CASE WHEN p.kind = 'guest' AND l.home IS NULL THEN 'employed' ELSE 'changed' END
    FROM identity n JOIN person p ON p.id = n.person
    WHERE l.id = ANY({}) AND l.outcome = 'new' AND lower(n.email) = lower(l.email)
"""
NUMBERED = """
    UPDATE import_line SET person = nextval(pg_get_serial_sequence('person', 'id'))
    WHERE id = ANY({}) AND outcome = 'new'
"""
PERSONS = """
    INSERT INTO person (id, kind, org_unit, home)
    SELECT person, CASE WHEN home IS NULL THEN 'employee' ELSE 'sister' END, org_unit, home
    FROM import_line WHERE id = ANY({}) AND outcome = 'new'
"""
IDENTITIES = """
    INSERT INTO identity (person, name, email, title, language, zone)
    SELECT l.person, l.name, l.email, coalesce(l.title, ''), coalesce(l.language, o.language), coalesce(l.zone, o.zone)
    FROM import_line l, organisation o WHERE l.id = ANY({}) AND l.outcome = 'new'
"""
NUMBERS = """
    INSERT INTO personnel (person, number) SELECT person, number FROM import_line
    WHERE id = ANY({}) AND number IS NOT NULL AND person IS NOT NULL AND outcome NOT IN ('same', 'nobody')
    ON CONFLICT (person) DO UPDATE SET number = excluded.number
"""


async def _add(ids: list[int]) -> None:
    await execute(THERE_BY_NOW, ids)
    await execute(NUMBERED, ids)
    await execute(PERSONS, ids)
    await execute(IDENTITIES, ids)
    await execute(NUMBERS, ids)


MOVED_MAIL = """
    SELECT l.person FROM import_line l JOIN identity n ON n.person = l.person
    WHERE l.id = ANY({}) AND l.outcome <> 'new' AND lower(l.email) <> lower(n.email)
"""
IDENTITY = """
    UPDATE identity n SET name = coalesce(l.name, n.name), email = coalesce(l.email, n.email),
        title = coalesce(l.title, n.title), language = coalesce(l.language, n.language), zone = coalesce(l.zone, n.zone)
    FROM import_line l WHERE l.id = ANY({}) AND n.person = l.person AND l.line > 0
        AND l.outcome IN ('changed', 'moved', 'returns', 'leaves', 'employed')
"""
UNIT = """
    UPDATE person p SET org_unit = l.org_unit FROM import_line l WHERE l.id = ANY({}) AND p.id = l.person
        AND l.org_unit IS NOT NULL AND l.outcome IN ('changed', 'moved', 'returns', 'leaves', 'employed')
        AND p.org_unit IS DISTINCT FROM l.org_unit
"""


async def _change(ids: list[int]) -> None:
    await execute(END_LINKS, [line["person"] for line in await execute(MOVED_MAIL, ids)])
    await execute(IDENTITY, ids)
    await execute(UNIT, ids)


BACK = """
    UPDATE person p SET active = TRUE, epoch = epoch + 1, deactivated_at = NULL FROM import_line l
    WHERE l.id = ANY({}) AND l.outcome = 'returns' AND p.id = l.person AND NOT p.active RETURNING p.id
"""
OUT = f"""
    UPDATE person p SET active = FALSE, epoch = epoch + 1, deactivated_at = plein_now() FROM import_line l
    WHERE l.id = ANY({{}}) AND l.outcome = 'leaves' AND p.id = l.person AND p.active AND p.id NOT IN ({KEPT})
    RETURNING p.id
"""
HAPPENED = """
    WITH written AS (
        INSERT INTO event (kind, actor, person, particulars)
        SELECT {}, {}, unnest({}::bigint[]), jsonb_build_object('import', {}::bigint) RETURNING id)
    INSERT INTO event_queue (event) SELECT id FROM written
"""


async def _let_in_and_out(row: Handed, ids: list[int]) -> None:
    guests = await execute("SELECT person FROM import_line WHERE id = ANY({}) AND outcome = 'employed'", ids)
    if employed := await employ([line["person"] for line in guests]):
        await execute(HAPPENED, Kind.PERSON_TURNED.value, row.started_by, employed, row.id)
    back = [line["id"] for line in await execute(BACK, ids)]
    if back:
        await execute(HAPPENED, Kind.PERSON_ACTIVATED.value, row.started_by, back, row.id)
    leaving = await execute("SELECT person FROM import_line WHERE id = ANY({}) AND outcome = 'leaves'", ids)
    if not leaving:
        return
    await execute(HOLD)
    await hold_owned([line["person"] for line in leaving])
    out = [line["id"] for line in await execute(OUT, ids)]
    await close_the_door(out)
    if out:
        await execute(HAPPENED, Kind.PERSON_DEACTIVATED.value, row.started_by, out, row.id)


FINISH = "UPDATE people_import SET state = 'done', finished_at = plein_now() WHERE id = {}"


async def _finish(row: Handed) -> None:
    await execute(FINISH, row.id)
    await execute("DELETE FROM import_file WHERE people_import = {}", row.id)
    await record(Kind.PEOPLE_IMPORTED, actor=row.started_by, people_import=row.id, units=row.kind == "units")


# --- units: few enough for one transaction ---

ADD_UNIT = "INSERT INTO org_unit (name, code, parent, head) VALUES ({}, {}, {}, {}) RETURNING id"
CHANGE_UNITS = """
    UPDATE org_unit u SET name = c.name, code = coalesce(c.code, u.code),
        parent = CASE WHEN c.moves THEN c.parent ELSE u.parent END, head = coalesce(c.head, u.head)
    FROM (SELECT unnest({}::bigint[]) AS id, unnest({}::text[]) AS name, unnest({}::text[]) AS code,
        unnest({}::bigint[]) AS parent, unnest({}::boolean[]) AS moves, unnest({}::bigint[]) AS head) c
    WHERE u.id = c.id
"""


async def _run_units(row: Handed) -> None:
    content = await fetch_value("SELECT content FROM import_file WHERE people_import = {}", row.id)
    planned, _ = units_of(taken_apart(content, "units"), await all_units(None), await heads_named(content))
    tried = await fetch(Tried, "SELECT line, outcome FROM import_line WHERE people_import = {} ORDER BY line", row.id)
    if [(line.line, line.outcome) for line in tried] != sorted((p.line.line, p.line.outcome) for p in planned):
        await execute(CHANGED, "changed meanwhile", row.id)
        return
    try:
        async with transaction():
            await _apply_units(planned)
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError):
        await execute(CHANGED, "names collide", row.id)
        return
    await execute("UPDATE import_line SET done = TRUE WHERE people_import = {}", row.id)
    await execute(FORWARD, len(planned), row.id)
    await _finish(row)


class Tried(msgspec.Struct, frozen=True):
    """What the trial run said of a line."""

    line: int
    outcome: str


async def _apply_units(planned: list[Planned]) -> None:
    by_line = {step.line.line: step for step in planned}

    async def id_of(step: Planned) -> int | None:
        """The unit of a line, made with those above it where it is new."""
        if step.unit is None:
            step.unit = await fetch_value(ADD_UNIT, step.line.name, step.line.number, await above(step), step.head)
        return step.unit

    async def above(step: Planned) -> int | None:
        under = by_line.get(step.under_line) if step.under_line is not None else None
        return await id_of(under) if under else step.under_unit

    for step in planned:
        await id_of(step)
    changed = [step for step in planned if step.line.outcome in ("changed", "moved")]
    await execute(
        CHANGE_UNITS,
        [step.unit for step in changed],
        [step.line.name for step in changed],
        [step.line.number for step in changed],
        [await above(step) for step in changed],
        [step.line.outcome == "moved" for step in changed],
        [step.head for step in changed],
    )


async def sweep_imports() -> None:
    """Removes lists after 30 days: they hold what a personnel system says."""
    await execute("DELETE FROM people_import WHERE created_at < plein_now() - interval '30 days'")
