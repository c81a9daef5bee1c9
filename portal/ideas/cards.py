"""Ideas and posts as cards, as lists show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, NAMED, SPOKEN_FOR
from portal.access.scope import visible
from portal.db import QueryString, Reading, fetch
from portal.tables import Highlight, Idea, Vote

NEWEST, NEWEST_OF_ALL = 200, 400  # ideas of a space, and of all, among which the lively ones are looked for


def hashable(row: Any, *names: str) -> None:
    """Parts of pages are found by the values of rows (web.page.part), which a list would forbid."""
    for name in ("tags", *names):
        msgspec.structs.force_setattr(row, name, tuple(getattr(row, name)))


def apart(actor: Actor) -> QueryString:
    """The condition under which an idea `i` is neither the actor's, nor hers to decide (rule 7)."""
    return QueryString("{} NOT IN (SELECT plein_writers(i.id)) AND NOT plein_decides({}, i.id)", actor.id, actor.id)


def address_of(kind: str, public_id: str) -> str:
    """Where an idea is, or, of another kind, a post."""
    return f"/{'ideas' if kind == 'idea' else 'posts'}/{public_id}"


class IdeaCard(msgspec.Struct, frozen=True):
    """An idea in a list, or a post. `speaks_for`: the name of the leader for whom it was posted; `weight`: how many
    votes of the actor herself lie on it; the counts of supporters are None while its campaign hides them, `answer_kind`
    while no answer is shown; `owed_on`: when its running campaign owes it one; `idea_state` is "waiting" of what a
    moderator looks at first. `co_author`: the actor writes it along."""

    id: int
    public_id: str
    kind: str
    speaks_for: str
    speaks_for_id: int | None
    title: str
    excerpt: str
    tags: tuple[str, ...]
    language: str
    version: int
    space: int
    space_public_id: str
    space_name: str
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
    co_author: bool
    owed_on: datetime | None

    def __post_init__(self) -> None:
        hashable(self)

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


#: How many support an idea, for whoever may know it now.
COUNTED = """
    CASE WHEN NOT plein_counts_hidden(c, t.now) THEN i.supporters END AS supporters,
    CASE WHEN NOT plein_counts_hidden(c, t.now) THEN i.guest_supporters END AS guest_supporters
"""
#: How many discuss it, where as many do as would have to support it, and too few do; its readers are asked whether they
#: do, as long as nobody owes an answer for another reason.
WATCHED = """
    CASE WHEN i.watched_at IS NOT NULL AND i.t1_at IS NULL AND NOT EXISTS (SELECT FROM answer w WHERE w.idea = i.id)
        AND NOT EXISTS (SELECT FROM escalation w WHERE w.idea = i.id AND w.ended_at IS NULL)
        THEN i.commenters ELSE 0 END AS watched
"""
#: When its running campaign answers it, where enough people support it and it has neither answer nor case.
OWED_ON = """
    CASE WHEN i.t1_at IS NOT NULL AND i.state = 'published' AND NOT plein_counts_hidden(c, t.now)
        AND c.cancelled_at IS NULL AND NOT EXISTS (SELECT FROM answer w WHERE w.idea = i.id AND w.kind <> 'statement')
        AND NOT EXISTS (SELECT FROM escalation w WHERE w.idea = i.id AND w.ended_at IS NULL)
        AND NOT EXISTS (SELECT FROM cluster_item w WHERE w.idea = i.id AND w.left_at IS NULL)
        THEN plein_owed_on(i, c) END AS owed_on
"""
#: Whether somebody writes it along: a colleague's yes, not her invitation.
WRITES_ALONG = "EXISTS (SELECT FROM co_author k WHERE k.idea = i.id AND k.person = {} AND k.accepted_at IS NOT NULL)"
CARD = f"""
    i.id, i.public_id, i.kind, coalesce(fn.name, '') AS speaks_for, i.speaks_for AS speaks_for_id,
    i.title, i.excerpt, i.tags, i.language, i.version, i.space, s.public_id AS space_public_id, s.name AS space_name,
    i.author, {ADDRESS.format("i.space")} AS author_public_id,
        coalesce(n.name, '') AS author_name, p.kind = 'guest' AS author_guest,
    {COUNTED}, i.comments, i.guest_comments, i.created_at,
    CASE WHEN i.state = 'hidden' AND EXISTS (SELECT FROM moderation_item x
        WHERE x.idea = i.id AND x.state = 'open' AND x.checks IS NOT NULL) THEN 'waiting' ELSE i.state END
        AS idea_state,
    coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
    {WRITES_ALONG} AS co_author,
    (SELECT a.kind FROM answer a WHERE a.idea = i.id AND plein_decided(c, t.now)) AS answer_kind,
    c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, t.now) AS phase,
    c.vote_method, c.votes_per_idea, {OWED_ON}
"""
FROM = (
    """
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN space s ON s.id = i.space
    JOIN person p ON p.id = i.author """
    + NAMED.format("n", "p.id", "i.space")
    + SPOKEN_FOR.format("fn")
    + """
    CROSS JOIN (SELECT {}::timestamptz AS now) t
"""
)
CARDS = f"SELECT {CARD} {FROM} WHERE {{}}"


def _sight(actor: Actor) -> list[Any]:
    """What CARDS takes: the actor's votes, what she writes along, the moment, and her ideas."""
    return [visible(Vote, actor, "v"), actor.id, actor.now, visible(Idea, actor, "i")]


# While people vote, and where counts are hidden, no order tells who is ahead.
LIVELINESS = """
    i.comments + i.guest_comments + CASE WHEN plein_phase(c, t.now) = 'vote' OR plein_counts_hidden(c, t.now) THEN 0
        ELSE i.supporters + i.guest_supporters END
"""
# Each space's newest come off an index alone, and their writers are looked up once it is known which few are shown.
LIVELY = f"""
    {CARDS} AND i.id IN (
        SELECT i.id FROM (SELECT n.* FROM idea n WHERE n.id = ANY(ARRAY(
            SELECT l.id FROM unnest({{}}::bigint[]) AS of_space CROSS JOIN LATERAL (
                SELECT x.id, x.created_at FROM idea x WHERE x.space = of_space AND x.state = 'published'
                    AND x.created_at > {{}}::timestamptz - interval '120 days'
                ORDER BY x.created_at DESC, x.id DESC LIMIT {NEWEST}) l
            ORDER BY l.created_at DESC, l.id DESC LIMIT {NEWEST_OF_ALL})) OFFSET 0) i
        JOIN campaign c ON c.id = i.campaign CROSS JOIN (SELECT {{}}::timestamptz AS now) t
        WHERE {{}} ORDER BY {LIVELINESS} DESC, i.id DESC LIMIT {{}})
    ORDER BY {LIVELINESS} DESC, i.id DESC
"""


def lively_ideas(actor: Actor, most: int) -> Reading[IdeaCard]:
    """What moves people among the newest 400 ideas that the actor can read, of each space 200 at most, none older than
    120 days."""
    among = (actor.space_ids, actor.now, actor.now, visible(Idea, actor, "i"), most)
    return Reading(IdeaCard, LIVELY, *_sight(actor), *among)


def ideas_of_author(actor: Actor, most: int) -> Reading[IdeaCard]:
    """The actor's own ideas and posts, newest first, without drafts."""
    return Reading(
        IdeaCard,
        CARDS + " AND i.author = ANY({}) AND i.state <> 'draft' ORDER BY i.created_at DESC, i.id DESC LIMIT {}",
        *_sight(actor),
        actor.selves,
        most,
    )


async def ideas_by(actor: Actor, person: int, most: int) -> list[IdeaCard]:
    """What somebody proposed or posted, newest first, as far as the actor reads it."""
    return await fetch(
        IdeaCard,
        CARDS + " AND i.author = {} AND i.state = 'published' ORDER BY i.created_at DESC, i.id DESC LIMIT {}",
        *_sight(actor),
        person,
        most,
    )


class SpaceIdea(IdeaCard, frozen=True):
    """An idea on the page of its space. `lit`: it is pinned ("pin"), in the spotlight ("feature"), or both."""

    lit: tuple[str, ...]

    def __post_init__(self) -> None:
        hashable(self)
        msgspec.structs.force_setattr(self, "lit", tuple(self.lit))


OF_SPACE = f"""
    SELECT {CARD}, ARRAY(SELECT h.kind FROM highlight h WHERE h.idea = i.id AND {{}}) AS lit {FROM}
    WHERE {{}} AND i.state = 'published' AND i.id IN (
        SELECT h.idea FROM highlight h WHERE h.space = {{}} AND {{}}
        UNION ALL (SELECT x.id FROM idea x WHERE x.space = {{}} AND x.state = 'published' AND x.kind = 'idea'
            ORDER BY x.created_at DESC, x.id DESC LIMIT {{}})
        UNION ALL (SELECT x.id FROM idea x WHERE x.campaign = -{{}}::bigint AND x.state = 'published'
            ORDER BY x.created_at DESC, x.id DESC LIMIT 5))
    ORDER BY i.created_at DESC, i.id DESC LIMIT 20
"""


async def ideas_of_space(actor: Actor, space: int, most: int) -> list[SpaceIdea]:
    """What is pinned or in the spotlight of a space, what was proposed and posted there last; newest first."""
    votes, along, moment, ideas = _sight(actor)
    lit = visible(Highlight, actor, "h")
    return await fetch(SpaceIdea, OF_SPACE, votes, along, lit, moment, ideas, space, lit, space, most, space)
