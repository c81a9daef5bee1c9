"""What guests write or attach is checked first, where their space says so."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T21:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "checked before others see it"

WORKING_TIME = """
-- The moment after so many minutes of working time: Monday to Friday, 9 to 17, on the organisation's clocks.
CREATE FUNCTION plein_working_after(start timestamptz, minutes integer) RETURNS timestamptz LANGUAGE plpgsql STABLE
AS $$
DECLARE
    zone text := (SELECT o.zone FROM organisation o);
    here timestamp := start AT TIME ZONE zone;
    closes timestamp;
    rest interval := make_interval(mins => minutes);
BEGIN
    LOOP
        closes := here::date + time '17:00';
        IF extract(isodow FROM here) <= 5 AND here < closes THEN
            here := greatest(here, here::date + time '09:00');
            IF here + rest <= closes THEN
                RETURN (here + rest) AT TIME ZONE zone;
            END IF;
            rest := rest - (closes - here);
        END IF;
        here := (here::date + 1)::timestamp;
    END LOOP;
END $$;
"""

ITEMS = """
-- `checks`: it waits to be checked before anybody else reads it, because of what its space checks; since `assigned_at`
-- it is the turn of `assigned_to`, until `due_at`.
ALTER TABLE attachment
    ADD COLUMN state text NOT NULL DEFAULT 'shown' CHECK (state IN ('shown', 'held')),
    ADD UNIQUE (id, space);
ALTER TABLE moderation_item
    ADD COLUMN attachment bigint,
    ADD COLUMN checks text CHECK (checks IN ('first', 'files', 'all')),
    ADD COLUMN assigned_to bigint REFERENCES person (id),
    ADD COLUMN assigned_at timestamptz,
    ADD COLUMN due_at timestamptz,
    ADD FOREIGN KEY (attachment, space) REFERENCES attachment (id, space) ON UPDATE CASCADE
        ON DELETE SET NULL (attachment),
    DROP CONSTRAINT moderation_item_one_thing,
    ADD CONSTRAINT moderation_item_one_thing CHECK (
        num_nonnulls(campaign, idea, comment, attachment) = 1
        OR num_nonnulls(campaign, idea, comment, attachment) = 0 AND state = 'closed'),
    ADD CONSTRAINT moderation_item_due CHECK ((checks IS NULL) = (due_at IS NULL));
CREATE UNIQUE INDEX moderation_item_attachment ON moderation_item (attachment) WHERE state = 'open';
CREATE INDEX moderation_item_of_attachment ON moderation_item (attachment) WHERE attachment IS NOT NULL;
CREATE INDEX moderation_item_due ON moderation_item (due_at) WHERE state = 'open' AND checks IS NOT NULL;
CREATE INDEX moderation_item_assigned ON moderation_item (assigned_to) WHERE assigned_to IS NOT NULL;

-- What is taken away needs no decision any more.
CREATE FUNCTION plein_close_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE moderation_item SET state = 'closed', attachment = NULL WHERE attachment = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER attachment_item_closed BEFORE DELETE ON attachment FOR EACH ROW EXECUTE FUNCTION plein_close_item();
"""

CHECKS = """
-- Why something that this person writes or attaches in this space is checked first; null: it is not. Only what guests
-- bring is: first posts, those and every file, or everything. A post was shown if it stands there.
CREATE FUNCTION plein_check(by_person bigint, in_space bigint, is_file boolean) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN s.checks = 'all' THEN 'all'
        WHEN s.checks = 'files' AND is_file THEN 'files'
        WHEN s.checks IN ('first', 'files')
            AND NOT EXISTS (SELECT FROM idea i WHERE i.author = by_person AND i.space = in_space
                AND i.state IN ('published', 'withdrawn'))
            AND NOT EXISTS (SELECT FROM comment k WHERE k.author = by_person AND k.space = in_space
                AND k.state = 'published') THEN 'first'
        END
    FROM space s JOIN person p ON p.id = by_person AND p.kind = 'guest' WHERE s.id = in_space
$$;

CREATE FUNCTION plein_await_check(of_space bigint, of_idea bigint, of_comment bigint, of_attachment bigint, by bigint,
        why text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO moderation_item (space, idea, comment, attachment, author, checks, due_at)
    VALUES (of_space, of_idea, of_comment, of_attachment, by, why, plein_working_after(plein_now(), 240))
    ON CONFLICT DO NOTHING
$$;

-- An idea waits when it is proposed; when its text changes, where everything is checked; and when it comes back changed
-- after it was sent back. A moderator who lets it through changes no text.
CREATE FUNCTION plein_hold_idea() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE why text := plein_check(coalesce(NEW.edited_by, NEW.author), NEW.space, false);
BEGIN
    IF why = 'all' OR why IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.state <> 'published') THEN
        NEW.state := 'hidden';
    END IF;
    RETURN NEW;
END $$;
-- Their names stand behind those that refuse a writer: who may not write is told that.
CREATE TRIGGER ideas_held BEFORE INSERT ON idea FOR EACH ROW WHEN (NEW.state = 'published')
    EXECUTE FUNCTION plein_hold_idea();
CREATE TRIGGER ideas_held_again BEFORE UPDATE OF state, updated_at ON idea FOR EACH ROW
    WHEN (NEW.state = 'published' AND (OLD.state = 'draft' OR NEW.updated_at <> OLD.updated_at))
    EXECUTE FUNCTION plein_hold_idea();

CREATE FUNCTION plein_hold_comment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE why text := plein_check(NEW.author, NEW.space, false);
BEGIN
    IF why = 'all' OR why IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.state <> 'published') THEN
        NEW.state := 'hidden';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER comments_held BEFORE INSERT ON comment FOR EACH ROW WHEN (NEW.state = 'published')
    EXECUTE FUNCTION plein_hold_comment();
CREATE TRIGGER comments_held_again BEFORE UPDATE OF state, edited_at ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND NEW.edited_at IS DISTINCT FROM OLD.edited_at)
    EXECUTE FUNCTION plein_hold_comment();

CREATE FUNCTION plein_hold_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF plein_check(NEW.author, NEW.space, true) IS NOT NULL THEN
        NEW.state := 'held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachments_held BEFORE INSERT ON attachment FOR EACH ROW EXECUTE FUNCTION plein_hold_attachment();

-- What a guest's own words put out of sight waits for a moderator; what a moderator hid does not.
CREATE FUNCTION plein_await_idea() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE why text := plein_check(coalesce(NEW.edited_by, NEW.author), NEW.space, false);
BEGIN
    IF why IS NOT NULL THEN
        PERFORM plein_await_check(NEW.space, NEW.id, NULL, NULL, NEW.author, why);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER idea_awaited AFTER INSERT ON idea FOR EACH ROW WHEN (NEW.state = 'hidden')
    EXECUTE FUNCTION plein_await_idea();
CREATE TRIGGER idea_awaited_again AFTER UPDATE OF state, updated_at ON idea FOR EACH ROW
    WHEN (NEW.state = 'hidden' AND (OLD.state = 'draft' OR OLD.state <> 'hidden' AND NEW.updated_at <> OLD.updated_at))
    EXECUTE FUNCTION plein_await_idea();

CREATE FUNCTION plein_await_comment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE why text := plein_check(NEW.author, NEW.space, false);
BEGIN
    IF why IS NOT NULL THEN
        PERFORM plein_await_check(NEW.space, NULL, NEW.id, NULL, NEW.author, why);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_awaited AFTER INSERT ON comment FOR EACH ROW WHEN (NEW.state = 'hidden')
    EXECUTE FUNCTION plein_await_comment();
CREATE TRIGGER comment_awaited_again AFTER UPDATE OF state, edited_at ON comment FOR EACH ROW
    WHEN (NEW.state = 'hidden' AND NEW.edited_at IS DISTINCT FROM OLD.edited_at AND OLD.state <> 'hidden')
    EXECUTE FUNCTION plein_await_comment();

CREATE FUNCTION plein_await_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_await_check(NEW.space, NULL, NULL, NEW.id, NEW.author, plein_check(NEW.author, NEW.space, true));
    RETURN NULL;
END $$;
CREATE TRIGGER attachment_awaited AFTER INSERT ON attachment FOR EACH ROW WHEN (NEW.state = 'held')
    EXECUTE FUNCTION plein_await_attachment();
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(WORKING_TIME + ITEMS + CHECKS)

    manager.add_raw(run)
    return manager
