"""Comments."""

from piccolo.columns import Boolean, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, reference


class Comment(PublicTable, db=DB):
    """A comment on an idea. A reply has the `root` that it hangs under; roots have none.

    `guest`: its author was one when it was written.
    """

    idea = reference()
    space = reference()
    author = reference()
    guest = Boolean()
    root = reference(null=True)
    state = Text()
    body = Text()
    body_html = Text()
    language = Text()
    replies = Integer(default=0)
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()
    edited_at = Timestamptz(null=True, default=None)
