"""Moderation: what was reported, what was decided about it, appeals, and who may not write for a while."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:55:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "moderation"

RULES = """('persons', 'private life', 'assessments', 'addresses', 'harassment', 'integrity', 'confidential',
        'advertising')"""

QUEUE = f"""
-- What a space's moderators have to judge: one thing at a time, however many report it.
CREATE TABLE moderation_item (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id),
    campaign bigint,
    idea bigint,
    comment bigint,
    author bigint NOT NULL REFERENCES person (id),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'appealed', 'closed')),
    claimed_by bigint REFERENCES person (id),
    claimed_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE,
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE,
    CONSTRAINT moderation_item_one_thing CHECK (num_nonnulls(campaign, idea, comment) = 1),
    CONSTRAINT moderation_item_claim CHECK (num_nonnulls(claimed_by, claimed_until) <> 1)
);
CREATE INDEX moderation_item_queue ON moderation_item (space, state, id);
CREATE UNIQUE INDEX moderation_item_campaign ON moderation_item (campaign) WHERE state = 'open';
CREATE UNIQUE INDEX moderation_item_idea ON moderation_item (idea) WHERE state = 'open';
CREATE UNIQUE INDEX moderation_item_comment ON moderation_item (comment) WHERE state = 'open';

-- Title and text are those that the reporter read.
CREATE TABLE report (
    id bigserial PRIMARY KEY,
    item bigint NOT NULL,
    space bigint NOT NULL,
    reporter bigint NOT NULL REFERENCES person (id),
    rule text NOT NULL CHECK (rule IN {RULES}),
    words text NOT NULL DEFAULT '',
    title text NOT NULL,
    body_html text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (item, reporter),
    FOREIGN KEY (item, space) REFERENCES moderation_item (id, space) ON UPDATE CASCADE
);
CREATE INDEX report_reporter ON report (reporter);
"""

DECISIONS = f"""
-- `person` is told, and reads it as her receipt; title and text are those that were judged. `was`: the state that the
-- thing had before, to which it returns when the decision is undone or reversed.
CREATE TABLE decision (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    item bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    moderator bigint NOT NULL REFERENCES person (id),
    action text NOT NULL CHECK (action IN ('allow', 'hide', 'send back', 'remove', 'warn', 'pause')),
    rule text NOT NULL CHECK (rule IN {RULES}),
    words text NOT NULL CHECK (words <> '' OR action = 'allow'),
    title text NOT NULL,
    body_html text NOT NULL,
    was text NOT NULL CHECK (was IN ('draft', 'published', 'withdrawn', 'hidden', 'removed')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    undone_at timestamptz,
    undone_by bigint REFERENCES person (id),
    put_back_at timestamptz,
    UNIQUE (id, space),
    FOREIGN KEY (item, space) REFERENCES moderation_item (id, space) ON UPDATE CASCADE,
    CONSTRAINT decision_undone CHECK (num_nonnulls(undone_at, undone_by) <> 1)
);
CREATE INDEX decision_item ON decision (item, id);
CREATE INDEX decision_person ON decision (person, space, id);
CREATE INDEX decision_removals ON decision (space, created_at) WHERE action IN ('hide', 'send back', 'remove');

CREATE TABLE appeal (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    decision bigint NOT NULL UNIQUE,
    space bigint NOT NULL,
    words text NOT NULL CHECK (words <> ''),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    outcome text CHECK (outcome IN ('granted', 'upheld')),
    reason text NOT NULL DEFAULT '',
    decided_by bigint REFERENCES person (id),
    decided_at timestamptz,
    FOREIGN KEY (decision, space) REFERENCES decision (id, space) ON UPDATE CASCADE,
    CONSTRAINT appeal_decided CHECK (num_nonnulls(outcome, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT appeal_reason CHECK (reason <> '' OR outcome IS NULL)
);

CREATE TABLE pause (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id),
    space bigint NOT NULL REFERENCES space (id),
    decision bigint NOT NULL UNIQUE REFERENCES decision (id),
    until timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX pause_person ON pause (person, space) WHERE ended_at IS NULL;
"""

# A post shares the lock that a pause takes: no post commits after the pause under which it falls.
PAUSED = """
CREATE FUNCTION plein_pause_key(person bigint, space bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT hashtextextended('pause ' || person || ' ' || space, 0) $$;

CREATE FUNCTION plein_refuse_paused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(plein_pause_key(NEW.author, NEW.space));
    IF EXISTS (SELECT FROM pause p WHERE p.person = NEW.author AND p.space = NEW.space AND p.ended_at IS NULL
            AND p.until > plein_now()) THEN
        RAISE EXCEPTION 'this person may not write here for a while' USING ERRCODE = 'PL001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_writer BEFORE INSERT ON campaign FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER idea_writer BEFORE INSERT ON idea FOR EACH ROW WHEN (NEW.state = 'published')
    EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER idea_publisher BEFORE UPDATE OF state ON idea FOR EACH ROW
    WHEN (OLD.state NOT IN ('published', 'hidden') AND NEW.state = 'published') EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER comment_writer BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
"""

# Replies under a hidden comment are out of sight with it, so nothing counts them. The idea is held before the comment
# above is looked at: whoever hides that holds the idea, too.
COUNTS = """
CREATE FUNCTION plein_counts(c comment) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT c.state = 'published'
        AND (c.root IS NULL OR EXISTS (SELECT FROM comment r WHERE r.id = c.root AND r.state <> 'hidden'))
$$;

CREATE OR REPLACE FUNCTION plein_count_comment(c comment, step integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM idea WHERE id = c.idea FOR NO KEY UPDATE;
    IF plein_counts(c) THEN
        UPDATE idea SET comments = comments + CASE WHEN c.guest THEN 0 ELSE step END,
            guest_comments = guest_comments + CASE WHEN c.guest THEN step ELSE 0 END WHERE id = c.idea;
    END IF;
    IF c.root IS NOT NULL AND c.state <> 'hidden' THEN
        UPDATE comment SET replies = replies + step WHERE id = c.root;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION plein_count_day(c comment, step integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF plein_counts(c) THEN
        INSERT INTO comment_day AS d (idea, space, day, comments)
        VALUES (c.idea, c.space, plein_day(c.created_at), greatest(step, 0))
        ON CONFLICT (idea, day) DO UPDATE SET comments = greatest(d.comments + step, 0);
    END IF;
END $$;

CREATE FUNCTION plein_count_replies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step integer := CASE WHEN NEW.state = 'hidden' THEN -1 ELSE 1 END;
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
-- After comment_counted and comment_counted_by_day, in the order of their names.
CREATE TRIGGER comment_replies_counted AFTER UPDATE OF state ON comment FOR EACH ROW
    WHEN (NEW.root IS NULL AND (OLD.state = 'hidden') <> (NEW.state = 'hidden'))
    EXECUTE FUNCTION plein_count_replies();
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(QUEUE + DECISIONS + PAUSED + COUNTS)

    manager.add_raw(run)
    return manager
