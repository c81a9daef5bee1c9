"""How people begin: how soon they first write, and whether they stay; those who came in before their first day, and
the others. Never about one person: fewer than five are not told of."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch
from portal.tables import Comment, Idea
from portal.text.counts import FEW

MOST = 5_000  # people of each kind: those who began last
STAYED = 180  # days after the first one


class Beginning(msgspec.Struct, frozen=True):
    """`people` began in the last year; half of those had written something `days` days after their first one (None:
    they had not yet). Of the `earlier` ones, who began half a year ago or before, so many are still here, in percent.
    None where they are too few."""

    early: bool
    people: int | None
    days: int | None
    earlier: int | None
    stayed: int | None


# What somebody wrote before her first day counts as written on it. Ideas and comments that the reader sees.
BEGINNINGS = """
    WITH clock AS (SELECT (plein_now() AT TIME ZONE zone)::date AS today, zone FROM organisation),
    began AS (
        SELECT x.* FROM (VALUES (TRUE), (FALSE)) kind (early) CROSS JOIN LATERAL (
            SELECT p.id, kind.early, coalesce(p.starts_on, (p.created_at AT TIME ZONE c.zone)::date) AS day,
                p.deactivated_at, c.today, c.zone
            FROM person p, clock c WHERE p.kind = 'employee' AND (p.starts_on IS NOT NULL) = kind.early
                AND coalesce(p.starts_on, (p.created_at AT TIME ZONE c.zone)::date) <= c.today
            ORDER BY 3 DESC LIMIT {}) x),
    first AS (
        SELECT b.early, (SELECT greatest((min(w.at) AT TIME ZONE b.zone)::date - b.day, 0) FROM (
            SELECT i.created_at AS at FROM idea i WHERE i.author = b.id AND i.state = 'published' AND {}
            UNION ALL
            SELECT k.created_at FROM comment k WHERE k.author = b.id AND k.state = 'published' AND {}) w) AS days
        FROM began b WHERE b.day > b.today - 365),
    soon AS (
        SELECT early, count(*)::int AS people,
            nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(days, 100000)), 100000)::int AS days
        FROM first GROUP BY 1),
    stay AS (
        SELECT early, count(*)::int AS earlier, round(100.0 * count(*) FILTER (WHERE deactivated_at IS NULL
            OR deactivated_at > (day + {}::int)::timestamp AT TIME ZONE zone) / count(*))::int AS stayed
        FROM began WHERE day <= today - {}::int GROUP BY 1)
    SELECT kind.early, CASE WHEN s.people >= {} THEN s.people END AS people,
        CASE WHEN s.people >= {} THEN s.days END AS days, CASE WHEN t.earlier >= {} THEN t.earlier END AS earlier,
        CASE WHEN t.earlier >= {} THEN t.stayed END AS stayed
    FROM (VALUES (TRUE), (FALSE)) kind (early) LEFT JOIN soon s USING (early) LEFT JOIN stay t USING (early)
    ORDER BY kind.early DESC
"""


async def beginnings(actor: Actor) -> list[Beginning]:
    """Those who came in before their first day, then the others."""
    sight = visible(Idea, actor, "i"), visible(Comment, actor, "k")
    return await fetch(Beginning, BEGINNINGS, MOST, *sight, STAYED, STAYED, FEW, FEW, FEW, FEW)
