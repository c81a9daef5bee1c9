"""Who is barred from a case is found in a tenth of the time: the line of its author is looked up only where she
complains."""

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


async def forwards() -> MigrationManager:
    """Says it anew."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(BARRED)

    manager.add_raw(run)
    return manager
