"""Rule 7 for what is screened: who decides an item's case does not say whether it is sensitive."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T08:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "menda"

SCREENERS = """
-- Who screens this: nobody who writes it, answers for its topic, or decides its case.
CREATE OR REPLACE FUNCTION plein_screeners_of(x screening) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT s.person FROM plein_screeners(x.category) s (person)
    WHERE s.person <> x.person AND NOT EXISTS (SELECT FROM idea i
        WHERE i.id = coalesce(x.idea, (SELECT k.idea FROM comment k WHERE k.id = x.comment))
            AND (plein_answers_for(s.person, i.topic) OR plein_decides(s.person, i.id)
                OR s.person IN (SELECT plein_writers(i.id))))
$$;
"""


async def forwards() -> MigrationManager:
    """Says it anew."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SCREENERS)

    manager.add_raw(run)
    return manager
