"""Reading the working calendar."""

from __future__ import annotations

from datetime import date, datetime, time

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.calendar.holidays import holidays_of, known
from portal.db import fetch, fetch_one, fetch_value
from portal.tables import CalendarDay, Organisation, WorkingHours


class Hours(msgspec.Struct, frozen=True):
    """From when to when is worked on a weekday; 1 is Monday."""

    weekday: int
    opens: time
    closes: time


HOURS = "SELECT w.weekday, w.opens, w.closes FROM working_hours w WHERE {} ORDER BY w.weekday"


async def working_hours(actor: Actor) -> list[Hours]:
    """The weekdays on which is worked."""
    return await fetch(Hours, HOURS, visible(WorkingHours, actor, "w"))


class Day(msgspec.Struct, frozen=True):
    """A day that is not as its weekday says; `country`: of whose holidays it is, empty where somebody entered it."""

    day: date
    name: str
    working: bool
    country: str

    @property
    def month(self) -> int:
        """Of the year."""
        return self.day.month


DAYS = """
    SELECT c.day, c.name, c.working, c.country FROM calendar_day c
    WHERE c.day BETWEEN {} AND {} AND {} ORDER BY c.day
"""


async def days_of(actor: Actor, year: int) -> list[Day]:
    """Those of a year; holidays are called as in the actor's language, where that is known."""
    rows = await fetch(Day, DAYS, date(year, 1, 1), date(year, 12, 31), visible(CalendarDay, actor, "c"))
    years = range(year, year + 1)
    called = {one: holidays_of(one, years, actor.language) for one in {row.country for row in rows} if known(one)}
    return [msgspec.structs.replace(row, name=called.get(row.country, {}).get(row.day, row.name)) for row in rows]


class Place(msgspec.Struct, frozen=True):
    """Where the organisation works: its clocks, and whose holidays it keeps; today there."""

    zone: str
    country: str
    language: str
    today: date


PLACE = """
    SELECT o.zone, o.country, o.language, ({}::timestamptz AT TIME ZONE o.zone)::date AS today FROM organisation o
    WHERE {}
"""


async def place(actor: Actor) -> Place:
    """Of the organisation."""
    found = await fetch_one(Place, PLACE, actor.now, visible(Organisation, actor, "o"))
    assert found is not None
    return found


WORKED = """
    SELECT count(*)::int FROM generate_series({}::date, {}::date, interval '1 day') d CROSS JOIN plein_hours(d::date) h
    WHERE EXISTS (SELECT FROM organisation o WHERE {})
"""


async def days_worked(actor: Actor, year: int) -> int:
    """On how many days of a year is worked."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    worked: int = await fetch_value(WORKED, first, last, visible(Organisation, actor, "o"))
    return worked


class WorkingDay(msgspec.Struct, frozen=True):
    """When work begins and ends on a day; None where none follows within a month."""

    opens_at: datetime | None
    closes_at: datetime | None


# In the order that was asked for.
AHEAD = """
    SELECT h.opens_at, h.closes_at FROM organisation o
    CROSS JOIN unnest({}::int[]) WITH ORDINALITY AS a (days, place)
    LEFT JOIN LATERAL (
        SELECT h.* FROM generate_series(0, 30) n,
            plein_hours(({}::timestamptz AT TIME ZONE o.zone)::date + a.days + n) h
        ORDER BY h.opens_at LIMIT 1) h ON TRUE
    WHERE {} ORDER BY a.place
"""


async def working_days_ahead(actor: Actor, days: list[int]) -> list[WorkingDay]:
    """For each of these numbers of days the first day on which is worked that is at least so far ahead."""
    return await fetch(WorkingDay, AHEAD, days, actor.now, visible(Organisation, actor, "o"))
