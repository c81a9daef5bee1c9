"""Reading topics."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch
from portal.tables import Topic


class Choice(msgspec.Struct, frozen=True):
    """A topic that an item can be about."""

    id: int
    public_id: str
    name: str


CHOICES = """
    SELECT t.id, t.public_id, t.name FROM topic t WHERE (t.state = 'published' OR {}) AND {} ORDER BY lower(t.name)
"""


async def topics_to_choose(actor: Actor, chosen: str = "") -> list[Choice]:
    """The published topics by name, and the one that was `chosen` (a public id) while it was."""
    return await fetch(Choice, CHOICES, QueryString("t.public_id = {}", chosen), visible(Topic, actor, "t"))
