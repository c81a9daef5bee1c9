"""Who is merely asked to take a case over is told of to nobody but its team."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T15:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "lead3"

# She reads the case because of this alone. Guests see no hand-over, so it is looked up for them, too.
ASKED = """
CREATE FUNCTION plein_merely_asked(who bigint, of_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (SELECT FROM handover h
            WHERE h.escalation = of_case AND h.person = who AND h.joined AND h.outcome IS NULL)
        AND NOT EXISTS (SELECT FROM consultation c WHERE c.escalation = of_case AND c.person = who)
$$;
"""


async def forwards() -> MigrationManager:
    """Adds it, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(ASKED)

    manager.add_raw(run)
    return manager
