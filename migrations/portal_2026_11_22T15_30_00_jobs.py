"""The job queue's own tables, as its package brings them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from procrastinate.schema import SchemaManager

from portal.db import script

ID = "2026-11-22T15:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "procrastinate 3.10.0"


async def forwards() -> MigrationManager:
    """Installs the schema of the pinned version; a new version of the package comes with a migration of its own."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SchemaManager.get_schema())

    manager.add_raw(run)
    return manager
