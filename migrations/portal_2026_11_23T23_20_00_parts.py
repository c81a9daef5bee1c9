"""Whether a part of a word is a word is asked of the words by themselves."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T23:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "parts"

INDEX = "CREATE INDEX search_word_word ON search_word (word, space)"


async def forwards() -> MigrationManager:
    """Adds the index."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(INDEX)

    manager.add_raw(run)
    return manager
