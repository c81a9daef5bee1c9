"""Reading a list of people: every line becomes what is to be done, or says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

import msgspec

from portal.files.dialect import Sheet
from portal.text.address import has_other_letters, is_address
from portal.units.paths import UnitPaths

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
#: What can't stand in a line of text.
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufffd]")
LIMITS = {"email": 254, "number": 40, "name": 120, "title": 120, "unit": 500, "parent": 500, "head": 254, "sister": 80}
YES = {"yes", "y", "ja", "j", "true", "waar", "1", "active", "actief", "enabled"}
NO = {"no", "n", "nee", "false", "onwaar", "0", "inactive", "inactief", "disabled"}
LANGUAGES = {
    **dict.fromkeys(("nl", "nl-nl", "nl-be", "dutch", "nederlands"), "nl"),
    **dict.fromkeys(("en", "en-gb", "en-us", "english", "engels"), "en"),
}


class WrongCell(msgspec.Struct, frozen=True):
    """What is wrong with a line: in which column, a key of problems.OF_LINES, and what it says there."""

    line: int
    field: str
    problem: str
    value: str = ""


class Line(msgspec.Struct):
    """A line that can be used. What it does not say is None."""

    line: int
    email: str | None = None
    number: str | None = None
    name: str | None = None
    title: str | None = None
    unit: str | None = None
    org_unit: int | None = None
    parent: str | None = None
    head: str | None = None
    language: str | None = None
    zone: str | None = None
    sister: str | None = None
    active: bool | None = None
    outcome: str = ""


def lines_of(sheet: Sheet) -> Iterator[tuple[Line, list[WrongCell]]]:
    """Each line of a sheet with what is wrong with it so far: its cells, each by itself."""
    places = sheet.columns
    zones = available_timezones()
    for at, cells in sheet.records:
        line = Line(at)
        if cells is None:
            yield line, [WrongCell(at, "", "quotes")]
            continue
        if any(cell.strip() for cell in cells[sheet.width :]):
            yield line, [WrongCell(at, "", "cells", str(len(cells)))]
            continue
        values = {
            column: text
            for column, place in places.items()
            if place < len(cells) and (text := " ".join(cells[place].split()))
        }
        if "name" not in values:
            parts = [values[part] for part in ("first", "infix", "last") if part in values]
            if parts:
                values["name"] = " ".join(parts)
        yield line, _fill(line, values, zones)


def _fill(line: Line, values: dict[str, str], zones: set[str]) -> list[WrongCell]:
    wrong = []
    for column, limit in LIMITS.items():
        text = values.get(column)
        if text is None:
            continue
        if NO_TEXT.search(text):
            wrong.append(WrongCell(line.line, column, "characters"))
        elif len(text) > limit:
            wrong.append(WrongCell(line.line, column, "long", text[:40]))
        else:
            setattr(line, column, text)
    if line.email and not (PLAIN_ADDRESS.fullmatch(line.email) or is_address(line.email)):
        problem = "letters" if has_other_letters(line.email) else "address"
        wrong.append(WrongCell(line.line, "email", problem, line.email))
    if language := values.get("language"):
        line.language = LANGUAGES.get(language.casefold())
        if line.language is None:
            wrong.append(WrongCell(line.line, "language", "language", language[:40]))
    if zone := values.get("zone"):
        line.zone = zone
        if zone not in zones:
            wrong.append(WrongCell(line.line, "zone", "zone", zone[:40]))
    if active := values.get("active"):
        line.active = True if active.casefold() in YES else False if active.casefold() in NO else None
        if line.active is None:
            wrong.append(WrongCell(line.line, "active", "yes or no", active[:40]))
    return wrong


def people_of(sheet: Sheet, units: UnitPaths, make_units: bool) -> Iterator[Line | WrongCell]:
    """The lines of a list of people, and all that is wrong with the others."""
    seen: dict[str, dict[str, int]] = {"email": {}, "number": {}}
    known: dict[str, list[int]] = {}
    for line, wrong in lines_of(sheet):
        if not wrong and not line.email:
            wrong.append(WrongCell(line.line, "email", "missing"))
        for column, lines in seen.items():
            text = getattr(line, column)
            if text:
                first = lines.setdefault(text.casefold(), line.line)
                if first != line.line:
                    wrong.append(WrongCell(line.line, column, "twice", str(first)))
        if line.unit:
            if line.unit not in known:
                known[line.unit] = units.found(line.unit)
            fitting = known[line.unit]
            if len(fitting) == 1:
                line.org_unit = fitting[0]
            elif fitting:
                wrong.append(WrongCell(line.line, "unit", "several units", line.unit))
            elif not make_units:
                wrong.append(WrongCell(line.line, "unit", "no unit", line.unit))
        if wrong:
            yield from wrong
        else:
            yield line
