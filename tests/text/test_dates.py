"""Dates, times and numbers as people write them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.text.dates import day, deadline, decimal, moment, number, plain_date, short_date, time_left, weekday, when
from portal.text.language import Reader, reading

NOW = datetime(2026, 6, 17, 13, 0, tzinfo=UTC)  # Wednesday, 15:00 in Amsterdam


def words(markup):
    return markup.partition(">")[2].partition("<")[0]


def read(function, *arguments, language="en", zone="Europe/Amsterdam"):
    with reading(Reader(language, zone)):
        return words(function(*arguments))


@pytest.mark.parametrize(
    ("moment", "english"),
    [
        (NOW, "today, 15:00"),
        (datetime(2026, 6, 16, 22, 0, tzinfo=UTC), "today, 00:00"),
        (datetime(2026, 6, 16, 21, 59, 59, tzinfo=UTC), "yesterday, 23:59"),
        (datetime(2026, 6, 15, 22, 0, tzinfo=UTC), "yesterday, 00:00"),
        (datetime(2026, 6, 15, 21, 59, tzinfo=UTC), "15 June"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "1 January"),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "1 January"),  # in Amsterdam it was next year already
        (datetime(2025, 12, 31, 12, 0, tzinfo=UTC), "31 December 2025"),
    ],
)
def test_a_moment_is_named_by_its_distance_on_the_calendar(moment, english):
    assert read(when, moment, NOW) == english


def test_a_moment_is_named_in_dutch_for_who_reads_dutch():
    with reading(Reader("nl")):
        assert words(when(NOW, NOW)) == "vandaag, 15:00"
    assert read(when, datetime(2025, 3, 1, 12, 0, tzinfo=UTC), NOW, language="nl") == "1 maart 2025"


@pytest.mark.parametrize(
    ("moment", "english", "dutch"),
    [
        (datetime(2026, 6, 26, 15, 0, tzinfo=UTC), "Friday 26 June, 17:00", "vrijdag 26 juni, 17:00"),
        # the night in which summer time begins: 02:00 becomes 03:00
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Sunday 29 March, 01:59", "zondag 29 maart, 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sunday 29 March, 03:00", "zondag 29 maart, 03:00"),
        # the night in which it ends: 02:30 comes twice
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sunday 25 October, 02:30", "zondag 25 oktober, 02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sunday 25 October, 02:30", "zondag 25 oktober, 02:30"),
    ],
)
def test_a_deadline_is_written_out_across_summer_time(moment, english, dutch):
    assert read(deadline, moment) == english
    assert read(deadline, moment, language="nl") == dutch


def test_yesterday_is_a_day_of_the_calendar_also_when_it_had_25_hours():
    sunday, monday = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 22, 0, tzinfo=UTC)
    assert read(when, sunday, monday) == "yesterday, 02:30"


def test_everybody_reads_in_their_own_zone():
    moment = datetime(2026, 6, 17, 23, 30, tzinfo=UTC)
    assert read(deadline, moment, zone="America/New_York") == "Wednesday 17 June, 19:30"
    assert read(deadline, moment, zone="Asia/Tokyo") == "Thursday 18 June, 08:30"
    assert read(day, moment) == "18 June"


def test_a_day_of_another_year_than_the_readers_says_which():
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with reading(Reader.at(NOW, "en", "Europe/Amsterdam")):
        assert words(deadline(NOW)) == "Wednesday 17 June, 15:00"
        assert words(day(NOW)) == "17 June"
        assert words(deadline(new_year)) == "Friday 1 January 2027, 00:30"
        assert words(day(new_year)) == "1 January 2027"
        assert moment(new_year) == "Friday 1 January 2027, 00:30"
        assert (weekday(date(2027, 1, 4)), short_date(date(2026, 1, 4))) == ("Monday 4 January 2027", "4 January")
    with reading(Reader.at(NOW, "nl", "America/New_York")):
        assert words(deadline(new_year)) == "donderdag 31 december, 18:30"
        assert words(day(datetime(2027, 1, 1, 6, tzinfo=UTC))) == "1 januari 2027"


def test_machines_read_utc_and_pointers_the_whole_date():
    with reading(Reader("en")):
        html = deadline(datetime(2026, 6, 26, 15, 0, 59, tzinfo=UTC))
    assert '<time datetime="2026-06-26T15:00:59Z" title="26 June 2026, 17:00">' in html


def test_a_plain_date_belongs_to_no_zone():
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with reading(Reader("en", zone)):
            assert plain_date(date(2026, 9, 1)) == "1 September 2026"
    with reading(Reader("nl")):
        assert plain_date(date(2026, 9, 1)) == "1 september 2026"


@pytest.mark.parametrize(
    ("left", "english"),
    [
        (timedelta(days=20, hours=23), "20 days left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(days=1, hours=23, minutes=59), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(hours=1, minutes=59), "1 hour left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(seconds=61), "1 minute left"),
        (timedelta(seconds=5), "1 minute left"),
        (timedelta(0), "1 minute left"),
        (timedelta(days=-3), "1 minute left"),
        (timedelta(days=12_345), "12,345 days left"),
    ],
)
def test_what_is_left_is_told_in_its_largest_whole_unit_and_never_as_nothing(left, english):
    with reading(Reader("en")):
        assert time_left(NOW + left, NOW) == english


def test_what_is_left_is_told_in_dutch_for_who_reads_dutch():
    with reading(Reader("nl")):
        assert time_left(NOW + timedelta(days=1), NOW) == "Nog 1 dag"
        assert time_left(NOW + timedelta(days=2), NOW) == "Nog 2 dagen"


@pytest.mark.parametrize(
    ("value", "english", "dutch"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1,000", "1.000"),
        (1234567, "1,234,567", "1.234.567"),
        (-1500, "-1,500", "-1.500"),
    ],
)
def test_a_number_has_the_separator_of_its_language(value, english, dutch):
    with reading(Reader("en")):
        assert number(value) == english
    with reading(Reader("nl")):
        assert number(value) == dutch


@pytest.mark.parametrize(("value", "english", "dutch"), [(1.5, "1.5", "1,5"), (6.0, "6", "6"), (0.125, "0.12", "0,12")])
def test_a_fraction_has_the_sign_of_its_language(value, english, dutch):
    with reading(Reader("en")):
        assert decimal(value) == english
    with reading(Reader("nl")):
        assert decimal(value) == dutch
