"""Moderation: what was reported, what was decided, appeals, and who may not write for a while."""

from piccolo.columns import Boolean, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class ModerationItem(PublicTable, db=DB):
    """What a space's moderators have to judge: a campaign, idea, comment or file. `checks`: it is looked at before
    others read it; then `assigned_to` is the moderator whose turn it is, until `due_at`."""

    space = reference()
    campaign = reference(null=True)
    idea = reference(null=True)
    comment = reference(null=True)
    attachment = reference(null=True)
    author = reference()
    state = Text(default="open")
    checks = Text(null=True, default=None)
    assigned_to = reference(null=True)
    assigned_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    claimed_by = reference(null=True)
    claimed_until = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class Report(Table, db=DB):
    """What one person reported, with the text as she read it. Who she is, nobody is told."""

    item = reference()
    space = reference()
    reporter = reference()
    rule = Text()
    words = Text(default="")
    title = Text()
    body_html = Text()
    sensitive = Boolean(default=False)
    beyond = Boolean(default=False)
    created_at = Timestamptz()


class Decision(PublicTable, db=DB):
    """What a moderator decided. `person` reads it as her receipt, without the moderator's name, last at `read_at`."""

    item = reference()
    space = reference()
    person = reference()
    moderator = reference()
    action = Text()
    rule = Text()
    words = Text()
    title = Text()
    body_html = Text()
    was = Text()
    created_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)
    undone_by = reference(null=True)
    put_back_at = Timestamptz(null=True, default=None)
    read_at = Timestamptz(null=True, default=None)


class Appeal(PublicTable, db=DB):
    """Why a decision should be reversed, and what another moderator says to that."""

    decision = reference()
    space = reference()
    words = Text()
    created_at = Timestamptz()
    outcome = Text(null=True, default=None)
    reason = Text(default="")
    decided_by = reference(null=True)
    decided_at = Timestamptz(null=True, default=None)


class Pause(Table, db=DB):
    """Until when somebody may not write in a space."""

    person = reference()
    space = reference()
    decision = reference()
    until = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
