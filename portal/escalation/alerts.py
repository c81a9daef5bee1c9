"""What lengthens the hold, once, and never cancels it (rule 18). A shared office address is no proof of anything."""

from __future__ import annotations

from portal.db import execute

ONE_UNIT = 60  # percent of the supporters from one unit
NEW_ACCOUNTS = 20  # percent of the supporters with accounts of less than a week
FEW = 5  # fewer supporters tell nothing
ALERTS = """
    WITH supporter AS (
        SELECT x.idea, v.person, p.org_unit, bool_or(v.young) AS young
        FROM (SELECT a.idea, a.idea AS item FROM unnest({}::bigint[]) a (idea)
            UNION ALL SELECT c.lead, c.idea FROM cluster_item c WHERE c.lead = ANY({}) AND c.left_at IS NULL) x
        JOIN vote v ON v.idea = x.item JOIN person p ON p.id = v.person WHERE NOT v.guest
        GROUP BY x.idea, v.person, p.org_unit
    ), unit AS (
        SELECT s.idea, s.org_unit AS id, count(*) AS people, count(*) FILTER (WHERE s.young) AS young
        FROM supporter s GROUP BY 1, 2
    ), counted AS (
        SELECT u.idea, sum(u.people) AS people, sum(u.young) AS young,
            max(u.people) FILTER (WHERE u.id IS NOT NULL) AS largest
        FROM unit u GROUP BY u.idea HAVING sum(u.people) >= {}
    )
    SELECT c.idea, array_agg(a.key) AS keys FROM counted c CROSS JOIN LATERAL (VALUES
        ('one unit', c.largest * 100 > c.people * {}),
        ('new accounts', c.young * 100 > c.people * {})) a (key, raised)
    WHERE a.raised GROUP BY c.idea
"""


async def alerts(ideas: list[int]) -> dict[int, list[str]]:
    """What is unusual about the support of these items and what stands under them, by key; nothing of those about which
    nothing is."""
    rows = await execute(ALERTS, ideas, ideas, FEW, ONE_UNIT, NEW_ACCOUNTS)
    return {row["idea"]: row["keys"] for row in rows}
