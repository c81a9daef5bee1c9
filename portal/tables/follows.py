"""Who follows what."""

from piccolo.columns import Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class Follow(Table, db=DB):
    """One person follows a campaign, an idea or a policy; nobody else is shown it."""

    person = reference()
    space = reference()
    campaign = reference(null=True)
    idea = reference(null=True)
    policy = reference(null=True)
    created_at = Timestamptz()
