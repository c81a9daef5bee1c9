"""Campaigns."""

from piccolo.columns import Array, Boolean, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Campaign(PublicTable, db=DB):
    """A question put to a space, with a sponsor who answers. Its phase is computed from its dates, never stored.

    `state`: draft, proposed, declined, open, cancelled, archived. Before it opens, only who has to do with it sees it.
    `hidden`: by a moderator; nothing happens in it until it is back. `kind`: a campaign, or the stream of a space, in
    which its posts stand: that has no author, no sponsor and no texts, and no page shows it.
    """

    space = reference()
    author = reference(null=True)
    sponsor = reference(null=True)
    decision_owner = reference(null=True)
    state = Text(default="open")
    title = Text()
    lead = Text()
    brief = Text()
    brief_html = Text()
    need = Text(default="")
    goal = Text(default="")
    measure = Text(default="")
    promise = Text()
    language = Text()
    always_open = Boolean(default=False)
    collect_from = Timestamptz(null=True, default=None)
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
    expected_readers = Integer(null=True, default=None)
    proposed_at = Timestamptz(null=True, default=None)
    accepted_at = Timestamptz(null=True, default=None)
    cancelled_at = Timestamptz(null=True, default=None)
    archived_at = Timestamptz(null=True, default=None)
    announced_phase = Text(null=True, default=None)
    tags = Array(base_column=Text())
    form_version = Integer(default=1)
    top = Integer(null=True, default=None)
    hidden = Boolean(default=False)
    kind = Text(default="campaign")


class Question(PublicTable, db=DB):
    """A question on the form of a campaign's ideas, in one version of that form."""

    campaign = reference()
    space = reference()
    version = Integer()
    position = Integer()
    kind = Text()
    label = Text()
    help = Text(default="")
    options = Array(base_column=Text())
    required = Boolean(default=False)


class CampaignNotice(Table, db=DB):
    """What was decided about a campaign itself (declined, extended, cancelled), with its public reason."""

    campaign = reference()
    space = reference()
    kind = Text()
    author = reference()
    reason = Text()
    language = Text()
    ended_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
