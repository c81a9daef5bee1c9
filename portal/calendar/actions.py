"""Keeping the working calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.calendar.jobs import install_country
from portal.calendar.queries import Day, Hours
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record

# First what is worked, then what is no more: the database keeps the last working hours from going.
SET_HOURS = """
    INSERT INTO working_hours (weekday, opens, closes) VALUES ({}, {}, {})
    ON CONFLICT (weekday) DO UPDATE SET opens = excluded.opens, closes = excluded.closes
"""
FREE = "DELETE FROM working_hours WHERE weekday <> ALL({})"


async def set_hours(actor: Actor, zone: str, hours: list[Hours]) -> None:
    """On which clocks, weekdays and hours is worked from now on; what is due already keeps its time."""
    require(actor, Action.CALENDAR_EDIT)
    async with transaction():
        await execute("UPDATE organisation SET zone = {}", zone)
        for day in hours:
            await execute(SET_HOURS, day.weekday, day.opens, day.closes)
        await execute(FREE, [day.weekday for day in hours])
        await record(Kind.CALENDAR_CHANGED, actor=actor.id)


async def keep_country(actor: Actor, country: str) -> None:
    """The holidays of this country from today on, for the years ahead; none without a country. What somebody entered
    stays, and so does what has been."""
    require(actor, Action.CALENDAR_EDIT)
    async with transaction():
        await install_country(country)
        await record(Kind.CALENDAR_CHANGED, actor=actor.id)


ENTER = """
    INSERT INTO calendar_day (day, name, working, country)
    SELECT x.day, x.name, x.working, '' FROM unnest({}::date[], {}::text[], {}::boolean[]) x (day, name, working)
    ON CONFLICT (day) DO UPDATE SET name = excluded.name, working = excluded.working, country = ''
"""


async def enter_days(actor: Actor, days: Iterable[Day]) -> None:
    """Days that are not as their weekday says; they take the place of what was said of the same day."""
    require(actor, Action.CALENDAR_EDIT)
    days = list(days)
    async with transaction():
        await execute(ENTER, [d.day for d in days], [d.name for d in days], [d.working for d in days])
        await record(Kind.CALENDAR_CHANGED, actor=actor.id)


async def remove_day(actor: Actor, day: date) -> None:
    """The day is as its weekday says."""
    require(actor, Action.CALENDAR_EDIT)
    async with transaction():
        if await fetch_value("DELETE FROM calendar_day WHERE day = {} RETURNING id", day) is not None:
            await record(Kind.CALENDAR_CHANGED, actor=actor.id)
