"""What was diverted is sealed whole, so that a granted appeal gives all of it back."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T20:37:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sealed"

PARTS = """
-- Of an idea: tags, core questions, service, and its replies by the question's id.
ALTER TABLE sealed_text ADD parts jsonb NOT NULL DEFAULT '{}';
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(PARTS)

    manager.add_raw(run)
    return manager
