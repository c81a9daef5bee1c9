"""Reading one's own follows."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_value
from portal.tables import Follow

FOLLOWS_IDEA = "SELECT EXISTS (SELECT FROM follow f WHERE f.idea = {} AND {})"


async def follows_idea(actor: Actor, idea: int) -> bool:
    """Whether the actor follows it."""
    return bool(await fetch_value(FOLLOWS_IDEA, idea, visible(Follow, actor, "f")))
