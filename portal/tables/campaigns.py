"""Campaigns."""

from piccolo.columns import Boolean, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, reference


class Campaign(PublicTable, db=DB):
    """A question put to a space, with a sponsor who answers. Its phase is computed from its dates, never stored."""

    space = reference()
    author = reference()
    sponsor = reference()
    title = Text()
    lead = Text()
    brief = Text()
    brief_html = Text()
    promise = Text()
    language = Text()
    always_open = Boolean(default=False)
    collect_from = Timestamptz()
    discuss_from = Timestamptz(null=True, default=None)
    vote_from = Timestamptz(null=True, default=None)
    decide_from = Timestamptz(null=True, default=None)
    done_from = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    ideas = Integer(default=0)
    vote_method = Text(default="support")
    votes_each = Integer(default=10)
    votes_per_idea = Integer(default=3)
    rank_blind = Boolean(default=False)
    hide_counts = Boolean(default=False)
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()
