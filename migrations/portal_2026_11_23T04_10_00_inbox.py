"""Finding the cases that nobody owns yet, space by space, for who names an owner and for the navigation."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T04:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "inbox"

UNASSIGNED = """
CREATE INDEX escalation_unassigned ON escalation (space, due_at) WHERE state IN ('qualifying', 'triage');
"""


async def forwards() -> MigrationManager:
    """Adds it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(UNASSIGNED)

    manager.add_raw(run)
    return manager
