"""Whoever owns thousands of cases pays for none of them on other pages, and clocks that stand still are found at once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T12:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "clock"

FOUND = """
DROP INDEX case_role_person;
CREATE INDEX case_role_person ON case_role (person, space) WHERE until IS NULL;
CREATE INDEX escalation_clarifying ON escalation (due_at) WHERE state = 'clarifying';
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOUND)

    manager.add_raw(run)
    return manager
