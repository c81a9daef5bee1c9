"""Sensitive posts: the rules by which they are screened, what becomes of them, and who is behind what is anonymous."""

from piccolo.columns import JSONB, Boolean, Date, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class SensitiveRule(Table, db=DB):
    """What holds for a category, with the works council's consent. The newest version holds; none is ever changed."""

    category = Text()
    version = Integer()
    name_nl = Text()
    name_en = Text()
    about_nl = Text()
    about_en = Text()
    author = reference()
    reason = Text()
    consent_by = Text()
    consent_on = Date()
    created_at = Timestamptz()


class SensitiveWords(Table, db=DB):
    """The words and patterns of a rule, one a line, by language."""

    rule = reference()
    words_nl = Text()
    words_en = Text()


class SensitiveDoor(Table, db=DB):
    """Where one can go with something of a rule's category; `outside`: it is not the organisation's own."""

    rule = reference()
    name_nl = Text()
    name_en = Text()
    contact = Text()
    outside = Boolean(default=False)


class Screener(Table, db=DB):
    """Who screens what a rule finds."""

    rule = reference()
    person = reference()


class Screening(PublicTable, db=DB):
    """An idea, post or comment of `person` that waits to be screened, or did. `found`: by words, by its author, or by a
    report. It is the turn of `assigned_to` until `due_at`; `appeal_to` is the neutral who decides on an appeal."""

    space = reference()
    idea = reference(null=True)
    comment = reference(null=True)
    person = reference()
    category = Text(null=True, default=None)
    found = Text()
    was = Text()
    state = Text(default="open")
    assigned_to = reference(null=True)
    assigned_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz()
    decided_by = reference(null=True)
    decided_at = Timestamptz(null=True, default=None)
    words = Text(default="")
    door = reference(null=True)
    appeal_words = Text(default="")
    appealed_at = Timestamptz(null=True, default=None)
    appeal_to = reference(null=True)
    outcome = Text(null=True, default=None)
    outcome_words = Text(default="")
    outcome_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class SealedText(Table, db=DB):
    """The text of what was diverted, until its appeal is over. `parts`: what else an idea says."""

    screening = reference()
    title = Text()
    body = Text()
    parts = JSONB()


class SealedRecord(Table, db=DB):
    """That something was diverted, or restored: when, of which category, who did it, and which door was offered."""

    outcome = Text()
    category = Text()
    person = reference()
    door = Text()
    created_at = Timestamptz()


class Mask(Table, db=DB):
    """Who is `behind` the person in whose name something anonymous stands."""

    person = reference()
    behind = reference()
    idea = reference()
    space = reference()


class Unmasking(Table, db=DB):
    """Somebody's signature under the wish to know who is behind something anonymous; two open it."""

    idea = reference()
    space = reference()
    person = reference()
    role = Text()
    reason = Text()
    created_at = Timestamptz()
