"""The scoreboard as a list for a spreadsheet: the same numbers as on the page, and no more."""

from __future__ import annotations

import csv
import io

from portal.scoreboard.board import Board, Line
from portal.scoreboard.numbers import NUMBERS, PARTS, Number
from portal.scoreboard.queries import Sums
from portal.scoreboard.words import group_name
from portal.text.language import gettext


def as_csv(board: Board) -> str:
    """A line for all together and one for each group; where a number is not told, there stands nothing."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([gettext("Groups"), gettext("Group"), *_heads()])
    writer.writerow(["", gettext("All together"), *_cells(board.whole)])
    for part, words in PARTS.items():
        for line in board.parts[part]:
            writer.writerow([str(words), _plain(group_name(line.sums)), *_cells(line)])
    return out.getvalue()


def _heads() -> list[str]:
    heads = []
    for number in NUMBERS.values():
        unit = {"percent": " (%)", "hours": gettext(" (hours)")}.get(number.measure, "")
        levels = [f" ({n})" for n in range(1, len(number.figures) + 1)] if len(number.figures) > 1 else [unit]
        heads += [f"{number.words}{level}" for level in levels]
        heads += [] if number.of_itself else [gettext("of")]
    return heads


def _cells(line: Line) -> list[str]:
    cells: list[str] = []
    for name, number in NUMBERS.items():
        values = [*_values(number, line.sums), *([] if number.of_itself else [getattr(line.sums, number.base)])]
        cells += [str(value) if name in line.numbers else "" for value in values]
    return cells


def _values(number: Number, sums: Sums) -> list[float]:
    values = [getattr(sums, figure) or 0 for figure in number.figures]
    if number.measure == "percent":
        return [round(100 * value / (getattr(sums, number.base) or 1), 1) for value in values]
    return [round(value / 60, 2) for value in values] if number.measure == "hours" else values


def _plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return "'" + name if name[:1] in tuple("=+-@\t\r") else name
