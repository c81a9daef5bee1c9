"""The scoreboard as a list for a spreadsheet: the same numbers as on the page, and no more."""

from __future__ import annotations

import csv
import io

from portal.scoreboard.board import BASES, PARTS, Board, Line
from portal.scoreboard.queries import Sums
from portal.scoreboard.words import NUMBERS, group_name
from portal.scoreboard.words import PARTS as PART_NAMES
from portal.text.language import gettext


def as_csv(board: Board) -> str:
    """A line for all together and one for each group; where a number is not told, there stands nothing."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([gettext("Groups"), gettext("Group"), *_heads()])
    writer.writerow(["", gettext("All together"), *_cells(board.whole)])
    for part in PARTS:
        for line in board.parts[part]:
            writer.writerow([str(PART_NAMES[part]), _plain(group_name(line.sums)), *_cells(line)])
    return out.getvalue()


def _heads() -> list[str]:
    heads = []
    for name, number in NUMBERS.items():
        unit = {"on-time": " (%)", "statement": gettext(" (hours)"), "answer": gettext(" (hours)")}.get(name, "")
        levels = [f" ({n})" for n in (1, 2, 3)] if name == "late" else [unit]
        heads += [f"{number.words}{level}" for level in levels]
        heads += [] if name == "cases" else [gettext("of")]
    return heads


def _cells(line: Line) -> list[str]:
    cells: list[str] = []
    for name, base in BASES.items():
        values = [*_values(name, line.sums), *([] if name == "cases" else [getattr(line.sums, base)])]
        cells += [str(value) if name in line.numbers else "" for value in values]
    return cells


def _values(name: str, sums: Sums) -> list[float]:
    values: dict[str, list[float]] = {
        "cases": [sums.cases],
        "on-time": [round(100 * sums.in_time / (sums.was_due or 1), 1)],
        "statement": [round((sums.to_statement or 0) / 60, 2)],
        "answer": [round((sums.to_answer or 0) / 60, 2)],
        "late": [sums.overdue1, sums.overdue2, sums.overdue3],
        "reviews": [sums.reviewed],
        "promises": [sums.kept],
    }
    return values[name]


def _plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return "'" + name if name[:1] in tuple("=+-@\t\r") else name
