"""Org units as people write them: by code, or by a path such as "Roads > North", of which the end is enough."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from portal.access.conflicts import fingerprint

#: What stands between the parts of a path; a slash only with room around it, because names hold slashes too.
BETWEEN = re.compile(r"\s*[>›\\|]\s*|\s+/\s+")


class Unit(msgspec.Struct, frozen=True):
    """A unit of the organisation's tree."""

    id: int
    public_id: str
    name: str
    code: str | None
    parent: int | None
    head: int | None = None

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(self.name, self.code or "", self.parent, self.head)


def parts_of(path: str) -> tuple[str, ...]:
    """The names of a path, from the top down."""
    return tuple(part for part in BETWEEN.split(path.strip()) if part)


class UnitPaths:
    """All units, found by what somebody wrote."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units: dict[int, Unit] = {}
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for unit in units:
            self.add(unit)

    def add(self, unit: Unit) -> None:
        """One more."""
        self.units[unit.id] = unit
        if unit.code:
            self._by_code[unit.code.casefold()] = unit.id
        self._by_name[unit.name.casefold()].append(unit.id)

    def line(self, unit: int) -> list[Unit]:
        """The unit and those above it, from the top down."""
        found: list[Unit] = []
        at: int | None = unit
        while at is not None and len(found) < len(self.units):
            found.insert(0, self.units[at])
            at = self.units[at].parent
        return found

    def of_address(self, public_id: str) -> Unit | None:
        """The unit with this public id."""
        return next((unit for unit in self.units.values() if unit.public_id == public_id), None)

    def path(self, unit: int | None) -> str:
        """A unit as it can be written to be found again."""
        return " > ".join(step.name for step in self.line(unit)) if unit is not None else ""

    def found(self, written: str) -> list[int]:
        """The units that this may mean: one, none, or several of the same name."""
        coded = self._by_code.get(written.strip().casefold())
        if coded is not None:
            return [coded]
        wanted = [part.casefold() for part in parts_of(written)]
        if not wanted:
            return []
        fitting = []
        for unit in self._by_name.get(wanted[-1], []):
            names = [step.name.casefold() for step in self.line(unit)]
            if names == wanted:
                return [unit]
            if names[-len(wanted) :] == wanted:
                fitting.append(unit)
        return fitting
