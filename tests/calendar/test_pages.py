"""The administrators' pages of the working calendar: hours, holidays, extra days and lists of them."""

from datetime import date

import pytest

from portal.calendar.day_list import try_out, words_for
from portal.calendar.forms import WEEKDAYS
from portal.calendar.holidays import country_of_zone, holidays_of
from portal.calendar.jobs import bring_holidays
from portal.db import execute, fetch_value
from tests.client import text_of

ZONE = {"zone": "Europe/Amsterdam"}
NINE_TO_FIVE = {f"{at}_{day}": when for day in range(1, 6) for at, when in (("opens", "09:00"), ("closes", "17:00"))}
BAD = """Datum;Naam;Werkdag
2026-12-24;Kerstavond;
24-12-2026;Nog eens;
30-2-2027;Geen dag;
2027-01-02;;
2027-01-03;Zondag;misschien
"2027-01-04;Open;
2027-01-05;Te;veel;cellen
1812-06-18;Waterloo;
"""
GOOD = "Day,Name,Working\n2026-12-24,Bridge day,\n19-12-2026,Stocktaking,yes\n"


@pytest.fixture
async def browser(as_):
    return await as_("administrator")


async def days():
    rows = await execute("SELECT day, name, working, country FROM calendar_day ORDER BY day")
    return [tuple(row) for row in rows]


async def test_working_hours_are_set_by_weekday(browser):
    hours = ZONE | NINE_TO_FIVE | {"opens_6": "10:00", "closes_6": "12:30", "opens_1": "", "closes_1": ""}
    assert (await browser.post("/admin/calendar/hours", hours)).status_code == 303
    assert await fetch_value("SELECT array_agg(weekday ORDER BY weekday) FROM working_hours") == [2, 3, 4, 5, 6]
    page = await browser.get("/admin/calendar")
    assert 'name="closes_6" value="12:30"' in page.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({f"{at}_{day}": "" for day in WEEKDAYS for at in ("opens", "closes")}, "Somebody has to work"),
        ({"closes_1": ""}, "Give both times, or none where the day is free."),
        ({"closes_1": "09:00"}, "The day ends before it begins."),
        ({"opens_1": "nine"}, "Give a time, such as 09:00."),
        ({"zone": "Europe/Nowhere"}, "Not a valid choice."),
    ],
    ids=["no hours at all", "half a day", "no time at all", "no time", "no zone"],
)
async def test_hours_that_are_none_are_refused_and_change_nothing(browser, fields, said):
    answer = await browser.post("/admin/calendar/hours", ZONE | NINE_TO_FIVE | fields)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert await fetch_value("SELECT count(*) FROM working_hours") == 5


async def test_a_countrys_holidays_come_for_years_ahead_and_go_with_it(browser):
    """What somebody entered stays, and so does what has been."""
    await execute("INSERT INTO calendar_day (day, name, country) VALUES ('2026-01-01', 'Was', 'NL')")
    await browser.post("/admin/calendar/days", {"day": "2026-12-25", "name": "We work", "working": "y"})
    assert (await browser.post("/admin/calendar/country", {"country": "NL"})).status_code == 303
    found = await days()
    assert (date(2026, 12, 25), "We work", True, "") in found
    assert (date(2026, 12, 26), "Second Day of Christmas", False, "NL") in found
    assert max(found)[0].year == 2031
    assert min(found)[0] == date(2026, 1, 1)
    page = text_of(await browser.get("/admin/calendar?year=2027"))
    assert "King&#39;s Day" in page or "King's Day" in page
    assert "Tuesday 27 April 2027" in page
    assert (await browser.post("/admin/calendar/country", {"country": "DE", "region": "BY"})).status_code == 303
    assert await fetch_value("SELECT country FROM organisation") == "DE-BY"
    assert (await browser.post("/admin/calendar/country", {"country": ""})).status_code == 303
    assert [row[3] for row in await days()] == ["NL", ""]
    assert (await browser.post("/admin/calendar/country", {"country": "Atlantis"})).status_code == 422


async def test_holidays_go_on_by_the_clock(rollback):
    await execute("UPDATE organisation SET country = 'NL'")
    for _ in range(2):
        await bring_holidays()
    assert (await days())[-1][0] == date(2031, 12, 26)
    await execute("DELETE FROM calendar_day WHERE day > '2030-01-01'")
    await bring_holidays()
    assert (await days())[-1][0] == date(2031, 12, 26)


async def test_a_country_is_known_by_the_zone_of_its_clocks():
    assert [country_of_zone(zone) for zone in ("Europe/Amsterdam", "Asia/Tokyo", "UTC")] == ["NL", "JP", ""]
    assert holidays_of("NL", range(2026, 2027), "nl")[date(2026, 4, 27)] == "Koningsdag"


async def test_a_day_is_entered_and_taken_out(browser):
    assert (await browser.post("/admin/calendar/days", {"day": "2026-07-03", "name": "Bridge day"})).status_code == 303
    assert "Friday 3 July · nobody works" in text_of(await browser.get("/admin/calendar"))
    answer = await browser.post("/admin/calendar/days", {"day": "some day", "name": ""})
    assert answer.status_code == 422
    assert "Give a date, such as 2027-01-31." in text_of(answer)
    assert "Say what day it is." in text_of(answer)
    assert (await browser.post("/admin/calendar/days/removal", {"day": "2026-07-03"})).status_code == 303
    assert [row[1] for row in await days()] == ["Christmas Day"]


async def test_a_list_with_bad_lines_names_each_and_changes_nothing(browser):
    answer = await browser.post("/admin/calendar/list", {"list": BAD, "tried": "forged"})
    assert answer.status_code == 422
    tried = try_out(BAD.encode())
    assert [(wrong.line, wrong.problem) for wrong in tried.wrong] == [
        (3, "twice"),
        (4, "day"),
        (5, "name"),
        (6, "working"),
        (7, "quotes"),
        (8, "cells"),
        (9, "year"),
    ]
    for wrong in tried.wrong:
        assert words_for(wrong.problem, wrong.value) in text_of(answer)
    assert len(await days()) == 1


async def test_a_good_list_is_entered_once_it_was_seen(browser):
    answer = await browser.post("/admin/calendar/list", {"list": GOOD})
    assert "2 days can be entered." in text_of(answer)
    assert len(await days()) == 1
    seen = answer.text.split('name="tried"')[1].split('value="')[1].split('"')[0]
    other = await browser.post("/admin/calendar/list", {"list": GOOD + "2026-12-28,More,\n", "tried": seen})
    assert other.status_code == 200  # another list is tried first
    assert (await browser.post("/admin/calendar/list", {"list": GOOD, "tried": seen})).status_code == 303
    assert (await days())[:2] == [
        (date(2026, 12, 19), "Stocktaking", True, ""),
        (date(2026, 12, 24), "Bridge day", False, ""),
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "empty"), (b"PK\x03\x04", "no list"), (b"a,b\n1,2", "no heading"), (b"Day,Name\n", "empty")],
)
def test_what_is_no_list_is_said_to_be_none(content, problem):
    assert try_out(content).problem == problem


async def test_only_administrators_keep_the_calendar(as_):
    browser = await as_("employee")
    for address in ("/admin/calendar", "/admin/calendar/list"):
        assert (await browser.get(address)).status_code == 403
    for part in ("hours", "country", "days", "days/removal", "list"):
        assert (await browser.post(f"/admin/calendar/{part}", ZONE)).status_code == 403
