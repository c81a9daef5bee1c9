"""A list of days: every line becomes a day of the calendar, or says what is wrong with it."""

from __future__ import annotations

import hashlib
from datetime import date

import msgspec

from portal.calendar.queries import Day
from portal.files.dialect import Unreadable, taken_apart
from portal.text.dates import read_listed_date
from portal.text.language import lazy

MOST = 1000  # lines in one list
LONGEST_NAME = 120
YES = {"yes", "y", "ja", "j", "1", "true", "waar", "x"}
NO = {"", "no", "n", "nee", "0", "false", "onwaar"}
#: With the whole list.
OF_LISTS: dict[str, str] = {
    "empty": lazy("Type or paste a list, or choose a file."),
    "no list": lazy("This is no CSV file. Save the list as CSV, and take that file."),
    "no heading": lazy("The first line has to say what each column is; it needs at least “Day”."),
    "many": lazy("This is a long list. Take at most 1,000 days at once."),
}
#: With a line; %(value)s is what it says.
OF_LINES: dict[str, str] = {
    "quotes": lazy("A quotation mark opens and is not closed as it should be. Close it, or take it away."),
    "cells": lazy("There are more cells than headings: %(value)s. Is a separator missing its quotation marks?"),
    "day": lazy("“%(value)s” is no day. Write it like 2027-01-31 or 31-1-2027."),
    "year": lazy("%(value)s is too far away. Take a day from 2000 to 2199."),
    "name": lazy("It does not say what day it is. Fill in the name."),
    "long": lazy("This is too long: “%(value)s…”. Shorten it."),
    "characters": lazy("This holds a character that belongs to no line of text. Take it out."),
    "working": lazy("“%(value)s” says neither yes nor no. Write yes where one works on this day, else nothing."),
    "twice": lazy("The same day stands on line %(value)s. Keep one of the two."),
}


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with a line: a key of OF_LINES, and what it is about."""

    line: int
    problem: str
    value: str = ""

    @property
    def words(self) -> str:
        """In the reader's language."""
        return str(OF_LINES[self.problem]) % {"value": self.value}


class Tried(msgspec.Struct):
    """A trial run. `problem` is what is wrong with the whole list: a key of OF_LISTS."""

    days: list[Day] = []
    wrong: list[Wrong] = []
    problem: str = ""

    @property
    def good(self) -> bool:
        """Whether it can be carried out as it is."""
        return bool(self.days) and not self.wrong and not self.problem


def mark(text: str) -> str:
    """What a trial run was about, so that only what was seen is carried out."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def try_out(content: bytes) -> Tried:
    """Reads the list and says what would be done; changes nothing."""
    try:
        sheet = taken_apart(content, "days")
    except Unreadable as error:
        return Tried(problem=error.problem)
    tried, seen = Tried(), dict[date, int]()
    for at, cells in sheet.records:
        if len(tried.days) + len(tried.wrong) >= MOST:
            tried.problem = "many"
            break
        read = _read(cells, sheet.columns, sheet.width)
        if isinstance(read, Day) and seen.setdefault(read.day, at) != at:
            read = ("twice", str(seen[read.day]))
        if isinstance(read, Day):
            tried.days.append(read)
        else:
            tried.wrong.append(Wrong(at, *read))
    if not tried.days and not tried.wrong:
        tried.problem = tried.problem or "empty"
    return tried


def _read(cells: list[str] | None, columns: dict[str, int], width: int) -> Day | tuple[str, str]:
    """A line's day, or what is wrong with it."""
    if cells is None:
        return "quotes", ""
    if any(cell.strip() for cell in cells[width:]):
        return "cells", str(len(cells))
    values = {column: cells[place].strip() for column, place in columns.items() if place < len(cells)}
    if any(not value.isprintable() for value in values.values()):
        return "characters", ""
    typed, name = values.get("day", ""), " ".join(values.get("name", "").split())
    day = read_listed_date(typed)
    if day is None:
        return "day", typed[:40]
    if not 2000 <= day.year < 2200:
        return "year", day.isoformat()
    if not name:
        return "name", ""
    if len(name) > LONGEST_NAME:
        return "long", name[:40]
    working = values.get("working", "").casefold()
    if working not in YES | NO:
        return "working", working[:40]
    return Day(day, name, working in YES, "")
