"""Places and skills of profiles are found by their folded words, too: one index of each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T23:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "found"

FOUND = """
-- Several words, a line each; array_to_string() itself may not stand in an index.
CREATE FUNCTION plein_folded_lines(words text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT public.plein_folded(array_to_string(words, E'\\n')) $$;
CREATE INDEX profile_place_resembling ON profile USING gin (plein_folded(place) gin_trgm_ops);
CREATE INDEX profile_skills_resembling ON profile USING gin (plein_folded_lines(skills) gin_trgm_ops);
"""


async def forwards() -> MigrationManager:
    """Adds them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOUND)

    manager.add_raw(run)
    return manager
