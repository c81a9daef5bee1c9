"""Work by the clock: whose turn it is to check what waits."""

from __future__ import annotations

from portal.db import execute, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.moderation import CHECK_MINUTES
from portal.moderation.queries import WRITERS

# In turn: who has least to check comes first, and nobody twice as long as there is somebody else. Whoever may judge it
# no more is passed by at once; without anybody the administrators are called each time.
ASSIGN = f"""
    UPDATE moderation_item SET assigned_to = n.person, assigned_at = plein_now(),
        due_at = CASE WHEN n.first THEN due_at ELSE plein_working_after(plein_now(), {{}}) END
    FROM (
        SELECT x.id, x.assigned_at IS NULL AS first, (
            SELECT m.person FROM membership m JOIN person p ON p.id = m.person AND p.active AND p.kind = 'employee'
            WHERE m.space = x.space AND m.role IN ('moderator', 'owner')
                AND (m.until IS NULL OR m.until > plein_now()) AND m.person NOT IN {WRITERS}
            GROUP BY m.person
            ORDER BY m.person IS NOT DISTINCT FROM x.assigned_to, (
                SELECT count(*) FROM moderation_item o WHERE o.assigned_to = m.person AND o.state = 'open'), m.person
            LIMIT 1) AS person
        FROM moderation_item x
        WHERE x.state = 'open' AND x.checks IS NOT NULL AND (x.assigned_at IS NULL OR x.due_at <= plein_now()
            OR x.assigned_to IS NOT NULL AND NOT EXISTS (
                SELECT FROM membership a JOIN person ap ON ap.id = a.person AND ap.active
                WHERE a.person = x.assigned_to AND a.space = x.space AND a.role IN ('moderator', 'owner')))
        ORDER BY x.id LIMIT 1 FOR UPDATE SKIP LOCKED) n
    WHERE moderation_item.id = n.id RETURNING moderation_item.space, moderation_item.public_id
"""


async def assign_checks() -> None:
    """What waits to be checked is somebody's turn; after four working hours it is the next one's, who is called."""
    while await _assign_one():
        pass


async def _assign_one() -> bool:
    async with transaction():
        rows = await execute(ASSIGN, CHECK_MINUTES)
        for row in rows:
            await record(Kind.MODERATION_ASSIGNED, space=row["space"], item=row["public_id"])
    return bool(rows)
