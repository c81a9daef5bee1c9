"""Reading a campaign as it is written: all its steps, the questions of its form, and whose proposals wait for whom."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.fields import address
from portal.access.scope import visible
from portal.db import Reading, fetch, fetch_one
from portal.tables import Campaign, CampaignNotice, Identity, Question

UNOPENED = ("draft", "proposed", "declined")


class Proposal(msgspec.Struct, frozen=True):
    """A campaign as it was typed, whatever its state. `expected_readers` is None until its audience was chosen."""

    id: int
    public_id: str
    state: str
    phase: str
    always_open: bool
    version: int
    form_version: int
    author: int
    author_public_id: str
    author_name: str
    space: int
    space_public_id: str
    space_name: str
    title: str
    lead: str
    brief: str
    brief_html: str
    language: str
    need: str
    goal: str
    measure: str
    sponsor: int | None
    sponsor_public_id: str
    sponsor_name: str
    sponsor_called: str
    promise: str
    decision_owner: int | None
    decision_owner_public_id: str
    decision_owner_name: str
    decision_owner_called: str
    sponsor_reads: bool
    owner_reads: bool
    expected_readers: int | None
    collect_from: datetime | None
    discuss_from: datetime | None
    vote_from: datetime | None
    decide_from: datetime | None
    done_from: datetime | None
    vote_method: str
    votes_each: int
    votes_per_idea: int
    rank_blind: bool
    hide_counts: bool
    top: int | None
    tags: list[str]
    proposed_at: datetime | None

    @property
    def unopened(self) -> bool:
        """Whether it is still to be accepted."""
        return self.state in UNOPENED

    @property
    def movable(self) -> bool:
        """Whether nobody was told about it yet: everything can still become something else."""
        return self.state in ("draft", "declined")

    @property
    def begun(self) -> bool:
        """Whether it is open and collects already, or has."""
        return not self.unopened and self.phase != "planned"


ONE = """
    SELECT c.id, c.public_id, c.state, plein_phase(c, {}) AS phase, c.always_open, c.version, c.form_version,
        c.author, a.public_id AS author_public_id, coalesce(an.name, '') AS author_name,
        c.space, s.public_id AS space_public_id, s.name AS space_name,
        c.title, c.lead, c.brief, c.brief_html, c.language, c.need, c.goal, c.measure,
        c.sponsor, coalesce(p.public_id, '') AS sponsor_public_id, coalesce(pn.name, '') AS sponsor_name,
        coalesce(CASE WHEN plein_only_one(p.id, c.space) THEN pn.name ELSE {} END, '') AS sponsor_called,
        c.promise,
        c.decision_owner, coalesce(d.public_id, '') AS decision_owner_public_id,
        coalesce(dn.name, '') AS decision_owner_name,
        coalesce(CASE WHEN plein_only_one(d.id, c.space) THEN dn.name ELSE {} END, '') AS decision_owner_called,
        EXISTS (SELECT FROM readership r WHERE r.person = c.sponsor AND r.space = c.space) AS sponsor_reads,
        EXISTS (SELECT FROM readership r WHERE r.person = c.decision_owner AND r.space = c.space) AS owner_reads,
        c.expected_readers, c.collect_from, c.discuss_from, c.vote_from, c.decide_from, c.done_from,
        c.vote_method, c.votes_each, c.votes_per_idea, c.rank_blind, c.hide_counts, c.top, c.tags, c.proposed_at
    FROM campaign c JOIN space s ON s.id = c.space JOIN person a ON a.id = c.author
    LEFT JOIN identity an ON an.person = c.author AND {}
    LEFT JOIN person p ON p.id = c.sponsor LEFT JOIN identity pn ON pn.person = p.id AND {}
    LEFT JOIN person d ON d.id = c.decision_owner LEFT JOIN identity dn ON dn.person = d.id AND {}
    WHERE c.public_id = {} AND {}
"""


async def get_proposal(actor: Actor, public_id: str) -> Proposal | None:
    """A campaign that the actor can read, as it was typed."""
    return await fetch_one(
        Proposal,
        ONE,
        actor.now,
        address(actor, "pn"),
        address(actor, "dn"),
        visible(Identity, actor, "an"),
        visible(Identity, actor, "pn"),
        visible(Identity, actor, "dn"),
        public_id,
        visible(Campaign, actor, "c"),
    )


class QuestionRow(msgspec.Struct, frozen=True):
    """A question on the form of a campaign's ideas."""

    id: int
    public_id: str
    kind: str
    label: str
    help: str
    options: list[str]
    required: bool


QUESTIONS = """
    SELECT q.id, q.public_id, q.kind, q.label, q.help, q.options, q.required
    FROM question q WHERE q.campaign = {} AND q.version = {} AND {} ORDER BY q.position
"""


async def questions(actor: Actor, campaign: int, version: int) -> list[QuestionRow]:
    """The questions of one version of a campaign's form."""
    return await fetch(QuestionRow, QUESTIONS, campaign, version, visible(Question, actor, "q"))


class Waiting(msgspec.Struct, frozen=True):
    """A campaign that is not open yet, in a list: the actor's own, or hers to decide, or both."""

    public_id: str
    title: str
    language: str
    state: str
    author_name: str
    decision_owner_name: str
    proposed_at: datetime | None
    mine: bool
    mine_to_decide: bool


WAITING = """
    SELECT c.public_id, c.title, c.language, c.state, coalesce(an.name, '') AS author_name,
        coalesce(dn.name, '') AS decision_owner_name, c.proposed_at, c.author = {} AS mine,
        coalesce(c.state = 'proposed' AND c.decision_owner = {}, false) AS mine_to_decide
    FROM campaign c LEFT JOIN identity an ON an.person = c.author AND {}
    LEFT JOIN identity dn ON dn.person = c.decision_owner AND {}
    WHERE (c.state = 'proposed' AND c.decision_owner = {}
        OR c.state IN ('draft', 'proposed', 'declined') AND c.author = {}) AND {}
    ORDER BY c.proposed_at NULLS LAST, c.id LIMIT {}
"""
MOST = 50


def waiting_for(actor: Actor) -> Reading[Waiting]:
    """What the actor is asked to accept, the longest waiting first; and what she began herself."""
    return Reading(
        Waiting,
        WAITING,
        actor.id,
        actor.id,
        visible(Identity, actor, "an"),
        visible(Identity, actor, "dn"),
        actor.id,
        actor.id,
        visible(Campaign, actor, "c"),
        MOST,
    )


class Refusal(msgspec.Struct, frozen=True):
    """Why a proposal was declined the last time."""

    author_name: str
    reason: str
    language: str
    created_at: datetime


REFUSED = """
    SELECT coalesce(n.name, '') AS author_name, x.reason, x.language, x.created_at
    FROM campaign_notice x LEFT JOIN identity n ON n.person = x.author AND {}
    WHERE x.campaign = {} AND x.kind = 'declined' AND {} ORDER BY x.id DESC LIMIT 1
"""


async def refusal(actor: Actor, campaign: int) -> Refusal | None:
    """The last time that it was declined, if it was."""
    return await fetch_one(
        Refusal, REFUSED, visible(Identity, actor, "n"), campaign, visible(CampaignNotice, actor, "x")
    )
