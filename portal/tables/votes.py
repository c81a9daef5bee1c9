"""Votes, and the budgets that they are taken from."""

from piccolo.columns import Boolean, Integer, Timestamptz

from portal.db import DB
from portal.tables.base import Table, reference


class Vote(Table, db=DB):
    """One person's support for one idea. Nobody but the voter is ever shown it; the row itself is its record.
    `weight`: how many of her votes lie there, more than one only where a campaign's votes are a budget. `young`: her
    account is younger than a week."""

    person = reference()
    idea = reference()
    space = reference()
    guest = Boolean()
    weight = Integer(default=1)
    young = Boolean(default=False)
    created_at = Timestamptz()


class Budget(Table, db=DB):
    """What one person may give in one campaign, and has given; kept by a trigger. Nobody but she is shown it."""

    person = reference()
    campaign = reference()
    space = reference()
    votes = Integer()
    given = Integer(default=0)
