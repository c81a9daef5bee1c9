"""A thread's days as bars."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from portal.threads.queries import Overview

BARS = 60  # at most; a longer thread has several days to a bar
WIDTH, HEIGHT, LEAST = 20, 64, 4  # of a bar's place, of the tallest one, and of one with a single comment


class Bar(msgspec.Struct, frozen=True):
    """A day, or a few, with where its bar stands and how tall it is."""

    first: date
    last: date
    comments: int
    x: int
    height: int

    @property
    def y(self) -> int:
        """Where it begins, from above."""
        return HEIGHT - self.height


def bars(seen: Overview) -> tuple[Bar, ...]:
    """The days from the first comment to the last, those without any included; empty when all came on one day."""
    if len(seen.days) < 2:
        return ()
    begin, span = seen.days[0], (seen.days[-1] - seen.days[0]).days + 1
    step = -(-span // BARS)
    totals = [0] * -(-span // step)
    for day, count in zip(seen.days, seen.counts, strict=True):
        totals[(day - begin).days // step] += count
    most = max(totals)
    return tuple(
        Bar(
            begin + timedelta(days=number * step),
            begin + timedelta(days=number * step + step - 1),
            count,
            number * WIDTH,
            max(LEAST, round(HEIGHT * count / most)) if count else 0,
        )
        for number, count in enumerate(totals)
    )
