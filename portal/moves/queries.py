"""Where something can be moved to, and who reads it before and after."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch, fetch_one
from portal.ideas.queries import IdeaRow
from portal.tables import Campaign, Space


class Place(msgspec.Struct, frozen=True):
    """Where something can go: a space, or a campaign (`title`) in one."""

    id: int
    public_id: str
    space: int
    space_name: str
    title: str


CAMPAIGNS = """
    SELECT c.id, c.public_id, c.space, s.name AS space_name, c.title
    FROM campaign c JOIN space s ON s.id = c.space
    WHERE {} AND {} AND c.id <> {} AND plein_phase(c, {}) = 'collect' AND c.space = ANY({})
        AND (s.anonymous OR s.id = {} OR NOT {})
    ORDER BY lower(s.name), lower(c.title), c.id LIMIT 200
"""


async def campaigns_for(actor: Actor, idea: IdeaRow, spaces: list[int]) -> list[Place]:
    """The campaigns of these spaces that collect ideas now, but for the one that the idea is in; what is nameless goes
    where one may propose without a name."""
    sight = visible(Campaign, actor, "c"), visible(Space, actor, "s")
    return await fetch(Place, CAMPAIGNS, *sight, idea.campaign, actor.now, spaces, idea.space, idea.anonymous)


SPACES = """
    SELECT s.id, s.public_id, s.id AS space, s.name AS space_name, '' AS title FROM space s
    WHERE {} AND s.id = ANY({}) AND s.id <> {} AND s.archived_at IS NULL AND (s.anonymous OR NOT {})
    ORDER BY lower(s.name), s.id
"""


async def spaces_for(actor: Actor, space: int, spaces: list[int], *, nameless: bool = False) -> list[Place]:
    """These spaces, but for the one where it is; what is `nameless` goes where one may post without a name."""
    return await fetch(Place, SPACES, visible(Space, actor, "s"), spaces, space, nameless)


class Change(msgspec.Struct, frozen=True):
    """Who reads a space and another one: how many before, after, and how many of them no more or newly."""

    colleagues: int
    guests: int
    colleagues_after: int
    guests_after: int
    colleagues_lose: int
    guests_lose: int
    colleagues_gain: int
    guests_gain: int

    @property
    def key(self) -> str:
        """What was shown, to be confirmed as it was."""
        return ".".join(str(number) for number in msgspec.structs.astuple(self))


CHANGE = """
    SELECT count(*) FILTER (WHERE x.before AND NOT x.guest)::int AS colleagues,
        count(*) FILTER (WHERE x.before AND x.guest)::int AS guests,
        count(*) FILTER (WHERE x.after AND NOT x.guest)::int AS colleagues_after,
        count(*) FILTER (WHERE x.after AND x.guest)::int AS guests_after,
        count(*) FILTER (WHERE NOT x.after AND NOT x.guest)::int AS colleagues_lose,
        count(*) FILTER (WHERE NOT x.after AND x.guest)::int AS guests_lose,
        count(*) FILTER (WHERE NOT x.before AND NOT x.guest)::int AS colleagues_gain,
        count(*) FILTER (WHERE NOT x.before AND x.guest)::int AS guests_gain
    FROM (
        SELECT p.kind = 'guest' AS guest, bool_or(r.space = {}) AS before, bool_or(r.space = {}) AS after
        FROM readership r JOIN person p ON p.id = r.person JOIN space s ON s.id = r.space
        WHERE r.space IN ({}, {}) AND {} GROUP BY p.id) x
"""


async def change_of_audience(actor: Actor, before: int, after: int) -> Change | None:
    """Who reads what is moved from one space to another."""
    return await fetch_one(Change, CHANGE, before, after, before, after, visible(Space, actor, "s"))
