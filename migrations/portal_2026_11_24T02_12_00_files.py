"""Files are judged as what people write is: out of sight, their names are found by nobody; described anew while
they are reported, they stay with what was reported."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-24T02:12:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "files"

# As it was, but that only what waits to be checked begins anew: a report is not shaken off by other words.
DESCRIBED = """
CREATE OR REPLACE FUNCTION plein_await_description() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text;
BEGIN
    UPDATE moderation_item SET state = 'closed' WHERE attachment = NEW.id AND state = 'open' AND checks IS NOT NULL
        RETURNING checks INTO before;
    IF FOUND OR OLD.state = 'shown' THEN
        PERFORM plein_await_check(NEW.space, NULL, NULL, NEW.id, NEW.author,
            coalesce(plein_check(NEW.author, NEW.space, true), before));
    END IF;
    RETURN NULL;
END $$;
"""

# What there is to be found, as it was but for one condition: of a file, what is shown.
FOUND = """
CREATE OR REPLACE VIEW search_source AS
    SELECT 'idea' AS kind, i.space, i.id AS idea, NULL::bigint AS comment, NULL::bigint AS answer,
        NULL::bigint AS campaign, NULL::bigint AS person, i.language, i.created_at AS written_at,
        plein_vector(i.language, 'A', i.title) || plein_vector(i.language, 'B', array_to_string(i.tags, ' '))
            || plein_vector(i.language, 'D', concat_ws(' ', i.body_html,
                (SELECT string_agg(r.value, ' ') FROM idea_reply r WHERE r.idea = i.id),
                (SELECT string_agg(k.body_html, ' ') FROM correction k WHERE k.idea = i.id),
                (SELECT string_agg(f.name || ' ' || f.description, ' ') FROM attachment f
                    WHERE f.idea = i.id AND f.state = 'shown')))
            AS vector
    FROM idea i WHERE i.state = 'published'
    UNION ALL
    SELECT 'comment', c.space, NULL, c.id, NULL, NULL, NULL, c.language, c.created_at,
        plein_vector(c.language, 'D', c.body_html)
    FROM comment c WHERE c.state = 'published'
    UNION ALL
    SELECT 'answer', a.space, NULL, NULL, a.id, NULL, NULL, a.language, a.created_at,
        plein_vector(a.language, 'B', a.summary)
            || plein_vector(a.language, 'D', concat_ws(' ', a.reason_html, a.from_when, a.next_step))
    FROM answer a
    UNION ALL
    SELECT 'campaign', c.space, NULL, NULL, NULL, c.id, NULL, c.language, coalesce(c.collect_from, c.created_at),
        plein_vector(c.language, 'A', c.title)
            || plein_vector(c.language, 'B', c.lead || ' ' || array_to_string(c.tags, ' '))
            || plein_vector(c.language, 'D', concat_ws(' ', c.brief_html, c.promise, c.need, c.goal))
    FROM campaign c WHERE c.kind = 'campaign' AND c.state IN ('open', 'cancelled', 'archived')
    UNION ALL
    SELECT 'person', NULL, NULL, NULL, NULL, NULL, n.person, n.language, p.created_at,
        plein_vector(n.language, 'A', n.name) || plein_vector(n.language, 'B', n.title)
            || plein_vector(n.language, 'B', concat_ws(' ',
                CASE f.skills_for WHEN 'everyone' THEN array_to_string(f.skills, ' ') END,
                CASE f.about_for WHEN 'everyone' THEN f.about END))
            || plein_vector(n.language, 'C', concat_ws(' ', u.name,
                CASE f.skills_for WHEN 'colleagues' THEN array_to_string(f.skills, ' ') END,
                CASE f.about_for WHEN 'colleagues' THEN f.about END,
                CASE f.place_for WHEN 'colleagues' THEN f.place END))
    FROM identity n JOIN person p ON p.id = n.person LEFT JOIN org_unit u ON u.id = p.org_unit
    LEFT JOIN profile f ON f.person = p.id;
SELECT plein_search_ideas(ARRAY(SELECT DISTINCT f.idea FROM attachment f WHERE f.state = 'held'));
"""


async def forwards() -> MigrationManager:
    """Changes both, in one transaction, and what is kept of ideas with files that are out of sight."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(DESCRIBED + FOUND)

    manager.add_raw(run)
    return manager
