"""What the database itself refuses: votes on one's own idea, words of who is paused; hidden campaigns; erasure."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T20:20:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "guards"

VOTES = """
-- Support that came back because its person writes the idea by now, and still stands in the counts, so that they tell
-- nobody of it: the next vote of a colleague (of a guest) takes its place.
ALTER TABLE idea
    ADD returned integer NOT NULL DEFAULT 0 CHECK (returned >= 0),
    ADD guest_returned integer NOT NULL DEFAULT 0 CHECK (guest_returned >= 0);

-- Nobody votes for what she writes. Who votes and who comes to write it is one person: both take this lock of hers, so
-- that neither misses the other. A vote that is refused is no row, as one that is given twice.
CREATE FUNCTION plein_hold_votes(of_idea bigint, of_person bigint) RETURNS void LANGUAGE sql
    AS $$ SELECT pg_advisory_xact_lock(hashtextextended('votes ' || of_idea || ' ' || of_person, 0)) $$;
CREATE FUNCTION plein_refuse_own_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_hold_votes(NEW.idea, NEW.person);
    IF EXISTS (SELECT FROM idea i WHERE i.id = NEW.idea AND i.author = NEW.person) OR EXISTS (SELECT FROM co_author k
            WHERE k.idea = NEW.idea AND k.person = NEW.person AND k.accepted_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vote_of_a_reader BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION plein_refuse_own_vote();

DROP FUNCTION plein_drop_vote;
CREATE FUNCTION plein_drop_vote(of_idea bigint, of_person bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was_guest boolean;
BEGIN
    PERFORM plein_hold_votes(of_idea, of_person);
    DELETE FROM vote WHERE idea = of_idea AND person = of_person RETURNING guest INTO was_guest;
    UPDATE idea SET supporters = supporters + (NOT was_guest)::int, returned = returned + (NOT was_guest)::int,
        guest_supporters = guest_supporters + was_guest::int, guest_returned = guest_returned + was_guest::int
        WHERE id = of_idea AND was_guest IS NOT NULL;
END $$;
CREATE FUNCTION plein_drop_vote_of_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_drop_vote(NEW.id, NEW.author);
    RETURN NULL;
END $$;
CREATE FUNCTION plein_drop_vote_of_co_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_drop_vote(NEW.idea, NEW.person);
    RETURN NULL;
END $$;
CREATE TRIGGER idea_handed_over AFTER UPDATE OF author ON idea
    FOR EACH ROW WHEN (OLD.author <> NEW.author) EXECUTE FUNCTION plein_drop_vote_of_author();
CREATE TRIGGER co_author_joined AFTER INSERT OR UPDATE OF accepted_at ON co_author
    FOR EACH ROW WHEN (NEW.accepted_at IS NOT NULL) EXECUTE FUNCTION plein_drop_vote_of_co_author();

-- Votes are counted here, whichever way they are given.
CREATE OR REPLACE FUNCTION plein_spend() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c campaign;
    v vote := coalesce(NEW, OLD);
    step integer := coalesce(NEW.weight, 0) - coalesce(OLD.weight, 0);
    head integer := (TG_OP = 'INSERT')::integer - (TG_OP = 'DELETE')::integer;
BEGIN
    SELECT x.* INTO c FROM campaign x JOIN idea i ON i.campaign = x.id WHERE i.id = v.idea;
    IF v.weight > (CASE c.vote_method WHEN 'budget' THEN c.votes_per_idea ELSE 1 END) THEN
        RAISE EXCEPTION 'too many votes on one idea' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_per_idea';
    END IF;
    UPDATE idea SET votes = votes + CASE c.vote_method WHEN 'budget' THEN step ELSE 0 END,
        supporters = supporters + CASE WHEN v.guest THEN 0 WHEN head > 0 AND returned > 0 THEN 0 ELSE head END,
        returned = greatest(returned - CASE WHEN v.guest THEN 0 ELSE greatest(head, 0) END, 0),
        guest_supporters = guest_supporters
            + CASE WHEN NOT v.guest THEN 0 WHEN head > 0 AND guest_returned > 0 THEN 0 ELSE head END,
        guest_returned = greatest(guest_returned - CASE WHEN v.guest THEN greatest(head, 0) ELSE 0 END, 0)
    WHERE id = v.idea;
    IF c.vote_method = 'budget' THEN
        INSERT INTO budget (person, campaign, space, votes) VALUES (v.person, c.id, c.space, c.votes_each)
            ON CONFLICT DO NOTHING;
        PERFORM plein_add_up(c.id, ARRAY[v.person]);
    END IF;
    RETURN NULL;
END $$;
"""

# Whose words they are: the person in the column that the trigger names, else the author; a mention is its comment's.
PAUSED = """
CREATE OR REPLACE FUNCTION plein_refuse_paused() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who bigint;
BEGIN
    IF TG_TABLE_NAME = 'mention' THEN
        who := (SELECT k.author FROM comment k WHERE k.id = NEW.comment);
    ELSIF TG_NARGS > 0 THEN
        who := to_jsonb(NEW) ->> TG_ARGV[0];
    ELSE
        who := NEW.author;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(plein_pause_key(who, NEW.space));
    IF EXISTS (SELECT FROM pause p WHERE p.person = who AND p.space = NEW.space AND p.ended_at IS NULL
            AND p.until > plein_now()) THEN
        RAISE EXCEPTION 'this person may not write here for a while' USING ERRCODE = 'PL001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER idea_editor BEFORE UPDATE OF title, body ON idea FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND NEW.edited_by IS NOT NULL
        AND ROW(OLD.title, OLD.body) IS DISTINCT FROM ROW(NEW.title, NEW.body))
    EXECUTE FUNCTION plein_refuse_paused('edited_by');
CREATE TRIGGER comment_editor BEFORE UPDATE OF body ON comment FOR EACH ROW
    WHEN (NEW.state = 'published' AND OLD.body IS DISTINCT FROM NEW.body) EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER correction_writer BEFORE INSERT ON correction FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER help_offer_writer BEFORE INSERT OR UPDATE OF body ON help_offer
    FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused('person');
CREATE TRIGGER attachment_writer BEFORE INSERT OR UPDATE OF description ON attachment
    FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER co_author_inviter BEFORE INSERT ON co_author
    FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused('invited_by');
CREATE TRIGGER workshop_writer BEFORE INSERT ON workshop FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER digest_writer BEFORE INSERT ON digest FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
-- What a sponsor or a moderator owes others is no word of her own: answers, steps and more time wait for no pause.
CREATE TRIGGER status_change_writer BEFORE INSERT ON status_change FOR EACH ROW WHEN (NEW.status = 'withdrawn')
    EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER campaign_notice_writer BEFORE INSERT ON campaign_notice FOR EACH ROW WHEN (NEW.kind = 'cancelled')
    EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER mention_writer BEFORE INSERT ON mention FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
"""

# Hidden by a moderator: until it is brought back, nothing happens in it, and with it all goes that hangs under it.
HIDDEN = """
ALTER TABLE campaign ADD hidden boolean NOT NULL DEFAULT false;
CREATE OR REPLACE FUNCTION plein_phase(c campaign, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN c.hidden OR c.state IN ('draft', 'proposed', 'declined') THEN 'planned'
        WHEN c.state = 'cancelled' THEN 'cancelled'
        WHEN c.state = 'archived' THEN 'done'
        WHEN at < c.collect_from THEN 'planned'
        WHEN c.always_open OR at < c.discuss_from THEN 'collect'
        WHEN at < c.vote_from THEN 'discuss'
        WHEN at < c.decide_from THEN 'vote'
        WHEN at < c.done_from THEN 'decide'
        ELSE 'done' END
$$;
"""

ERASED = """
ALTER TABLE person ADD erased_at timestamptz,
    ADD CONSTRAINT person_erased_is_out CHECK (erased_at IS NULL OR NOT active);
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(VOTES + PAUSED + HIDDEN + ERASED)

    manager.add_raw(run)
    return manager
