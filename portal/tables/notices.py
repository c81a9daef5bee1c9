"""What people hear of, and what they muted."""

from piccolo.columns import Boolean, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Notice(PublicTable, db=DB):
    """One person hears of one event: event and recipient only, rendered when it is read. `bundle` tells which are shown
    as one; `needs`: the role without which it is not shown; a `duty` is read once it is done."""

    person = reference()
    event = reference()
    kind = Text()
    space = reference(null=True)
    campaign = reference(null=True)
    idea = reference(null=True)
    comment = reference(null=True)
    answer = reference(null=True)
    needs = Text(null=True, default=None)
    duty = Boolean(default=False)
    bundle = Text()
    read_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class Mute(Table, db=DB):
    """One person wants to hear no more of an idea, of a campaign with its ideas, or, where neither is named, of all
    that happens in a space."""

    person = reference()
    space = reference()
    campaign = reference(null=True)
    idea = reference(null=True)
    created_at = Timestamptz()
