"""Nobody writes or votes in a space that has ended or is archived, whichever statement tries."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T00:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "still"

# What is taken away, taken back or judged goes on, and so does what a sponsor owes: answers and the steps to them.
STILL = """
CREATE FUNCTION plein_refuse_still() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM space s, organisation o WHERE s.id = NEW.space AND (s.archived_at IS NOT NULL
            OR s.ends_on < (plein_now() AT TIME ZONE o.zone)::date)) THEN
        RAISE EXCEPTION 'nothing is written here any more' USING ERRCODE = 'PL003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER idea_while_open BEFORE INSERT ON idea FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER idea_posted_while_open BEFORE UPDATE OF state ON idea FOR EACH ROW
    WHEN (OLD.state IN ('draft', 'withdrawn') AND NEW.state = 'published') EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER idea_edited_while_open BEFORE UPDATE OF title, body ON idea FOR EACH ROW
    WHEN (ROW(OLD.title, OLD.body) IS DISTINCT FROM ROW(NEW.title, NEW.body)) EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER comment_while_open BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER comment_edited_while_open BEFORE UPDATE OF body ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND OLD.body IS DISTINCT FROM NEW.body) EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER vote_while_open BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER vote_raised_while_open BEFORE UPDATE OF weight ON vote FOR EACH ROW
    WHEN (NEW.weight > OLD.weight) EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER reaction_while_open BEFORE INSERT ON reaction FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER attachment_while_open BEFORE INSERT ON attachment FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER attachment_described_while_open BEFORE UPDATE OF description ON attachment FOR EACH ROW
    WHEN (OLD.description IS DISTINCT FROM NEW.description) EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER correction_while_open BEFORE INSERT ON correction FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER help_offer_while_open BEFORE INSERT OR UPDATE OF body ON help_offer FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER co_author_while_open BEFORE INSERT ON co_author FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER withdrawal_while_open BEFORE INSERT ON status_change FOR EACH ROW
    WHEN (NEW.status IN ('withdrawn', 'put back')) EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER workshop_while_open BEFORE INSERT ON workshop FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER digest_while_open BEFORE INSERT ON digest FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
CREATE TRIGGER wish_while_open BEFORE INSERT ON colleague_wish FOR EACH ROW EXECUTE FUNCTION plein_refuse_still();
"""

# Whoever wrote it judges it no more, and is told what others decide from now on.
HANDED_OVER = """
CREATE FUNCTION plein_item_handed_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE moderation_item SET author = NEW.author WHERE idea = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER idea_judged_by_others AFTER UPDATE OF author ON idea FOR EACH ROW
    WHEN (OLD.author <> NEW.author) EXECUTE FUNCTION plein_item_handed_over();
"""

# Where everything that guests write is looked at first, they write nothing that can't be: they correct nothing, offer
# no help, and withdraw an idea without words.
WITHOUT_WORDS = """
ALTER TABLE status_change DROP CONSTRAINT status_change_body_check,
    ADD CONSTRAINT status_change_body_check CHECK (body <> '' OR status IN ('withdrawn', 'put back'));
CREATE FUNCTION plein_refuse_unchecked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF plein_check((to_jsonb(NEW) ->> TG_ARGV[0])::bigint, NEW.space, false) = 'all' THEN
        RAISE EXCEPTION 'what guests write here is looked at first' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER step_of_a_guest BEFORE INSERT ON status_change FOR EACH ROW WHEN (NEW.body <> '')
    EXECUTE FUNCTION plein_refuse_unchecked('author');
CREATE TRIGGER correction_of_a_guest BEFORE INSERT ON correction FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_unchecked('author');
CREATE TRIGGER help_offer_of_a_guest BEFORE INSERT OR UPDATE OF body ON help_offer FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_unchecked('person');
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(STILL + HANDED_OVER + WITHOUT_WORDS)

    manager.add_raw(run)
    return manager
