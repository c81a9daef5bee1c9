"""The newest ideas of a space come off an index in their whole order."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T17:38:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "newest"

NEWEST = """
DROP INDEX idea_of_space;
CREATE INDEX idea_of_space ON idea (space, created_at DESC, id DESC);
"""


async def forwards() -> MigrationManager:
    """Makes it anew."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(NEWEST)

    manager.add_raw(run)
    return manager
