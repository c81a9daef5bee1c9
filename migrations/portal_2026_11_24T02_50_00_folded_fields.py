"""Functions, places and skills stand folded beside themselves, as names do: a word of two letters, for which no index
helps, is compared with them, and they are not folded anew for each look."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-24T02:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "folded_fields"

FOLDED = """
DROP INDEX identity_title_resembling, profile_place_resembling, profile_skills_resembling;
ALTER TABLE identity
    ADD COLUMN folded_title text COLLATE "C" NOT NULL GENERATED ALWAYS AS (plein_folded(title)) STORED;
ALTER TABLE profile
    ADD COLUMN folded_place text COLLATE "C" NOT NULL GENERATED ALWAYS AS (plein_folded(place)) STORED,
    ADD COLUMN folded_skills text COLLATE "C" NOT NULL GENERATED ALWAYS AS (plein_folded_lines(skills)) STORED;
CREATE INDEX identity_title_resembling ON identity USING gin (folded_title gin_trgm_ops);
CREATE INDEX profile_place_resembling ON profile USING gin (folded_place gin_trgm_ops);
CREATE INDEX profile_skills_resembling ON profile USING gin (folded_skills gin_trgm_ops);
"""


async def forwards() -> MigrationManager:
    """Adds them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOLDED)

    manager.add_raw(run)
    return manager
