"""Guests who leave: from when, and nothing of theirs lands afterwards."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T21:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "leaving"

DEPARTURES = """
-- A guest belongs to a space no longer, since then; `announced_at`: its host was told that her data go.
CREATE TABLE departure (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT plein_now(),
    announced_at timestamptz,
    UNIQUE (person, space)
);
CREATE INDEX departure_space ON departure (space);

-- Whichever way she goes. What she is writing at this moment is waited for; what comes after finds her gone.
CREATE FUNCTION plein_depart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM person p, space s WHERE p.id = OLD.person AND p.kind = 'guest' AND s.id = OLD.space) THEN
        PERFORM pg_advisory_xact_lock(plein_pause_key(OLD.person, OLD.space));
        INSERT INTO departure (person, space, at) VALUES (OLD.person, OLD.space, least(OLD.until, plein_now()))
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER membership_departs BEFORE DELETE ON membership FOR EACH ROW EXECUTE FUNCTION plein_depart();

CREATE FUNCTION plein_come_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM departure d WHERE d.person = NEW.person AND d.space = NEW.space;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_comes_back AFTER INSERT OR UPDATE OF until ON membership FOR EACH ROW
    WHEN (NEW.until IS NULL OR NEW.until > plein_now()) EXECUTE FUNCTION plein_come_back();

CREATE FUNCTION plein_forget_departures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM departure d WHERE d.person = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER person_is_no_guest AFTER UPDATE OF kind ON person FOR EACH ROW
    WHEN (OLD.kind = 'guest' AND NEW.kind <> 'guest') EXECUTE FUNCTION plein_forget_departures();
"""

# A guest's every word and deed shares the lock that her removal takes: it lands before, or not at all.
IN_FLIGHT = """
CREATE FUNCTION plein_refuse_departed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who bigint := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF EXISTS (SELECT FROM person p WHERE p.id = who AND p.kind = 'guest') THEN
        PERFORM pg_advisory_xact_lock_shared(plein_pause_key(who, NEW.space));
        IF NOT EXISTS (SELECT FROM membership m WHERE m.person = who AND m.space = NEW.space
                AND (m.until IS NULL OR m.until > plein_now())) THEN
            RAISE EXCEPTION 'this person belongs here no longer' USING ERRCODE = 'PL002';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER idea_of_a_member BEFORE INSERT ON idea FOR EACH ROW EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER idea_published_by_a_member BEFORE UPDATE OF state ON idea FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state <> 'draft') EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER idea_edited_by_a_member BEFORE UPDATE OF title, body ON idea FOR EACH ROW
    WHEN (NEW.edited_by IS NOT NULL AND ROW(OLD.title, OLD.body) IS DISTINCT FROM ROW(NEW.title, NEW.body))
    EXECUTE FUNCTION plein_refuse_departed('edited_by');
CREATE TRIGGER comment_of_a_member BEFORE INSERT ON comment FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER comment_edited_by_a_member BEFORE UPDATE OF body ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND OLD.body IS DISTINCT FROM NEW.body)
    EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER attachment_of_a_member BEFORE INSERT OR UPDATE OF description ON attachment FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER correction_of_a_member BEFORE INSERT ON correction FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER withdrawal_of_a_member BEFORE INSERT ON status_change FOR EACH ROW WHEN (NEW.status = 'withdrawn')
    EXECUTE FUNCTION plein_refuse_departed('author');
CREATE TRIGGER vote_of_a_member BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION plein_refuse_departed('person');
CREATE TRIGGER vote_raised_by_a_member BEFORE UPDATE OF weight ON vote FOR EACH ROW
    WHEN (NEW.weight > OLD.weight) EXECUTE FUNCTION plein_refuse_departed('person');
CREATE TRIGGER reaction_of_a_member BEFORE INSERT ON reaction FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('person');
CREATE TRIGGER help_offer_of_a_member BEFORE INSERT OR UPDATE OF body ON help_offer FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('person');
CREATE TRIGGER co_author_of_a_member BEFORE INSERT ON co_author FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('invited_by');
CREATE TRIGGER co_author_joins_as_a_member BEFORE UPDATE OF accepted_at ON co_author FOR EACH ROW
    WHEN (NEW.accepted_at IS NOT NULL) EXECUTE FUNCTION plein_refuse_departed('person');
CREATE TRIGGER follow_of_a_member BEFORE INSERT ON follow FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('person');
CREATE TRIGGER report_of_a_member BEFORE INSERT ON report FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('reporter');
CREATE TRIGGER wish_of_a_member BEFORE INSERT ON colleague_wish FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_departed('person');
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(DEPARTURES + IN_FLIGHT)

    manager.add_raw(run)
    return manager
