"""What is attached to ideas."""

from piccolo.columns import BigInt, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, reference


class Attachment(PublicTable, db=DB):
    """A file of an idea. `file` is its random name on disk, `name` the one that people read; images have a size in
    pixels, and a description for who doesn't see them. `state`: shown, or held until a moderator looked at it."""

    idea = reference()
    space = reference()
    author = reference()
    state = Text(default="shown")
    kind = Text()
    name = Text()
    description = Text()
    file = Text()
    form_key = Text(null=True, default=None)
    size = BigInt()
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    created_at = Timestamptz()


class FileWish(PublicTable, db=DB):
    """Somebody who may not open a file asks for it; whoever answers for the space gives it to her or says why not."""

    attachment = reference()
    space = reference()
    person = reference()
    words = Text(default="")
    state = Text(default="waiting")
    reason = Text(default="")
    created_at = Timestamptz()
    decided_at = Timestamptz(null=True, default=None)
    decided_by = reference(null=True)
