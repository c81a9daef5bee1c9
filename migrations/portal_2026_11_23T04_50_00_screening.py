"""Sensitive posts: by which rules they are screened, what becomes of them, and who is behind what is anonymous."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T04:50:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "screening"

RULES = """
-- Who answers for a topic by name, or is her deputy, neither writes word lists nor screens its posts (rule 15).
CREATE FUNCTION plein_answers_for(who bigint, of_topic bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM topic_rule r WHERE who IN (r.owner, r.deputy) AND r.topic = of_topic)
$$;
CREATE FUNCTION plein_answers_for_any(who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM topic_rule r WHERE who IN (r.owner, r.deputy) AND r.topic IS NOT NULL)
$$;

-- One version of what holds for a category; the newest holds, none is ever changed.
CREATE TABLE sensitive_rule (
    id bigserial PRIMARY KEY,
    category text NOT NULL CHECK (category IN ('person', 'health', 'union', 'religion', 'salary', 'harassment',
        'integrity', 'security', 'inquiry')),
    version integer NOT NULL,
    name_nl text NOT NULL CHECK (name_nl <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    about_nl text NOT NULL DEFAULT '',
    about_en text NOT NULL DEFAULT '',
    author bigint NOT NULL REFERENCES person (id),
    reason text NOT NULL CHECK (reason <> ''),
    consent_by text NOT NULL CHECK (consent_by <> ''),
    consent_on date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (category, version)
);
CREATE INDEX sensitive_rule_author ON sensitive_rule (author);
-- Words and patterns, one a line, by language.
CREATE TABLE sensitive_words (
    id bigserial PRIMARY KEY,
    rule bigint NOT NULL UNIQUE REFERENCES sensitive_rule (id),
    words_nl text NOT NULL DEFAULT '',
    words_en text NOT NULL DEFAULT ''
);
CREATE TABLE sensitive_door (
    id bigserial PRIMARY KEY,
    rule bigint NOT NULL REFERENCES sensitive_rule (id),
    name_nl text NOT NULL CHECK (name_nl <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    contact text NOT NULL DEFAULT '',
    outside boolean NOT NULL DEFAULT false
);
CREATE INDEX sensitive_door_rule ON sensitive_door (rule);
CREATE TABLE screener (
    id bigserial PRIMARY KEY,
    rule bigint NOT NULL REFERENCES sensitive_rule (id),
    person bigint NOT NULL REFERENCES person (id),
    UNIQUE (rule, person)
);
CREATE INDEX screener_person ON screener (person);
CREATE FUNCTION plein_keep_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sensitive_rule_kept BEFORE UPDATE OR DELETE ON sensitive_rule FOR EACH ROW
    EXECUTE FUNCTION plein_keep_for_good();
CREATE TRIGGER sensitive_words_kept BEFORE UPDATE OR DELETE ON sensitive_words FOR EACH ROW
    EXECUTE FUNCTION plein_keep_for_good();
CREATE TRIGGER sensitive_door_kept BEFORE UPDATE OR DELETE ON sensitive_door FOR EACH ROW
    EXECUTE FUNCTION plein_keep_for_good();
CREATE TRIGGER screener_kept BEFORE UPDATE OR DELETE ON screener FOR EACH ROW EXECUTE FUNCTION plein_keep_for_good();
-- Who screens a category, as it holds today; of what has none yet, any of them. Where nobody is named, the
-- organisation's moderators do.
CREATE FUNCTION plein_screeners(of_category text) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH named AS (
        SELECT x.person FROM screener x JOIN sensitive_rule r ON r.id = x.rule
        WHERE (of_category IS NULL OR r.category = of_category) AND plein_in_office(x.person)
            AND r.version = (SELECT max(n.version) FROM sensitive_rule n WHERE n.category = r.category))
    SELECT n.person FROM named n
    UNION SELECT m.person FROM membership m JOIN space s ON s.id = m.space AND s.kind = 'organisation'
        WHERE m.role = 'moderator' AND plein_in_office(m.person) AND NOT EXISTS (SELECT FROM named)
$$;
"""

SCREENING = """
-- What is diverted keeps its place, and nothing of its text.
ALTER TABLE idea
    DROP CONSTRAINT idea_state_check,
    DROP CONSTRAINT idea_title_check,
    ADD CONSTRAINT idea_state_check
        CHECK (state IN ('draft', 'published', 'withdrawn', 'hidden', 'removed', 'diverted')),
    ADD CONSTRAINT idea_title_check CHECK (title <> '' OR state IN ('draft', 'diverted'));

-- Whoever reports it says that it is sensitive: it is taken out of sight until it was screened.
ALTER TABLE report ADD sensitive boolean NOT NULL DEFAULT false;

-- `person`: who wrote it. `found`: by words, by its author, or by a report; `was`: its state before. It is the turn of
-- `assigned_to` until `due_at`. `appeal_to`: the neutral who decides on an appeal.
CREATE TABLE screening (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id),
    idea bigint,
    comment bigint,
    person bigint NOT NULL REFERENCES person (id),
    category text,
    found text NOT NULL CHECK (found IN ('words', 'author', 'report')),
    was text NOT NULL CHECK (was IN ('draft', 'published')),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'published', 'diverted', 'taken back', 'changed')),
    assigned_to bigint REFERENCES person (id),
    assigned_at timestamptz,
    due_at timestamptz NOT NULL,
    decided_by bigint REFERENCES person (id),
    decided_at timestamptz,
    words text NOT NULL DEFAULT '',
    door bigint REFERENCES sensitive_door (id),
    appeal_words text NOT NULL DEFAULT '',
    appealed_at timestamptz,
    appeal_to bigint REFERENCES person (id),
    outcome text CHECK (outcome IN ('granted', 'upheld')),
    outcome_words text NOT NULL DEFAULT '',
    outcome_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE SET NULL (idea),
    FOREIGN KEY (comment, space) REFERENCES comment (id, space) ON UPDATE CASCADE ON DELETE SET NULL (comment),
    CONSTRAINT screening_one_thing CHECK (num_nonnulls(idea, comment) <= 1),
    CONSTRAINT screening_decided CHECK ((state IN ('published', 'diverted')) <= (decided_by IS NOT NULL))
);
CREATE UNIQUE INDEX screening_idea_open ON screening (idea) WHERE state = 'open';
CREATE UNIQUE INDEX screening_comment_open ON screening (comment) WHERE state = 'open';
CREATE INDEX screening_space ON screening (space);
CREATE INDEX screening_idea ON screening (idea) WHERE idea IS NOT NULL;
CREATE INDEX screening_comment ON screening (comment) WHERE comment IS NOT NULL;
CREATE INDEX screening_person ON screening (person);
CREATE INDEX screening_open ON screening (due_at) WHERE state = 'open';
CREATE INDEX screening_assigned ON screening (assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX screening_decided_by ON screening (decided_by) WHERE decided_by IS NOT NULL;
CREATE INDEX screening_door ON screening (door) WHERE door IS NOT NULL;
CREATE INDEX screening_appeal ON screening (appeal_to) WHERE appeal_to IS NOT NULL;

-- Who screens this: nobody who writes it, nor who answers for its topic.
CREATE FUNCTION plein_screeners_of(x screening) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT s.person FROM plein_screeners(x.category) s (person)
    WHERE s.person <> x.person AND NOT EXISTS (SELECT FROM idea i
        WHERE i.id = coalesce(x.idea, (SELECT k.idea FROM comment k WHERE k.id = x.comment))
            AND (plein_answers_for(s.person, i.topic) OR s.person IN (SELECT plein_writers(i.id))))
$$;
CREATE FUNCTION plein_refuse_screener() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.decided_by NOT IN (SELECT plein_screeners_of(OLD)) THEN
        RAISE EXCEPTION 'who wrote it or answers for its topic does not screen it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_by_another BEFORE UPDATE OF decided_by ON screening FOR EACH ROW
    WHEN (NEW.decided_by IS NOT NULL AND OLD.decided_by IS DISTINCT FROM NEW.decided_by)
    EXECUTE FUNCTION plein_refuse_screener();

-- The text of what was diverted, until its appeal is over: for its author, and for the neutral meanwhile.
CREATE TABLE sealed_text (
    id bigserial PRIMARY KEY,
    screening bigint NOT NULL UNIQUE REFERENCES screening (id) ON DELETE CASCADE,
    title text NOT NULL DEFAULT '',
    body text NOT NULL
);
-- When, of which category, who screened, and which door: nothing of what, where or whose.
CREATE TABLE sealed_record (
    id bigserial PRIMARY KEY,
    outcome text NOT NULL CHECK (outcome IN ('diverted', 'restored')),
    category text NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    door text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE INDEX sealed_record_person ON sealed_record (person);
CREATE TRIGGER sealed_record_kept BEFORE UPDATE OR DELETE ON sealed_record FOR EACH ROW
    EXECUTE FUNCTION plein_keep_for_good();
"""

MASKS = """
-- Somebody who is nobody, in whose name something anonymous stands: she signs in nowhere and reads nothing.
ALTER TABLE person DROP CONSTRAINT person_kind_check,
    ADD CHECK (kind IN ('employee', 'guest', 'sister', 'mask')),
    ADD CONSTRAINT person_mask_inactive CHECK (kind <> 'mask' OR NOT active);
ALTER TABLE space ADD anonymous boolean NOT NULL DEFAULT false;

-- Who is behind an anonymous post: for herself, and for two others who signed for it with a reason.
CREATE TABLE mask (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL UNIQUE REFERENCES person (id),
    behind bigint NOT NULL REFERENCES person (id),
    idea bigint NOT NULL UNIQUE,
    space bigint NOT NULL,
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX mask_behind ON mask (behind);
-- One signature under the wish to know; two of two people in two roles open it.
CREATE TABLE unmasking (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    role text NOT NULL CHECK (role IN ('moderator', 'administrator')),
    reason text NOT NULL CHECK (reason <> ''),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (idea, person),
    UNIQUE (idea, role),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE
);
CREATE INDEX unmasking_person ON unmasking (person);
CREATE FUNCTION plein_keep_unmasking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'space' <> to_jsonb(OLD) - 'space' THEN
        RAISE EXCEPTION 'who asked who is behind it stays written' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER unmasking_kept BEFORE UPDATE OR DELETE ON unmasking FOR EACH ROW
    EXECUTE FUNCTION plein_keep_unmasking();

CREATE OR REPLACE FUNCTION plein_writers(item bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT i.author FROM idea i WHERE i.id = item
    UNION SELECT m.behind FROM mask m WHERE m.idea = item
    UNION SELECT i.speaks_for FROM idea i WHERE i.id = item AND i.speaks_for IS NOT NULL
    UNION SELECT k.person FROM co_author k WHERE k.idea = item AND k.accepted_at IS NOT NULL
$$;
CREATE OR REPLACE FUNCTION plein_barred(e escalation) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT plein_writers(e.idea)
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id
        UNION SELECT x.person FROM idea i LEFT JOIN mask m ON m.idea = i.id, plein_chain(coalesce(m.behind, i.author)) x
            WHERE i.id = e.idea AND e.complaint)
$$;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(RULES + SCREENING + MASKS)

    manager.add_raw(run)
    return manager
