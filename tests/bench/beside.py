"""`make bench ARGS=--guests`: the same page for two kinds of people, or in two spaces, in turns; the ratios count."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from typing import NamedTuple

from tests.bench.load import Load, Round, run
from tests.bench.report import verdict
from tests.bench.wide import BIG, FEW_SPACES, GUESTED, GUESTS, MANY_SPACES, MEMBERS, SMALL
from tests.bench.world import FEW, MEASURED, PEOPLE, SIGNED_IN, public_id

COPY = {SMALL: 1, BIG: 2, GUESTED: 3}  # of the measured campaign
LAST_OF_FEW = PEOPLE - SIGNED_IN + FEW_SPACES[len(FEW_SPACES) // 2]
AS_AN_EMPLOYEE, AS_OTHERS = 1.2, 1.3  # times what it takes the other


class Side(NamedTuple):
    """A page, and who asks for it (by their numbers among those who are signed in)."""

    path: str
    people: range


class Pair(NamedTuple):
    """What is measured, beside what, and how many times as long it may take."""

    one: Side
    other: Side
    aim: float


def _pages(space: int | None) -> dict[str, str]:
    """The pages of one copy of the measured campaign, or of itself."""
    copy = COPY[space] if space else 0
    return {
        "home": "/",
        "campaign": f"/campaigns/{public_id('campaign', 40 + copy if copy else MEASURED)}",
        "idea": f"/ideas/{public_id('idea', FEW + copy * 100_000)}",
        "search": "/search?q=bicycles",
    }


def _members(space: int, after: int) -> dict[str, str]:
    """A space and the pages of its members; `after` is one of them, behind whom a page begins."""
    home = f"/spaces/{public_id('space', space)}"
    return {
        "space": home,
        "members, first page,": f"{home}/members",
        "members, a page in the middle,": f"{home}/members?after={public_id('person', after)}",
        "members, searched,": f"{home}/members?q=noor",
    }


def pairs() -> dict[str, Pair]:
    """Everything that is compared."""
    guests = {
        f"{name}, a guest": Pair(Side(path, GUESTS), Side(path, FEW_SPACES), AS_AN_EMPLOYEE)
        for name, path in _pages(GUESTED).items()
    }
    many = {
        f"{name}, somebody in 2,000 spaces": Pair(Side(path, MANY_SPACES), Side(path, FEW_SPACES), AS_OTHERS)
        for name, path in _pages(None).items()
    }
    big, small = (
        _pages(space) | _members(space, after) for space, after in ((BIG, MEMBERS // 2), (SMALL, LAST_OF_FEW))
    )
    large = {
        f"{name} of 73,000 members": Pair(Side(big[name], FEW_SPACES), Side(small[name], FEW_SPACES), AS_OTHERS)
        for name in big
        if name not in ("home", "search")
    }
    return guests | many | large


def compare(port: int, header_lines: dict[int, str], rounds: int, seconds: float) -> None:
    """Measures all pairs, each in every round, and prints how they stand beside each other."""
    compared = pairs()
    seen: dict[tuple[str, int], list[Round]] = defaultdict(list)
    for number in range(rounds + 1):
        for name, pair in compared.items():
            for side in (0, 1) if number % 2 else (1, 0):
                asked = pair.other if side else pair.one
                load = Load([asked.path], [header_lines[n] for n in asked.people], votes=False)
                result = run(port, load, seconds / 5, seconds)
                if number:  # the first round only warms up
                    seen[name, side].append(result)
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
    print(f"{'':46} {'p50 ms':>8} {'beside':>8} {'times':>6}")
    for name, pair in compared.items():
        one, other = seen[name, 0], seen[name, 1]
        times = statistics.median(a.p50 / b.p50 for a, b in zip(one, other, strict=True))
        mine, theirs = (statistics.median(r.p50 for r in side) for side in (one, other))
        print(f"{name:46} {mine:8.1f} {theirs:8.1f} {times:6.2f}  {pair.aim} {verdict(times <= pair.aim)}")
