"""Public holidays, out of the package `holidays`: by country, and by region where a country's differ."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays as package
from babel import Locale
from babel.core import get_global

#: For how many years ahead there are holidays; a job keeps it so.
YEARS_AHEAD = 5


@lru_cache(maxsize=1)
def supported() -> dict[str, list[str]]:
    """The countries that the package knows, each with its regions."""
    return package.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=8)
def countries(language: str) -> list[tuple[str, str]]:
    """Their codes and names, by name."""
    names = Locale.parse(language).territories
    return sorted(((code, names[code]) for code in supported() if code in names), key=lambda pair: pair[1])


def regions(country: str) -> list[str]:
    """The regions of a country that have holidays of their own."""
    return supported().get(country.partition("-")[0], [])


def known(country: str) -> bool:
    """Whether it is a country that the package knows, or one with a region, such as DE-BY."""
    code, _, region = country.partition("-")
    return code in supported() and (not region or region in supported()[code])


def country_of_zone(zone: str) -> str:
    """The country in which a zone's clocks hang, where one is known; else nothing."""
    code = get_global("zone_territories").get(zone, "")
    return code if known(code) else ""


def holidays_of(country: str, years: range, language: str) -> dict[date, str]:
    """The public holidays of those years, called as in this language where the package can, else as in the country."""
    code, _, region = country.partition("-")
    made = package.country_holidays(code, subdiv=region or None, years=years, language=_spoken(code, language))
    return {day: name[:120] for day, name in made.items() if day.year in years}


def _spoken(code: str, language: str) -> str | None:
    """The package's word for a language in a country: "nl", "en_US", … ; None: the country's own."""
    offered = package.country_holidays(code).supported_languages
    fitting = [spoken for spoken in offered if spoken.split("_")[0] == language]
    return fitting[0] if fitting else None
