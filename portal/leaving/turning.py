"""Guests who become employees, and employees who become guests: one person throughout, with all that she wrote, voted,
follows and is followed for. What was counted as a guest's stays counted so."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.admin.roles import SpaceOfRoles
from portal.colleagues.queries import Colleague
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.leaving.deactivation import close_the_door, hand_over, held_duties

# Nothing of the guest is left over: no end and no sponsor, and no seat where her time had ended already.
ENDED = """
    DELETE FROM membership m USING person p
    WHERE m.person = p.id AND p.id = ANY({}) AND p.kind = 'guest' AND m.until <= plein_now()
"""
EMPLOYED = """
    UPDATE person SET kind = 'employee', active = TRUE, deactivated_at = NULL, epoch = epoch + 1
    WHERE id = ANY({}) AND kind = 'guest' AND erased_at IS NULL RETURNING id
"""
UNBOUND = """
    UPDATE membership SET may_write = TRUE, may_vote = TRUE, may_download = TRUE, until = NULL, sponsor = NULL,
        partner = NULL, reminded_for = NULL
    WHERE person = ANY({})
"""


async def employ(guests: list[int]) -> list[int]:  # access: called by what lets them in, in its transaction
    """Guests are employees from now on, and sign in anew; gives those who were none."""
    await execute(ENDED, guests)
    employed = [row["id"] for row in await execute(EMPLOYED, guests)]
    await execute(UNBOUND, employed)
    await execute("DELETE FROM guest WHERE person = ANY({})", employed)
    await execute("DELETE FROM colleague_wish WHERE person = ANY({}) AND state = 'waiting'", employed)
    await close_the_door(employed)
    return employed


TO_WELCOME = """
    SELECT n.email FROM identity n
    WHERE n.person = {} AND NOT EXISTS (SELECT FROM credential c WHERE c.person = n.person)
"""


async def become_employee(actor: Actor | None, person: int) -> bool:
    """A guest becomes an employee; who has no password gets a mail to choose one. False for who is no guest."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        if not await employ([person]):
            return False
        email = await fetch_value(TO_WELCOME, person)
        if email:
            await queue("send_reset", email=email)
        await record(Kind.PERSON_TURNED, actor=actor.id if actor else None, person=person, into="employee")
    return True


LOCKED = "SELECT id FROM person WHERE id = {} AND kind = 'employee' AND active FOR NO KEY UPDATE"
GUEST = "UPDATE person SET kind = 'guest', org_unit = NULL, epoch = epoch + 1 WHERE id = {}"
SEAT = """
    INSERT INTO membership (space, person, role, until, sponsor, added_by)
    SELECT s.id, {}, 'member', plein_now() + make_interval(days => s.guest_days), coalesce(s.host, {}), {}
    FROM space s WHERE s.id = {}
"""


async def become_guest(actor: Actor | None, person: int, spaces: list[SpaceOfRoles], heir: Colleague | None) -> bool:
    """An employee becomes a guest of these spaces; her roles and her other memberships end, and what only she led is
    handed over. She signs in by a link first, which shows the mailbox to be hers. False for who is no employee. Raises
    WithoutAdministrator and SuccessorNeeded."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    by = actor.id if actor else None
    async with transaction():
        left = await held_duties(actor, person, heir)
        if await fetch_value(LOCKED, person) is None:
            return False
        for duty in left:
            assert heir is not None
            await hand_over(actor, person, duty, heir)
        await execute("DELETE FROM membership WHERE person = {}", person)
        await execute("DELETE FROM personnel WHERE person = {}", person)
        await execute(GUEST, person)
        for space in spaces:
            await execute(SEAT, person, by, by, space.id)
            await record(Kind.MEMBER_ADDED, actor=by, space=space.id, member=person)
        await close_the_door([person])
        await record(Kind.PERSON_TURNED, actor=by, person=person, into="guest")
    return True
