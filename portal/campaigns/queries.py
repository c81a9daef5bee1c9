"""Reading campaigns."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS
from portal.access.phases import WHILE_PROPOSING
from portal.access.scope import visible
from portal.db import QueryString, Reading, fetch, fetch_one, fetch_value
from portal.paging import Page, paged
from portal.tables import Campaign, CampaignNotice, Follow, Idea, Identity

#: The phases that have a beginning, in their order.
PHASES = ("collect", "discuss", "vote", "decide", "done")
OPEN = ("collect", "discuss", "vote", "decide")
#: What a list can be asked for.
SHOWN = ("planned", *PHASES, "cancelled", "archived")


class CampaignRow(msgspec.Struct, frozen=True):
    """A campaign in a list or on its page; `phase` is that of the moment of asking. `anonymous`: ideas may stand there
    without a name."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    space_name: str
    space_kind: str
    state: str
    author: int
    sponsor: int | None
    sponsor_public_id: str
    sponsor_name: str
    sponsor_title: str
    decision_owner: int | None
    title: str
    lead: str
    promise: str
    brief_html: str
    language: str
    always_open: bool
    collect_from: datetime | None
    discuss_from: datetime | None
    vote_from: datetime | None
    decide_from: datetime | None
    done_from: datetime | None
    version: int
    ideas: int
    phase: str
    vote_method: str
    votes_each: int
    votes_per_idea: int
    rank_blind: bool
    counts_hidden: bool
    outcome_shown: bool
    top: int | None
    hidden: bool
    anonymous: bool

    @property
    def phase_ends(self) -> datetime | None:
        """When the next phase begins; None for what has no end."""
        following = {
            "planned": self.collect_from,
            "collect": self.discuss_from,
            "discuss": self.vote_from,
            "vote": self.decide_from,
            "decide": self.done_from,
        }
        return following.get(self.phase)

    def begins(self, phase: str) -> datetime | None:
        """When a phase begins."""
        moment: datetime | None = getattr(self, f"{phase}_from")
        return moment

    def share_left(self, now: datetime) -> float:
        """How much of the present phase is left, 0 to 1; 1 for what has no end."""
        ends = self.phase_ends
        if ends is None or self.phase == "planned":
            return 1.0
        begun = self.begins(self.phase)
        assert begun is not None
        return max(0.0, min(1.0, (ends - now) / (ends - begun)))


COLUMNS = (
    """
    c.id, c.public_id, c.space, s.public_id AS space_public_id, s.name AS space_name, s.kind AS space_kind,
    c.state, c.author, c.sponsor, c.decision_owner,
    """
    + ADDRESS.format("c.space")
    + """ AS sponsor_public_id,
    coalesce(n.name, '') AS sponsor_name,
    CASE WHEN plein_rank_blind(c, t.now) THEN '' ELSE coalesce(n.title, '') END AS sponsor_title,
    c.title, c.lead, c.promise,
    c.brief_html, c.language, c.always_open, c.collect_from, c.discuss_from, c.vote_from, c.decide_from, c.done_from,
    c.version, c.ideas, plein_phase(c, t.now) AS phase, c.vote_method, c.votes_each, c.votes_per_idea, c.rank_blind,
    plein_counts_hidden(c, t.now) AS counts_hidden, plein_decided(c, t.now) AS outcome_shown, c.top,
    c.hidden, s.anonymous
"""
)
FROM = """
    FROM campaign c JOIN space s ON s.id = c.space
    LEFT JOIN person p ON p.id = c.sponsor LEFT JOIN identity n ON n.person = p.id
    CROSS JOIN (SELECT {}::timestamptz AS now) t
"""
BY_PHASE = """
    array_position(ARRAY['vote', 'collect', 'discuss', 'decide', 'planned', 'done', 'cancelled'],
        plein_phase(c, t.now)),
    c.always_open, c.collect_from DESC, c.id DESC
"""
# They are chosen before all that stands on them is looked up: somebody may belong to thousands of spaces.
LISTED = f"""
    SELECT {COLUMNS} {FROM} WHERE c.id = ANY(ARRAY(
        SELECT c.id FROM campaign c CROSS JOIN (SELECT {{}}::timestamptz AS now) t
        WHERE {{}} AND NOT c.hidden AND c.state IN ('open', 'cancelled') AND {{}} ORDER BY {BY_PHASE} LIMIT {{}}))
    ORDER BY {BY_PHASE}
"""
EVERYWHERE = QueryString("TRUE")
MOST_OF_SPACE = 12
MOST_COLLECTING = 100


def campaigns(actor: Actor, most: int, where: QueryString = EVERYWHERE) -> Reading[CampaignRow]:
    """The campaigns that the actor can read: what one can vote on or add to first."""
    return Reading(CampaignRow, LISTED, actor.now, actor.now, visible(Campaign, actor, "c"), where, most)


async def campaigns_of_space(actor: Actor, space: int) -> Page[CampaignRow]:
    """The first campaigns of one space; all of them stand in the list."""
    rows = await campaigns(actor, MOST_OF_SPACE + 1, QueryString("c.space = {}", space))
    return paged(rows, MOST_OF_SPACE, lambda row: row.public_id)


async def collecting_campaigns(actor: Actor, space: int = 0) -> list[CampaignRow]:
    """The campaigns that take ideas in, everywhere or in one space."""
    collects = QueryString("plein_phase(c, t.now) = ANY({})", list(WHILE_PROPOSING))
    here = QueryString("{} AND c.space = {}", collects, space) if space else collects
    return await campaigns(actor, MOST_COLLECTING, here)


def open_campaigns(actor: Actor, most: int) -> Reading[CampaignRow]:
    """The campaigns in which something can be done now."""
    return campaigns(actor, most, QueryString("plein_phase(c, t.now) = ANY({})", list(OPEN)))


ONE = f"SELECT {COLUMNS} {FROM} WHERE c.public_id = {{}} AND {{}}"


async def get_campaign(actor: Actor, public_id: str) -> CampaignRow | None:
    """A campaign that the actor can read."""
    return await fetch_one(CampaignRow, ONE, actor.now, public_id, visible(Campaign, actor, "c"))


class Filter(msgspec.Struct, frozen=True):
    """What a list of campaigns shows; what is empty leaves nothing out, but what was archived is asked for."""

    phase: str = ""
    space: str = ""
    language: str = ""
    mine: bool = False
    followed: bool = False
    order: str = "now"


PAGE = 24  # campaigns a page
#: How a list of campaigns can be ordered: what stands first, in SQL, the smaller the earlier.
ORDERS = {
    "now": """array_position(ARRAY['vote', 'collect', 'discuss', 'decide', 'planned', 'done', 'cancelled'],
        plein_phase(c, plein_now())), c.always_open::int, -extract(epoch FROM c.collect_from)""",
    "newest": "-extract(epoch FROM c.collect_from)",
    "ends": """coalesce(CASE plein_phase(c, plein_now()) WHEN 'planned' THEN c.collect_from
        WHEN 'collect' THEN c.discuss_from WHEN 'discuss' THEN c.vote_from WHEN 'vote' THEN c.decide_from
        WHEN 'decide' THEN c.done_from END, 'infinity')""",
    "ideas": "-c.ideas",
}
MINE = """
    ({} IN (c.author, c.sponsor, c.decision_owner)
        OR EXISTS (SELECT FROM idea i WHERE i.campaign = c.id AND i.author = {}))
"""
FOLLOWED = "EXISTS (SELECT FROM follow f WHERE f.campaign = c.id AND {})"


def _chosen(actor: Actor, chosen: Filter) -> QueryString:
    """The condition that a filter stands for."""
    if chosen.phase == "archived":
        where = QueryString("c.state = 'archived'")
    elif chosen.phase:
        where = QueryString("c.state IN ('open', 'cancelled') AND plein_phase(c, {}) = {}", actor.now, chosen.phase)
    else:
        where = QueryString("c.state IN ('open', 'cancelled')")
    if chosen.space:
        where = QueryString("{} AND s.public_id = {}", where, chosen.space)
    if chosen.language:
        where = QueryString("{} AND c.language = {}", where, chosen.language)
    if chosen.mine:
        where = QueryString("{} AND {}", where, QueryString(MINE, actor.id, actor.id))
    if chosen.followed:
        where = QueryString("{} AND {}", where, QueryString(FOLLOWED, visible(Follow, actor, "f")))
    return where


async def find_campaigns(actor: Actor, chosen: Filter, after: str = "") -> Page[CampaignRow]:
    """One page of the campaigns that the actor can read; `after` is the last one of the page before."""
    key = ORDERS[chosen.order]
    where = _chosen(actor, chosen)
    if after:
        where = QueryString(
            f"{{}} AND ({key}, -c.id) > (SELECT {key}, -c.id FROM campaign c WHERE c.public_id = {{}} AND {{}})",
            where,
            after,
            visible(Campaign, actor, "c"),
        )
    rows = await fetch(
        CampaignRow,
        f"SELECT {COLUMNS} {FROM} WHERE NOT c.hidden AND {{}} AND {{}} ORDER BY {key}, -c.id LIMIT {{}}",
        actor.now,
        visible(Campaign, actor, "c"),
        where,
        PAGE + 1,
    )
    return paged(rows, PAGE, lambda row: row.public_id, after)


class About(msgspec.Struct, frozen=True):
    """What a campaign's own page tells beside its head: why it is asked, who decides, which words ideas may carry,
    whether anything was decided about it, and whether the actor follows it."""

    need: str
    goal: str
    measure: str
    decision_owner_name: str
    expected_readers: int | None
    tags: list[str]
    noticed: bool
    following: bool


ABOUT = """
    SELECT c.need, c.goal, c.measure, coalesce(n.name, '') AS decision_owner_name, c.expected_readers, c.tags,
        EXISTS (SELECT FROM campaign_notice x WHERE x.campaign = c.id AND x.kind <> 'declined' AND {}) AS noticed,
        EXISTS (SELECT FROM follow f WHERE f.campaign = c.id AND {}) AS following
    FROM campaign c LEFT JOIN identity n ON n.person = c.decision_owner AND {} WHERE c.id = {} AND {}
"""


async def about_campaign(actor: Actor, campaign: CampaignRow) -> About | None:
    """Why it is asked."""
    return await fetch_one(
        About,
        ABOUT,
        visible(CampaignNotice, actor, "x"),
        visible(Follow, actor, "f"),
        visible(Identity, actor, "n"),
        campaign.id,
        visible(Campaign, actor, "c"),
    )


class Notice(msgspec.Struct, frozen=True):
    """What was decided about a campaign that is open: it was extended or cancelled, and why."""

    kind: str
    author_name: str
    reason: str
    language: str
    ended_at: datetime | None
    ends_at: datetime | None
    created_at: datetime


NOTICES = """
    SELECT x.kind, coalesce(n.name, '') AS author_name, x.reason, x.language, x.ended_at, x.ends_at, x.created_at
    FROM campaign_notice x LEFT JOIN identity n ON n.person = x.author AND {}
    WHERE x.campaign = {} AND x.kind <> 'declined' AND {} ORDER BY x.id DESC
"""


async def notices(actor: Actor, campaign: CampaignRow) -> list[Notice]:
    """What was said about it, the latest first."""
    return await fetch(Notice, NOTICES, visible(Identity, actor, "n"), campaign.id, visible(CampaignNotice, actor, "x"))


class Owed(msgspec.Struct, frozen=True):
    """An idea without an answer; `total` is how many there are."""

    public_id: str
    title: str
    language: str
    total: int


#: Of an idea `i`, in SQL: it is owed its answer.
UNANSWERED = "NOT EXISTS (SELECT FROM answer a WHERE a.idea = i.id)"
OWED = f"""
    SELECT i.public_id, i.title, i.language, (count(*) OVER ())::int AS total
    FROM idea i WHERE i.campaign = {{}} AND i.state = 'published' AND {{}}
        AND {UNANSWERED}
    ORDER BY {{}} DESC, i.id LIMIT {{}}
"""
#: For an idea `i` that is hidden: whether it may still come back before its campaign is archived. What was sent back or
#: removed has 30 days; after that the receipt is what became of it.
MAY_RETURN = """
    (EXISTS (SELECT FROM moderation_item x WHERE x.idea = i.id AND x.state IN ('open', 'appealed'))
        OR NOT EXISTS (SELECT FROM moderation_item x JOIN decision d ON d.item = x.id
            WHERE x.idea = i.id AND d.action IN ('send back', 'remove') AND d.undone_at IS NULL
                AND d.put_back_at IS NULL AND d.created_at < plein_now() - interval '30 days'))
"""
HIDDEN = f"""
    SELECT count(*)::int FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE c.id = {{}} AND i.state = 'hidden' AND {{}} AND {UNANSWERED}
        AND {MAY_RETURN}
"""


def support(campaign: CampaignRow) -> QueryString:
    """How much an idea `i` is supported, in SQL; where votes are a budget, they are what counts."""
    return QueryString(
        "i.votes::bigint" if campaign.vote_method == "budget" else "(i.supporters + i.guest_supporters)::bigint"
    )


async def owed(actor: Actor, campaign: CampaignRow, most: int) -> list[Owed]:
    """The campaign's debt: its ideas without an answer, `most` of them; once the voting has ended, the most supported
    first."""
    order = support(campaign) if campaign.outcome_shown else QueryString("0::bigint")
    return await fetch(Owed, OWED, campaign.id, visible(Idea, actor, "i"), order, most)


async def owed_hidden(actor: Actor, campaign: CampaignRow) -> int:
    """How many ideas without an answer a moderator has hidden: they may come back, and are owed one then."""
    return int(await fetch_value(HIDDEN, campaign.id, visible(Campaign, actor, "c")))
