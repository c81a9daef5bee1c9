"""Names and functions of people are found by their folded words: one index of each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T21:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "plans"

FOUND = """
DROP INDEX identity_name_near;
CREATE INDEX identity_title_resembling ON identity USING gin (plein_folded(title) gin_trgm_ops);
"""


async def forwards() -> MigrationManager:
    """Changes the indexes."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOUND)

    manager.add_raw(run)
    return manager
