"""The numbers of the scoreboard: what each is, and of what it is taken."""

from __future__ import annotations

from typing import NamedTuple

from portal.db import QueryString
from portal.text.language import lazy


class Number(NamedTuple):
    """A number in words, and how it is taken: `base` says of how many cases, `behind` which those are, and `figures`
    what is told of them, by the names that they have in the sums."""

    words: str
    definition: str
    base: str
    behind: QueryString
    figures: tuple[str, ...]
    measure: str = "cases"

    @property
    def of_itself(self) -> bool:
        """It only says how many cases there are."""
        return self.figures == (self.base,)


NUMBERS = {
    "cases": Number(
        lazy("Cases"),
        lazy(
            "Every idea and post that was owed an answer, from when enough people supported it or somebody "
            "took it up. What was withdrawn, became part of another case or turned out to be owed nothing is "
            "left out of everything."
        ),
        base="cases",
        behind=QueryString("TRUE"),
        figures=("cases",),
    ),
    "on-time": Number(
        lazy("Answered on time"),
        lazy(
            "Of the cases that were answered, or whose day passed without an answer: how many were answered by "
            "the moment at which the answer was due then. An agreed extension moves that moment, and so does a "
            "question to the author."
        ),
        base="was_due",
        behind=QueryString("p.was_due"),
        figures=("in_time",),
        measure="percent",
    ),
    "statement": Number(
        lazy("First statement"),
        lazy(
            "The median of the working hours from the moment when an answer was owed to the first public word "
            "of who decides; an answer counts as one. Nothing is taken off, whatever stopped the clock."
        ),
        base="stated",
        behind=QueryString("p.stated IS NOT NULL"),
        figures=("to_statement",),
        measure="hours",
    ),
    "answer": Number(
        lazy("Answer"),
        lazy(
            "The median of the working hours from the same moment to the first answer. Nothing is taken off "
            "here, either."
        ),
        base="answered",
        behind=QueryString("p.took IS NOT NULL"),
        figures=("to_answer",),
        measure="hours",
    ),
    "late": Number(
        lazy("Late now"),
        lazy(
            "Of the cases that are owed an answer now: how many are late, at once (1), five working days "
            "later, when one level higher has it (2), and ten working days later, when the top has it (3); or "
            "as the charter says."
        ),
        base="owed",
        behind=QueryString("p.owed"),
        figures=("overdue1", "overdue2", "overdue3"),
    ),
    "reviews": Number(
        lazy("Reviewed"),
        lazy(
            "Of the answered cases: how many went one level up for a second look, because too few of those who "
            "asked said that the answer answers the question."
        ),
        base="answered",
        behind=QueryString("p.took IS NOT NULL"),
        figures=("reviewed",),
    ),
    "promises": Number(
        lazy("Promises kept"),
        lazy(
            "Of the cases of which those who asked said whether what was promised is carried out: how many are, with "
            "all of their promises. The others were reopened."
        ),
        base="judged",
        behind=QueryString("p.judged > 0"),
        figures=("kept",),
    ),
}
#: By what the cases are told apart.
PARTS = {"topic": lazy("By topic"), "unit": lazy("By unit of who asked"), "quarter": lazy("By quarter")}
