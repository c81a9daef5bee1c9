"""The page of a case: how its support grew, in numbers and never by name."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T01:20:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "desk"

# Votes are their voters' own, for guests also behind the second wall: this gives numbers only, as the owner, and to a
# guest's request for her spaces alone.
GROWTH = """
CREATE FUNCTION plein_growth(item bigint) RETURNS TABLE (day date, supporters integer, guests integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT d.day, (sum(d.colleagues) OVER (ORDER BY d.day))::integer, (sum(d.guests) OVER (ORDER BY d.day))::integer
    FROM (
        SELECT (v.created_at AT TIME ZONE o.zone)::date AS day, count(*) FILTER (WHERE NOT v.guest) AS colleagues,
            count(*) FILTER (WHERE v.guest) AS guests
        FROM vote v CROSS JOIN organisation o
        WHERE v.idea = item AND (nullif(current_setting('app.spaces', true), '') IS NULL
            OR v.space = ANY (nullif(current_setting('app.spaces', true), '')::bigint[]))
        GROUP BY 1) d
    ORDER BY 1
$$;
"""


async def forwards() -> MigrationManager:
    """Adds it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(GROWTH)

    manager.add_raw(run)
    return manager
