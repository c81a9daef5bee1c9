"""What can come between asking for something and its being done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256

import asyncpg

from portal.db import transaction


class Changed(Exception):
    """Somebody else saved or decided it meanwhile; nothing was written."""


class Taken(Exception):
    """Another has this already, which only one can have: a name, or what `field` says; nothing was written."""

    def __init__(self, field: str = "name") -> None:
        super().__init__(field)
        self.field = field


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


def fingerprint(*stands: object) -> str:
    """What stands, in short. A form carries it along, and tells by it what its writer has seen."""
    return sha256(repr(stands).encode()).hexdigest()[:32]


def as_seen(seen: str, stands: str, said: str) -> bool:
    """Of two who change the same, the later one is told: raises Changed where something else stands than she has seen.
    False where what she says stands already, as when her form comes twice. Ask it once the row is held; who has seen
    nothing of it (no form was filled from it) is not asked."""
    if not seen or seen == stands:
        return True
    if said == stands:
        return False
    raise Changed


@asynccontextmanager
async def told_apart(names: Mapping[str, Exception | type[Exception]]) -> AsyncIterator[None]:
    """A transaction in which what the database refuses has a name, by the constraint that refuses it; JustLeft for who
    was named and is there no longer. What has no name here is an error."""
    try:
        async with transaction():
            yield
    except asyncpg.IntegrityConstraintViolationError as error:
        told = JustLeft if error.constraint_name == "named_in_office" else names.get(error.constraint_name or "")
        if told is None:
            raise
        raise told from error


class WriterPaused(asyncpg.PostgresError):
    """The database refused a text of somebody who may not write in this space for a while (`plein_refuse_paused`)."""

    sqlstate = "PL001"


class SpaceStill(asyncpg.PostgresError):
    """The database refused something in a space that has ended or is archived (`plein_refuse_still`)."""

    sqlstate = "PL003"


class WriterGone(asyncpg.PostgresError):
    """The database refused something of a guest who belongs to this space no longer (`plein_refuse_departed`)."""

    sqlstate = "PL002"
