"""The job queue's own tables, as its package brings them."""

from importlib.metadata import version

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from procrastinate.schema import SchemaManager

from portal.db import script

ID = "2026-11-22T15:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "the tables of procrastinate"


async def forwards() -> MigrationManager:
    """Installs the schema of the package, and notes which version it was: a later migration, for a newer package,
    runs the package's own migrations that came after that one."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SchemaManager.get_schema())
        await script(f"COMMENT ON TABLE procrastinate_jobs IS 'procrastinate {version('procrastinate')}'")

    manager.add_raw(run)
    return manager
