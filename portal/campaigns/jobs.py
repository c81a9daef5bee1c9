"""Work by the clock: telling that a campaign went on to its next phase."""

from __future__ import annotations

from portal.db import execute, transaction
from portal.events.kinds import Kind
from portal.events.log import record

# Which phase was told last stands with the campaign, so that each is told once, however often this runs. A campaign
# of which nothing was told yet is only taken note of.
MOVED_ON = """
    UPDATE campaign SET announced_phase = n.phase
    FROM (SELECT c.id, c.announced_phase AS before, plein_phase(c, plein_now()) AS phase FROM campaign c
        WHERE c.state = 'open' AND NOT c.always_open AND NOT c.hidden
            AND c.announced_phase IS DISTINCT FROM plein_phase(c, plein_now()) FOR UPDATE SKIP LOCKED) n
    WHERE campaign.id = n.id RETURNING campaign.id, campaign.space, n.before, n.phase
"""


async def move_campaigns_on() -> None:
    """One event for each campaign whose phase is another than the one that was told last."""
    async with transaction():
        for row in await execute(MOVED_ON):
            if row["before"] is not None:
                await record(Kind.CAMPAIGN_MOVED_ON, space=row["space"], campaign=row["id"], phase=row["phase"])
