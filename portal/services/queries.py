"""Reading services."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import fingerprint
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import Idea, Service

PAGE = 20  # improvements a page


class ServiceRow(msgspec.Struct, frozen=True):
    """A service; `ideas` would improve it, of those that the actor can read."""

    id: int
    public_id: str
    name: str
    description: str
    archived: bool
    ideas: int

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(self.name, self.description, self.archived)


SERVICES = """
    SELECT s.id, s.public_id, s.name, s.description, s.archived_at IS NOT NULL AS archived,
        (SELECT count(*) FROM idea i WHERE i.service = s.id AND i.state = 'published' AND {})::int AS ideas
    FROM service s WHERE {}
"""


async def services(actor: Actor) -> list[ServiceRow]:
    """All of them by name, those that are no more at the end."""
    return await fetch(
        ServiceRow,
        SERVICES + " ORDER BY archived, lower(s.name)",
        visible(Idea, actor, "i"),
        visible(Service, actor, "s"),
    )


async def get_service(actor: Actor, public_id: str) -> ServiceRow | None:
    """One of them."""
    return await fetch_one(
        ServiceRow,
        SERVICES + " AND s.public_id = {}",
        visible(Idea, actor, "i"),
        visible(Service, actor, "s"),
        public_id,
    )


class Improvement(msgspec.Struct, frozen=True):
    """An idea that would improve a service; its status and answer as far as they may be shown."""

    public_id: str
    title: str
    excerpt: str
    language: str
    author_name: str
    campaign_public_id: str
    campaign_title: str
    status: str
    answer_kind: str | None
    created_at: datetime


IMPROVEMENTS = (
    """
    SELECT i.public_id, i.title, i.excerpt, i.language, coalesce(n.name, '') AS author_name,
        c.public_id AS campaign_public_id, c.title AS campaign_title,
        CASE WHEN plein_decided(c, t.now) THEN i.status ELSE 'new' END AS status,
        (SELECT a.kind FROM answer a WHERE a.idea = i.id AND plein_decided(c, t.now)) AS answer_kind, i.created_at
    FROM idea i JOIN campaign c ON c.id = i.campaign """
    + NAMED.format("n", "i.author", "i.space")
    + """
    CROSS JOIN (SELECT {}::timestamptz AS now) t
    WHERE i.service = {} AND i.state = 'published' AND {} AND {}
    ORDER BY i.created_at DESC, i.public_id DESC LIMIT {}
"""
)


async def improvements(actor: Actor, service: ServiceRow, after: Cursor | None) -> Page[Improvement]:
    """One page of the ideas for a service, newest first."""
    rest = beyond(after, QueryString("i.created_at"), by_time=True)
    rows = await fetch(Improvement, IMPROVEMENTS, actor.now, service.id, visible(Idea, actor, "i"), rest, PAGE + 1)
    return paged(rows, PAGE, lambda row: Cursor.at(row.created_at, row.public_id), after)
