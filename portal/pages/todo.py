"""What waits for one person, of several features: one statement for the home page, out of what each reads."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.answers.queries import Owed, owed_by
from portal.cases.duties import Duty, duties_of
from portal.db import read_together
from portal.moderation.queries import ToCheck, to_check
from portal.screening.queries import ToScreen, screenings_of
from portal.together.queries import CoAuthorInvite, invited_along
from portal.workshops.queries import ToSettle, to_settle


class ToDo(msgspec.Struct, frozen=True):
    """What waits for the actor's own yes, no or answer."""

    checks: list[ToCheck]
    screenings: list[ToScreen]
    cases: list[Duty]
    owed: list[Owed]
    invitations: list[CoAuthorInvite]
    captures: list[ToSettle]

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__struct_fields__)


async def asked_of(actor: Actor) -> ToDo:
    """What she checks first, what is asked of her about cases, answers that she owes, invitations to write along, and
    what was written down for her or by her."""
    waiting = await read_together(
        checks=to_check(actor),
        screenings=screenings_of(actor),
        cases=duties_of(actor),
        owed=owed_by(actor),
        invitations=invited_along(actor),
        captures=to_settle(actor),
    )
    return ToDo(**waiting)
