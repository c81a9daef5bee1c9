"""The table of a run, and build/bench.json. A number beside its aim is "met" or "missed"; nothing fails."""

from __future__ import annotations

import json
import platform
import statistics
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.load import Round

PAGE_RATIO = 0.7  # of the bare handler's requests a second
VOTE_RATIO = 0.5
MOST_STATEMENTS = 8
FIRST_VISIT = 130_000  # bytes
LATER_PAGE = 25_000
SECOND_START = 5.0  # seconds
LONG_THREAD = 1.3  # times what a page of a short thread takes


@dataclass(frozen=True)
class Result:
    """What was measured of one kind of request. `product` and `bare` took turns, round by round."""

    name: str
    vote: bool
    statements: int
    wire: int  # bytes, compressed, with the head
    html: int  # bytes, uncompressed
    product: list[Round]
    bare: list[Round]

    @property
    def ratio(self) -> float:
        """The median over the rounds of product / bare."""
        return float(statistics.median(p.rate / b.rate for p, b in zip(self.product, self.bare, strict=True)))

    @property
    def aim(self) -> float:
        """The least ratio wanted."""
        return VOTE_RATIO if self.vote else PAGE_RATIO


def _median(rounds: list[Round], name: str) -> float:
    return float(statistics.median(getattr(r, name) for r in rounds))


def _beside(one: Result, other: Result) -> float:
    """How many times as long it took, each round beside the same round of the other."""
    return float(statistics.median(a.p50 / b.p50 for a, b in zip(one.product, other.product, strict=True)))


def verdict(met: bool) -> str:
    """In one word."""
    return "met" if met else "missed"


def report(results: list[Result], visit: dict[str, int], start: float) -> str:
    """The table for people."""
    lines = [
        f"{'':39} {'req/s':>7} {'p50 ms':>7} {'p95 ms':>7} {'bare':>7} {'p50 ms':>7} {'ratio':>6}  {'aim':11}"
        f" {'SQL':>3} {'wire B':>8} {'HTML B':>8}"
    ]
    for r in results:
        p, b = r.product, r.bare
        lines.append(
            f"{r.name:39} {_median(p, 'rate'):7.0f} {_median(p, 'p50'):7.1f} {_median(p, 'p95'):7.1f}"
            f" {_median(b, 'rate'):7.0f} {_median(b, 'p50'):7.1f} {r.ratio:6.2f}"
            f"  {r.aim} {verdict(r.ratio >= r.aim):7} {r.statements:3} {r.wire:8,} {r.html:8,}"
        )
    pages = [r for r in results if not r.vote]
    short = next(r for r in pages if r.name == "idea, 20 comments")
    longs = {r.name: _beside(r, short) for r in pages if r.name.startswith("idea, 20,000")}
    slowest = max(longs, key=longs.__getitem__)
    most, heaviest = max(r.statements for r in pages), max(pages, key=lambda r: r.wire)
    lines += [
        "",
        f"statements a page, at most   {most:9}    aim {MOST_STATEMENTS:7}  {verdict(most <= MOST_STATEMENTS)}",
        f"first visit, bytes           {sum(visit.values()):9,}    aim {FIRST_VISIT:7,}"
        f"  {verdict(sum(visit.values()) <= FIRST_VISIT)}",
        f"later page, bytes            {heaviest.wire:9,}    aim {LATER_PAGE:7,}"
        f"  {verdict(heaviest.wire <= LATER_PAGE)}   ({heaviest.name})",
        f"20,000 comments beside 20    {longs[slowest]:9.2f}    aim {LONG_THREAD:7.1f}"
        f"  {verdict(longs[slowest] <= LONG_THREAD)}   (p50; slowest: {slowest})",
        f"second start, seconds        {start:9.1f}    aim {SECOND_START:7.1f}  {verdict(start < SECOND_START)}",
        "",
        "first visit: " + ", ".join(f"{name} {size:,}" for name, size in visit.items()),
    ]
    return "\n".join(lines)


def write(path: Path, results: list[Result], visit: dict[str, int], start: float) -> None:
    """The same for machines, every round included."""
    data: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "measures": [asdict(r) | {"ratio": r.ratio, "aim": r.aim, "met": r.ratio >= r.aim} for r in results],
        "first_visit": visit,
        "second_start": start,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1))
