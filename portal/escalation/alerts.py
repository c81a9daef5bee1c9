"""What lengthens the hold, once, and never cancels it (rule 18). A shared office address is no proof of anything."""

from __future__ import annotations

from portal.db import execute

ONE_UNIT = 60  # percent of the supporters from one unit
NEW_ACCOUNTS = 20  # percent of the supporters with accounts of less than a week
FEW = 5  # fewer supporters tell nothing
ALERTS = """
    WITH supporter AS (
        SELECT v.person, v.young, p.org_unit FROM vote v JOIN person p ON p.id = v.person
        WHERE v.idea = {} AND NOT v.guest
    ), counted AS (
        SELECT count(*) AS people, count(*) FILTER (WHERE young) AS young,
            (SELECT max(u.n) FROM (SELECT count(*) AS n FROM supporter WHERE org_unit IS NOT NULL GROUP BY org_unit) u)
                AS largest
        FROM supporter
    )
    SELECT a.key FROM counted c CROSS JOIN LATERAL (VALUES
        ('one unit', c.largest * 100 > c.people * {}),
        ('new accounts', c.young * 100 > c.people * {})) a (key, raised)
    WHERE c.people >= {} AND a.raised
"""


async def alerts(idea: int) -> list[str]:
    """What is unusual about the support of an item, by key."""
    return [row["key"] for row in await execute(ALERTS, idea, ONE_UNIT, NEW_ACCOUNTS, FEW)]
