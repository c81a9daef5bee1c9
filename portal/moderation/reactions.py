"""What follows from events. Each reaction is idempotent: an event may come twice."""

from __future__ import annotations

from portal.db import fetch_value
from portal.events.jobs import queue

WAITS = """
    SELECT EXISTS (SELECT FROM event e JOIN moderation_item x ON x.space = e.space WHERE e.id = {}
        AND x.state = 'open' AND x.checks IS NOT NULL AND x.assigned_at IS NULL)
"""


async def call_a_moderator(event: int) -> None:
    """Somebody's turn it is at once, not by the clock's next round."""
    if await fetch_value(WAITS, event):
        await queue("assign_checks")
