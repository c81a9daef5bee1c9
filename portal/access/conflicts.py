"""What can come between asking for something and its being done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from portal.db import transaction


class Changed(Exception):
    """Somebody else saved or decided it meanwhile; nothing was written."""


class Spent(Exception):
    """All votes of a budget are given, or all that one idea may get; nothing was written."""


class Closed(Exception):
    """The time for it was over meanwhile: the campaign is in its next phase, or nobody is asked any more; nothing was
    written."""


class Sensitive(Exception):
    """A text holds a word of the organisation's lists (rule 15), where nothing waits to be screened: it is written
    without that, or not at all. `places`: which texts of many."""

    def __init__(self, places: Sequence[int] = ()) -> None:
        super().__init__()
        self.places = places


class JustLeft(Exception):
    """Somebody who was named is no employee any more, since this minute; nothing was written."""


@asynccontextmanager
async def told_apart(taken: type[Exception], refused: type[Exception]) -> AsyncIterator[None]:
    """A transaction in which what the database refuses has a name: JustLeft, `taken` for what must be there once, and
    `refused` for what must not be."""
    try:
        async with transaction():
            yield
    except asyncpg.UniqueViolationError as error:
        raise taken from error
    except asyncpg.CheckViolationError as error:
        raise (JustLeft if error.constraint_name == "named_in_office" else refused) from error


class WriterPaused(asyncpg.PostgresError):
    """The database refused a text of somebody who may not write in this space for a while (`plein_refuse_paused`)."""

    sqlstate = "PL001"


class SpaceStill(asyncpg.PostgresError):
    """The database refused something in a space that has ended or is archived (`plein_refuse_still`)."""

    sqlstate = "PL003"


class WriterGone(asyncpg.PostgresError):
    """The database refused something of a guest who belongs to this space no longer (`plein_refuse_departed`)."""

    sqlstate = "PL002"
