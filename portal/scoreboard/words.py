"""The numbers of the scoreboard in words: what each is, how it is taken, and what it comes to."""

from __future__ import annotations

from typing import NamedTuple

from babel.numbers import format_decimal

from portal.scoreboard.queries import Sums
from portal.text.dates import number
from portal.text.language import gettext, lazy, ngettext, reader


class Number(NamedTuple):
    """What a number is called, and how it is taken."""

    words: str
    definition: str


NUMBERS = {
    "cases": Number(
        lazy("Cases"),
        lazy(
            "Every idea and post that was owed an answer, from when enough people supported it or somebody "
            "took it up. What was withdrawn, became part of another case or turned out to be owed nothing is "
            "left out of everything."
        ),
    ),
    "on-time": Number(
        lazy("Answered on time"),
        lazy(
            "Of the cases that were answered, or whose day passed without an answer: how many were answered by "
            "the moment at which the answer was due then. An agreed extension moves that moment, and so does a "
            "question to the author."
        ),
    ),
    "statement": Number(
        lazy("First statement"),
        lazy(
            "The median of the working hours from the moment when an answer was owed to the first public word "
            "of who decides; an answer counts as one. Nothing is taken off, whatever stopped the clock."
        ),
    ),
    "answer": Number(
        lazy("Answer"),
        lazy(
            "The median of the working hours from the same moment to the first answer. Nothing is taken off "
            "here, either."
        ),
    ),
    "late": Number(
        lazy("Late now"),
        lazy(
            "Of the cases that are owed an answer now: how many are late, at once (1), five working days "
            "later, when one level higher has it (2), and ten working days later, when the top has it (3); or "
            "as the charter says."
        ),
    ),
    "reviews": Number(
        lazy("Reviewed"),
        lazy(
            "Of the answered cases: how many went one level up for a second look, because too few of those who "
            "asked said that the answer answers the question."
        ),
    ),
    "promises": Number(
        lazy("Promises kept"),
        lazy(
            "Of the cases of which those who asked said whether what was promised is carried out: how many are, with "
            "all of their promises. The others were reopened."
        ),
    ),
}
PARTS = {"topic": lazy("By topic"), "unit": lazy("By unit of who asked"), "quarter": lazy("By quarter")}
WITHOUT = {"topic": lazy("Without a topic"), "unit": lazy("Without a unit")}


class Said(NamedTuple):
    """What a number comes to, in which unit, and of what it is taken."""

    figure: str
    unit: str = ""
    of: str = ""


def comes_to(name: str, sums: Sums) -> Said:
    """A number of a group, in the reader's words."""
    if name == "cases":
        return Said(number(sums.cases))
    if name == "on-time":
        of = ngettext(
            "%(good)s of %(num)s answer that was due", "%(good)s of %(num)s answers that were due", sums.was_due
        )
        return Said(f"{100 * sums.in_time // sums.was_due}%", of=of % {"good": sums.in_time, "num": sums.was_due})
    if name in ("statement", "answer"):
        minutes, cases = (sums.to_statement, sums.stated) if name == "statement" else (sums.to_answer, sums.answered)
        of = ngettext("median of %(num)s case", "median of %(num)s cases", cases)
        figure, unit = hours_of(minutes or 0)
        return Said(figure, unit, of % {"num": cases})
    if name == "late":
        late = sums.overdue1 + sums.overdue2 + sums.overdue3
        levels = {"one": sums.overdue1, "two": sums.overdue2, "three": sums.overdue3}
        words = gettext("levels 1, 2 and 3: %(one)s, %(two)s, %(three)s") % levels
        return Said(number(late), _of(sums.owed), words if late else "")
    good, base = (sums.reviewed, sums.answered) if name == "reviews" else (sums.kept, sums.judged)
    return Said(number(good), _of(base))


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
