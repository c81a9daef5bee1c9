"""Reading ideas."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.campaigns.queries import CampaignRow
from portal.db import fetch, fetch_one
from portal.tables import Answer, Idea, Identity, OrgUnit, Vote

PAGE = 20  # ideas a page
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST = 200  # ideas of a space among which the lively ones are looked for
#: How a campaign's ideas can be ordered: what stands first, in SQL.
ORDERS = {
    "newest": "i.created_at",
    "supported": "(i.supporters + i.guest_supporters)::bigint",
    "discussed": "(i.comments + i.guest_comments)::bigint",
}


def _hashable(row: IdeaCard | IdeaRow) -> None:
    """Parts of pages are found by the values of rows (web.page.part), which a list would forbid."""
    msgspec.structs.force_setattr(row, "tags", tuple(row.tags))


class IdeaCard(msgspec.Struct, frozen=True):
    """An idea in a list. `supported`: by the actor herself; `answer_kind` is None while there is no answer."""

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
    supporters: int
    guest_supporters: int
    comments: int
    guest_comments: int
    created_at: datetime
    supported: bool
    answer_kind: str | None
    campaign_public_id: str
    campaign_title: str
    phase: str
    idea_state: str

    def __post_init__(self) -> None:
        _hashable(self)


CARDS = """
    SELECT i.id, i.public_id, i.title, i.excerpt, i.tags, i.language, i.version, i.author,
        p.public_id AS author_public_id, coalesce(n.name, '') AS author_name, p.kind = 'guest' AS author_guest,
        i.supporters, i.guest_supporters, i.comments, i.guest_comments, i.created_at, i.state AS idea_state,
        EXISTS (SELECT FROM vote v WHERE v.idea = i.id AND {}) AS supported,
        (SELECT a.kind FROM answer a WHERE a.idea = i.id AND plein_decided(c, {})) AS answer_kind,
        c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, {}) AS phase
    FROM idea i JOIN campaign c ON c.id = i.campaign
    JOIN person p ON p.id = i.author LEFT JOIN identity n ON n.person = p.id
    WHERE {}
"""


def _sight(actor: Actor) -> list[Any]:
    """What CARDS takes: the actor's votes, the moment twice, and her ideas."""
    return [visible(Vote, actor, "v"), actor.now, actor.now, visible(Idea, actor, "i")]


class Cursor(msgspec.Struct, frozen=True):
    """Where a page of ideas ends: the last one's place in the order, and her public id among equals. It holds the
    value itself, so that votes that come in meanwhile neither repeat nor skip anything."""

    value: int
    public_id: str

    @classmethod
    def after(cls, card: IdeaCard, order: str) -> Cursor:
        """The end of a page whose last card this is."""
        value = {
            "newest": (card.created_at - EPOCH) // timedelta(microseconds=1),
            "supported": card.supporters + card.guest_supporters,
            "discussed": card.comments + card.guest_comments,
        }[order]
        return cls(value, card.public_id)

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """From an address; None for what is none, which then shows the first page."""
        value, _, public_id = text.partition("-")
        return cls(int(value), public_id) if value.isascii() and value.isdigit() and len(value) <= 17 else None

    def __str__(self) -> str:
        return f"{self.value}-{self.public_id}"

    def key(self, order: str) -> int | datetime:
        """The value as the database compares it."""
        return EPOCH + timedelta(microseconds=self.value) if order == "newest" else self.value


async def ideas_of_campaign(
    actor: Actor, campaign: CampaignRow, *, order: str = "newest", tag: str = "", after: Cursor | None = None
) -> list[IdeaCard]:
    """One page of a campaign's ideas, and one more row if there is a next page."""
    key = ORDERS[order]
    sql = CARDS + " AND i.state = 'published' AND i.campaign = {} AND ({} = '' OR i.tags @> ARRAY[{}])"
    arguments = [*_sight(actor), campaign.id, tag, tag]
    if after:
        sql += f" AND ({key}, i.public_id) < ({{}}, {{}})"
        arguments += [after.key(order), after.public_id]
    return await fetch(IdeaCard, f"{sql} ORDER BY {key} DESC, i.public_id DESC LIMIT {{}}", *arguments, PAGE + 1)


# Each space's newest come off an index: sorting all that was written in 120 days took 25 ms at 20,000 ideas.
LATELY = """
    i.id IN (
        SELECT l.id FROM unnest({}::bigint[]) AS of_space CROSS JOIN LATERAL (
            SELECT x.id FROM idea x WHERE x.space = of_space AND x.created_at > {}::timestamptz - interval '120 days'
            ORDER BY x.created_at DESC LIMIT {}) l)
"""


async def lively_ideas(actor: Actor, most: int) -> list[IdeaCard]:
    """What moves people among the newest 200 ideas of each space that the actor can read, none older than 120 days."""
    return await fetch(
        IdeaCard,
        f"{CARDS} AND i.state = 'published' AND {LATELY}"
        " ORDER BY i.comments + i.guest_comments + i.supporters + i.guest_supporters DESC, i.id DESC LIMIT {}",
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
    supporters: int
    guest_supporters: int
    comments: int
    guest_comments: int
    created_at: datetime
    updated_at: datetime
    idea_state: str
    supported: bool
    answered: bool

    def __post_init__(self) -> None:
        _hashable(self)


ONE = """
    SELECT i.id, i.public_id, i.space, s.public_id AS space_public_id, s.name AS space_name, i.campaign,
        c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, {}) AS phase, c.always_open,
        c.sponsor, i.author, p.public_id AS author_public_id, coalesce(n.name, '') AS author_name,
        p.kind = 'guest' AS author_guest, coalesce(n.title, '') AS author_title,
        coalesce((SELECT u.name FROM org_unit u WHERE u.id = p.org_unit AND p.kind = 'employee' AND {}), '')
            AS author_unit,
        i.title, i.body, i.body_html, i.tags, i.language, i.version,
        i.supporters, i.guest_supporters, i.comments, i.guest_comments, i.created_at, i.updated_at,
        i.state AS idea_state,
        EXISTS (SELECT FROM vote v WHERE v.idea = i.id AND {}) AS supported,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id) AS answered
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN space s ON s.id = i.space
    JOIN person p ON p.id = i.author LEFT JOIN identity n ON n.person = p.id
    WHERE i.public_id = {} AND {}
"""


async def get_idea(actor: Actor, public_id: str) -> IdeaRow | None:
    """An idea that the actor can read."""
    return await fetch_one(
        IdeaRow,
        ONE,
        actor.now,
        visible(OrgUnit, actor, "u"),
        visible(Vote, actor, "v"),
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
