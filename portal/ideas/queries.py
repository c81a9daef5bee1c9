"""Reading ideas."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch, fetch_one
from portal.tables import Answer, Idea, Identity, OrgUnit, Vote

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST = 200  # ideas of a space among which the lively ones are looked for


class Cursor(msgspec.Struct, frozen=True):
    """Where a page of ideas ends: the last one's place in the order, and its public id among equals. It holds the
    value itself, so that votes that come in meanwhile neither repeat nor skip anything."""

    value: int
    public_id: str

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """From an address; None for what is none, which then shows the first page."""
        value, _, public_id = text.partition("-")
        return cls(int(value), public_id) if value.isascii() and value.isdigit() and len(value) <= 17 else None

    @classmethod
    def at(cls, moment: datetime, public_id: str) -> Cursor:
        """Of an order by time."""
        return cls((moment - EPOCH) // timedelta(microseconds=1), public_id)

    @property
    def moment(self) -> datetime:
        """The value of an order by time."""
        return EPOCH + timedelta(microseconds=self.value)

    def __str__(self) -> str:
        return f"{self.value}-{self.public_id}"


def _hashable(row: IdeaCard | IdeaRow) -> None:
    """Parts of pages are found by the values of rows (web.page.part), which a list would forbid."""
    msgspec.structs.force_setattr(row, "tags", tuple(row.tags))


class IdeaCard(msgspec.Struct, frozen=True):
    """An idea in a list. `weight`: how many votes of the actor herself lie on it; the counts of supporters are None
    while its campaign hides them, `answer_kind` while no answer is shown."""

    id: int
    public_id: str
    title: str
    excerpt: str
    tags: tuple[str, ...]
    language: str
    version: int
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    supporters: int | None
    guest_supporters: int | None
    comments: int
    guest_comments: int
    created_at: datetime
    weight: int
    answer_kind: str | None
    campaign_public_id: str
    campaign_title: str
    phase: str
    idea_state: str
    vote_method: str
    votes_per_idea: int

    def __post_init__(self) -> None:
        _hashable(self)


#: How many support an idea, for whoever may know it now.
COUNTED = """
    CASE WHEN NOT plein_counts_hidden(c, t.now) THEN i.supporters END AS supporters,
    CASE WHEN NOT plein_counts_hidden(c, t.now) THEN i.guest_supporters END AS guest_supporters
"""
CARD = f"""
    i.id, i.public_id, i.title, i.excerpt, i.tags, i.language, i.version, i.author,
    p.public_id AS author_public_id, coalesce(n.name, '') AS author_name, p.kind = 'guest' AS author_guest,
    {COUNTED}, i.comments, i.guest_comments, i.created_at, i.state AS idea_state,
    coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
    (SELECT a.kind FROM answer a WHERE a.idea = i.id AND plein_decided(c, t.now)) AS answer_kind,
    c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, t.now) AS phase,
    c.vote_method, c.votes_per_idea
"""
FROM = """
    FROM idea i JOIN campaign c ON c.id = i.campaign
    JOIN person p ON p.id = i.author LEFT JOIN identity n ON n.person = p.id
    CROSS JOIN (SELECT {}::timestamptz AS now) t
"""
CARDS = f"SELECT {CARD} {FROM} WHERE {{}}"


def _sight(actor: Actor) -> list[Any]:
    """What CARDS takes: the actor's votes, the moment, and her ideas."""
    return [visible(Vote, actor, "v"), actor.now, visible(Idea, actor, "i")]


# Each space's newest come off an index: sorting all that was written in 120 days took 25 ms at 20,000 ideas.
LATELY = """
    i.id IN (
        SELECT l.id FROM unnest({}::bigint[]) AS of_space CROSS JOIN LATERAL (
            SELECT x.id FROM idea x WHERE x.space = of_space AND x.created_at > {}::timestamptz - interval '120 days'
            ORDER BY x.created_at DESC LIMIT {}) l)
"""

# Where counts are hidden, no order tells them either.
KNOWN_SUPPORTERS = "CASE WHEN plein_counts_hidden(c, t.now) THEN 0 ELSE i.supporters + i.guest_supporters END"


async def lively_ideas(actor: Actor, most: int) -> list[IdeaCard]:
    """What moves people among the newest 200 ideas of each space that the actor can read, none older than 120 days."""
    return await fetch(
        IdeaCard,
        f"{CARDS} AND i.state = 'published' AND {LATELY}"
        f" ORDER BY i.comments + i.guest_comments + {KNOWN_SUPPORTERS} DESC, i.id DESC LIMIT {{}}",
        *_sight(actor),
        actor.space_ids,
        actor.now,
        NEWEST,
        most,
    )


async def ideas_of_author(actor: Actor, most: int) -> list[IdeaCard]:
    """The actor's own ideas, newest first, without drafts."""
    return await fetch(
        IdeaCard,
        CARDS + " AND i.author = {} AND i.state <> 'draft' ORDER BY i.created_at DESC LIMIT {}",
        *_sight(actor),
        actor.id,
        most,
    )


async def ideas_by(actor: Actor, person: int, most: int) -> list[IdeaCard]:
    """What somebody proposed, newest first, as far as the actor reads it."""
    return await fetch(
        IdeaCard,
        CARDS + " AND i.author = {} AND i.state = 'published' ORDER BY i.created_at DESC LIMIT {}",
        *_sight(actor),
        person,
        most,
    )


class IdeaRow(msgspec.Struct, frozen=True):
    """An idea on its page, with what the policy needs to know of its campaign."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    space_name: str
    campaign: int
    campaign_public_id: str
    campaign_title: str
    phase: str
    always_open: bool
    sponsor: int
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    author_title: str
    author_unit: str
    title: str
    body: str
    body_html: str
    tags: tuple[str, ...]
    language: str
    version: int
    supporters: int | None
    guest_supporters: int | None
    comments: int
    guest_comments: int
    created_at: datetime
    updated_at: datetime
    idea_state: str
    weight: int
    answered: bool
    vote_method: str
    votes_per_idea: int

    def __post_init__(self) -> None:
        _hashable(self)


ONE = f"""
    SELECT i.id, i.public_id, i.space, s.public_id AS space_public_id, s.name AS space_name, i.campaign,
        c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, t.now) AS phase, c.always_open,
        c.sponsor, i.author, p.public_id AS author_public_id, coalesce(n.name, '') AS author_name,
        p.kind = 'guest' AS author_guest,
        CASE WHEN plein_rank_blind(c, t.now) THEN '' ELSE coalesce(n.title, '') END AS author_title,
        coalesce((SELECT u.name FROM org_unit u
            WHERE u.id = p.org_unit AND p.kind = 'employee' AND NOT plein_rank_blind(c, t.now) AND {{}}), '')
            AS author_unit,
        i.title, i.body, i.body_html, i.tags, i.language, i.version,
        {COUNTED}, i.comments, i.guest_comments, i.created_at, i.updated_at, i.state AS idea_state,
        coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id) AS answered, c.vote_method, c.votes_per_idea
    {FROM} JOIN space s ON s.id = i.space
    WHERE i.public_id = {{}} AND {{}}
"""


async def get_idea(actor: Actor, public_id: str) -> IdeaRow | None:
    """An idea that the actor can read."""
    return await fetch_one(
        IdeaRow,
        ONE,
        visible(OrgUnit, actor, "u"),
        visible(Vote, actor, "v"),
        actor.now,
        public_id,
        visible(Idea, actor, "i"),
    )


class AnswerRow(msgspec.Struct, frozen=True):
    """The official answer as the crowd reads it."""

    public_id: str
    kind: str
    summary: str
    reason_html: str
    from_when: str
    next_step: str
    next_owner_name: str
    next_date: date | None
    language: str
    author_public_id: str
    author_name: str
    author_title: str
    created_at: datetime


ANSWER = """
    SELECT a.public_id, a.kind, a.summary, a.reason_html, a.from_when, a.next_step,
        coalesce(o.name, '') AS next_owner_name, a.next_date, a.language, p.public_id AS author_public_id,
        coalesce(n.name, '') AS author_name, coalesce(n.title, '') AS author_title, a.created_at
    FROM answer a JOIN person p ON p.id = a.author LEFT JOIN identity n ON n.person = p.id
    LEFT JOIN identity o ON o.person = a.next_owner AND {}
    WHERE a.idea = {} AND {}
"""


async def answer_to(actor: Actor, idea: IdeaRow) -> AnswerRow | None:
    """The answer to an idea, if there is one."""
    return await fetch_one(AnswerRow, ANSWER, visible(Identity, actor, "o"), idea.id, visible(Answer, actor, "a"))
