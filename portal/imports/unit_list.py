"""A list of units: which line is which unit, what lies under what, and whether it goes in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from portal.files.dialect import Sheet
from portal.imports.reading import Line, WrongCell, lines_of
from portal.units.paths import UnitPaths, parts_of


class Planned(msgspec.Struct):
    """A line with the unit that it is (None: a new one), who leads it if it says so, and what it lies under: a unit
    that is there, or a line."""

    line: Line
    unit: int | None = None
    head: int | None = None
    under_unit: int | None = None
    under_line: int | None = None


def units_of(sheet: Sheet, units: UnitPaths, heads: Mapping[str, int]) -> tuple[list[Planned], list[WrongCell]]:
    """The lines of a list of units in their order, and all that is wrong with the others. `heads`: who works here, by
    their addresses."""
    found: list[WrongCell] = []
    good: list[Line] = []
    codes: dict[str, int] = {}
    for line, wrong in lines_of(sheet):
        if not wrong and not line.name:
            wrong.append(WrongCell(line.line, "name", "missing"))
        if line.number and codes.setdefault(line.number.casefold(), line.line) != line.line:
            wrong.append(WrongCell(line.line, "number", "twice", str(codes[line.number.casefold()])))
        if line.head and line.head.lower() not in heads:
            wrong.append(WrongCell(line.line, "head", "no head", line.head))
        found += wrong
        good += [] if wrong else [line]
    planned, wrong = _placed(good, units)
    by_line = {plan.line.line: plan for plan in planned}
    circles = _circles(by_line, units)
    for plan in planned:
        plan.head = heads[plan.line.head.lower()] if plan.line.head else None
        plan.line.org_unit, plan.line.outcome = plan.unit, _outcome(plan, by_line, units)
    in_a_circle = {wrong.line for wrong in circles}
    return [plan for plan in planned if plan.line.line not in in_a_circle], [*found, *wrong, *circles]


def _outcome(plan: Planned, by_line: dict[int, Planned], units: UnitPaths) -> str:
    """What is done for a line: "new", "moved", "changed" or "same"."""
    if plan.unit is None:
        return "new"
    there = units.units[plan.unit]
    if plan.line.parent:
        under = by_line.get(plan.under_line) if plan.under_line is not None else None
        if plan.under_line is not None and (under is None or under.unit != there.parent or under.unit is None):
            return "moved"
        if plan.under_line is None and plan.under_unit != there.parent:
            return "moved"
    differs = plan.line.name != there.name or (plan.line.number is not None and plan.line.number != there.code)
    differs = differs or (plan.head is not None and plan.head != there.head)
    return "changed" if differs else "same"


def _placed(lines: list[Line], units: UnitPaths) -> tuple[list[Planned], list[WrongCell]]:
    by_code = {line.number.casefold(): line for line in lines if line.number}
    by_name: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_name[(line.name or "").casefold()].append(line)
    placed: list[Planned] = []
    wrong: list[WrongCell] = []
    taken: dict[tuple[object, object, str], int] = {}
    for line in lines:
        plan = Planned(line)
        if line.parent:
            above = _line_above(line.parent, by_code, by_name)
            fitting = units.found(line.parent) if above is None else []
            if above is not None:
                plan.under_line = above.line
            elif len(fitting) == 1:
                plan.under_unit = fitting[0]
            else:
                problem = "several units" if fitting else "no unit"
                wrong.append(WrongCell(line.line, "parent", problem, line.parent))
                continue
        same = taken.setdefault((plan.under_unit, plan.under_line, (line.name or "").casefold()), line.line)
        if same != line.line:
            wrong.append(WrongCell(line.line, "name", "twice", str(same)))
            continue
        plan.unit = _there_already(line, units)
        placed.append(plan)
    return placed, wrong


def _line_above(written: str, by_code: dict[str, Line], by_name: dict[str, list[Line]]) -> Line | None:
    """The line that names what something lies under: by its code, or by its name, with those above it where needed."""
    if coded := by_code.get(written.casefold()):
        return coded
    parts = [part.casefold() for part in parts_of(written)]
    fitting = by_name.get(parts[-1], []) if parts else []
    if len(fitting) > 1 and len(parts) > 1:
        fitting = [line for line in fitting if (parts_of(line.parent or "") or ("",))[-1].casefold() == parts[-2]]
    return fitting[0] if len(fitting) == 1 else None


def _there_already(line: Line, units: UnitPaths) -> int | None:
    """The unit that a line is about: by its code, else by its place in the tree."""
    if line.number:
        coded = [unit for unit in units.units.values() if (unit.code or "").casefold() == line.number.casefold()]
        if coded:
            return coded[0].id
    fitting = units.found(f"{line.parent} > {line.name}" if line.parent else line.name or "")
    fitting = [unit for unit in fitting if line.parent or units.units[unit].parent is None]
    return fitting[0] if len(fitting) == 1 else None


def _circles(planned: dict[int, Planned], units: UnitPaths) -> list[WrongCell]:
    """The lines that would lie under themselves, in the tree as it would be afterwards."""
    of_unit = {plan.unit: plan for plan in planned.values() if plan.unit is not None}

    def above(step: Planned | int) -> Planned | int | None:
        if isinstance(step, Planned):
            if step.under_line is not None:
                return planned.get(step.under_line)
            unit = step.under_unit
            if not step.line.parent and step.unit is not None:  # it stays where it is
                unit = units.units[step.unit].parent
        else:
            unit = units.units[step].parent
        return of_unit.get(unit, unit) if unit is not None else None

    wrong = []
    for plan in planned.values():
        names, step, steps = [plan.line.name or ""], above(plan), 0
        while step is not None and step is not plan and steps <= len(planned) + len(units.units):
            names.append((step.line.name or "") if isinstance(step, Planned) else units.units[step].name)
            step, steps = above(step), steps + 1
        if step is plan:
            wrong.append(WrongCell(plan.line.line, "parent", "circle", " > ".join([names[0], *reversed(names)][:6])))
    return wrong
