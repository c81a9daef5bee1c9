"""The case team: its notes and files, what is asked of others, the record of a case, and how long all of it is kept."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T04:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "team"

# `person`: who is asked for advice, by `due_at`. `outcome` and `answer` are hers; nobody changes them after that.
TEAM = """
CREATE TABLE case_note (
    id bigserial PRIMARY KEY,
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (author, form_key),
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE
);
CREATE INDEX case_note_escalation ON case_note (escalation, id);

CREATE TABLE case_file (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    note bigint REFERENCES case_note (id) ON DELETE SET NULL,
    author bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    file text NOT NULL UNIQUE,
    size bigint NOT NULL CHECK (size >= 0),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE
);
CREATE INDEX case_file_escalation ON case_file (escalation, id);
CREATE INDEX case_file_note ON case_file (note);
CREATE INDEX case_file_author ON case_file (author);

CREATE TABLE consultation (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('legal', 'works council', 'communication')),
    person bigint NOT NULL REFERENCES person (id),
    body text NOT NULL CHECK (body <> ''),
    asked_by bigint NOT NULL REFERENCES person (id),
    asked_at timestamptz NOT NULL DEFAULT plein_now(),
    due_on date NOT NULL,
    due_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('agrees', 'advises', 'objects')),
    answer text NOT NULL DEFAULT '',
    answer_html text NOT NULL DEFAULT '',
    answered_at timestamptz,
    form_key text,
    UNIQUE (asked_by, form_key),
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE,
    CONSTRAINT consultation_answered CHECK (num_nonnulls(outcome, answered_at) IN (0, 2))
);
CREATE INDEX consultation_escalation ON consultation (escalation, id);
CREATE INDEX consultation_person ON consultation (person);

-- It is looked at a day before it is due, and once it is. No clock of the case knows of it.
CREATE FUNCTION plein_schedule_consultation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_step (escalation, space, kind, nth, due_at)
    SELECT NEW.escalation, NEW.space, k.kind, NEW.id, k.at FROM (VALUES
        ('advice_soon', NEW.due_at - interval '1 day'), ('advice_late', NEW.due_at)) k (kind, at)
    WHERE k.at > NEW.asked_at;
    RETURN NULL;
END $$;
CREATE TRIGGER consultation_scheduled AFTER INSERT ON consultation
    FOR EACH ROW EXECUTE FUNCTION plein_schedule_consultation();

-- Who may not decide a case is on no side of its team (rule 6): whoever comes to write the item, or is in conflict.
CREATE FUNCTION plein_bar_from_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_role r SET until = plein_now() FROM escalation e
    WHERE e.id = r.escalation AND r.until IS NULL AND r.role <> 'owner' AND r.person = NEW.person
        AND r.person = ANY (plein_barred(e));
    RETURN NULL;
END $$;
CREATE TRIGGER case_conflict_bars AFTER INSERT ON case_conflict
    FOR EACH ROW EXECUTE FUNCTION plein_bar_from_team();
CREATE TRIGGER co_author_bars AFTER INSERT OR UPDATE OF accepted_at ON co_author
    FOR EACH ROW WHEN (NEW.accepted_at IS NOT NULL) EXECUTE FUNCTION plein_bar_from_team();
"""

# A case as one file, as it was read under this label; `whole`: with what is the team's alone.
RECORDS = """
CREATE TABLE case_record (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    label text NOT NULL,
    whole boolean NOT NULL,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    reason text NOT NULL CHECK (reason <> ''),
    asked_at timestamptz NOT NULL DEFAULT plein_now(),
    made_at timestamptz,
    expires_at timestamptz,
    file text UNIQUE,
    sha256 bytea,
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE,
    CONSTRAINT case_record_made CHECK (num_nonnulls(made_at, expires_at, file, sha256) IN (0, 4))
);
CREATE INDEX case_record_escalation ON case_record (escalation, id);
CREATE INDEX case_record_person ON case_record (person);
CREATE INDEX case_record_expires ON case_record (expires_at);
"""

# How long each kind of thing is kept after its case has ended; no years: for good. The newest list holds, none changes.
# What goes is written down first, without its contents; without that line the database lets nothing go.
RETENTION = """
CREATE TABLE retention_list (
    id bigserial PRIMARY KEY,
    author bigint NOT NULL REFERENCES person (id),
    reason text NOT NULL CHECK (reason <> ''),
    consent_by text NOT NULL CHECK (consent_by <> ''),
    consent_on date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE INDEX retention_list_author ON retention_list (author);
CREATE TABLE retention_rule (
    id bigserial PRIMARY KEY,
    list bigint NOT NULL REFERENCES retention_list (id),
    kind text NOT NULL CHECK (kind IN ('notes', 'files', 'consultations', 'case')),
    years integer CHECK (years BETWEEN 1 AND 100),
    ground text NOT NULL CHECK (ground <> ''),
    UNIQUE (list, kind)
);
CREATE TABLE retention_log (
    id bigserial PRIMARY KEY,
    list bigint NOT NULL REFERENCES retention_list (id),
    kind text NOT NULL CHECK (kind IN ('notes', 'files', 'consultations', 'case')),
    escalation bigint NOT NULL REFERENCES escalation (id),
    things integer NOT NULL CHECK (things > 0),
    ended_at timestamptz NOT NULL,
    destroyed_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE INDEX retention_log_escalation ON retention_log (escalation, kind);
CREATE INDEX retention_log_list ON retention_log (list);

-- What the list that holds says of a kind: since when its cases have to have ended. Null: it is kept.
CREATE FUNCTION plein_over_since(what text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT plein_now() - make_interval(years => r.years) FROM retention_rule r
    WHERE r.kind = what AND r.list = (SELECT max(id) FROM retention_list)
$$;

CREATE FUNCTION plein_keep_retention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM escalation e WHERE e.id = NEW.escalation AND e.ended_at = NEW.ended_at
            AND e.ended_at <= plein_over_since(NEW.kind)) THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'it is to be kept' USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION 'a retention list, and what it destroyed, stay' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER retention_list_kept BEFORE UPDATE OR DELETE ON retention_list
    FOR EACH ROW EXECUTE FUNCTION plein_keep_retention();
CREATE TRIGGER retention_rule_kept BEFORE UPDATE OR DELETE ON retention_rule
    FOR EACH ROW EXECUTE FUNCTION plein_keep_retention();
CREATE TRIGGER retention_log_kept BEFORE INSERT OR UPDATE OR DELETE ON retention_log
    FOR EACH ROW EXECUTE FUNCTION plein_keep_retention();

-- What the team wrote stands as it was written (arguments: its kind, then the columns that may change), until the list
-- lets it go.
CREATE FUNCTION plein_keep_of_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM retention_log l
        WHERE l.escalation = OLD.escalation AND l.kind = TG_ARGV[0] AND l.destroyed_at >=
            coalesce(to_jsonb(OLD) ->> 'created_at', to_jsonb(OLD) ->> 'asked_at')::timestamptz) THEN RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV[1:] = to_jsonb(OLD) - TG_ARGV[1:] THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'what the case team wrote is kept' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER case_note_kept BEFORE UPDATE OR DELETE ON case_note
    FOR EACH ROW EXECUTE FUNCTION plein_keep_of_team('notes', 'space');
CREATE TRIGGER case_file_kept BEFORE UPDATE OR DELETE ON case_file
    FOR EACH ROW EXECUTE FUNCTION plein_keep_of_team('files', 'space', 'note');
CREATE TRIGGER consultation_kept BEFORE DELETE ON consultation
    FOR EACH ROW EXECUTE FUNCTION plein_keep_of_team('consultations');
CREATE TRIGGER consultation_asked BEFORE UPDATE ON consultation FOR EACH ROW WHEN (OLD.answered_at IS NULL)
    EXECUTE FUNCTION plein_keep_of_team('consultations', 'space', 'outcome', 'answer', 'answer_html', 'answered_at');
CREATE TRIGGER consultation_told BEFORE UPDATE ON consultation FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL)
    EXECUTE FUNCTION plein_keep_of_team('consultations', 'space');
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(TEAM + RECORDS + RETENTION)

    manager.add_raw(run)
    return manager
