"""One part of what is stored about a person."""

from __future__ import annotations

from typing import NamedTuple

from piccolo.table import Table


class Part(NamedTuple):
    """Rows that are about a person: those whose `own` is she, or is of something whose author she is ("idea.author").
    Only `columns` are taken along: none of them tells of anybody else. `file` holds the name of a file on disk, which
    comes along itself."""

    key: str
    title: str
    table: type[Table]
    own: str
    columns: tuple[str, ...]
    file: str = ""
