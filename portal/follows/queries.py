"""Reading one's own follows."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import Reading
from portal.tables import Follow


class FollowRow(msgspec.Struct, frozen=True):
    """That the actor follows something."""

    id: int


FOLLOWS_IDEA = "SELECT f.id FROM follow f WHERE f.idea = {} AND {}"


def follow_of_idea(actor: Actor, idea: int) -> Reading[FollowRow]:
    """The actor's own follow of it, if there is one."""
    return Reading(FollowRow, FOLLOWS_IDEA, idea, visible(Follow, actor, "f"))
