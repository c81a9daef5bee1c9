"""Reading guests as those see them who answer for them."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.tables import Membership, Person, Space


class GuestRow(msgspec.Struct, frozen=True):
    """A guest in one space."""

    id: int
    public_id: str
    name: str
    space: int
    space_public_id: str
    space_name: str
    host: int | None
    leavers: str
    keep_days: int
    elsewhere: bool


GUEST = """
    SELECT p.id, p.public_id, n.name, s.id AS space, s.public_id AS space_public_id, s.name AS space_name, s.host,
        s.leavers, s.keep_days,
        EXISTS (SELECT FROM readership r WHERE r.person = p.id AND r.space <> s.id) AS elsewhere
    FROM membership m JOIN person p ON p.id = m.person AND p.kind = 'guest' JOIN identity n ON n.person = p.id
    JOIN space s ON s.id = m.space
    WHERE s.public_id = {} AND p.public_id = {} AND {} AND {} AND {}
"""


async def get_guest(actor: Actor, space: str, guest: str) -> GuestRow | None:
    """A guest of a space that the actor reads."""
    return await fetch_one(
        GuestRow,
        GUEST,
        space,
        guest,
        visible(Space, actor, "s"),
        visible(Membership, actor, "m"),
        visible(Person, actor, "p"),
    )
