"""What of the sums is told: nothing of a group of which there are few, nor what would tell of it by subtraction."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, can
from portal.scoreboard.numbers import NUMBERS, PARTS
from portal.scoreboard.queries import Sums, sum_of_all
from portal.text.counts import FEW, told


class Line(msgspec.Struct, frozen=True):
    """A group by name, with the numbers that are told of it."""

    sums: Sums
    numbers: frozenset[str]


class Board(msgspec.Struct, frozen=True):
    """All together, and the groups that are told of, by part; `untold`: the parts that have others."""

    whole: Line
    parts: dict[str, list[Line]]
    untold: set[str]

    def tells(self, number: str, part: str, key: str) -> bool:
        """Whether this number of this group is on the board."""
        lines = [self.whole] if not part else self.parts.get(part, [])
        return any(number in line.numbers for line in lines if line.sums.key == key)


def line_of_all(whole: Sums) -> Line:
    """What is told of all cases together."""
    return Line(whole, frozenset(name for name, number in NUMBERS.items() if getattr(whole, number.base) >= FEW))


class Together(Line, frozen=True):
    """The same, and when it was counted."""

    counted_at: datetime


KEPT_FOR = timedelta(minutes=5)
#: What this process counted last, if anything. It is the same for everybody who reads the scoreboard.
kept: list[Together] = []


async def all_together(actor: Actor, now: datetime) -> Together | None:
    """All cases together, for pages that say how it goes: counted anew after some minutes, since every event of every
    case is read for it. None for whoever reads no scoreboard."""
    if not can(actor, Action.SCOREBOARD_READ):
        return None
    if not kept or not kept[0].counted_at <= now < kept[0].counted_at + KEPT_FOR:
        line = line_of_all(await sum_of_all(actor))
        kept[:] = [Together(line.sums, line.numbers, now)]
    return kept[0]


def board(all_sums: list[Sums]) -> Board:
    """The scoreboard out of the sums, the whole among them."""
    (whole,) = (line_of_all(sums) for sums in all_sums if sums.part == "whole")
    every = whole.numbers
    parts, untold = {}, set()
    for part in PARTS:
        groups = {sums.key: sums for sums in all_sums if sums.part == part}
        by_number = {number: told(_sizes(groups, number)) if number in every else set() for number in NUMBERS}
        named = by_number["cases"]
        lines = [
            Line(sums, frozenset(number for number in every if key in by_number[number] & named))
            for key, sums in groups.items()
            if key in named
        ]
        parts[part] = sorted(lines, key=lambda line: line.sums.key, reverse=True) if part == "quarter" else lines
        if len(named) < len(groups):
            untold.add(part)
    return Board(whole, parts, untold)


def _sizes(groups: dict[str, Sums], number: str) -> dict[str, list[int]]:
    """The cases behind a number, by group; a unit is measured by its people, too."""
    return {
        key: [getattr(sums, NUMBERS[number].base), *([sums.people] if sums.part == "unit" else [])]
        for key, sums in groups.items()
    }
