"""Changing the tree of units."""

from __future__ import annotations

import asyncpg

from portal.access.actor import Actor
from portal.access.conflicts import Taken, as_seen, fingerprint, told_apart
from portal.access.policy import Action, require
from portal.db import execute, fetch, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.units.paths import Unit, UnitPaths, parts_of
from portal.units.queries import all_units


class Circle(Exception):
    """A unit would lie under itself."""


class NotEmpty(Exception):
    """People or units are still in it."""


#: One name beside it, one code anywhere.
NAMES = {"org_unit_sibling": Taken, "org_unit_code_key": Taken, "org_unit_tree": Circle}
ADD = "INSERT INTO org_unit (name, code, parent, head) VALUES ({}, nullif({}, ''), {}, {}) RETURNING id"
HOLD = "SELECT id FROM org_unit WHERE id = {} FOR NO KEY UPDATE"
EDIT = "UPDATE org_unit SET name = {}, code = nullif({}, ''), parent = {}, head = {} WHERE id = {}"
LIFT = "UPDATE org_unit SET parent = {} WHERE parent = {}"


async def add_unit(actor: Actor | None, name: str, code: str, parent: int | None, head: int | None = None) -> int:
    """A new unit; gives its id. Raises Taken, JustLeft. No actor: the command line, by whoever runs the machine."""
    if actor:
        require(actor, Action.UNIT_EDIT)
    async with told_apart(NAMES):
        unit: int = await fetch_value(ADD, name, code, parent, head)
        await record(Kind.UNIT_ADDED, actor=actor.id if actor else None, unit=unit)
    return unit


MAKE = "INSERT INTO org_unit (name, parent) VALUES ({}, {}) RETURNING id, public_id, name, code, parent"


async def made_unit(units: UnitPaths, path: str, by: int | None) -> int | None:  # access: who adds people has asked
    """The unit at the end of a path, made with those above it where it is new."""
    under: int | None = None
    parts = parts_of(path)
    for depth, name in enumerate(parts):
        fitting = units.found(" > ".join(parts[: depth + 1]))
        if len(fitting) == 1:
            under = fitting[0]
            continue
        [unit] = await fetch(Unit, MAKE, name, under)
        units.add(unit)
        await record(Kind.UNIT_ADDED, actor=by, unit=unit.id)
        under = unit.id
    return under


async def edit_unit(
    actor: Actor | None, unit: Unit, name: str, code: str, parent: int | None, *, head: int | None, seen: str
) -> None:
    """Renames a unit, moves it with all that lies under it, or says who leads it. Raises Circle, Taken, JustLeft, and
    Changed when it is no longer as it was seen."""
    if actor:
        require(actor, Action.UNIT_EDIT)
    async with told_apart(NAMES):
        await execute(HOLD, unit.id)
        stands = (await all_units(actor)).units.get(unit.id)
        if as_seen(seen, stands.seen if stands else "", fingerprint(name, code, parent, head)):
            await execute(EDIT, name, code, parent, head, unit.id)
            await record(Kind.UNIT_EDITED, actor=actor.id if actor else None, unit=unit.id)


# Who answers for a topic in it, what is owned by it, and what is decided for it; but the other's own rules stay.
RULES = """
    UPDATE topic_rule r SET unit = {} WHERE r.unit = {} AND NOT EXISTS (
        SELECT FROM topic_rule o WHERE o.unit = {} AND o.topic IS NOT DISTINCT FROM r.topic)
"""
SPACES = """
    UPDATE space_unit x SET unit = {} WHERE x.unit = {} AND NOT EXISTS (
        SELECT FROM space_unit o WHERE o.unit = {} AND o.space = x.space)
"""


async def merge_unit(actor: Actor | None, unit: Unit, into: Unit) -> None:
    """Everybody and everything of a unit goes to another, and the unit is no more. Raises Circle and Taken."""
    if actor:
        require(actor, Action.UNIT_EDIT)
    async with told_apart(NAMES):
        await execute("UPDATE person SET org_unit = {} WHERE org_unit = {}", into.id, unit.id)
        await execute("UPDATE escalation SET unit = {} WHERE unit = {}", into.id, unit.id)
        await execute(RULES, into.id, unit.id, into.id)
        await execute(SPACES, into.id, unit.id, into.id)
        await execute(LIFT, into.id, unit.id)
        await execute("DELETE FROM org_unit WHERE id = {}", unit.id)
        await record(Kind.UNIT_REMOVED, actor=actor.id if actor else None, unit=unit.id, into=into.id)


async def remove_unit(actor: Actor | None, unit: Unit) -> None:
    """Removes a unit that nobody is in. Raises NotEmpty."""
    if actor:
        require(actor, Action.UNIT_EDIT)
    try:
        async with transaction():
            await execute("DELETE FROM org_unit WHERE id = {}", unit.id)
            await record(Kind.UNIT_REMOVED, actor=actor.id if actor else None, unit=unit.id)
    except asyncpg.ForeignKeyViolationError as error:
        raise NotEmpty from error
