"""Giving an answer: the draft that a case's team shares, and the texts from which one may start."""

from piccolo.columns import JSONB, Array, Boolean, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class AnswerDraft(Table, db=DB):
    """An answer to a case as it was typed last. `asked`: the core questions to which it replies, in short; `decision`:
    what `submitted_by` would publish, while it waits for its approver."""

    escalation = reference()
    space = reference()
    version = Integer(default=1)
    kind = Text(default="")
    summary = Text(default="")
    reason = Text(default="")
    from_when = Text(default="")
    next_step = Text(default="")
    next_owner_called = Text(default="")
    next_date = Text(default="")
    whose = Text(default="")
    category = Text(default="")
    review_on = Text(default="")
    approver_called = Text(default="")
    policy = Text(default="")
    replies = Array(base_column=Text())
    asked = Text(default="")
    edited_by = reference()
    edited_at = Timestamptz()
    decision = JSONB(null=True, default=None)
    submitted_by = reference(null=True)
    approver = reference(null=True)
    approver_joined = Boolean(default=False)
    sent_back = Text(default="")
    sent_back_by = reference(null=True)


class AnswerStart(PublicTable, db=DB):
    """A short text from which an answer may start, kept by the organisation."""

    name = Text()
    language = Text()
    kind = Text(default="")
    summary = Text(default="")
    reason = Text(default="")
    next_step = Text(default="")
    author = reference(null=True)
    created_at = Timestamptz()
    form_key = Text(null=True, default=None)
