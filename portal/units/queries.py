"""Reading the tree of units."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.colleagues.queries import CALLED, ORGANISATION
from portal.db import QueryString, execute, fetch
from portal.tables import OrgUnit
from portal.units.paths import Unit, UnitPaths

MOST_SHOWN = 300  # units on one page

UNITS = """
    SELECT u.id, u.public_id, u.name, u.code, u.parent, u.head FROM org_unit u WHERE {} ORDER BY lower(u.name), u.id
"""


async def all_units(actor: Actor | None) -> UnitPaths:
    """Every unit, to be found by what somebody writes. None: the command line, by whoever runs the machine."""
    return UnitPaths(await fetch(Unit, UNITS, visible(OrgUnit, actor, "u") if actor else QueryString("TRUE")))


class Head(msgspec.Struct, frozen=True):
    """Who leads a unit. `called`: the words that name her in a form; `here`: she is an employee who can sign in."""

    unit: int
    name: str
    email: str
    called: str
    here: bool


HEADS = f"""
    SELECT u.id AS unit, coalesce(n.name, '') AS name, coalesce(n.email, '') AS email,
        {CALLED.format("u.head", "n")} AS called, plein_in_office(u.head) AS here
    FROM org_unit u {ORGANISATION} LEFT JOIN identity n ON n.person = u.head WHERE u.head IS NOT NULL AND {{}}
"""


async def heads(actor: Actor | None) -> dict[int, Head]:
    """Who leads which unit, by its id. None: the command line, by whoever runs the machine."""
    found = await fetch(Head, HEADS, visible(OrgUnit, actor, "u") if actor else QueryString("TRUE"))
    return {head.unit: head for head in found}


class Branch(msgspec.Struct):
    """A unit on the page: how many people are in it and below it, and what of it is shown."""

    unit: Unit
    own: int
    people: int
    below: int
    children: list[Branch]


PEOPLE = """
    SELECT p.org_unit, count(*)::int AS people FROM person p JOIN org_unit u ON u.id = p.org_unit
    WHERE p.active AND {} GROUP BY p.org_unit
"""


async def tree(actor: Actor, units: UnitPaths, at: int | None = None) -> list[Branch]:
    """What lies under `at` (else everything), level by level, as long as the page stays of a size to be read."""
    own = {row["org_unit"]: row["people"] for row in await execute(PEOPLE, visible(OrgUnit, actor, "u"))}
    children: dict[int | None, list[Unit]] = {}
    for unit in units.units.values():
        children.setdefault(unit.parent, []).append(unit)

    def counted(unit: Unit) -> Branch:
        below = [counted(child) for child in children.get(unit.id, [])]
        mine = own.get(unit.id, 0)
        return Branch(unit, mine, mine + sum(b.people for b in below), sum(b.below + 1 for b in below), below)

    top = [counted(unit) for unit in children.get(at, [])]
    _cut(top)
    return top


def _cut(level: list[Branch]) -> None:
    """Leaves out the levels that would make the page too long."""
    shown = len(level)
    while level:
        following = [child for branch in level for child in branch.children]
        shown += len(following)
        if shown > MOST_SHOWN:
            for branch in level:
                branch.children = []
            return
        level = following


class Contents(msgspec.Struct, frozen=True):
    """How much is in a unit itself, deactivated people included."""

    people: int
    units: int


CONTENTS = """
    SELECT (SELECT count(*) FROM person p WHERE p.org_unit = u.id)::int AS people,
        (SELECT count(*) FROM org_unit c WHERE c.parent = u.id)::int AS units
    FROM org_unit u WHERE u.id = {} AND {}
"""


async def contents(actor: Actor, unit: Unit) -> Contents:
    """What would have to go elsewhere before it can be removed."""
    (found,) = await fetch(Contents, CONTENTS, unit.id, visible(OrgUnit, actor, "u"))
    return found
