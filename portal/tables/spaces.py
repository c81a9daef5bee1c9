"""Spaces, the unit of isolation, and who belongs to them in which role."""

from piccolo.columns import Boolean, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Space(PublicTable, db=DB):
    """A place with readers. `open`: every active employee reads it; else only its members do."""

    kind = Text()
    name = Text()
    purpose = Text()
    language = Text()
    open = Boolean()
    created_by = reference(null=True)
    created_at = Timestamptz()
    archived_at = Timestamptz(null=True, default=None)
    form_key = Text(null=True, default=None)


class Membership(Table, db=DB):
    """A person's role in a space; one row a role. It holds in this very space."""

    space = reference()
    person = reference()
    role = Text()
    created_at = Timestamptz()
    added_by = reference(null=True)
    partner = reference(null=True)
    reminded_for = Timestamptz(null=True, default=None)
