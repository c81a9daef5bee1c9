"""What the organisation does, for whom ideas can improve it."""

from piccolo.columns import Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable


class Service(PublicTable, db=DB):
    """A service or process of the organisation that ideas can name."""

    name = Text()
    description = Text(default="")
    created_at = Timestamptz()
    archived_at = Timestamptz(null=True, default=None)
    form_key = Text(null=True, default=None)
