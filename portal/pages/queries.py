"""What waits for one person, of several features: one statement for the home page."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.campaigns.queries import UNANSWERED
from portal.db import execute
from portal.tables import Campaign, Capture, Idea


class Owed(msgspec.Struct, frozen=True):
    """A campaign whose ideas wait for the actor's answer."""

    public_id: str
    title: str
    language: str
    ideas: int


class Invitation(msgspec.Struct, frozen=True):
    """An idea that the actor is invited to write along."""

    public_id: str
    title: str
    language: str
    author_name: str


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


class Asked(msgspec.Struct, frozen=True):
    """What waits for the actor's own yes, no or answer."""

    owed: list[Owed]
    invitations: list[Invitation]
    captures: list[ToSettle]

    def __bool__(self) -> bool:
        return bool(self.owed or self.invitations or self.captures)


ASKED = f"""
    SELECT
        (SELECT jsonb_agg(x) FROM (
            SELECT c.public_id, c.title, c.language, count(i.id)::int AS ideas
            FROM campaign c JOIN idea i ON i.campaign = c.id AND i.state = 'published'
                AND {UNANSWERED}
            WHERE {{}} IN (c.sponsor, c.decision_owner) AND plein_decided(c, {{}}) AND {{}}
            GROUP BY c.id ORDER BY c.id LIMIT 20) x) AS owed,
        (SELECT jsonb_agg(x) FROM (
            SELECT i.public_id, i.title, i.language, coalesce(n.name, '') AS author_name
            FROM co_author k JOIN idea i ON i.id = k.idea LEFT JOIN identity n ON n.person = k.invited_by
            WHERE k.person = {{}} AND k.accepted_at IS NULL AND i.state IN ('draft', 'published') AND {{}}
            ORDER BY k.id LIMIT 20) x) AS invitations,
        (SELECT jsonb_agg(x) FROM (
            SELECT t.public_id, i.public_id AS idea_public_id, i.title, i.language, coalesce(a.name, '') AS author_name,
                coalesce(m.name, '') AS claimant_name,
                coalesce(mp.public_id, '') AS claimant_public_id, t.state, w.name AS workshop
            FROM capture t JOIN idea i ON i.id = t.idea JOIN workshop w ON w.id = t.workshop
            LEFT JOIN identity a ON a.person = t.author LEFT JOIN identity m ON m.person = t.claimant
            LEFT JOIN person mp ON mp.id = t.claimant
            WHERE (t.person = {{}} AND t.state = 'waiting' OR t.author = {{}} AND t.state = 'claimed')
                AND i.state = 'published' AND {{}}
            ORDER BY t.id LIMIT 20) x) AS captures
"""


async def asked_of(actor: Actor) -> Asked:
    """Answers that she owes, invitations to write along, and what was written down for her or by her."""
    rows = await execute(
        ASKED,
        actor.id,
        actor.now,
        visible(Campaign, actor, "c"),
        actor.id,
        visible(Idea, actor, "i"),
        actor.id,
        actor.id,
        visible(Capture, actor, "t"),
    )
    return msgspec.convert({name: msgspec.json.decode(value or "[]") for name, value in rows[0].items()}, Asked)
