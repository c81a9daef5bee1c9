"""What follows from events. Idempotent: an event may come twice."""

from __future__ import annotations

from portal.events.jobs import queue


async def tell_of(event: int) -> None:
    """Whoever the tellings name hears of it, in a job: however many there are, nobody waits for them."""
    await queue("tell_of", event=event)
