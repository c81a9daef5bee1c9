"""The list of what somebody heard: bundles, each as its newest notice tells it, read through her eyes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.notifications.duties import ABOUT
from portal.tables import Campaign, Idea, Mute, Notice, Space
from portal.text.dates import start_of_day

PAGE = 20


class Bundle(msgspec.Struct, frozen=True):
    """Notices of one kind about one thing. `others`: how many more people it came from; `about`: which duty."""

    id: int
    public_id: str
    kind: str
    event_kind: str
    at: datetime
    unread: bool
    duty: bool
    by: str
    by_public_id: str
    by_guest: bool
    others: int
    title: str
    language: str
    idea: str
    post: bool
    campaign: str
    space: str
    space_name: str
    comment: str
    decision: str
    case: str
    about: str


# Bundle by bundle, the newest of each that she may see.
BUNDLES = """
    WITH RECURSIVE b (bundle) AS (
        (SELECT u.bundle FROM notice u WHERE u.person = {} ORDER BY u.bundle LIMIT 1)
        UNION ALL SELECT (SELECT u.bundle FROM notice u WHERE u.person = {} AND u.bundle > b.bundle
            ORDER BY u.bundle LIMIT 1) FROM b WHERE b.bundle IS NOT NULL),
    h AS (
        SELECT x.* FROM b CROSS JOIN LATERAL (
            SELECT n.* FROM notice n WHERE n.person = {} AND n.bundle = b.bundle AND {} AND {}
            ORDER BY n.id DESC LIMIT 1) x
        WHERE x.id < {} ORDER BY x.id DESC LIMIT {})
"""
LISTED = (
    BUNDLES
    + """
    SELECT h.id, h.public_id, h.kind, e.kind AS event_kind, h.created_at AS at, h.read_at IS NULL AS unread, h.duty,
        coalesce(a.name, '') AS by, coalesce(ap.public_id, '') AS by_public_id,
        coalesce(ap.kind = 'guest', FALSE) AS by_guest,
        (SELECT count(DISTINCT oe.actor) FROM (SELECT o.event FROM notice o WHERE o.person = h.person
            AND o.bundle = h.bundle AND (o.read_at IS NULL) = (h.read_at IS NULL) ORDER BY o.id DESC LIMIT 100) o
            JOIN event oe ON oe.id = o.event WHERE oe.actor <> e.actor)::int AS others,
        coalesce(nullif(i.title, ''), c.title, s.name, '') AS title,
        coalesce(i.language, c.language, s.language, '') AS language,
        coalesce(i.public_id, '') AS idea, coalesce(i.kind <> 'idea', FALSE) AS post,
        coalesce(c.public_id, '') AS campaign, coalesce(s.public_id, '') AS space,
        coalesce(s.name, '') AS space_name, coalesce(k.public_id, '') AS comment,
        CASE h.kind WHEN 'receipt' THEN e.particulars ->> 'decision'
            WHEN 'screening' THEN e.particulars ->> 'item' WHEN 'policy' THEN e.particulars ->> 'policy'
            WHEN 'delegate' THEN (SELECT x.public_id FROM person x WHERE x.id = e.person) ELSE '' END AS decision,
        coalesce(z.public_id, '') AS case,
    """
    + ABOUT
    + """ AS about
    FROM h JOIN event e ON e.id = h.event LEFT JOIN person ap ON ap.id = e.actor
    LEFT JOIN idea i ON i.id = h.idea LEFT JOIN campaign c ON c.id = h.campaign LEFT JOIN space s ON s.id = h.space
    LEFT JOIN comment k ON k.id = h.comment LEFT JOIN escalation z ON z.id = e.escalation
    """
    + NAMED.format("a", "e.actor", "e.space")
    + " ORDER BY h.id DESC"
)
NEWEST = 2**62


#: What the list may be narrowed to, by the word in its address.
ONLY = {
    "answers": QueryString("n.kind IN ('answer', 'idea_news', 'campaign')"),
    "people": QueryString("n.kind IN ('mention', 'reply', 'comment')"),
    "duties": QueryString("n.duty"),
}


async def bundles(actor: Actor, before: int | None, only: str = "") -> list[Bundle]:
    """A page of them and one more, the newest first."""
    me, seen = actor.id, visible(Notice, actor, "n")
    narrowed = ONLY.get(only, QueryString("TRUE"))
    return await fetch(Bundle, LISTED, me, me, me, seen, narrowed, before or NEWEST, PAGE + 1)


class Group(msgspec.Struct, frozen=True):
    """Bundles under one heading: duties that are not done, today's, and earlier ones."""

    name: str
    rows: list[Bundle]


def grouped(rows: list[Bundle], now: datetime) -> list[Group]:
    """A page under its headings; what is still to be done comes first."""
    today = start_of_day(now)
    duties = sorted((row for row in rows if row.duty and row.unread), key=lambda row: row.at, reverse=True)
    rest = [row for row in rows if not (row.duty and row.unread)]
    groups = {
        "duty": duties,
        "today": [row for row in rest if row.at >= today],
        "earlier": [row for row in rest if row.at < today],
    }
    return [Group(name, those) for name, those in groups.items() if those]


class OneNotice(msgspec.Struct, frozen=True):
    """A notice, with the thing that can be muted."""

    id: int
    person: int
    bundle: str
    space: int | None
    campaign: int | None
    idea: int | None


ONE = "SELECT n.id, n.person, n.bundle, n.space, n.campaign, n.idea FROM notice n WHERE n.public_id = {} AND {}"


async def get_notice(actor: Actor, public_id: str) -> OneNotice | None:
    """One of the actor's own."""
    return await fetch_one(OneNotice, ONE, public_id, visible(Notice, actor, "n"))


class Muted(msgspec.Struct, frozen=True):
    """What somebody muted."""

    id: int
    person: int
    public_id: str
    title: str


MUTED = """
    SELECT u.id, u.person, coalesce(i.public_id, c.public_id, s.public_id) AS public_id,
        coalesce(i.title, c.title, s.name) AS title
    FROM mute u JOIN space s ON s.id = u.space AND {} LEFT JOIN idea i ON i.id = u.idea AND {}
    LEFT JOIN campaign c ON c.id = u.campaign AND {}
    WHERE {} AND (u.idea IS NULL OR i.id IS NOT NULL) AND (u.campaign IS NULL OR c.id IS NOT NULL)
"""


async def muted(actor: Actor) -> list[Muted]:
    """What she hears no more of, as far as she sees it."""
    seen = visible(Space, actor, "s"), visible(Idea, actor, "i"), visible(Campaign, actor, "c")
    return await fetch(Muted, MUTED + " ORDER BY u.id DESC LIMIT 100", *seen, visible(Mute, actor, "u"))
