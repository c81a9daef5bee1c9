"""Texts become words for the search in less time: nothing is done for what is empty, nor looked up by name."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T20:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "perf"

# The same words as before: of a list of 400,000 people, most texts are empty or short.
VECTOR = """
CREATE OR REPLACE FUNCTION plein_vector(language text, weight "char", texts text) RETURNS tsvector LANGUAGE plpgsql
    STABLE PARALLEL SAFE AS $$
DECLARE words text;
BEGIN
    IF coalesce(texts, '') = '' THEN RETURN ''; END IF;
    words := plein_words(texts);
    IF language = 'nl' THEN
        RETURN setweight(to_tsvector('plein_nl', words) || to_tsvector('plein_plain', words), weight);
    END IF;
    RETURN setweight(to_tsvector('plein_en', words) || to_tsvector('plein_plain', words), weight);
END $$;
"""


async def forwards() -> MigrationManager:
    """Puts the faster function in the place of the first one."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(VECTOR)

    manager.add_raw(run)
    return manager
