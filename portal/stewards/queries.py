"""Reading who belongs to a space in which role, who is to be found when, what is lit, and how much is written."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, execute, fetch, fetch_one
from portal.ideas.queries import IdeaRow
from portal.paging import Page, paged
from portal.spaces.queries import SpaceRow
from portal.sql import literally
from portal.tables import Comment, CommunityCard, Highlight, Idea, Membership, Person
from portal.text.counts import unless_few

PAGE = 40  # people a page
LARGE = 500  # members from which on names are walked in their order, instead of sorting all


class Member(msgspec.Struct, frozen=True):
    """Somebody who belongs to a space; `until`: when the last of her roles ends, if all do."""

    public_id: str
    name: str
    title: str
    guest: bool
    partner: str
    roles: list[str]
    until: datetime | None


ROLES = """
    SELECT array_agg(m.role ORDER BY m.role) AS roles, nullif(max(coalesce(m.until, 'infinity')), 'infinity') AS until,
        max(m.partner) AS partner
    FROM membership m WHERE m.space = {} AND (m.until IS NULL OR m.until > plein_now()) AND {}
"""
MEMBER = """
    p.public_id, n.name, CASE WHEN p.kind = 'guest' THEN '' ELSE n.title END AS title, p.kind = 'guest' AS guest,
    coalesce(o.name, '') AS partner, x.roles, x.until
"""
IN_A_LARGE_ONE = f"""
    SELECT {MEMBER} FROM ({{}}) n JOIN person p ON p.id = n.person AND p.active
    CROSS JOIN LATERAL ({ROLES} AND m.person = n.person) x LEFT JOIN partner o ON o.id = x.partner
    WHERE x.roles IS NOT NULL ORDER BY n.folded, n.person LIMIT {{}}
"""
IN_A_SMALL_ONE = f"""
    WITH them AS MATERIALIZED (SELECT DISTINCT m.person FROM membership m WHERE m.space = {{}})
    SELECT {MEMBER} FROM them JOIN identity n ON n.person = them.person JOIN person p ON p.id = n.person AND p.active
    CROSS JOIN LATERAL ({ROLES} AND m.person = n.person) x LEFT JOIN partner o ON o.id = x.partner
    WHERE x.roles IS NOT NULL AND n.folded LIKE {{}} AND {{}}
    ORDER BY NOT starts_with(n.folded, {{}}), n.folded, n.person LIMIT {{}}
"""
# Whose names begin so come first, out of the order of names. Who is called so besides comes out of the index of parts
# of names; then their order; then who of them belongs here. OFFSET keeps it so.
BEGINS = """
    SELECT n.person, n.name, n.title, n.folded FROM identity n
    WHERE n.folded >= {} AND n.folded < {} || chr(1114111) AND {}
"""
HOLDS = """
    SELECT w.* FROM (SELECT n.person, n.name, n.title, n.folded FROM identity n
        WHERE n.folded LIKE {} AND NOT starts_with(n.folded, {}) AND {} OFFSET 0) w
    ORDER BY w.folded, w.person OFFSET 0
"""
LAST = "(SELECT {0} FROM identity an JOIN person ap ON ap.id = an.person WHERE ap.public_id = {{}} AND {{}})"
FURTHER = f"(n.folded, n.person) > ({LAST.format('an.folded')}, {LAST.format('an.person')})"
LAST_BEGINS = f"starts_with({LAST.format('an.folded')}, {{}})"


async def members(actor: Actor, space: SpaceRow, called: str = "", after: str = "", most: int = PAGE) -> Page[Member]:
    """Who belongs to a space, by name, a page of them; `called`: only those whose names hold this, those first whose
    names begin so."""
    sight = visible(Membership, actor, "m")
    begins = QueryString("plein_folded({})", called.strip())
    holds = QueryString("'%' || plein_folded({}) || '%'", literally(called.strip()))
    everybody, known = QueryString("TRUE"), visible(Person, actor, "ap")
    further = QueryString(FURTHER, after, known, after, known) if after else everybody
    behind = QueryString(LAST_BEGINS, after, known, begins) if after else everybody
    among_first = QueryString("({} AND {})", behind, further) if after else everybody
    among_rest = QueryString("({} OR {})", behind, further) if after else everybody
    if space.members <= LARGE:
        beyond = QueryString("CASE WHEN starts_with(n.folded, {}) THEN {} ELSE {} END", begins, among_first, among_rest)
        rows = await fetch(Member, IN_A_SMALL_ONE, space.id, space.id, sight, holds, beyond, begins, most + 1)
        return paged(rows, most, lambda member: member.public_id, after)
    first = QueryString(BEGINS, begins, begins, among_first)
    rows = await fetch(Member, IN_A_LARGE_ONE, first, space.id, sight, most + 1)
    if called.strip() and len(rows) <= most:
        rest = QueryString(HOLDS, holds, begins, among_rest)
        rows += await fetch(Member, IN_A_LARGE_ONE, rest, space.id, sight, most + 1 - len(rows))
    return paged(rows, most, lambda member: member.public_id, after)


class Caretaker(msgspec.Struct, frozen=True):
    """Somebody who looks after a space, with her card if she is its community manager and wrote one."""

    public_id: str
    name: str
    guest: bool
    roles: list[str]
    office_hours: str
    whereabouts: str


CARETAKERS = """
    SELECT p.public_id, n.name, p.kind = 'guest' AS guest, array_agg(m.role ORDER BY m.role) AS roles,
        coalesce(max(c.office_hours), '') AS office_hours, coalesce(max(c.whereabouts), '') AS whereabouts
    FROM membership m JOIN person p ON p.id = m.person AND p.active JOIN identity n ON n.person = p.id
    LEFT JOIN community_card c ON c.space = m.space AND c.person = m.person AND m.role = 'community_manager' AND {}
    WHERE m.space = {} AND {} AND m.role IN ('community_manager', 'owner', 'moderator')
        AND (m.until IS NULL OR m.until > plein_now())
    GROUP BY p.id, n.person
    ORDER BY bool_or(m.role = 'community_manager') DESC, bool_or(m.role = 'owner') DESC, lower(n.name), p.id LIMIT 12
"""


async def caretakers(actor: Actor, space: SpaceRow) -> list[Caretaker]:
    """Who looks after a space: the community manager first, then owners and moderators."""
    cards, memberships = visible(CommunityCard, actor, "c"), visible(Membership, actor, "m")
    return await fetch(Caretaker, CARETAKERS, cards, space.id, memberships)


class Card(msgspec.Struct, frozen=True):
    """When and where a community manager is to be found."""

    office_hours: str
    whereabouts: str


CARD = "SELECT c.office_hours, c.whereabouts FROM community_card c WHERE c.space = {} AND c.person = {} AND {}"


async def own_card(actor: Actor, space: SpaceRow) -> Card | None:
    """The actor's own card in a space."""
    return await fetch_one(Card, CARD, space.id, actor.id, visible(CommunityCard, actor, "c"))


HIGHLIGHTS = "SELECT h.kind FROM highlight h WHERE h.idea = {} AND {}"


async def highlights_of(actor: Actor, idea: IdeaRow) -> set[str]:
    """Whether an idea is pinned, featured, or both."""
    return {row["kind"] for row in await execute(HIGHLIGHTS, idea.id, visible(Highlight, actor, "h"))}


class Figures(msgspec.Struct, frozen=True):
    """What was written in four weeks, and by how many; `shown`: by how many as far as it is told."""

    ideas: int
    comments: int
    writers: int

    @property
    def shown(self) -> int | None:
        """None where they are few."""
        return unless_few(self.writers)


FIGURES = """
    SELECT count(*) FILTER (WHERE w.what = 'idea')::int AS ideas,
        count(*) FILTER (WHERE w.what = 'comment')::int AS comments,
        count(DISTINCT w.author)::int AS writers
    FROM (
        SELECT 'idea' AS what, i.author FROM idea i WHERE i.space = {} AND i.state = 'published'
            AND i.created_at > plein_now() - interval '28 days' AND {}
        UNION ALL
        SELECT 'comment', k.author FROM idea i JOIN comment k ON k.idea = i.id WHERE i.space = {}
            AND k.state = 'published' AND k.created_at > plein_now() - interval '28 days' AND {}) w
"""


async def figures(actor: Actor, space: SpaceRow) -> Figures:
    """How much was written in a space lately, and by how many, never by whom."""
    sight = visible(Idea, actor, "i"), visible(Comment, actor, "k")
    found = await fetch_one(Figures, FIGURES, space.id, sight[0], space.id, sight[1])
    assert found is not None
    return found
