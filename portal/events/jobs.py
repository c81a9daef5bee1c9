"""Work for later, queued in the caller's transaction: it is done if and only if that commits."""

from __future__ import annotations

import msgspec

from portal.db import execute

QUEUE = "SELECT plein_queue({}, {}::jsonb)"


async def queue(job: str, **arguments: int | str) -> None:
    """Queues the job called `job` (a key of timetable.JOBS) with arguments that JSON can carry."""
    await execute(QUEUE, job, msgspec.json.encode(arguments).decode())
