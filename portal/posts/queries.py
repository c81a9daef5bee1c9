"""Reading posts: the streams in which they stand, who may post for whom, and what is asked to be done."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, NAMED
from portal.access.scope import visible
from portal.db import QueryString, execute, fetch, fetch_one, fetch_value
from portal.ideas.cards import CARD, FROM, IdeaCard, apart
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import ActionRequest, Comment, Delegate, Idea, Membership, Person, Space, Vote

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
    anonymous: bool


STREAMS = """
    SELECT -s.id AS id, s.id AS space, s.public_id, s.name, s.language, s.kind IN ('guest', 'section') AS outside,
        'collect' AS phase, s.anonymous
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
    SELECT p.id, p.public_id, n.name FROM delegate d JOIN person p ON p.id = d.leader
    JOIN identity n ON n.person = p.id WHERE d.person = {} AND {} AND plein_speaks(d.person, d.leader, {})
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


class Leader(msgspec.Struct, frozen=True):
    """Somebody for whom others may post, if she leads."""

    id: int
    public_id: str
    name: str
    leads: bool


LEADER = """
    SELECT p.id, p.public_id, n.name, EXISTS (SELECT FROM membership m JOIN space o ON o.id = m.space
        WHERE m.person = p.id AND m.role = 'leader' AND o.kind = 'organisation' AND {}) AS leads
    FROM person p JOIN identity n ON n.person = p.id WHERE p.public_id = {} AND p.active AND {}
"""


async def get_leader(actor: Actor, public_id: str) -> Leader | None:
    """Somebody whom the actor sees, and whether she leads."""
    sight = visible(Membership, actor, "m"), public_id, visible(Person, actor, "p")
    return await fetch_one(Leader, LEADER, *sight)


DELEGATES = """
    SELECT p.id, p.public_id, n.name FROM delegate d JOIN person p ON p.id = d.person
    JOIN identity n ON n.person = p.id WHERE d.leader = {} AND {} ORDER BY lower(n.name), p.id
"""


async def delegates_of(actor: Actor, leader: Leader) -> list[Spoken]:
    """Who may post for a leader."""
    return await fetch(Spoken, DELEGATES, leader.id, visible(Delegate, actor, "d"))


class Request(msgspec.Struct, frozen=True):
    """Somebody asks that something is done about a post, or about a part of its thread."""

    post_public_id: str
    title: str
    language: str
    comment_public_id: str
    person_public_id: str
    person_name: str
    person_guest: bool
    reason: str
    created_at: datetime
    outcome: str
    words: str


REQUESTS = (
    """
    SELECT i.public_id AS post_public_id, i.title, i.language, coalesce(k.public_id, '') AS comment_public_id,
        """
    + ADDRESS.format("q.space")
    + """ AS person_public_id, coalesce(n.name, '') AS person_name, p.kind = 'guest' AS person_guest, q.reason,
        q.created_at, coalesce(q.outcome, '') AS outcome, q.words
    FROM action_request q JOIN idea i ON i.id = q.idea JOIN person p ON p.id = q.person
    """
    + NAMED.format("n", "p.id", "q.space")
    + """ LEFT JOIN comment k ON k.id = q.comment
    WHERE {} AND {} ORDER BY {} LIMIT {}
"""
)
#: What is asked about the same post stands together, what waits longest first.
BY_POST = "(SELECT min(w.id) FROM action_request w WHERE w.idea = q.idea AND w.outcome IS NULL), q.id"
MOST = 200


async def requests_in(actor: Actor, space: int) -> list[Request]:
    """What is asked in a space, to be settled by its moderators; they settle nothing of their own posts, nor of those
    whose case they decide."""
    where = QueryString("q.space = {} AND q.outcome IS NULL AND {}", space, apart(actor))
    return await fetch(Request, REQUESTS, visible(ActionRequest, actor, "q"), where, QueryString(BY_POST), MOST)


async def requests_about(actor: Actor, post: int) -> list[Request]:
    """What waits about one post."""
    where = QueryString("q.idea = {} AND q.outcome IS NULL", post)
    return await fetch(Request, REQUESTS, visible(ActionRequest, actor, "q"), where, QueryString("q.id"), MOST)


async def last_asked(actor: Actor, post: int) -> Request | None:
    """What the actor herself asked about a post last, and what came of it."""
    where = QueryString("q.idea = {} AND q.person = {}", post, actor.id)
    rows = await fetch(Request, REQUESTS, visible(ActionRequest, actor, "q"), where, QueryString("q.id DESC"), 1)
    return next(iter(rows), None)


COMMENT = "SELECT k.id FROM comment k WHERE k.public_id = {} AND k.idea = {} AND {}"


async def comment_of(actor: Actor, post: int, public_id: str) -> int | None:
    """The comment of a post about which it is asked."""
    found: int | None = await fetch_value(COMMENT, public_id, post, visible(Comment, actor, "k"))
    return found
