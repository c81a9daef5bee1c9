"""Finding the extensions that somebody has to decide about, for her home page and her inbox."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T16:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "asked"

ASKED = """
CREATE INDEX escalation_extension_open ON escalation (due_at)
    WHERE extension_asked_at IS NOT NULL AND extension_decided_at IS NULL AND ended_at IS NULL;
"""


async def forwards() -> MigrationManager:
    """Adds it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(ASKED)

    manager.add_raw(run)
    return manager
