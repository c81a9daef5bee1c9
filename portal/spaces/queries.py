"""Reading spaces, their members and their audience."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch, fetch_one
from portal.tables import Membership, Person, Space


class SpaceRow(msgspec.Struct, frozen=True):
    """A space as its readers see it. `mine`: the actor belongs to it; `members` counts people, whatever their roles."""

    id: int
    public_id: str
    kind: str
    name: str
    purpose: str
    language: str
    open: bool
    created_at: datetime
    mine: bool
    members: int


SPACES = """
    SELECT s.id, s.public_id, s.kind, s.name, s.purpose, s.language, s.open, s.created_at,
        EXISTS (SELECT FROM membership m WHERE m.space = s.id AND m.person = {}) AS mine,
        (SELECT count(DISTINCT m.person) FROM membership m JOIN person p ON p.id = m.person AND p.active
            WHERE m.space = s.id)::int AS members
    FROM space s WHERE {} AND s.archived_at IS NULL
"""


async def groups(actor: Actor) -> list[SpaceRow]:
    """The groups that the actor can read: her own first, then by name."""
    return await fetch(
        SpaceRow,
        SPACES + " AND s.kind NOT IN ('organisation', 'section') ORDER BY mine DESC, lower(s.name), s.id",
        actor.id,
        visible(Space, actor, "s"),
    )


async def get_space(actor: Actor, public_id: str) -> SpaceRow | None:
    """A space that the actor can read."""
    return await fetch_one(SpaceRow, SPACES + " AND s.public_id = {}", actor.id, visible(Space, actor, "s"), public_id)


class Member(msgspec.Struct, frozen=True):
    """Somebody who belongs to a space, with the most that she is there."""

    public_id: str
    name: str
    title: str
    guest: bool
    owner: bool


MEMBERS = """
    SELECT p.public_id, n.name, n.title, p.kind = 'guest' AS guest, bool_or(m.role = 'owner') AS owner
    FROM membership m JOIN person p ON p.id = m.person AND p.active JOIN identity n ON n.person = p.id
    WHERE m.space = {} AND {} AND {}
    GROUP BY p.id, n.person ORDER BY owner DESC, lower(n.name), p.id LIMIT {}
"""


async def members(actor: Actor, space: SpaceRow, most: int = 60) -> list[Member]:
    """Who belongs to a space: owners first, then by name, `most` of them."""
    return await fetch(Member, MEMBERS, space.id, visible(Membership, actor, "m"), visible(Person, actor, "p"), most)


class Audience(msgspec.Struct, frozen=True):
    """How many people can read what is written in a space: the readers that the access rule yields."""

    colleagues: int
    guests: int


AUDIENCE = """
    SELECT count(*) FILTER (WHERE p.kind <> 'guest')::int AS colleagues,
        count(*) FILTER (WHERE p.kind = 'guest')::int AS guests
    FROM readership r JOIN person p ON p.id = r.person JOIN space s ON s.id = r.space WHERE s.id = {} AND {}
"""


async def audience(actor: Actor, space: int) -> Audience | None:
    """Who will read it, before one writes it."""
    return await fetch_one(Audience, AUDIENCE, space, visible(Space, actor, "s"))


class Choice(msgspec.Struct, frozen=True):
    """A space to choose in a form."""

    id: int
    public_id: str
    name: str
    kind: str


CHOICES = """
    SELECT s.id, s.public_id, s.name, s.kind FROM space s
    WHERE {} AND s.archived_at IS NULL
        AND (s.kind = 'organisation' OR EXISTS (SELECT FROM membership m WHERE m.space = s.id AND m.person = {}))
    ORDER BY s.kind DESC, lower(s.name)
"""


async def own_spaces(actor: Actor) -> list[Choice]:
    """Where the actor may start something: the organisation, and the groups that she belongs to."""
    return await fetch(Choice, CHOICES, visible(Space, actor, "s"), actor.id)
