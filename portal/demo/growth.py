"""How support of the demo's items grew: none before they were published, the threshold as its case begins."""

from __future__ import annotations

from portal.db import execute

PUBLISHED = "UPDATE idea SET published_at = created_at WHERE published_at > created_at"
# A case that begins after the seeding does so by itself.
REACHED = """
    UPDATE idea SET t1_at = e.started_at FROM escalation e
    WHERE e.idea = idea.id AND e.origin = 'threshold' AND idea.t1_at > e.started_at
"""
# Bit by bit until the threshold, then faster at first. What came in one stroke is spread; what has its days keeps them.
GROWN = """
    UPDATE vote SET created_at = CASE WHEN x.nth <= x.t1 THEN x.published + (x.reached - x.published) * x.nth / x.t1
        ELSE x.reached + (x.until - x.reached) * ((x.nth - x.t1) / (x.whole - x.t1)::float) ^ 1.5 END
    FROM (
        SELECT v.id, i.published_at AS published, i.t1_at AS reached, coalesce(e.answered_at, plein_now()) AS until,
            row_number() OVER w AS nth, i.t1_at_count AS t1, count(*) OVER (PARTITION BY v.idea) AS whole
        FROM escalation e JOIN idea i ON i.id = e.idea AND i.t1_at IS NOT NULL JOIN vote v ON v.idea = i.id
        WHERE (SELECT count(DISTINCT y.created_at) FROM vote y WHERE y.idea = i.id) < 4
        WINDOW w AS (PARTITION BY v.idea ORDER BY v.id)) x
    WHERE x.id = vote.id
"""
RAISED = """
    UPDATE idea SET t2_at = (SELECT v.created_at FROM vote v WHERE v.idea = idea.id ORDER BY v.created_at, v.id
        OFFSET idea.t2_at_count - 1 LIMIT 1)
    FROM escalation e WHERE e.idea = idea.id AND idea.t2_at IS NOT NULL AND idea.supporters >= idea.t2_at_count
"""


async def grow_support() -> None:
    """So that each chart tells what the rules would have let happen."""
    await execute(PUBLISHED)
    await execute(REACHED)
    await execute(GROWN)
    await execute(RAISED)
