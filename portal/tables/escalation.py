"""Escalation: the settings, the cases with their steps, and who is on them."""

from piccolo.columns import Array, BigInt, Boolean, Date, Integer, Numeric, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class EscalationSetting(Table, db=DB):
    """Thresholds and clocks, with the works council's consent. The newest holds for what is published from then on;
    none is ever changed. Hours and days are working time, caps are percents."""

    k1 = Numeric()
    k2 = Numeric()
    cap1 = Integer()
    cap2 = Integer()
    hold_hours = Integer()
    longer_hold_hours = Integer()
    triage1_hours = Integer()
    triage2_hours = Integer()
    acknowledge1_days = Integer()
    acknowledge2_hours = Integer()
    statement1_days = Integer()
    statement2_days = Integer()
    answer_days = Integer()
    news1_days = Integer()
    news2_days = Integer()
    clarify_days = Integer()
    extension_days = Integer()
    overdue2_days = Integer()
    overdue3_days = Integer()
    rating_days = Integer()
    author = reference(null=True)
    reason = Text(default="")
    consent_by = Text(default="")
    consent_on = Date(null=True, default=None)
    created_at = Timestamptz()


class Escalation(PublicTable, db=DB):
    """A case: an idea or post that is owed an answer. `started_at`: when T1 was reached; `round` is raised where it is
    reopened. `handed_to`, `height`: to whom it was handed over, and how far above who would answer by the rules. Late
    is read from `due_at`, never a state (`plein_lateness`)."""

    idea = reference()
    space = reference()
    state = Text()
    level = Integer(default=1)
    origin = Text()
    reason = Text(default="")
    opened_by = reference(null=True)
    setting = reference()
    topic = reference(null=True)
    unit = reference(null=True)
    complaint = Boolean(default=False)
    owner = reference(null=True)
    handed_to = reference(null=True)
    height = Integer(default=0)
    round = Integer(default=1)
    started_at = Timestamptz()
    hold_until = Timestamptz(null=True, default=None)
    hold_longer = Boolean(default=False)
    alerts = Array(base_column=Text())
    triage_due_at = Timestamptz(null=True, default=None)
    acknowledge_due_at = Timestamptz()
    acknowledged_at = Timestamptz(null=True, default=None)
    promised_on = Date(null=True, default=None)
    statement_due_at = Timestamptz()
    statement = Text(default="")
    statement_html = Text(default="")
    statement_by = reference(null=True)
    statement_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz()
    half_at = Timestamptz()
    soon_at = Timestamptz()
    overdue2_at = Timestamptz()
    overdue3_at = Timestamptz()
    question = Text(default="")
    hidden_from = Timestamptz(null=True, default=None)
    hidden_turns = Array(base_column=Timestamptz())
    clarify_from = Timestamptz(null=True, default=None)
    clarify_until = Timestamptz(null=True, default=None)
    clarified_at = Timestamptz(null=True, default=None)
    extension_days = Integer(null=True, default=None)
    extension_reason = Text(default="")
    extension_asked_by = reference(null=True)
    extension_asked_at = Timestamptz(null=True, default=None)
    extension_by = reference(null=True)
    extension_decided_at = Timestamptz(null=True, default=None)
    extension_agreed = Boolean(null=True, default=None)
    fraud_by = reference(null=True)
    fraud_reason = Text(default="")
    fraud_supporters = Integer(null=True, default=None)
    fraud_agreed_by = reference(null=True)
    fraud_agreed_reason = Text(default="")
    answered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class CaseStep(Table, db=DB):
    """What the clock sets off on a case, once. `nth` tells apart several of a kind."""

    escalation = reference()
    space = reference()
    kind = Text()
    nth = BigInt(default=0)
    due_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)


class CaseRole(Table, db=DB):
    """Somebody who is on a case, and reads its item and thread until then."""

    escalation = reference()
    space = reference()
    person = reference()
    role = Text()
    since = Timestamptz()
    until = Timestamptz(null=True, default=None)


class CaseConflict(Table, db=DB):
    """Somebody who may not decide a case: she said so, was named, or is in the line of an author who complains."""

    escalation = reference()
    space = reference()
    person = reference()
    kind = Text()
    created_at = Timestamptz()


class ClusterItem(Table, db=DB):
    """An item that stands under a lead, until its author opts out or a moderator splits it off."""

    lead = reference()
    idea = reference()
    space = reference()
    added_by = reference()
    opt_out_until = Timestamptz()
    left_by = reference(null=True)
    left_at = Timestamptz(null=True, default=None)
    reason = Text()
    left_reason = Text()
    created_at = Timestamptz()
