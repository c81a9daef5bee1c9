"""What follows from events. Each reaction is idempotent: an event may come twice."""

from __future__ import annotations

from portal.db import fetch_value
from portal.preboarding.jobs import find_mentors


async def look_for_mentors(event: int) -> None:
    """Somebody came who starts, or who looks after people who do."""
    space = await fetch_value("SELECT space FROM event WHERE id = {}", event)
    if space is not None:
        await find_mentors(space)
