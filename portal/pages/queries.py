"""What waits for one person, of several features: one statement for the home page."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.campaigns.queries import UNANSWERED
from portal.cases.duties import Duty, duties_of
from portal.db import QueryString, execute, fetch
from portal.spaces.queries import PASSING
from portal.tables import (
    Campaign,
    Capture,
    Comment,
    CommunityCard,
    Idea,
    ModerationItem,
    Person,
    Screening,
    Space,
)


class Owed(msgspec.Struct, frozen=True):
    """A campaign whose ideas wait for the actor's answer."""

    public_id: str
    title: str
    language: str
    ideas: int


class CoAuthorInvite(msgspec.Struct, frozen=True):
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


class ToScreen(msgspec.Struct, frozen=True):
    """Something sensitive that it is the actor's turn to look at, or an appeal that she decides."""

    public_id: str
    due_at: datetime
    appeal: bool


class ToCheck(msgspec.Struct, frozen=True):
    """How much of what guests wrote in a space waits for the actor, before others read it."""

    public_id: str
    name: str
    language: str
    items: int
    due_at: datetime


class ToDo(msgspec.Struct, frozen=True):
    """What waits for the actor's own yes, no or answer."""

    checks: list[ToCheck]
    screenings: list[ToScreen]
    cases: list[Duty]
    owed: list[Owed]
    invitations: list[CoAuthorInvite]
    captures: list[ToSettle]

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__struct_fields__)


ASKED = f"""
    SELECT
        (SELECT jsonb_agg(x) FROM (
            SELECT s.public_id, s.name, s.language, count(*)::int AS items, min(m.due_at) AS due_at
            FROM moderation_item m JOIN space s ON s.id = m.space
            WHERE m.state = 'open' AND m.checks IS NOT NULL AND coalesce(m.assigned_to, {{}}) = {{}} AND {{}}
            GROUP BY s.id ORDER BY 5, s.id LIMIT 3) x) AS checks,
        (SELECT jsonb_agg(x) FROM (
            SELECT y.public_id, y.due_at, y.appealed_at IS NOT NULL AS appeal FROM screening y
            WHERE (y.state = 'open' AND y.assigned_to = {{}} OR y.appeal_to = {{}} AND y.outcome IS NULL) AND {{}}
            ORDER BY y.due_at, y.id LIMIT 3) x) AS screenings,
        (SELECT jsonb_agg(x) FROM ({{}}) x) AS cases,
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


async def asked_of(actor: Actor) -> ToDo:
    """What she checks first, answers that she owes, invitations to write along, and what was written down for her or by
    her."""
    rows = await execute(
        ASKED,
        actor.id,
        actor.id,
        visible(ModerationItem, actor, "m"),
        actor.id,
        actor.id,
        visible(Screening, actor, "y"),
        duties_of(actor),
        actor.id,
        actor.now,
        visible(Campaign, actor, "c"),
        actor.id,
        visible(Idea, actor, "i"),
        actor.id,
        actor.id,
        visible(Capture, actor, "t"),
    )
    return msgspec.convert({name: msgspec.json.decode(value or "[]") for name, value in rows[0].items()}, ToDo)


class GuestSpace(msgspec.Struct, frozen=True):
    """A space as its guest finds it at home: who is there, what she may do until when, whom she asks, and how much is
    new since she read there last."""

    id: int
    public_id: str
    name: str
    purpose: str
    language: str
    colleagues: int
    guests: int
    until: datetime | None
    host_public_id: str
    host_name: str
    manager_name: str
    manager_public_id: str
    office_hours: str
    whereabouts: str
    new: int
    files_asked: int


GUEST_SPACES = f"""
    SELECT s.id, s.public_id, s.name, s.purpose, s.language, (s.colleagues + x.colleagues)::int AS colleagues,
        (s.guests + x.guests)::int AS guests, m.until,
        coalesce(hp.public_id, '') AS host_public_id, coalesce(hn.name, '') AS host_name,
        coalesce(c.name, '') AS manager_name, coalesce(c.public_id, '') AS manager_public_id,
        coalesce(c.office_hours, '') AS office_hours, coalesce(c.whereabouts, '') AS whereabouts,
        ((SELECT count(*) FROM idea i WHERE i.space = s.id AND i.author <> {{}} AND i.state = 'published'
                AND i.created_at > m.since AND {{}})
            + (SELECT count(*) FROM idea ki JOIN comment k ON k.idea = ki.id WHERE ki.space = s.id
                AND k.author <> {{}} AND k.state = 'published' AND k.created_at > m.since AND {{}}))::int AS new,
        (SELECT count(*) FROM file_wish w WHERE w.space = s.id AND w.person = {{}} AND w.state = 'waiting')::int
            AS files_asked
    FROM space s CROSS JOIN LATERAL ({PASSING}) x
    CROSS JOIN LATERAL (
        SELECT nullif(max(coalesce(b.until, 'infinity')), 'infinity') AS until,
            coalesce((SELECT max(r.visited_at) FROM read_mark r WHERE r.person = {{}} AND r.space = s.id),
                min(b.created_at)) AS since
        FROM membership b WHERE b.space = s.id AND b.person = {{}}) m
    LEFT JOIN person hp ON hp.id = s.host AND hp.active AND {{}} LEFT JOIN identity hn ON hn.person = hp.id
    LEFT JOIN LATERAL (
        SELECT cn.name, cp.public_id, d.office_hours, d.whereabouts FROM community_card d
        JOIN person cp ON cp.id = d.person AND cp.active JOIN identity cn ON cn.person = cp.id
        WHERE d.space = s.id AND {{}} ORDER BY d.id LIMIT 1) c ON TRUE
    WHERE {{}} AND s.archived_at IS NULL ORDER BY lower(s.name), s.id LIMIT 50
"""


async def guest_spaces(actor: Actor) -> list[GuestSpace]:
    """All that there is for a guest."""
    me = actor.id
    ideas, comments = visible(Idea, actor, "i"), visible(Comment, actor, "k")
    host, card = visible(Person, actor, "hp"), visible(CommunityCard, actor, "d")
    return await fetch(
        GuestSpace, GUEST_SPACES, me, ideas, me, comments, me, me, me, host, card, visible(Space, actor, "s")
    )


WEIGHED = """
    SELECT i.audience FROM idea i JOIN space s ON s.id = i.space AND s.kind = 'organisation'
    WHERE i.published_at IS NOT NULL AND {} ORDER BY i.published_at DESC LIMIT 1
"""


def weighed_lately(actor: Actor) -> QueryString:
    """By how many people the newest thing that all colleagues can read was weighed; 0 where there is none."""
    return QueryString("coalesce(({}), 0)", QueryString(WEIGHED, visible(Idea, actor, "i")))
