"""Reading campaigns."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.tables import Campaign

#: The phases that have a beginning, in their order.
PHASES = ("collect", "discuss", "vote", "decide", "done")
OPEN = ("collect", "discuss", "vote", "decide")


class CampaignRow(msgspec.Struct, frozen=True):
    """A campaign in a list or on its page; `phase` is that of the moment of asking."""

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


COLUMNS = """
    c.id, c.public_id, c.space, s.public_id AS space_public_id, s.name AS space_name, s.kind AS space_kind,
    c.state, c.author, c.sponsor, c.decision_owner, coalesce(p.public_id, '') AS sponsor_public_id,
    coalesce(n.name, '') AS sponsor_name, coalesce(n.title, '') AS sponsor_title, c.title, c.lead, c.promise,
    c.brief_html, c.language, c.always_open, c.collect_from, c.discuss_from, c.vote_from, c.decide_from, c.done_from,
    c.version, c.ideas, plein_phase(c, t.now) AS phase, c.vote_method, c.votes_each, c.votes_per_idea, c.rank_blind,
    plein_counts_hidden(c, t.now) AS counts_hidden, plein_decided(c, t.now) AS outcome_shown
"""
FROM = """
    FROM campaign c JOIN space s ON s.id = c.space
    LEFT JOIN person p ON p.id = c.sponsor LEFT JOIN identity n ON n.person = p.id
    CROSS JOIN (SELECT {}::timestamptz AS now) t
"""
LISTED = f"""
    SELECT {COLUMNS} {FROM} WHERE {{}} AND {{}}
    ORDER BY array_position(ARRAY['vote', 'collect', 'discuss', 'decide', 'planned', 'done'], plein_phase(c, t.now)),
        c.always_open, c.collect_from DESC, c.id DESC
    LIMIT {{}}
"""
EVERYWHERE = QueryString("TRUE")


async def campaigns(actor: Actor, most: int = 100, where: QueryString = EVERYWHERE) -> list[CampaignRow]:
    """The campaigns that the actor can read: what one can vote on or add to first."""
    return await fetch(CampaignRow, LISTED, actor.now, visible(Campaign, actor, "c"), where, most)


async def campaigns_of_space(actor: Actor, space: int) -> list[CampaignRow]:
    """The campaigns of one space."""
    return await campaigns(actor, where=QueryString("c.space = {}", space))


async def open_campaigns(actor: Actor, most: int) -> list[CampaignRow]:
    """The campaigns in which something can be done now."""
    return [row for row in await campaigns(actor) if row.phase in OPEN][:most]


ONE = f"SELECT {COLUMNS} {FROM} WHERE c.public_id = {{}} AND {{}}"


async def get_campaign(actor: Actor, public_id: str) -> CampaignRow | None:
    """A campaign that the actor can read."""
    return await fetch_one(CampaignRow, ONE, actor.now, public_id, visible(Campaign, actor, "c"))


class CampaignText(msgspec.Struct, frozen=True):
    """What its form holds."""

    title: str
    lead: str
    brief: str
    promise: str
    language: str
    sponsor_email: str
    collect_from: datetime
    discuss_from: datetime | None
    vote_from: datetime | None
    decide_from: datetime | None
    done_from: datetime | None


TEXT = """
    SELECT c.title, c.lead, c.brief, c.promise, c.language, coalesce(n.email, '') AS sponsor_email,
        c.collect_from, c.discuss_from, c.vote_from, c.decide_from, c.done_from
    FROM campaign c LEFT JOIN identity n ON n.person = c.sponsor WHERE c.id = {} AND {}
"""


async def campaign_text(actor: Actor, campaign: CampaignRow) -> CampaignText | None:
    """A campaign as it was typed, to be edited."""
    return await fetch_one(CampaignText, TEXT, campaign.id, visible(Campaign, actor, "c"))
