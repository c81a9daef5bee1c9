"""Who was told of a decision about her words has read it or not."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T05:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "closing"


async def forwards() -> MigrationManager:
    """Adds it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script("ALTER TABLE decision ADD read_at timestamptz")

    manager.add_raw(run)
    return manager
