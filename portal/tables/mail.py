"""Mail that is to go out, and how it went."""

from piccolo.columns import Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, reference


class Mail(PublicTable, db=DB):
    """One message to one person, or to somebody invited: kind and event only. It is written when it goes out, through
    the reader's scope."""

    kind = Text()
    recipient = reference(null=True)
    invitation = reference(null=True)
    event = reference(null=True)
    attempts = Integer(default=0)
    due_at = Timestamptz()
    sent_at = Timestamptz(null=True, default=None)
    dropped_at = Timestamptz(null=True, default=None)
    last_error = Text(default="")
    created_at = Timestamptz()
