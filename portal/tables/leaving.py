"""Guests who left a space."""

from piccolo.columns import Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class Departure(Table, db=DB):
    """A guest belongs to a space no longer; who comes back has none."""

    person = reference()
    space = reference()
    at = Timestamptz()
    announced_at = Timestamptz(null=True, default=None)
