"""Reports of an idea hold what it says besides its text, those from before, too: else it seems changed since."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T23:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "reported"

REPORTED = """
UPDATE report r SET body_html = r.body_html
    || (SELECT coalesce(string_agg('<p>' ||
            replace(replace(replace(said.line, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</p>', '' ORDER BY n), '')
        FROM unnest(string_to_array(nullif(plein_answered_questions(i.id), ''), E'\\\\n') || i.core_questions
            || CASE WHEN cardinality(i.tags) > 0 THEN ARRAY[array_to_string(i.tags, ', ')] END)
            WITH ORDINALITY AS said(line, n))
    || (SELECT coalesce(string_agg(c.body_html, '' ORDER BY c.id), '') FROM correction c
        WHERE c.idea = i.id AND c.created_at <= r.created_at)
    FROM moderation_item m JOIN idea i ON i.id = m.idea
    WHERE m.id = r.item AND m.comment IS NULL AND r.title = i.title AND r.body_html = i.body_html
"""


async def forwards() -> MigrationManager:
    """Adds it where the text still stands as it was reported."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(REPORTED)

    manager.add_raw(run)
    return manager
