"""The policy register."""

from piccolo.columns import Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Policy(PublicTable, db=DB):
    """A rule of the organisation, with the colleague who owns it."""

    space = reference()
    title = Text()
    about = Text(default="")
    language = Text()
    owner = reference()
    created_by = reference()
    created_at = Timestamptz()
    form_key = Text(null=True, default=None)


class PolicyVersion(Table, db=DB):
    """A text of a policy: proposed, in force from `in_force_at` on (told at `told_at`), or dropped before. It never
    changes."""

    policy = reference()
    space = reference()
    version = Integer()
    body = Text()
    body_html = Text()
    summary = Text()
    reason = Text(default="")
    reason_html = Text(default="")
    urgent = Text(default="")
    author = reference()
    created_at = Timestamptz()
    comments_until = Timestamptz(null=True, default=None)
    in_force_at = Timestamptz()
    discussion = reference(null=True)
    dropped_at = Timestamptz(null=True, default=None)
    dropped_by = reference(null=True)
    dropped_why = Text(default="")
    told_at = Timestamptz(null=True, default=None)
    form_key = Text(null=True, default=None)
