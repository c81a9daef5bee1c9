"""Lists that are typed in, or handed in as a file: tried out line by line, and carried out as they were seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from portal.files.dialect import Sheet
from portal.text.language import lazy

Row = TypeVar("Row")

#: What can be wrong with any list.
OF_LISTS: dict[str, str] = {
    "empty": lazy("Type or paste a list, or choose a file."),
    "no list": lazy("This is no CSV file. Save the list as CSV, and take that file."),
}
#: What can be wrong with a line of any; %(value)s is what it says.
OF_LINES: dict[str, str] = {
    "quotes": lazy("A quotation mark opens and is not closed as it should be. Close it, or take it away."),
    "cells": lazy("There are more cells than headings: %(value)s. Is a separator missing its quotation marks?"),
    "long": lazy("This is too long: “%(value)s…”. Shorten it."),
    "characters": lazy("This holds a character that belongs to no line of text. Take it out."),
}


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with a line: a key of what can be, and what it is about."""

    line: int
    problem: str
    value: str = ""


class Tried(msgspec.Struct, Generic[Row]):
    """A trial run: what each good line would become. `problem` is what is wrong with the whole list."""

    rows: list[Row] = []
    wrong: list[Wrong] = []
    problem: str = ""

    @property
    def good(self) -> bool:
        """Whether it can be carried out as it is."""
        return bool(self.rows) and not self.wrong and not self.problem


def mark(*parts: str) -> str:
    """What a trial run was about, so that only what was seen is carried out."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def records(sheet: Sheet) -> Iterator[tuple[int, dict[str, str] | tuple[str, str]]]:
    """Each line with its cells by column, or with what is wrong with it as a whole."""
    for at, cells in sheet.records:
        if cells is None:
            yield at, ("quotes", "")
        elif any(cell.strip() for cell in cells[sheet.width :]):
            yield at, ("cells", str(len(cells)))
        else:
            yield at, {column: cells[place].strip() for column, place in sheet.columns.items() if place < len(cells)}
