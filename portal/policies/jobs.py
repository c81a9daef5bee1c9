"""Work by the clock: telling that a version of a policy holds now."""

from __future__ import annotations

from portal.db import execute, transaction
from portal.events.kinds import Kind
from portal.events.log import record

# That it was told stands with the version, so that each is told once, however often this runs.
HOLDS = """
    UPDATE policy_version v SET told_at = plein_now() FROM policy p
    WHERE p.id = v.policy AND v.id IN (
        SELECT w.id FROM policy_version w WHERE w.told_at IS NULL AND w.version > 1 AND w.dropped_at IS NULL
            AND w.in_force_at <= plein_now() FOR UPDATE SKIP LOCKED)
    RETURNING p.public_id AS policy, v.space, v.version
"""


async def tell_what_holds() -> None:
    """One event for each version whose day has come."""
    async with transaction():
        for row in await execute(HOLDS):
            await record(Kind.POLICY_IN_FORCE, space=row["space"], policy=row["policy"], version=row["version"])
