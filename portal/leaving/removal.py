"""Removing a guest, and what ends with her."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.invitations.actions import end_invitations
from portal.leaving.deactivation import close_the_door
from portal.leaving.queries import GuestRow

REMOVE = "DELETE FROM membership WHERE space = {} AND person = {} RETURNING id"


async def remove(actor: Actor, guest: GuestRow) -> None:
    """She belongs to this space no longer: what she was writing there does not land any more, and no invitation lets
    her in again. Whoever accepts one holds it first, and her membership then; so does this."""
    require(actor, Action.GUEST_REMOVE, guest)
    async with transaction():
        await end_invitations(actor, guest.space, guest.id)
        if await fetch_value(REMOVE, guest.space, guest.id):
            await let_go([guest.id])
            await record(Kind.GUEST_REMOVED, actor=actor.id, space=guest.space, member=guest.id)


#: Guests who read nothing any more.
NOWHERE = """
    UPDATE person p SET epoch = epoch + 1 WHERE p.id = ANY({}) AND p.kind = 'guest'
        AND NOT EXISTS (SELECT FROM readership r WHERE r.person = p.id) RETURNING p.id
"""


async def let_go(guests: list[int]) -> None:  # access: called by what lets them go, in its transaction
    """A download that was asked for before is nobody's to have; whom nothing is left is signed out everywhere."""
    await execute("DELETE FROM data_export WHERE person = ANY({})", guests)
    await close_the_door([row["id"] for row in await execute(NOWHERE, guests)])
