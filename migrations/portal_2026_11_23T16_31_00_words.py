"""Whatever is changed of a text that others read is the text: what follows from a change asks for no column beside."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T16:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "words"

WORDS = """
-- All that others read of it, as it was typed and as it is shown.
CREATE FUNCTION plein_said(i idea) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY[i.title, i.body, i.body_html, i.excerpt, i.tags::text, i.core_questions::text]
$$;
CREATE FUNCTION plein_said(c comment) RETURNS text[] LANGUAGE sql STABLE AS $$ SELECT ARRAY[c.body, c.body_html] $$;
-- Whether a guest's own login sends the statement.
CREATE FUNCTION plein_behind_wall() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.person', true), '') IS NOT NULL
$$;
-- What it replies to its campaign's questions, as one text.
CREATE FUNCTION plein_answered_questions(of_idea bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(q.label || ': ' || r.value, E'\n' ORDER BY q.position), '')
    FROM idea_reply r JOIN question q ON q.id = r.question WHERE r.idea = of_idea
$$;
"""

# It is looked at first when it comes into sight, out of a draft or by a guest's own statement, and when its words
# change, also below a withdrawal.
HELD = """
DROP TRIGGER ideas_held_again ON idea;
CREATE TRIGGER ideas_held_again
    BEFORE UPDATE OF state, updated_at, title, body, body_html, excerpt, tags, core_questions ON idea FOR EACH ROW
    WHEN (NEW.state IN ('published', 'withdrawn') AND (OLD.state = 'draft' OR NEW.updated_at <> OLD.updated_at
        OR plein_said(NEW) <> plein_said(OLD) OR OLD.state = 'hidden' AND plein_behind_wall()))
    EXECUTE FUNCTION plein_hold_idea();
DROP TRIGGER idea_awaited_again ON idea;
CREATE TRIGGER idea_awaited_again
    AFTER UPDATE OF state, updated_at, title, body, body_html, excerpt, tags, core_questions ON idea FOR EACH ROW
    WHEN (NEW.state = 'hidden' AND (OLD.state = 'draft' OR OLD.state <> 'hidden'
        AND (NEW.updated_at <> OLD.updated_at OR plein_said(NEW) <> plein_said(OLD))))
    EXECUTE FUNCTION plein_await_idea();
DROP TRIGGER comments_held_again ON comment;
CREATE TRIGGER comments_held_again BEFORE UPDATE OF state, edited_at, body, body_html ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND (OLD.state = 'draft' OR NEW.edited_at IS DISTINCT FROM OLD.edited_at
        OR plein_said(NEW) <> plein_said(OLD) OR OLD.state = 'hidden' AND plein_behind_wall()))
    EXECUTE FUNCTION plein_hold_comment();
DROP TRIGGER comment_awaited_again ON comment;
CREATE TRIGGER comment_awaited_again AFTER UPDATE OF state, edited_at, body, body_html ON comment FOR EACH ROW
    WHEN (NEW.state = 'hidden' AND (OLD.state = 'draft' OR OLD.state <> 'hidden'
        AND (NEW.edited_at IS DISTINCT FROM OLD.edited_at OR plein_said(NEW) <> plein_said(OLD))))
    EXECUTE FUNCTION plein_await_comment();
"""

# A moderator lets through the version that she read.
ANOTHER_VERSION = """
CREATE FUNCTION plein_another_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM moderation_item m WHERE m.state = 'open'
            AND (m.idea = NEW.id AND TG_TABLE_NAME = 'idea' OR m.comment = NEW.id AND TG_TABLE_NAME = 'comment')) THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER idea_waits_anew BEFORE UPDATE OF title, body, body_html, excerpt, tags, core_questions ON idea
    FOR EACH ROW WHEN (OLD.state = 'hidden' AND NEW.version = OLD.version AND plein_said(NEW) <> plein_said(OLD))
    EXECUTE FUNCTION plein_another_version();
CREATE TRIGGER comment_waits_anew BEFORE UPDATE OF body, body_html ON comment
    FOR EACH ROW WHEN (OLD.state = 'hidden' AND NEW.version = OLD.version AND plein_said(NEW) <> plein_said(OLD))
    EXECUTE FUNCTION plein_another_version();
"""

# Who is paused, who left, and what has ended: no word of it changes, whichever column it stands in.
REFUSED = """
DROP TRIGGER idea_editor ON idea;
CREATE TRIGGER idea_editor BEFORE UPDATE OF title, body, body_html, excerpt, tags, core_questions ON idea FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND NEW.edited_by IS NOT NULL AND plein_said(NEW) <> plein_said(OLD))
    EXECUTE FUNCTION plein_refuse_paused('edited_by');
DROP TRIGGER idea_edited_by_a_member ON idea;
CREATE TRIGGER idea_edited_by_a_member
    BEFORE UPDATE OF title, body, body_html, excerpt, tags, core_questions ON idea FOR EACH ROW
    WHEN (NEW.edited_by IS NOT NULL AND plein_said(NEW) <> plein_said(OLD))
    EXECUTE FUNCTION plein_refuse_departed('edited_by');
DROP TRIGGER idea_edited_while_open ON idea;
CREATE TRIGGER idea_edited_while_open
    BEFORE UPDATE OF title, body, body_html, excerpt, tags, core_questions ON idea FOR EACH ROW
    WHEN (plein_said(NEW) <> plein_said(OLD)) EXECUTE FUNCTION plein_refuse_still();
DROP TRIGGER comment_editor ON comment;
CREATE TRIGGER comment_editor BEFORE UPDATE OF body, body_html ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND plein_said(NEW) <> plein_said(OLD)) EXECUTE FUNCTION plein_refuse_paused();
DROP TRIGGER comment_edited_by_a_member ON comment;
CREATE TRIGGER comment_edited_by_a_member BEFORE UPDATE OF body, body_html ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND plein_said(NEW) <> plein_said(OLD))
    EXECUTE FUNCTION plein_refuse_departed('author');
DROP TRIGGER comment_edited_while_open ON comment;
CREATE TRIGGER comment_edited_while_open BEFORE UPDATE OF body, body_html ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND plein_said(NEW) <> plein_said(OLD)) EXECUTE FUNCTION plein_refuse_still();
"""


async def forwards() -> MigrationManager:
    """Changes it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(WORDS + HELD + ANOTHER_VERSION + REFUSED)

    manager.add_raw(run)
    return manager
