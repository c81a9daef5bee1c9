"""Looking through a guest's eyes: whoever answers for a space with guests sees what a plain guest of it sees, and
writes nothing meanwhile."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor, Right
from portal.access.policy import Action, can
from portal.access.scope import visible
from portal.db import fetch_one
from portal.tables import Space

COOKIE = "eyes"


class GuestSpace(msgspec.Struct, frozen=True):
    """A space with guests, as far as the policy asks."""

    id: int
    kind: str
    host: int | None

    @property
    def space(self) -> int:
        """It stands in itself."""
        return self.id


SPACE = "SELECT s.id, s.kind, s.host FROM space s WHERE {} AND s.public_id = {}"


async def as_guest(actor: Actor, public_id: str) -> Actor | None:
    """Somebody who is nobody yet: a guest of this one space, who may do nothing but read. None where the actor does not
    answer for it (any more)."""
    space = await fetch_one(GuestSpace, SPACE, visible(Space, actor, "s"), public_id)
    if space is None or not can(actor, Action.SPACE_SEE_AS_GUEST, space):
        return None
    return msgspec.structs.replace(
        actor,
        id=0,
        unread=0,
        kind="guest",
        eyes=public_id,
        space_ids=[space.id],
        role_rows=[],
        denied=[f"{space.id}:{right}" for right in (Right.WRITE, Right.VOTE)],
        with_guests=[space.id],
        paused_in=[],
        paused_until=[],
        on_cases=[],
        masks=[],
        has_cases=False,
    )


def as_plain_reader(actor: Actor, *spaces: int) -> Actor:
    """Somebody who is nobody: a colleague who reads these spaces only, wrote nothing there, has no role and is on no
    case."""
    return msgspec.structs.replace(
        actor,
        id=0,
        kind="employee",
        space_ids=list(spaces),
        role_rows=[],
        denied=[],
        paused_in=[],
        paused_until=[],
        on_cases=[],
        masks=[],
        has_cases=False,
        day=None,
    )
