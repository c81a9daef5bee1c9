"""A vote is counted before its foreign keys are checked."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T17:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "counted"

# Triggers fire in the order of their names, and those of foreign keys begin with "RI_". A check first would lock the
# idea together with every other vote that waits there, and versions of a row that several have locked are not forgotten
# by indexes: of an idea that many vote for at once, each look at it went through hundreds of them (docs/bench.md).
COUNTED = 'ALTER TRIGGER vote_spent ON vote RENAME TO "Counted_vote"'


async def forwards() -> MigrationManager:
    """Puts the count first."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def migrate() -> None:
        await script(COUNTED)

    manager.add_raw(migrate)
    return manager
