"""What can come between reading a thing and changing it."""

import asyncpg


class Changed(Exception):
    """Somebody else saved or decided it meanwhile; nothing was written."""


class Spent(Exception):
    """All votes of a budget are given, or all that one idea may get; nothing was written."""


class Closed(Exception):
    """The campaign went on to its next phase meanwhile; nothing was written."""


class WriterPaused(asyncpg.PostgresError):
    """The database refused a text of somebody who may not write in this space for a while (`plein_refuse_paused`)."""

    sqlstate = "PL001"


class SpaceStill(asyncpg.PostgresError):
    """The database refused something in a space that has ended or is archived (`plein_refuse_still`)."""

    sqlstate = "PL003"


class WriterGone(asyncpg.PostgresError):
    """The database refused something of a guest who belongs to this space no longer (`plein_refuse_departed`)."""

    sqlstate = "PL002"
