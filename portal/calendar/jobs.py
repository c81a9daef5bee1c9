"""Work by the clock: the holidays of the organisation's country are known for years ahead."""

from __future__ import annotations

from datetime import date

from portal.calendar.holidays import YEARS_AHEAD, holidays_of
from portal.db import execute, fetch_value, transaction

OF_OTHERS = "DELETE FROM calendar_day WHERE country <> '' AND day >= {}"
HOLIDAYS = """
    INSERT INTO calendar_day (day, name, country)
    SELECT x.day, x.name, {} FROM unnest({}::date[], {}::text[]) x (day, name) WHERE x.day >= {}
    ON CONFLICT (day) DO NOTHING
"""
LAST = "SELECT max(day) FROM calendar_day WHERE country = {}"
OWN = """
    SELECT o.country, o.language, (plein_now() AT TIME ZONE o.zone)::date AS today FROM organisation o
"""


BROUGHT = "SELECT EXISTS (SELECT FROM calendar_day WHERE country <> '' AND day < {})"


async def install_country(country: str) -> None:
    """The holidays of this country from today on take the place of those that there were; the first country's are those
    of the whole year."""
    await execute("UPDATE organisation SET country = {}", country)
    own = (await execute(OWN))[0]
    await execute(OF_OTHERS, own["today"])
    begun = await fetch_value(BROUGHT, own["today"])
    await _bring(country, own["language"], own["today"] if begun else own["today"].replace(month=1, day=1))


async def _bring(country: str, language: str, since: date) -> None:
    if country:
        found = holidays_of(country, range(since.year, since.year + YEARS_AHEAD + 1), language)
        await execute(HOLIDAYS, country, list(found), list(found.values()), since)


async def bring_holidays() -> None:
    """Goes on with the holidays of the organisation's country, for the years ahead."""
    async with transaction():
        own = (await execute(OWN))[0]
        last = await fetch_value(LAST, own["country"])
        if own["country"] and (last is None or last.year < own["today"].year + YEARS_AHEAD):
            await _bring(own["country"], own["language"], own["today"])
