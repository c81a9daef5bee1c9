"""Beside posts, which are ideas in the stream of their space: who may post for a leader, and requests to act."""

from piccolo.columns import Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Delegate(Table, db=DB):
    """Somebody who may post for a leader, named by her or by an administrator."""

    leader = reference()
    person = reference()
    named_by = reference()
    created_at = Timestamptz()


class ActionRequest(PublicTable, db=DB):
    """Somebody asks that something is done about a post, or a part of its thread, and a moderator says what came of it:
    it became an idea, a case, or nothing."""

    idea = reference()
    comment = reference(null=True)
    space = reference()
    person = reference()
    reason = Text()
    created_at = Timestamptz()
    outcome = Text(null=True, default=None)
    words = Text(default="")
    decided_by = reference(null=True)
    decided_at = Timestamptz(null=True, default=None)
