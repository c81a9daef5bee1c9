"""Ideas that were written down for others."""

from piccolo.columns import Date, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, reference


class Workshop(PublicTable, db=DB):
    """A meeting in which ideas for a campaign were written down, by its `author`."""

    campaign = reference()
    space = reference()
    author = reference()
    name = Text()
    place = Text(default="")
    held_on = Date()
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()


class Capture(PublicTable, db=DB):
    """For whom an idea was written down: a colleague (`person`), or somebody known by a `name` only."""

    idea = reference()
    space = reference()
    workshop = reference()
    author = reference()
    person = reference(null=True)
    name = Text(default="")
    claimant = reference(null=True)
    state = Text(default="waiting")
    settled_at = Timestamptz(null=True, default=None)
