"""Ended spaces as files."""

from piccolo.columns import Bytea, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, reference


class SpaceRecord(PublicTable, db=DB):
    """An ended space as one dated file, as it was read under this label; a `file` by its name on disk."""

    space = reference()
    label = Text()
    asked_by = reference()
    asked_at = Timestamptz()
    made_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    file = Text(null=True, default=None, unique=True)
    sha256 = Bytea(null=True, default=None)
