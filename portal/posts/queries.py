"""Reading posts: the streams in which they stand, and who may post for whom."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, execute, fetch, fetch_one
from portal.ideas.cards import CARD, FROM, IdeaCard
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import Delegate, Idea, Space, Vote

PAGE = 20  # posts a page
#: How a space's posts can be ordered, in SQL; the most supported are looked for among those of the last 120 days.
ORDERS = {"newest": "i.created_at", "supported": "(i.supporters + i.guest_supporters)::bigint"}
LATELY = "i.created_at > {}::timestamptz - interval '120 days'"


class Stream(msgspec.Struct, frozen=True):
    """Where posts of a space stand."""

    id: int
    space: int
    public_id: str
    name: str
    language: str
    outside: bool
    phase: str


STREAMS = """
    SELECT -s.id AS id, s.id AS space, s.public_id, s.name, s.language, s.kind IN ('guest', 'section') AS outside,
        'collect' AS phase
    FROM space s WHERE {} AND {}
"""
BY_ADDRESS = "s.public_id = {}"


async def get_stream(actor: Actor, space: str) -> Stream | None:
    """The stream of a space that the actor can read."""
    return await fetch_one(Stream, STREAMS, visible(Space, actor, "s"), QueryString(BY_ADDRESS, space))


class Spoken(msgspec.Struct, frozen=True):
    """A leader for whom the actor may post."""

    id: int
    public_id: str
    name: str


LEADERS = """
    SELECT p.id, p.public_id, n.name FROM delegate d JOIN person p ON p.id = d.leader AND p.active
    JOIN identity n ON n.person = p.id
    WHERE d.person = {} AND {} AND EXISTS (SELECT FROM readership r WHERE r.person = p.id AND r.space = {})
        AND EXISTS (SELECT FROM membership m JOIN space o ON o.id = m.space AND o.kind = 'organisation'
            WHERE m.person = p.id AND m.role = 'leader')
    ORDER BY lower(n.name), p.id
"""


async def leaders_for(actor: Actor, space: int) -> list[Spoken]:
    """The leaders for whom the actor may post in a space: those who named her, and read it themselves."""
    return await fetch(Spoken, LEADERS, actor.id, visible(Delegate, actor, "d"), space)


# Found first, and drawn then: what a card shows is not fetched for what is not on the page.
LIST = f"""
    WITH found AS MATERIALIZED (
        SELECT i.id, {{}} AS place FROM idea i
        WHERE i.campaign = {{}} AND i.state = 'published' AND {{}} AND {{}} AND {{}}
        ORDER BY place DESC, i.public_id DESC LIMIT {{}}
    )
    SELECT {CARD}, found.place {FROM} JOIN found ON found.id = i.id ORDER BY found.place DESC, i.public_id DESC
"""


async def posts_of(actor: Actor, space: int, order: str = "newest", after: Cursor | None = None) -> Page[IdeaCard]:
    """A page of a space's posts."""
    place = ORDERS[order]
    key, by_time = QueryString(place), order == "newest"
    rows = await execute(
        LIST,
        key,
        -space,
        visible(Idea, actor, "i"),
        QueryString("TRUE") if by_time else QueryString(LATELY, actor.now),
        beyond(after, key, by_time=by_time),
        PAGE + 1,
        visible(Vote, actor, "v"),
        actor.id,
        actor.now,
    )
    found = paged(rows, PAGE, lambda row: Cursor.at(row["place"], row["public_id"]), after)
    cards = [IdeaCard(**{name: row[name] for name in IdeaCard.__struct_fields__}) for row in found.rows]
    return Page(cards, found.first, found.more)
