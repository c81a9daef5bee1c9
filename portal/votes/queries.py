"""Reading votes: an actor's own, and the count."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.campaigns.queries import CampaignRow
from portal.db import QueryString, Reading, fetch, fetch_value
from portal.ideas.cards import COUNTED, FROM, WATCHED, WRITES_ALONG, address_of
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import Budget, Campaign, Idea, Vote

PAGE = 20  # votes a page


class Standing(msgspec.Struct, frozen=True):
    """An idea as far as voting goes: how many of the actor's own votes lie on it (`weight`), how many she has given in
    the whole campaign, and how many support it, colleagues and guests apart; None where that is hidden.
    `watched`: so many discuss it and too few support it."""

    id: int
    public_id: str
    kind: str
    title: str
    space: int
    author: int
    speaks_for_id: int | None
    co_author: bool
    phase: str
    idea_state: str
    supporters: int | None
    guest_supporters: int | None
    watched: int
    weight: int
    vote_method: str
    votes_each: int
    votes_per_idea: int
    given: int
    voting_ends: datetime | None


STANDING = f"""
    SELECT i.id, i.public_id, i.kind, i.title, i.space, i.author, i.speaks_for AS speaks_for_id,
        {WRITES_ALONG} AS co_author,
        plein_phase(c, t.now) AS phase, i.state AS idea_state, {COUNTED}, {WATCHED},
        coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
        c.vote_method, c.votes_each, c.votes_per_idea, c.decide_from AS voting_ends,
        coalesce((SELECT b.given FROM budget b WHERE b.campaign = c.id AND {{}}), 0) AS given
    {FROM} WHERE i.public_id = {{}} AND {{}}
"""


def standing_of(actor: Actor, idea: str) -> Reading[Standing]:
    """How an idea stands at this moment."""
    return Reading(
        Standing,
        STANDING,
        actor.id,
        visible(Vote, actor, "v"),
        visible(Budget, actor, "b"),
        QueryString("plein_now()"),
        idea,
        visible(Idea, actor, "i"),
    )


async def standing(actor: Actor, idea: str) -> Standing | None:
    """The same, to be voted on."""
    return next(iter(await standing_of(actor, idea)), None)


GIVEN = "SELECT b.given FROM budget b WHERE b.campaign = {} AND {}"


async def votes_given(actor: Actor, campaign: CampaignRow) -> int | None:
    """How much of her budget the actor has given in a campaign; None where there is none to give just now."""
    if campaign.vote_method != "budget" or campaign.phase != "vote":
        return None
    return await fetch_value(GIVEN, campaign.id, visible(Budget, actor, "b")) or 0


class StillToVote(msgspec.Struct, frozen=True):
    """A campaign in which the actor can still vote: her budget is not spent, or she has supported nothing there yet.
    `left` is None where votes are not counted out."""

    public_id: str
    title: str
    language: str
    given: int
    left: int | None
    ends: datetime


LEFT = """
    SELECT c.public_id, c.title, c.language, c.decide_from AS ends, coalesce(b.given, 0) AS given,
        CASE c.vote_method WHEN 'budget' THEN c.votes_each - coalesce(b.given, 0) END AS left
    FROM campaign c LEFT JOIN budget b ON b.campaign = c.id AND {}
    WHERE {} AND plein_phase(c, {}) = 'vote' AND c.ideas > 0 AND CASE c.vote_method
        WHEN 'budget' THEN c.votes_each > coalesce(b.given, 0)
        ELSE c.id <> ALL (ARRAY(SELECT i.campaign FROM vote v JOIN idea i ON i.id = v.idea WHERE {})) END
    ORDER BY c.decide_from, c.id LIMIT {}
"""


def left_to_vote(actor: Actor, most: int) -> Reading[StillToVote]:
    """Where the actor can still vote, what closes first standing first."""
    return Reading(
        StillToVote,
        LEFT,
        visible(Budget, actor, "b"),
        visible(Campaign, actor, "c"),
        actor.now,
        visible(Vote, actor, "v"),
        most,
    )


class OwnVote(msgspec.Struct, frozen=True):
    """Something that the actor voted for."""

    public_id: str
    kind: str
    space_public_id: str
    space_name: str
    title: str
    language: str
    idea_state: str
    weight: int
    vote_method: str
    votes_per_idea: int
    campaign_public_id: str
    campaign_title: str
    campaign_language: str
    phase: str
    created_at: datetime

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


OWN = """
    SELECT i.public_id, i.kind, s.public_id AS space_public_id, s.name AS space_name,
        i.title, i.language, i.state AS idea_state, v.weight, c.vote_method, c.votes_per_idea,
        c.public_id AS campaign_public_id, c.title AS campaign_title, c.language AS campaign_language,
        plein_phase(c, {}) AS phase, v.created_at
    FROM vote v JOIN idea i ON i.id = v.idea JOIN campaign c ON c.id = i.campaign JOIN space s ON s.id = i.space
    WHERE {} AND {} AND {} ORDER BY v.created_at DESC, i.public_id DESC LIMIT {}
"""


async def own_votes(actor: Actor, after: Cursor | None) -> Page[OwnVote]:
    """A page of what the actor voted for, newest first."""
    rest = beyond(after, QueryString("v.created_at"), by_time=True)
    rows = await fetch(
        OwnVote,
        OWN,
        actor.now,
        visible(Vote, actor, "v"),
        visible(Idea, actor, "i"),
        rest,
        PAGE + 1,
    )
    return paged(rows, PAGE, lambda row: Cursor.at(row.created_at, row.public_id), after)
