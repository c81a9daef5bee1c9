"""Letting people out and in again: who is deactivated sees nothing from that moment, and what she led goes on."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor, Role
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.admin.people import END_LINKS, PersonRow
from portal.admin.roles import WithoutAdministrator, hand_over_role, hold_roles, is_last_administrator
from portal.db import execute, fetch, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.tables import Space


class SuccessorNeeded(Exception):
    """Something would have nobody who leads it."""


class Duty(msgspec.Struct, frozen=True):
    """What only this person leads. `name` is empty where the administrator doesn't read the space."""

    kind: str
    space: int
    id: int
    name: str
    address: str


DUTIES = """
    SELECT 'group' AS kind, s.id AS space, s.id, CASE WHEN {} THEN s.name ELSE '' END AS name,
        CASE WHEN {} THEN '/spaces/' || s.public_id ELSE '' END AS address
    FROM membership m JOIN space s ON s.id = m.space AND s.archived_at IS NULL
    WHERE m.person = {} AND m.role = 'owner' AND NOT EXISTS (
        SELECT FROM membership o JOIN person p ON p.id = o.person AND p.active
        WHERE o.space = m.space AND o.role = 'owner' AND o.person <> m.person)
    UNION ALL
    SELECT 'campaign', s.id, c.id, CASE WHEN {} THEN c.title ELSE '' END,
        CASE WHEN {} THEN '/campaigns/' || c.public_id ELSE '' END
    FROM campaign c JOIN space s ON s.id = c.space
    WHERE c.sponsor = {} AND plein_phase(c, plein_now()) <> 'done'
    ORDER BY 1 DESC, 4, 3
"""


async def duties(actor: Actor, person: int) -> list[Duty]:
    """What would have nobody without her: groups that she alone owns, campaigns that she is to answer."""
    require(actor, Action.PEOPLE_MANAGE)
    seen = visible(Space, actor, "s")
    return await fetch(Duty, DUTIES, seen, seen, person, seen, seen, person)


class Successor(msgspec.Struct, frozen=True):
    """A colleague who takes over."""

    id: int
    name: str


SUCCESSOR = """
    SELECT p.id, n.name FROM identity n JOIN person p ON p.id = n.person
    WHERE lower(n.email) = lower({}) AND p.active AND p.kind = 'employee' AND p.id <> {}
"""


async def successor(actor: Actor, email: str, person: int) -> Successor | None:
    """The colleague with this address, unless it is the very person who leaves."""
    require(actor, Action.PEOPLE_MANAGE)
    found = await fetch(Successor, SUCCESSOR, email, person)
    return found[0] if found else None


LEAVE = """
    UPDATE person SET active = FALSE, epoch = epoch + 1, deactivated_at = plein_now()
    WHERE id = {} AND active RETURNING id
"""


async def deactivate(actor: Actor, person: PersonRow, heir: Successor | None) -> None:
    """Ends all of a person's sessions, links and downloads in the same transaction, and hands over what she led.
    Raises WithoutAdministrator, and SuccessorNeeded where nobody is named for what she led."""
    require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        await hold_roles()
        if await is_last_administrator(person.id):
            raise WithoutAdministrator
        left = await duties(actor, person.id)
        if left and heir is None:
            raise SuccessorNeeded
        if await fetch_value(LEAVE, person.id) is None:
            return
        for duty in left:
            assert heir is not None
            await _hand_over(actor, duty, heir)
        await _close_the_door(person.id)
        await record(Kind.PERSON_DEACTIVATED, actor=actor.id, person=person.id, successor=heir.id if heir else None)


async def _hand_over(actor: Actor, duty: Duty, heir: Successor) -> None:
    if duty.kind == "group":
        await hand_over_role(actor, duty.space, heir.id, Role.OWNER)
        return
    if not await fetch_value("SELECT 1 FROM readership WHERE person = {} AND space = {}", heir.id, duty.space):
        await hand_over_role(actor, duty.space, heir.id, Role.MEMBER)
    await execute("UPDATE campaign SET sponsor = {}, version = version + 1 WHERE id = {}", heir.id, duty.id)
    await record(Kind.CAMPAIGN_EDITED, actor=actor.id, space=duty.space, campaign=duty.id)


async def _close_the_door(person: int) -> None:
    await execute("DELETE FROM session WHERE person = {}", person)
    await execute(END_LINKS, [person])
    await execute("DELETE FROM data_export WHERE person = {}", person)


async def deactivate_by_command(  # access: the command line, by whoever runs the machine
    person: int,
) -> None:
    """The same without a successor. Raises WithoutAdministrator."""
    async with transaction():
        await hold_roles()
        if await is_last_administrator(person):
            raise WithoutAdministrator
        if await fetch_value(LEAVE, person):
            await _close_the_door(person)
            await record(Kind.PERSON_DEACTIVATED, person=person)


BACK = """
    UPDATE person SET active = TRUE, epoch = epoch + 1, deactivated_at = NULL WHERE id = {} AND NOT active RETURNING id
"""


async def activate(actor: Actor | None, person: int) -> None:
    """Lets somebody in again, with the password that she had."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        if await fetch_value(BACK, person):
            await record(Kind.PERSON_ACTIVATED, actor=actor.id if actor else None, person=person)
