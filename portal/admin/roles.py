"""Roles in spaces, and the administrators' own: given and taken by administrators, never down to nobody.

A closed space stays closed to an administrator until she gives herself, or somebody else, a role in it. Its members
are told of that by mail, and the log holds it.
"""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor, Role
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.accounts.actions import END_ALL
from portal.db import execute, fetch, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.owners import keep_an_owner
from portal.tables import Membership, Space

#: Which roles there are to give, by the kind of space.
ROLES: dict[str, tuple[Role, ...]] = {
    "organisation": (
        Role.ADMINISTRATOR,
        Role.MODERATOR,
        Role.COMMUNITY_MANAGER,
        Role.DECISION_MAKER,
        Role.HOST,
        Role.LEADER,
    ),
    **dict.fromkeys(
        ("sister", "group", "project", "guest", "section"),
        (Role.OWNER, Role.MODERATOR, Role.COMMUNITY_MANAGER, Role.DECISION_MAKER, Role.MEMBER),
    ),
}


class WithoutAdministrator(Exception):
    """Nobody would run the portal any more."""


class SpaceOfRoles(msgspec.Struct, frozen=True):
    """A space whose roles are looked at."""

    id: int
    public_id: str
    kind: str
    name: str
    open: bool


SPACE = "SELECT s.id, s.public_id, s.kind, s.name, s.open FROM space s WHERE s.id = {}"
SPACES = "SELECT s.id, s.public_id, s.kind, s.name, s.open FROM space s WHERE s.archived_at IS NULL"


async def spaces_of_roles(actor: Actor) -> list[SpaceOfRoles]:
    """The spaces that the administrator reads: the organisation first."""
    require(actor, Action.ROLE_GIVE)
    return await fetch(
        SpaceOfRoles, SPACES + " AND {} ORDER BY s.kind DESC, lower(s.name), s.id", visible(Space, actor, "s")
    )


async def space_by_address(actor: Actor | None, address: str) -> SpaceOfRoles | None:
    """A space by the address that one of its readers gave, also a closed one; the organisation by none."""
    if actor:
        require(actor, Action.ROLE_GIVE)
    if not address:
        return await fetch_one(SpaceOfRoles, SPACES + " AND s.kind = 'organisation'")
    public_id = address.strip().rstrip("/").rpartition("/")[2]
    return await fetch_one(SpaceOfRoles, SPACES + " AND s.public_id = {}", public_id)


class Holder(msgspec.Struct, frozen=True):
    """Somebody with a role."""

    public_id: str
    name: str
    title: str
    email: str
    guest: bool
    role: str


HOLDERS = """
    SELECT p.public_id, n.name, n.title, n.email, p.kind = 'guest' AS guest, m.role
    FROM membership m JOIN person p ON p.id = m.person AND p.active JOIN identity n ON n.person = p.id
    WHERE m.space = {} AND {} AND m.role <> 'member' ORDER BY m.role, lower(n.name), p.id LIMIT 200
"""


async def holders(actor: Actor, space: SpaceOfRoles) -> list[Holder]:
    """Who has which role in a space; mere members are on its own page."""
    require(actor, Action.ROLE_GIVE)
    return await fetch(Holder, HOLDERS, space.id, visible(Membership, actor, "m"))


# Those who take a role from somebody take turns here, so that two can't leave nobody. Writing goes on meanwhile.
HOLD = "SELECT id FROM space WHERE kind = 'organisation' FOR NO KEY UPDATE"
OTHER_ADMINISTRATOR = """
    SELECT EXISTS (SELECT FROM membership m JOIN space s ON s.id = m.space AND s.kind = 'organisation'
        JOIN person p ON p.id = m.person AND p.active WHERE m.role = 'administrator' AND (m.person = {}) = {})
"""


async def is_last_administrator(actor: Actor | None, person: int) -> bool:
    """Whether nobody would run the portal without this person."""
    if actor:
        require(actor, Action.ROLE_GIVE)
    is_one = await fetch_value(OTHER_ADMINISTRATOR, person, True)
    return bool(is_one and not await fetch_value(OTHER_ADMINISTRATOR, person, False))


GIVE = """
    INSERT INTO membership (space, person, role, added_by) VALUES ({}, {}, {}, {})
    ON CONFLICT (space, person, role) DO NOTHING RETURNING id
"""


async def give_role(actor: Actor | None, space: SpaceOfRoles, person: int, role: Role) -> None:
    """Somebody has this role from now on. Of a role in a closed space its members are told (notifications)."""
    if actor:
        require(actor, Action.ROLE_GIVE)
    async with transaction():
        if await fetch_value(GIVE, space.id, person, role, actor.id if actor else None) is None:
            return
        if role is Role.ADMINISTRATOR:
            await execute(END_ALL, person)  # more rights begin with signing in anew
            await record(Kind.ADMINISTRATOR_MADE, actor=actor.id if actor else None, space=space.id, person=person)
        else:
            by = actor.id if actor else None
            await record(Kind.ROLE_GIVEN, actor=by, space=space.id, member=person, role=role.value)


async def hand_over_role(actor: Actor | None, space: int, person: int, role: Role) -> None:
    """The same for who takes over from somebody, in whatever space: in one that is archived answers are owed, too."""
    if actor:
        require(actor, Action.ROLE_GIVE)
    place = await fetch_one(SpaceOfRoles, SPACE, space)
    assert place is not None
    await give_role(actor, place, person, role)


TAKE = "DELETE FROM membership WHERE space = {} AND person = {} AND role = {} RETURNING id"


async def take_role(actor: Actor | None, space: SpaceOfRoles, person: int, role: Role) -> None:
    """Somebody has this role no longer. Raises WithoutAdministrator and WithoutOwner."""
    if actor:
        require(actor, Action.ROLE_GIVE)
    async with transaction():
        await execute(HOLD)
        if role is Role.ADMINISTRATOR and await is_last_administrator(actor, person):
            raise WithoutAdministrator
        if role is Role.OWNER:
            await keep_an_owner(space.id, person)
        if await fetch_value(TAKE, space.id, person, role) is None:
            return
        by = actor.id if actor else None
        if role is Role.ADMINISTRATOR:
            await execute(END_ALL, person)
            await record(Kind.ADMINISTRATOR_ENDED, actor=by, space=space.id, person=person)
        else:
            await record(Kind.ROLE_TAKEN, actor=by, space=space.id, member=person, role=role.value)
