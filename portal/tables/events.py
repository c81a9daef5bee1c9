"""The event log."""

from piccolo.columns import JSONB, BigInt, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class Event(Table, db=DB):
    """What happened: audit log, activity feed and timeline in one. Append-only; ids and enums, never texts."""

    kind = Text()
    actor = reference(null=True)
    space = reference(null=True)
    campaign = reference(null=True)
    idea = reference(null=True)
    comment = reference(null=True)
    answer = reference(null=True)
    escalation = reference(null=True)
    person = reference(null=True)
    particulars = JSONB()
    occurred_at = Timestamptz()


class EventQueue(Table, db=DB):
    """The events that the worker has not passed to the subscribers yet."""

    id = None  # type: ignore[assignment]
    event = BigInt(primary_key=True)
    attempts = Integer(default=0)
    due_at = Timestamptz()
