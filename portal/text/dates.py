"""Dates, times and numbers as the reader writes them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from markupsafe import Markup, escape

from portal.text.language import gettext, ngettext, reader

DAY = "d MMMM"
DAY_OF_YEAR = "d MMMM y"
MOMENT = "EEEE d MMMM, HH:mm"
MOMENT_OF_YEAR = "d MMMM y, HH:mm"
#: The same days and moments, in another year than the reader's.
WITH_YEAR = {DAY: DAY_OF_YEAR, MOMENT: "EEEE d MMMM y, HH:mm", "EEEE d MMMM": "EEEE d MMMM y"}
LOCALES = {"en": "en_GB", "nl": "nl_NL"}


@lru_cache(maxsize=20_000)
def _formatted(minute: datetime, pattern: str, language: str, zone: str) -> str:
    return format_datetime(minute, pattern, tzinfo=_zone(zone), locale=LOCALES[language])


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _words(moment: datetime, pattern: str) -> str:
    who = reader()
    return _formatted(moment.astimezone(UTC).replace(second=0, microsecond=0), pattern, who.language, who.zone)


def when(moment: datetime, now: datetime) -> Markup:
    """A moment in the past, short: "today, 09:05", "yesterday, 16:20", "24 April", with the year when it is another."""
    zone = _zone(reader().zone)
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    clock = _words(moment, "HH:mm")
    if day == today:
        words = gettext("today, %(time)s") % {"time": clock}
    elif (today - day).days == 1:
        words = gettext("yesterday, %(time)s") % {"time": clock}
    else:
        words = _words(moment, DAY if day.year == today.year else DAY_OF_YEAR)
    return _time(moment, words)


def _pattern(value: date, pattern: str) -> str:
    """With the year, where it is not the one in which it is read."""
    return WITH_YEAR[pattern] if reader().year not in (0, value.year) else pattern


def start_of_day(moment: datetime) -> datetime:
    """When the reader's day began: what `when` needs to know of now."""
    return moment.astimezone(_zone(reader().zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def deadline(moment: datetime) -> Markup:
    """A moment that one has to be ready for, written out with weekday and time: "Friday 20 June, 17:00", with the year
    when it is another."""
    return _time(moment, _words(moment, _pattern(moment.astimezone(_zone(reader().zone)), MOMENT)))


def moment(at: datetime) -> str:
    """The same without markup, for mail."""
    return _words(at, _pattern(at.astimezone(_zone(reader().zone)), MOMENT))


def time_of_day(moment: datetime) -> Markup:
    """The time of a moment that is today: "14:03"."""
    return _time(moment, _words(moment, "HH:mm"))


def day(moment: datetime) -> Markup:
    """A day without a time: "20 June", with the year when it is another."""
    return _time(moment, _words(moment, _pattern(moment.astimezone(_zone(reader().zone)), DAY)))


def plain_date(value: date) -> str:
    """A calendar date that belongs to no zone: "1 September 2026"."""
    return format_date(value, DAY_OF_YEAR, locale=LOCALES[reader().language])


def read_date(text: str) -> date | None:
    """A calendar date out of an address, such as 2026-06-17; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_listed_date(text: str) -> date | None:
    """A calendar date out of a list, where spreadsheets write 17-06-2026 or 17/06/2026, too."""
    with suppress(ValueError):
        return read_date(text) or datetime.strptime(text.replace("/", "-"), "%d-%m-%Y").date()
    return None


def last_day(until: datetime, zone: tzinfo | None = None) -> date:
    """The last whole day before a moment, which mostly is the midnight after it."""
    return (until - timedelta(seconds=1)).astimezone(zone or _zone(reader().zone)).date()


def weekday(value: date) -> str:
    """A calendar date with its weekday: "Wednesday 4 June", with the year when it is another."""
    return format_date(value, _pattern(value, "EEEE d MMMM"), locale=LOCALES[reader().language])


def weekday_name(number: int) -> str:
    """A day of the week, by its number: 1 is Monday."""
    return str(Locale.parse(LOCALES[reader().language]).days["stand-alone"]["wide"][number - 1])


def month_name(number: int) -> str:
    """A month of the year, by its number."""
    return str(Locale.parse(LOCALES[reader().language]).months["stand-alone"]["wide"][number])


def short_date(value: date) -> str:
    """A calendar date: "4 June", with the year when it is another."""
    return format_date(value, _pattern(value, DAY), locale=LOCALES[reader().language])


def _time(moment: datetime, words: str) -> Markup:
    stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title = escape(_words(moment, MOMENT_OF_YEAR))
    return Markup(f'<time datetime="{stamp}" title="{title}">{escape(words)}</time>')  # noqa: S704  escaped


def number(value: int) -> str:
    """A whole number with the reader's thousands separator."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if reader().language == "nl" else grouped


def decimal(value: float) -> str:
    """A number with at most two digits after the reader's decimal sign."""
    shown = f"{round(value, 2):g}"
    return shown.replace(".", ",") if reader().language == "nl" else shown


def time_left(until: datetime, now: datetime) -> str:
    """How long is left, in days, hours or minutes; never more than there is."""
    seconds = max(0, int((until - now).total_seconds()))
    if seconds >= 86_400:
        n = seconds // 86_400
        return ngettext("%(n)s day left", "%(n)s days left", n) % {"n": number(n)}
    if seconds >= 3600:
        n = seconds // 3600
        return ngettext("%(n)s hour left", "%(n)s hours left", n) % {"n": n}
    n = max(1, seconds // 60)
    return ngettext("%(n)s minute left", "%(n)s minutes left", n) % {"n": n}
