"""Reading clusters: what counts together, what else looks alike in a space, and which of two would lead."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.campaigns.queries import UNANSWERED
from portal.db import QueryString, Reading, execute, fetch
from portal.ideas.cards import address_of, apart
from portal.tables import Answer, ClusterItem, Idea

LATELY_DAYS = 90
MOST_COMPARED = 100  # items of a space, those with the most support
LIKENESS = 0.45  # of two titles, by their letters in threes
LEAST = 0.2  # from where on an item is offered beside another that somebody looks at
MOST = 20  # proposals at a time


class Together(msgspec.Struct, frozen=True):
    """An item of a cluster, its lead first. `people`: who support any of them, each counted once; None while one of
    them hides its numbers; `needed`: for an answer. `answer`: what was decided about the lead, and so about all of
    them. `opt_out_until`: until then its author may take it out; `reason`: why it came there."""

    lead: int
    leads: bool
    public_id: str
    kind: str
    title: str
    language: str
    author: int
    supporters: int | None
    people: int | None
    needed: int | None
    answer: str | None
    summary: str | None
    answer_language: str | None
    opt_out_until: datetime | None
    since: datetime | None
    reason: str

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


TOGETHER = """
    SELECT l.id AS lead, i.id = l.id AS leads, i.public_id, i.kind, i.title, i.language, i.author,
        CASE WHEN NOT plein_counts_hidden(c, {}) THEN i.supporters END AS supporters,
        CASE WHEN NOT bool_or(plein_counts_hidden(c, {})) OVER (PARTITION BY l.id) THEN plein_union(l) END
            AS people,
        l.t1_at_count AS needed, a.kind AS answer, a.summary, a.language AS answer_language,
        k.opt_out_until, k.since, k.reason
    FROM (SELECT DISTINCT x.lead FROM cluster_item x WHERE x.left_at IS NULL AND {}) s
    JOIN idea l ON l.id = s.lead AND {} LEFT JOIN answer a ON a.idea = l.id AND {}
    CROSS JOIN LATERAL (
        SELECT 0::bigint AS place, l.id AS idea, NULL::timestamptz AS opt_out_until, NULL::timestamptz AS since,
            '' AS reason
        UNION ALL SELECT m.id, m.idea, m.opt_out_until, m.created_at, m.reason FROM cluster_item m
            WHERE m.lead = l.id AND m.left_at IS NULL AND {}) k
    JOIN idea i ON i.id = k.idea AND {} JOIN campaign c ON c.id = i.campaign ORDER BY l.id, k.place
"""


def _together(actor: Actor, which: QueryString) -> Reading[Together]:
    lead = visible(Idea, actor, "l"), visible(Answer, actor, "a")
    sees = *lead, visible(ClusterItem, actor, "m"), visible(Idea, actor, "i")
    return Reading(Together, TOGETHER, actor.now, actor.now, which, *sees)


def cluster_of(actor: Actor, idea: int) -> Reading[Together]:
    """What an item counts together with, itself among it; nothing where it stands by itself."""
    return _together(actor, QueryString("{} IN (x.idea, x.lead)", idea))


async def clusters_in(actor: Actor, space: int) -> list[list[Together]]:
    """The clusters of a space."""
    rows = await _together(actor, QueryString("x.space = {}", space))
    return [list(cluster) for _, cluster in groupby(rows, lambda row: row.lead)]


class Alike(msgspec.Struct, frozen=True):
    """An item as it is compared with another. `leads`: others stand under it; `due_at`: of its case, if one is open."""

    id: int
    public_id: str
    kind: str
    title: str
    language: str
    excerpt: str
    supporters: int | None
    leads: bool
    due_at: datetime | None
    created_at: datetime

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


ALIKE = """
    i.id, i.public_id, i.kind, i.title, i.language, i.excerpt, i.created_at,
    CASE WHEN NOT plein_counts_hidden(c, {}) THEN i.supporters END AS supporters,
    EXISTS (SELECT FROM cluster_item l WHERE l.lead = i.id AND l.left_at IS NULL) AS leads,
    (SELECT e.due_at FROM escalation e WHERE e.idea = i.id AND e.ended_at IS NULL) AS due_at
"""
OF = f"SELECT {ALIKE} FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.public_id = ANY({{}}) AND {{}}"


async def compared(actor: Actor, *public_ids: str) -> list[Alike]:
    """These two, the one first under which the other would stand: it leads already, its case is due first, more people
    support it, or it was there first."""
    rows = await fetch(Alike, OF, actor.now, list(public_ids), visible(Idea, actor, "i"))
    return sorted(rows, key=_place)


def _place(one: Alike) -> tuple[bool, bool, float, int, int]:
    due = one.due_at.timestamp() if one.due_at else 0
    return (not one.leads, one.due_at is None, due, -(one.supporters or 0), one.id)


RESEMBLING = f"""
    SELECT {ALIKE} FROM idea i JOIN campaign c ON c.id = i.campaign JOIN idea o ON o.id = {{}}
    WHERE i.space = o.space AND i.id <> o.id AND i.state = 'published' AND {UNANSWERED} AND {{}} AND {{}}
        AND i.published_at > {{}}::timestamptz - make_interval(days => {{}}) AND NOT plein_counts_hidden(c, {{}})
        AND NOT EXISTS (SELECT FROM cluster_item k WHERE k.idea = i.id AND k.left_at IS NULL)
        AND similarity(lower(i.title), lower(o.title)) >= {{}}
    ORDER BY similarity(lower(i.title), lower(o.title)) DESC, i.id LIMIT 5
"""


async def resembling(actor: Actor, item: int) -> list[Alike]:
    """What an item could count together with: those of its space whose titles are most like its own; nothing that the
    actor wrote, or decides (rule 7)."""
    sight = visible(Idea, actor, "i"), apart(actor), actor.now, LATELY_DAYS, actor.now, LEAST
    return await fetch(Alike, RESEMBLING, actor.now, item, *sight)


# What was put together once, and taken apart, is proposed no more.
PROPOSED = f"""
    WITH lately AS MATERIALIZED (
        SELECT {ALIKE}, lower(i.title) AS words FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.space = {{}} AND i.state = 'published' AND {UNANSWERED}
            AND i.published_at > {{}}::timestamptz - make_interval(days => {{}})
            AND NOT plein_counts_hidden(c, {{}}) AND {{}} AND {{}}
            AND NOT EXISTS (SELECT FROM cluster_item k WHERE k.idea = i.id AND k.left_at IS NULL)
        ORDER BY i.supporters DESC, i.id LIMIT {{}}
    )
    SELECT a.public_id AS one, b.public_id AS other FROM lately a JOIN lately b ON a.id < b.id
    WHERE similarity(a.words, b.words) >= {{}} AND NOT (a.leads AND b.leads)
        AND NOT EXISTS (SELECT FROM cluster_item k
            WHERE k.idea = a.id AND k.lead = b.id OR k.idea = b.id AND k.lead = a.id)
    ORDER BY similarity(a.words, b.words) DESC, a.id, b.id LIMIT {{}}
"""


async def proposed(actor: Actor, space: int) -> list[list[Alike]]:
    """What looks alike in a space and could count together, by twos, the lead first; nothing that the actor wrote, or
    decides (rule 7)."""
    sight = actor.now, visible(Idea, actor, "i"), apart(actor), MOST_COMPARED
    rows = await execute(PROPOSED, actor.now, space, actor.now, LATELY_DAYS, *sight, LIKENESS, MOST)
    pairs = [(row["one"], row["other"]) for row in rows]
    known = {one.public_id: one for one in await compared(actor, *{named for pair in pairs for named in pair})}
    still = [pair for pair in pairs if known.keys() >= set(pair)]  # one may be hidden since the statement before
    return [sorted((known[one], known[other]), key=_place) for one, other in still]
