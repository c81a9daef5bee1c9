"""What follows from events. Each reaction is idempotent: an event may come twice."""

from __future__ import annotations

from portal.events.jobs import queue


async def announce_answer(event: int) -> None:
    """Everyone who took part in an idea hears its answer."""
    await queue("announce_answer", event=event)


async def announce_role(event: int) -> None:
    """The members of a closed group hear that an administrator gave herself or somebody else a role in it."""
    await queue("announce_role", event=event)
