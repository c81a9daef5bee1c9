"""What a case team keeps to itself, the record of a case, and how long things of cases are kept."""

from piccolo.columns import BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class CaseNote(Table, db=DB):
    """A private note of a case team. It never changes."""

    escalation = reference()
    space = reference()
    author = reference()
    body = Text()
    body_html = Text()
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()


class CaseFile(PublicTable, db=DB):
    """A file of a case team, which came with a note. `file` is its random name on disk."""

    escalation = reference()
    space = reference()
    note = reference(null=True)
    author = reference()
    kind = Text()
    name = Text()
    file = Text(unique=True)
    size = BigInt()
    created_at = Timestamptz()


class Consultation(PublicTable, db=DB):
    """Legal, the works council or communication is asked, until a day; the answer is for the team."""

    escalation = reference()
    space = reference()
    kind = Text()
    person = reference()
    body = Text()
    asked_by = reference()
    asked_at = Timestamptz()
    due_on = Date()
    due_at = Timestamptz()
    outcome = Text(null=True, default=None)
    answer = Text(default="")
    answer_html = Text(default="")
    answered_at = Timestamptz(null=True, default=None)
    form_key = Text(null=True, default=None)


class Handover(Table, db=DB):
    """Somebody is asked to own a case, by whom and why. `joined`: she reads it because of this alone."""

    escalation = reference()
    space = reference()
    person = reference()
    body = Text()
    asked_by = reference()
    joined = Boolean(default=False)
    asked_at = Timestamptz()
    outcome = Text(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class CaseRecord(PublicTable, db=DB):
    """A case as one dated file for who asked for it; `whole`: with what is the team's alone."""

    escalation = reference()
    space = reference()
    person = reference()
    label = Text()
    whole = Boolean()
    language = Text()
    reason = Text()
    asked_at = Timestamptz()
    made_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    file = Text(null=True, default=None, unique=True)
    sha256 = Bytea(null=True, default=None)


class RetentionList(Table, db=DB):
    """How long things of cases are kept, with the works council's consent. The newest holds; none ever changes."""

    author = reference()
    reason = Text()
    consent_by = Text()
    consent_on = Date()
    created_at = Timestamptz()


class RetentionRule(Table, db=DB):
    """How many years after its case ended one kind of thing is kept, and on which ground; none: for good."""

    list = reference()
    kind = Text()
    years = Integer(null=True, default=None)
    ground = Text()


class RetentionLog(Table, db=DB):
    """That so many things of one kind of a case were destroyed, by which list."""

    list = reference()
    kind = Text()
    escalation = reference()
    things = Integer()
    ended_at = Timestamptz()
    destroyed_at = Timestamptz()
