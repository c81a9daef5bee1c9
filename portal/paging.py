"""Lists page by keyset: an address holds where a page ended, and the next one, which begins there, costs no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from portal.db import QueryString

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """One page of a list: its rows, whether it is the first, and in `more` where the next one begins, or nothing."""

    rows: list[Row]
    first: bool = True
    more: str = ""


def paged(rows: list[Row], most: int, end: Callable[[Row], object], after: object = None) -> Page[Row]:
    """A page of at most `most`, of rows that were fetched with one more. `end`: what the address holds of the last one;
    `after`: what it held of the page before."""
    more = str(end(rows[most - 1])) if len(rows) > most else ""
    return Page(rows[:most], after in (None, ""), more)


class Cursor(msgspec.Struct, frozen=True):
    """Where a page ended in an order that falls: the last row's place, and its public id among equals. It holds the
    place itself, so that votes that come in meanwhile neither repeat nor skip anything."""

    value: int
    public_id: str

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """From an address; None for what is none, which then shows the first page."""
        value, _, public_id = text.partition("-")
        return cls(int(value), public_id) if value.isascii() and value.isdigit() and len(value) <= 17 else None

    @classmethod
    def at(cls, place: int | datetime, public_id: str) -> Cursor:
        """Of a row; a moment counts in microseconds."""
        value = (place - EPOCH) // timedelta(microseconds=1) if isinstance(place, datetime) else place
        return cls(value, public_id)

    @property
    def moment(self) -> datetime:
        """The place in an order by time."""
        return EPOCH + timedelta(microseconds=self.value)

    def __str__(self) -> str:
        return f"{self.value}-{self.public_id}"


def beyond(after: Cursor | None, place: QueryString, *, by_time: bool = False) -> QueryString:
    """The condition under which an idea `i` stands beyond the page before, in an order by `place`."""
    if after is None:
        return QueryString("TRUE")
    value = after.moment if by_time else after.value
    return QueryString("({}, i.public_id) < ({}, {})", place, value, after.public_id)
