"""How the support of an item grew, as a line to draw. The table beside it has the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil, log10

import msgspec

from portal.cases.queries import Grown

WIDTH, TOP, FLOOR = 512, 22, 186  # of the drawing, within its view box
LETTER = 14  # how high a number is


class Point(msgspec.Struct, frozen=True):
    """A place in the drawing, and what is written there."""

    x: float
    y: float
    label: int | date


class Chart(msgspec.Struct, frozen=True):
    """A line of supporters over days; `goals`: thresholds that fit in, `levels`: lines to read numbers by."""

    line: str
    last: Point
    goals: list[Point]
    levels: list[Point]
    days: list[Point]


def drawn(grown: Sequence[Grown], begun: date, today: date, thresholds: Sequence[int | None]) -> Chart | None:
    """The line from the day of publication to now; None where nobody supports it."""
    if not grown or not grown[-1].supporters:
        return None
    now, span = grown[-1].supporters, max((today - begun).days, 1)
    goals = [goal for goal in thresholds if goal and goal <= max(now * 2, thresholds[0] or 0)]
    most = max(now, *goals, 1) if goals else now
    points = [(0.0, _height(0, most))]
    for one in grown:
        # at midnight, after the day; the last one now
        points.append((min(((one.day - begun).days + 1) / (span + 1), 1) * WIDTH, _height(one.supporters, most)))
    points[-1] = (points[-1][0], _height(now, most))
    if points[-1][0] < WIDTH:
        points.append((WIDTH, _height(now, most)))
    step = _step(most)
    return Chart(
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        last=Point(WIDTH, round(_height(now, most), 1), now),
        goals=[Point(0, round(_height(goal, most), 1), goal) for goal in goals],
        levels=[Point(0, round(_height(n, most), 1), n) for n in range(step, most + 1, step) if _free(n, goals, most)],
        days=[Point(0, FLOOR + 20, begun)],
    )


def _free(level: int, goals: list[int], most: int) -> bool:
    """Whether a number at this level is crossed by no threshold."""
    return all(abs(_height(level, most) - _height(goal, most)) > LETTER for goal in goals)


def _height(number: int, most: int) -> float:
    return FLOOR - (FLOOR - TOP) * number / most


def _step(most: int) -> int:
    """A round number, of which two to five make the whole."""
    unit = int(10 ** max(int(log10(most)), 0))
    return max(next((unit * n // 10 for n in (2, 5, 10, 20) if ceil(most / (unit * n / 10)) <= 5), 2 * unit), 1)
