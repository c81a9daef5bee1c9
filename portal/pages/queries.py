"""Reading what a guest finds at home."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch
from portal.spaces.queries import PASSING
from portal.tables import (
    Comment,
    CommunityCard,
    Idea,
    Person,
    Space,
)


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
