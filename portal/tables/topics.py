"""Topics, who answers for them and in which unit, and who is away."""

from piccolo.columns import Boolean, Date, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Topic(PublicTable, db=DB):
    """What items are about. `neutral`: who decides where all who would are in conflict."""

    name = Text()
    explanation = Text()
    state = Text(default="draft")
    neutral = reference(null=True)
    created_at = Timestamptz()
    form_key = Text(null=True, default=None, unique=True)
    demo = Boolean(default=False)


class TopicRule(Table, db=DB):
    """Who answers for a topic (null: for all) in a unit and below it (null: everywhere)."""

    topic = reference(null=True)
    unit = reference(null=True)
    owner = reference()
    deputy = reference(null=True)


class Absence(PublicTable, db=DB):
    """Days on which somebody is away, the last one included; her deputy answers meanwhile."""

    person = reference()
    from_day = Date()
    until_day = Date()
    form_key = Text(null=True, default=None, unique=True)
