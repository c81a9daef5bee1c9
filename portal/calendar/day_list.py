"""A list of days: every line becomes a day of the calendar, or says what is wrong with it."""

from __future__ import annotations

from datetime import date

from portal.calendar.queries import Day
from portal.files import lists
from portal.files.dialect import Unreadable, taken_apart
from portal.files.lists import Tried, Wrong, records
from portal.text.dates import read_listed_date
from portal.text.language import lazy

MOST = 1000  # lines in one list
LONGEST_NAME = 120
YES = {"yes", "y", "ja", "j", "1", "true", "waar", "x"}
NO = {"", "no", "n", "nee", "0", "false", "onwaar"}
#: With the whole list.
OF_LISTS: dict[str, str] = {
    **lists.OF_LISTS,
    "no heading": lazy("The first line has to say what each column is; it needs at least “Day”."),
    "many": lazy("This is a long list. Take at most 1,000 days at once."),
}
#: With a line; %(value)s is what it says.
OF_LINES: dict[str, str] = {
    **lists.OF_LINES,
    "day": lazy("“%(value)s” is no day. Write it like 2027-01-31 or 31-1-2027."),
    "year": lazy("%(value)s is too far away. Take a day from 2000 to 2199."),
    "name": lazy("It does not say what day it is. Fill in the name."),
    "working": lazy("“%(value)s” says neither yes nor no. Write yes where one works on this day, else nothing."),
    "twice": lazy("The same day stands on line %(value)s. Keep one of the two."),
}


def try_out(content: bytes) -> Tried[Day]:
    """Reads the list and says what would be done; changes nothing."""
    try:
        sheet = taken_apart(content, "days")
    except Unreadable as error:
        return Tried(problem=error.problem)
    tried, seen = Tried[Day](), dict[date, int]()
    for at, values in records(sheet):
        if len(tried.rows) + len(tried.wrong) >= MOST:
            tried.problem = "many"
            break
        read = values if isinstance(values, tuple) else _read(values)
        if isinstance(read, Day) and seen.setdefault(read.day, at) != at:
            read = ("twice", str(seen[read.day]))
        if isinstance(read, Day):
            tried.rows.append(read)
        else:
            tried.wrong.append(Wrong(at, *read))
    if not tried.rows and not tried.wrong:
        tried.problem = tried.problem or "empty"
    return tried


def words_for(problem: str, value: str) -> str:
    """What is wrong with a line, in the reader's language."""
    return str(OF_LINES[problem]) % {"value": value}


def _read(values: dict[str, str]) -> Day | tuple[str, str]:
    """A line's day, or what is wrong with it."""
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
