"""What is sensitive and what is kept: comments wait to be screened, too; nobody takes many texts out of sight in a row;
and nothing of a case goes while its lead or a promise is open."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T07:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "guarded"

# A draft waits to be screened, for its author alone; what was diverted before anybody read it is nobody's. Neither is
# counted, and what hangs under one is not, as under what a moderator hid.
COMMENTS = """
ALTER TABLE comment DROP CONSTRAINT comment_state_check,
    ADD CONSTRAINT comment_state_check CHECK (state IN ('published', 'removed', 'hidden', 'draft', 'diverted'));
CREATE FUNCTION plein_out_of_sight(state text) RETURNS boolean LANGUAGE sql IMMUTABLE
    AS $$ SELECT state IN ('hidden', 'draft', 'diverted') $$;
CREATE OR REPLACE FUNCTION plein_counts(c comment) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT c.state = 'published' AND (c.root IS NULL
        OR EXISTS (SELECT FROM comment r WHERE r.id = c.root AND NOT plein_out_of_sight(r.state)))
$$;
CREATE OR REPLACE FUNCTION plein_count_comment(c comment, step integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM idea WHERE id = c.idea FOR NO KEY UPDATE;
    IF plein_counts(c) THEN
        UPDATE idea SET comments = comments + CASE WHEN c.guest THEN 0 ELSE step END,
            guest_comments = guest_comments + CASE WHEN c.guest THEN step ELSE 0 END WHERE id = c.idea;
    END IF;
    IF c.root IS NOT NULL AND NOT plein_out_of_sight(c.state) THEN
        UPDATE comment SET replies = replies + step WHERE id = c.root;
    END IF;
END $$;
CREATE OR REPLACE FUNCTION plein_count_replies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step integer := CASE WHEN plein_out_of_sight(NEW.state) THEN -1 ELSE 1 END;
BEGIN
    UPDATE idea i SET comments = comments + step * r.people, guest_comments = guest_comments + step * r.guests
    FROM (SELECT count(*) FILTER (WHERE NOT guest) AS people, count(*) FILTER (WHERE guest) AS guests
        FROM comment WHERE root = NEW.id AND state = 'published') r
    WHERE i.id = NEW.idea;
    UPDATE comment_day d SET comments = comments + step * r.written
    FROM (SELECT plein_day(created_at) AS day, count(*) AS written
        FROM comment WHERE root = NEW.id AND state = 'published' GROUP BY 1 ORDER BY 1) r
    WHERE d.idea = NEW.idea AND d.day = r.day;
    RETURN NULL;
END $$;
DROP TRIGGER comment_replies_counted ON comment;
CREATE TRIGGER comment_replies_counted AFTER UPDATE OF state ON comment FOR EACH ROW
    WHEN (NEW.root IS NULL AND plein_out_of_sight(OLD.state) <> plein_out_of_sight(NEW.state))
    EXECUTE FUNCTION plein_count_replies();

-- What guests write is looked at first once it was screened, as what they propose is.
DROP TRIGGER comments_held_again ON comment;
CREATE TRIGGER comments_held_again BEFORE UPDATE OF state, edited_at ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND (OLD.state = 'draft' OR NEW.edited_at IS DISTINCT FROM OLD.edited_at))
    EXECUTE FUNCTION plein_hold_comment();
DROP TRIGGER comment_awaited_again ON comment;
CREATE TRIGGER comment_awaited_again AFTER UPDATE OF state, edited_at ON comment FOR EACH ROW
    WHEN (NEW.state = 'hidden' AND (OLD.state = 'draft'
        OR NEW.edited_at IS DISTINCT FROM OLD.edited_at AND OLD.state <> 'hidden'))
    EXECUTE FUNCTION plein_await_comment();

DROP INDEX comment_objection_once;
CREATE UNIQUE INDEX comment_objection_once ON comment (idea, author)
    WHERE kind = 'objection' AND state NOT IN ('removed', 'diverted');
"""

REPORTS = """
-- `beyond`: whoever reports it called so much sensitive that day that it stays in sight until a moderator looks.
ALTER TABLE report ADD beyond boolean NOT NULL DEFAULT false;
"""

RETENTION = """
-- Since when the time of its things runs: while a promise of it is open, or the lead under which it stands has no end,
-- it does not.
CREATE FUNCTION plein_over_from(e escalation) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM promise p WHERE p.escalation = e.id AND p.state IN ('open', 'done'))
        OR EXISTS (SELECT FROM cluster_item c JOIN escalation l ON l.idea = c.lead
            WHERE c.idea = e.idea AND c.left_at IS NULL AND e.state = 'merged' AND l.ended_at IS NULL)
        THEN NULL
        ELSE greatest(e.ended_at, (SELECT max(l.ended_at) FROM cluster_item c JOIN escalation l ON l.idea = c.lead
            WHERE c.idea = e.idea AND c.left_at IS NULL AND e.state = 'merged')) END
$$;
CREATE OR REPLACE FUNCTION plein_keep_retention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM escalation e WHERE e.id = NEW.escalation AND plein_over_from(e) = NEW.ended_at
            AND NEW.ended_at <= plein_over_since(NEW.kind)) THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'it is to be kept' USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION 'a retention list, and what it destroyed, stay' USING ERRCODE = 'restrict_violation';
END $$;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(COMMENTS + REPORTS + RETENTION)

    manager.add_raw(run)
    return manager
