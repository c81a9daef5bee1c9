"""Who is barred from a case, and how support grew, in less time: nothing is looked up that is not asked."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T07:20:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "speed"

BARRED = """
CREATE OR REPLACE FUNCTION plein_barred(e escalation) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    people bigint[] := ARRAY(
        SELECT plein_writers(e.idea)
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id);
BEGIN
    IF e.complaint THEN
        RETURN people || ARRAY(SELECT x.person FROM idea i LEFT JOIN mask m ON m.idea = i.id,
            plein_chain(coalesce(m.behind, i.author)) x WHERE i.id = e.idea);
    END IF;
    RETURN people;
END $$;
"""

# As before, but whose request it is is asked for once, and not for each of 300,000 votes.
GROWTH = """
CREATE OR REPLACE FUNCTION plein_growth(item bigint) RETURNS TABLE (day date, supporters integer, guests integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH asked AS MATERIALIZED (
        SELECT nullif(current_setting('app.spaces', true), '')::bigint[] AS spaces)
    SELECT d.day, (sum(d.colleagues) OVER (ORDER BY d.day))::integer, (sum(d.guests) OVER (ORDER BY d.day))::integer
    FROM (
        SELECT (v.created_at AT TIME ZONE o.zone)::date AS day, count(*) FILTER (WHERE NOT v.guest) AS colleagues,
            count(*) FILTER (WHERE v.guest) AS guests
        FROM vote v CROSS JOIN organisation o
        WHERE v.idea = item AND ((SELECT spaces FROM asked) IS NULL
            OR v.space = ANY ((SELECT spaces FROM asked)::bigint[]))
        GROUP BY 1) d
    ORDER BY 1
$$;
"""


async def forwards() -> MigrationManager:
    """Says it anew."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(BARRED + GROWTH)

    manager.add_raw(run)
    return manager
