"""A vote is counted after its foreign keys are checked, as it was."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T18:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "checked"

# Counted first, one who gives and one who takes back at the same moment waited for each other (a deadlock).
CHECKED = 'ALTER TRIGGER "Counted_vote" ON vote RENAME TO vote_spent'


async def forwards() -> MigrationManager:
    """Puts the checks first again."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def migrate() -> None:
        await script(CHECKED)

    manager.add_raw(migrate)
    return manager
