"""Reading workshops and what was written down in them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import Reading, fetch, fetch_one
from portal.tables import Capture, Idea, Workshop


class WorkshopRow(msgspec.Struct, frozen=True):
    """A workshop and its yield, of what the actor can read: ideas, those that found their authors, those with a yes."""

    id: int
    public_id: str
    name: str
    place: str
    held_on: date
    author_name: str
    campaign_public_id: str
    campaign_title: str
    campaign_language: str
    ideas: int
    settled: int
    answered: int


WORKSHOPS = """
    SELECT w.id, w.public_id, w.name, w.place, w.held_on, coalesce(n.name, '') AS author_name,
        c.public_id AS campaign_public_id, c.title AS campaign_title, c.language AS campaign_language,
        y.ideas, y.settled, y.answered
    FROM workshop w JOIN campaign c ON c.id = w.campaign LEFT JOIN identity n ON n.person = w.author
    CROSS JOIN LATERAL (
        SELECT count(*)::int AS ideas, count(*) FILTER (WHERE t.state = 'settled')::int AS settled,
            count(a.id)::int AS answered
        FROM capture t JOIN idea i ON i.id = t.idea
        LEFT JOIN answer a ON a.idea = i.id AND plein_decided(c, {})
        WHERE t.workshop = w.id AND {}) y
    WHERE {}
"""


async def workshops(actor: Actor, campaign: int) -> list[WorkshopRow]:
    """The workshops of a campaign, newest first."""
    return await fetch(
        WorkshopRow,
        WORKSHOPS + " AND w.campaign = {} ORDER BY w.held_on DESC, w.id DESC LIMIT 100",
        actor.now,
        visible(Idea, actor, "i"),
        visible(Workshop, actor, "w"),
        campaign,
    )


async def get_workshop(actor: Actor, public_id: str) -> WorkshopRow | None:
    """One of them."""
    return await fetch_one(
        WorkshopRow,
        WORKSHOPS + " AND w.public_id = {}",
        actor.now,
        visible(Idea, actor, "i"),
        visible(Workshop, actor, "w"),
        public_id,
    )


class CaptureRow(msgspec.Struct, frozen=True):
    """An idea that was written down for somebody: for a colleague (`person`), or for who has only a `name`."""

    id: int
    public_id: str
    idea: int
    idea_public_id: str
    space: int
    title: str
    language: str
    author: int
    author_name: str
    person: int | None
    name: str
    claimant: int | None
    claimant_name: str
    claimant_public_id: str
    state: str
    workshop: str
    workshop_public_id: str
    created_at: datetime


CAPTURES = """
    SELECT t.id, t.public_id, t.idea, i.public_id AS idea_public_id, t.space, i.title, i.language, t.author,
        coalesce(a.name, '') AS author_name, t.person, coalesce(n.name, t.name) AS name, t.claimant,
        coalesce(m.name, '') AS claimant_name, coalesce(mp.public_id, '') AS claimant_public_id, t.state,
        w.name AS workshop, w.public_id AS workshop_public_id,
        i.created_at
    FROM capture t JOIN idea i ON i.id = t.idea JOIN workshop w ON w.id = t.workshop
    LEFT JOIN identity a ON a.person = t.author LEFT JOIN identity n ON n.person = t.person
    LEFT JOIN identity m ON m.person = t.claimant LEFT JOIN person mp ON mp.id = t.claimant
    WHERE {}
"""


async def captures_of(actor: Actor, workshop: WorkshopRow) -> list[CaptureRow]:
    """What was written down in a workshop."""
    return await fetch(
        CaptureRow, CAPTURES + " AND t.workshop = {} ORDER BY t.id", visible(Capture, actor, "t"), workshop.id
    )


async def get_capture(actor: Actor, public_id: str) -> CaptureRow | None:
    """One of them."""
    return await fetch_one(CaptureRow, CAPTURES + " AND t.public_id = {}", visible(Capture, actor, "t"), public_id)


class ToSettle(msgspec.Struct, frozen=True):
    """What was written down for the actor (`waiting`), or what somebody claims that she wrote down (`claimed`)."""

    public_id: str
    idea_public_id: str
    title: str
    language: str
    author_name: str
    claimant_name: str
    claimant_public_id: str
    state: str
    workshop: str


TO_SETTLE = """
    SELECT t.public_id, i.public_id AS idea_public_id, i.title, i.language, coalesce(a.name, '') AS author_name,
        coalesce(m.name, '') AS claimant_name, coalesce(mp.public_id, '') AS claimant_public_id, t.state,
        w.name AS workshop
    FROM capture t JOIN idea i ON i.id = t.idea JOIN workshop w ON w.id = t.workshop
    LEFT JOIN identity a ON a.person = t.author LEFT JOIN identity m ON m.person = t.claimant
    LEFT JOIN person mp ON mp.id = t.claimant
    WHERE (t.person = {} AND t.state = 'waiting' OR t.author = {} AND t.state = 'claimed')
        AND i.state = 'published' AND {}
    ORDER BY t.id LIMIT 20
"""


def to_settle(actor: Actor) -> Reading[ToSettle]:
    """What waits for her yes or no."""
    return Reading(ToSettle, TO_SETTLE, actor.id, actor.id, visible(Capture, actor, "t"))
