"""Working time as the database counts it: in hours and days of the calendar, on the organisation's clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from portal.db import execute, fetch_value, transaction

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    """A moment as the clocks in Amsterdam show it."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


async def hours_after(start: datetime, hours: int) -> datetime:
    moment: datetime = await fetch_value("SELECT plein_working_after({}, {})", start, hours * 60)
    return moment


async def days_after(start: datetime, days: int) -> datetime:
    moment: datetime = await fetch_value("SELECT plein_working_days_after({}, {})", start, days)
    return moment


async def minutes_between(a: datetime, b: datetime) -> int:
    minutes: int = await fetch_value("SELECT plein_working_minutes({}, {})", a, b)
    return minutes


async def day_off(day: str, working: bool = False) -> None:
    await execute(
        "INSERT INTO calendar_day (day, name, working) VALUES ({}, 'A day', {})", date.fromisoformat(day), working
    )


async def test_a_friday_afternoon_before_a_holiday_monday(rollback):
    """T2 at 16:30: four hours of it are Tuesday's, and so is one working day."""
    await day_off("2026-05-25")  # Whit Monday
    start = at("2026-05-22T16:30")
    assert await hours_after(start, 4) == at("2026-05-26T12:30")
    assert await hours_after(start, 2) == at("2026-05-26T10:30")
    assert await days_after(start, 1) == at("2026-05-26T16:30")
    assert await days_after(start, 10) == at("2026-06-08T16:30")
    assert await minutes_between(start, at("2026-05-26T12:30")) == 240


@pytest.mark.parametrize("friday", ["2026-03-27", "2026-10-23"], ids=["into summer time", "into winter time"])
async def test_across_a_change_of_the_clocks_the_time_of_day_stays(rollback, friday):
    """The clocks change on the Sunday between: the same hours on the wall, whatever UTC says."""
    start = at(f"{friday}T16:30")
    monday = date.fromisoformat(friday) + timedelta(days=3)
    assert await hours_after(start, 4) == at(f"{monday}T12:30")
    assert await days_after(start, 1) == at(f"{monday}T16:30")
    assert await minutes_between(start, at(f"{monday}T12:30")) == 240
    assert (at(f"{monday}T16:30").astimezone(UTC) - start.astimezone(UTC)) != timedelta(days=3)


async def test_hours_are_real_hours_where_somebody_works_through_the_change(rollback):
    """The night in which the clocks go from two to three has one hour less, the one back has one more."""
    await execute("INSERT INTO working_hours (weekday, opens, closes) VALUES (7, '00:00', '06:00')")
    assert await minutes_between(at("2026-03-29T00:00"), at("2026-03-29T06:00")) == 5 * 60
    assert await minutes_between(at("2026-10-25T00:00"), at("2026-10-25T06:00")) == 7 * 60
    assert await hours_after(at("2026-03-29T00:00"), 4) == at("2026-03-29T05:00")


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("2026-06-19T18:00", "2026-06-22T09:00"),
        ("2026-06-20T12:00", "2026-06-22T09:00"),
        ("2026-06-17T03:00", "2026-06-17T09:00"),
        ("2026-06-17T12:00", "2026-06-17T12:00"),
    ],
    ids=["Friday evening", "Saturday", "at night", "within"],
)
async def test_what_starts_outside_working_hours_starts_when_they_begin(rollback, start, first):
    assert await hours_after(at(start), 0) == await days_after(at(start), 0) == at(first)
    assert await days_after(at(start), 1) == await days_after(at(first), 1)
    assert await minutes_between(at(start), at(first)) == 0


async def test_a_day_with_other_hours_ends_when_it_closes(rollback):
    """On Fridays one goes home at noon: what came on a Thursday at four is due then."""
    await execute("UPDATE working_hours SET closes = '12:00' WHERE weekday = 5")
    assert await days_after(at("2026-06-18T16:00"), 1) == at("2026-06-19T12:00")
    assert await hours_after(at("2026-06-18T16:00"), 4) == at("2026-06-19T12:00")


async def test_a_saturday_that_is_worked_has_the_hours_of_the_first_day_of_the_week(rollback):
    await day_off("2026-06-20", working=True)
    await execute("UPDATE working_hours SET opens = '08:00' WHERE weekday = 1")
    assert await hours_after(at("2026-06-19T17:00"), 1) == at("2026-06-20T09:00")
    assert await days_after(at("2026-06-19T10:00"), 1) == at("2026-06-20T10:00")


async def test_far_dates_and_backward_spans(rollback):
    start = at("2026-06-17T10:00")
    assert await days_after(start, 2609) == at("2036-06-18T10:00")  # ten years, but for one Christmas of the world
    assert await minutes_between(start, at("2036-06-18T10:00")) == 2609 * 480
    assert await hours_after(start, 2609 * 8) == at("2036-06-18T10:00")
    assert await minutes_between(at("2036-06-18T10:00"), start) == 0
    assert await minutes_between(start, start) == 0


async def test_the_last_working_hours_stay(rollback):
    """By a trigger, so that no way to write them can leave nobody working."""
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction():
            await execute("DELETE FROM working_hours")
    assert await fetch_value("SELECT count(*) FROM working_hours") == 5


async def test_without_any_working_time_the_clock_on_the_wall_goes_on(rollback):
    """It cannot be set like that; should the rows be lost all the same, nothing hangs and nothing falls due never."""
    await execute("TRUNCATE working_hours")
    start = at("2026-06-17T10:00")
    assert await hours_after(start, 4) == at("2026-06-17T14:00")
    assert start < await days_after(start, 3) < start + timedelta(days=1200)
    assert await minutes_between(start, at("2026-07-17T10:00")) == 0


async def test_an_organisation_has_a_calendar_from_its_first_moment(rollback):
    await execute("TRUNCATE working_hours, organisation")
    await execute("INSERT INTO organisation (id, name, language, zone) VALUES (1, 'Quay', 'en', 'Europe/Berlin')")
    rows = [tuple(row) for row in await execute("SELECT weekday, opens, closes FROM working_hours ORDER BY weekday")]
    assert rows == [(day, time(9), time(17)) for day in range(1, 6)]
