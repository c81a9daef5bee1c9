"""Votes."""

from piccolo.columns import Boolean, Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class Vote(Table, db=DB):
    """One person's support for one idea. Nobody but the voter is ever shown it; the row itself is its record."""

    person = reference()
    idea = reference()
    space = reference()
    guest = Boolean()
    created_at = Timestamptz()
