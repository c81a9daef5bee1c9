"""What lengthens the hold, once, and never cancels it (rule 18). A shared office address is no proof of anything."""

from __future__ import annotations

from portal.db import execute

ONE_UNIT = 60  # percent of the supporters from one unit
NEW_ACCOUNTS = 20  # percent of the supporters with accounts of less than a week
FEW = 5  # fewer supporters tell nothing
ALERTS = """
    WITH unit AS (
        SELECT v.idea, p.org_unit AS id, count(*) AS people, count(*) FILTER (WHERE v.young) AS young
        FROM vote v JOIN person p ON p.id = v.person WHERE v.idea = ANY({}) AND NOT v.guest GROUP BY 1, 2
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
    """What is unusual about the support of these items, by key; nothing of those about which nothing is."""
    rows = await execute(ALERTS, ideas, FEW, ONE_UNIT, NEW_ACCOUNTS)
    return {row["idea"]: row["keys"] for row in rows}
