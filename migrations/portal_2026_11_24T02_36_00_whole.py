"""A thread stays whole: replies are counted whatever became of the comment above them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-24T02:36:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "whole"

COUNTED = """
CREATE OR REPLACE FUNCTION plein_counts(c comment) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT c.state = 'published'
$$;
DROP TRIGGER comment_replies_counted ON comment;
DROP FUNCTION plein_count_replies();

-- What was not counted until now.
UPDATE idea i SET comments = i.comments + r.people, guest_comments = i.guest_comments + r.guests
    FROM (SELECT c.idea, count(*) FILTER (WHERE NOT c.guest) AS people, count(*) FILTER (WHERE c.guest) AS guests
        FROM comment c JOIN comment o ON o.id = c.root
        WHERE c.state = 'published' AND plein_out_of_sight(o.state) GROUP BY c.idea) r
    WHERE i.id = r.idea;
INSERT INTO comment_day AS d (idea, space, day, comments)
    SELECT c.idea, c.space, plein_day(c.created_at), count(*) FROM comment c JOIN comment o ON o.id = c.root
    WHERE c.state = 'published' AND plein_out_of_sight(o.state) GROUP BY 1, 2, 3
    ON CONFLICT (idea, day) DO UPDATE SET comments = d.comments + EXCLUDED.comments;
"""


async def forwards() -> MigrationManager:
    """Changes it, and counts them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(COUNTED)

    manager.add_raw(run)
    return manager
