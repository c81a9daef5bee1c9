"""What the numbers of the scoreboard come to, in words."""

from __future__ import annotations

from typing import NamedTuple

from babel.numbers import format_decimal

from portal.scoreboard.numbers import NUMBERS
from portal.scoreboard.queries import Sums
from portal.text.dates import number
from portal.text.language import gettext, lazy, ngettext, reader

WITHOUT = {"topic": lazy("Without a topic"), "unit": lazy("Without a unit")}


class Said(NamedTuple):
    """What a number comes to, in which unit, and of what it is taken."""

    figure: str
    unit: str = ""
    of: str = ""


def comes_to(name: str, sums: Sums) -> Said:
    """A number of a group, in the reader's words."""
    taken = NUMBERS[name]
    base: int = getattr(sums, taken.base)
    told = [getattr(sums, figure) or 0 for figure in taken.figures]
    if taken.of_itself:
        return Said(number(base))
    if taken.measure == "percent":
        of = ngettext("%(good)s of %(num)s answer that was due", "%(good)s of %(num)s answers that were due", base)
        return Said(f"{round(100 * told[0] / base)}%", of=of % {"good": told[0], "num": base})
    if taken.measure == "hours":
        of = ngettext("median of %(num)s case", "median of %(num)s cases", base)
        return Said(*hours_of(told[0]), of % {"num": base})
    levels = dict(zip(("one", "two", "three"), told, strict=False))
    words = gettext("levels 1, 2 and 3: %(one)s, %(two)s, %(three)s") % levels if len(told) > 1 and any(told) else ""
    return Said(number(sum(told)), _of(base), words)


def _of(base: int) -> str:
    return gettext("of %(all)s") % {"all": number(base)}


def hours_of(minutes: float) -> tuple[str, str]:
    """Working time in hours, with a half where there is one: the number, and its unit."""
    hours = round(minutes / 30) / 2
    shown = format_decimal(hours, "#,##0.#", locale=reader().language)
    return shown, ngettext("working hour", "working hours", 1 if hours == 1 else 2)


def working_hours(minutes: float) -> str:
    """The same in one: "9 working hours"."""
    return " ".join(hours_of(minutes))


def quarter(key: str) -> str:
    """2026-2 as "Quarter 2 of 2026"."""
    year, nth = key.split("-")
    return gettext("Quarter %(nth)s of %(year)s") % {"nth": nth, "year": year}


def group_name(sums: Sums) -> str:
    """What a group is called."""
    if sums.part == "quarter":
        return quarter(sums.key)
    return sums.name or str(WITHOUT[sums.part])
