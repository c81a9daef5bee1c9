"""Work by the clock: asking the owners of idle groups whether they are still needed."""

from __future__ import annotations

from portal.db import execute, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.settings import settings

# A group in which nothing happened for so long, and of which nobody was asked yet. That its owners keep it is
# something that happened.
IDLE = """
    UPDATE space s SET idle_asked_at = plein_now()
    WHERE s.kind = 'group' AND s.archived_at IS NULL AND s.idle_asked_at IS NULL
        AND s.created_at < plein_now() - make_interval(days => {})
        AND NOT EXISTS (SELECT FROM event e WHERE e.space = s.id AND e.kind <> 'space.idle'
            AND e.occurred_at > plein_now() - make_interval(days => {}))
    RETURNING s.id
"""


async def find_idle_groups() -> None:
    """One event for each; its owners hear of it by mail, and the group's page asks them."""
    days = settings().group_idle_days
    async with transaction():
        for row in await execute(IDLE, days, days):
            await record(Kind.SPACE_IDLE, space=row["id"])
