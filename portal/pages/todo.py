"""What waits for one person, of several features: one statement for the home page, out of what each reads."""

from __future__ import annotations

from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.answers.queries import Owed, owed_by
from portal.cases.duties import Duty, duties_of
from portal.db import Reading
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


def asked_of(actor: Actor) -> dict[str, Reading[Any]]:
    """What she checks first, what is asked of her about cases, answers that she owes, invitations to write along, and
    what was written down for her or by her."""
    return {
        "checks": to_check(actor),
        "screenings": screenings_of(actor),
        "cases": duties_of(actor),
        "owed": owed_by(actor),
        "invitations": invited_along(actor),
        "captures": to_settle(actor),
    }


def to_do(found: dict[str, list[Any]]) -> ToDo:
    """What was read of it."""
    return ToDo(**{name: found[name] for name in ToDo.__struct_fields__})
