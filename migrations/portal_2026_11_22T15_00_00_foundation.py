"""The foundation: people, spaces, campaigns, ideas, votes, comments, answers, events, mail."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T15:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "foundation"

FUNCTIONS = """
-- The one clock. The tests put a function of the same name in front of it.
CREATE FUNCTION plein_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
    AS 'SELECT clock_timestamp()';

-- 12 letters and digits with 66 random bits; portal.tables.base.new_public_id does the same in Python.
CREATE FUNCTION plein_public_id() RETURNS text LANGUAGE sql VOLATILE
    AS $$ SELECT translate(left(encode(uuid_send(gen_random_uuid()), 'base64'), 12), '+/', 'xY') $$;
"""

PEOPLE = """
CREATE TABLE organisation (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    name text NOT NULL,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    zone text NOT NULL,
    demo_since timestamptz
);

CREATE TABLE org_unit (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    name text NOT NULL,
    parent bigint REFERENCES org_unit (id),
    CHECK (parent <> id)
);

CREATE TABLE person (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    kind text NOT NULL CHECK (kind IN ('employee', 'guest')),
    org_unit bigint REFERENCES org_unit (id),
    active boolean NOT NULL DEFAULT true,
    epoch integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    last_signed_in_at timestamptz
);

CREATE TABLE identity (
    person bigint PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    name text NOT NULL,
    email text NOT NULL,
    title text NOT NULL DEFAULT '',
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    zone text NOT NULL,
    theme text NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark')),
    wants_mail boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX identity_email ON identity (lower(email));
"""

ACCOUNTS = """
CREATE TABLE credential (
    person bigint PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT plein_now()
);

CREATE TABLE session (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    token_sha256 bytea NOT NULL UNIQUE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    epoch integer NOT NULL,
    auth_level smallint NOT NULL DEFAULT 1,
    user_agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE password_reset (
    id bigserial PRIMARY KEY,
    token_sha256 bytea NOT NULL UNIQUE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX password_reset_person ON password_reset (person);

CREATE TABLE throttle (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    last_failure_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
"""

SPACES = """
CREATE TABLE space (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    kind text NOT NULL CHECK (kind IN ('organisation', 'group')),
    name text NOT NULL,
    purpose text NOT NULL DEFAULT '',
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    open boolean NOT NULL,
    created_by bigint REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    archived_at timestamptz,
    form_key text,
    UNIQUE (created_by, form_key),
    CHECK (kind <> 'organisation' OR open)
);
CREATE UNIQUE INDEX space_organisation ON space (kind) WHERE kind = 'organisation';
CREATE INDEX space_open ON space (id) WHERE open;

CREATE TABLE membership (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('member', 'owner', 'moderator', 'decision_maker', 'administrator')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    added_by bigint REFERENCES person (id),
    UNIQUE (space, person, role)
);
CREATE INDEX membership_person ON membership (person, space);

-- The one relation behind every "may see": an active person reads the spaces that she belongs to in whatever role,
-- and, as an employee, every open one. Read from either side: a person's spaces, a space's readers.
CREATE VIEW readership AS
    SELECT m.person, m.space FROM membership m JOIN person p ON p.id = m.person WHERE p.active
    UNION
    SELECT p.id, s.id FROM person p, space s WHERE p.active AND p.kind = 'employee' AND s.open;
"""

CAMPAIGNS = """
CREATE TABLE campaign (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id),
    author bigint NOT NULL REFERENCES person (id),
    sponsor bigint NOT NULL REFERENCES person (id),
    title text NOT NULL CHECK (title <> ''),
    lead text NOT NULL,
    brief text NOT NULL,
    brief_html text NOT NULL,
    promise text NOT NULL DEFAULT '',
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    always_open boolean NOT NULL DEFAULT false,
    collect_from timestamptz NOT NULL,
    discuss_from timestamptz,
    vote_from timestamptz,
    decide_from timestamptz,
    done_from timestamptz,
    version integer NOT NULL DEFAULT 1,
    ideas integer NOT NULL DEFAULT 0,
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    UNIQUE (author, form_key),
    CONSTRAINT campaign_dates CHECK (always_open OR (collect_from < discuss_from AND discuss_from < vote_from
        AND vote_from < decide_from AND decide_from < done_from) IS TRUE)
);
CREATE INDEX campaign_newest ON campaign (space, collect_from DESC, id DESC);

-- A campaign's phase is read off its dates, here and nowhere else.
CREATE FUNCTION plein_phase(c campaign, at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN at < c.collect_from THEN 'planned'
        WHEN c.always_open OR at < c.discuss_from THEN 'collect'
        WHEN at < c.vote_from THEN 'discuss'
        WHEN at < c.decide_from THEN 'vote'
        WHEN at < c.done_from THEN 'decide'
        ELSE 'done' END
$$;
"""

IDEAS = """
CREATE TABLE idea (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    campaign bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    state text NOT NULL CHECK (state IN ('published', 'hidden')),
    title text NOT NULL CHECK (title <> ''),
    body text NOT NULL,
    body_html text NOT NULL,
    excerpt text NOT NULL,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    tags text[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    supporters integer NOT NULL DEFAULT 0 CHECK (supporters >= 0),
    guest_supporters integer NOT NULL DEFAULT 0 CHECK (guest_supporters >= 0),
    comments integer NOT NULL DEFAULT 0 CHECK (comments >= 0),
    guest_comments integer NOT NULL DEFAULT 0 CHECK (guest_comments >= 0),
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    updated_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    UNIQUE (author, form_key),
    FOREIGN KEY (campaign, space) REFERENCES campaign (id, space) ON UPDATE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX idea_newest ON idea (campaign, created_at DESC, public_id DESC);
CREATE INDEX idea_of_space ON idea (space, created_at DESC);
CREATE INDEX idea_author ON idea (author, created_at DESC);
CREATE INDEX idea_tags ON idea USING gin (tags);

CREATE TABLE idea_version (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    tags text[] NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL,
    UNIQUE (idea, version),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE answer (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL UNIQUE,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('changed', 'partly', 'pilot', 'declined', 'exists already', 'not ours')),
    summary text NOT NULL CHECK (summary <> '' AND char_length(summary) <= 200),
    reason text NOT NULL CHECK (reason <> ''),
    reason_html text NOT NULL,
    from_when text NOT NULL DEFAULT '',
    next_step text NOT NULL,
    next_owner bigint REFERENCES person (id),
    next_date date,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE
);

CREATE TABLE vote (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id),
    idea bigint NOT NULL,
    space bigint NOT NULL,
    guest boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (person, idea),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE
);
CREATE INDEX vote_idea ON vote (idea);

CREATE TABLE comment (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL,
    space bigint NOT NULL,
    author bigint NOT NULL REFERENCES person (id),
    guest boolean NOT NULL,
    root bigint,
    state text NOT NULL CHECK (state IN ('published', 'removed', 'hidden')),
    body text NOT NULL,
    body_html text NOT NULL,
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    replies integer NOT NULL DEFAULT 0 CHECK (replies >= 0),
    form_key text,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    edited_at timestamptz,
    UNIQUE (id, idea),
    UNIQUE (id, space),
    UNIQUE (author, form_key),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE,
    FOREIGN KEY (root, idea) REFERENCES comment (id, idea)
);
CREATE INDEX comment_roots ON comment (idea, id) WHERE root IS NULL;
CREATE INDEX comment_replies ON comment (root, id) WHERE root IS NOT NULL;

CREATE FUNCTION plein_count_ideas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'published' THEN
        UPDATE campaign SET ideas = ideas - 1 WHERE id = OLD.campaign;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'published' THEN
        UPDATE campaign SET ideas = ideas + 1 WHERE id = NEW.campaign;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER idea_counted AFTER INSERT OR DELETE OR UPDATE OF state, campaign ON idea
    FOR EACH ROW EXECUTE FUNCTION plein_count_ideas();

-- What was written as a guest stays counted as a guest's, whatever its author becomes.
CREATE FUNCTION plein_mark_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.guest := (SELECT p.kind = 'guest' FROM person p WHERE p.id = NEW.author);
    RETURN NEW;
END $$;
CREATE TRIGGER comment_marked BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION plein_mark_comment();

CREATE FUNCTION plein_count_comment(c comment, step integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF c.state = 'published' THEN
        UPDATE idea SET comments = comments + CASE WHEN c.guest THEN 0 ELSE step END,
            guest_comments = guest_comments + CASE WHEN c.guest THEN step ELSE 0 END WHERE id = c.idea;
    END IF;
    IF c.root IS NOT NULL AND c.state <> 'hidden' THEN
        UPDATE comment SET replies = replies + step WHERE id = c.root;
    END IF;
END $$;
CREATE FUNCTION plein_count_comments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM plein_count_comment(OLD, -1); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM plein_count_comment(NEW, 1); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_counted AFTER INSERT OR DELETE OR UPDATE OF state ON comment
    FOR EACH ROW EXECUTE FUNCTION plein_count_comments();
"""

EVENTS = """
CREATE TABLE event (
    id bigserial PRIMARY KEY,
    kind text NOT NULL,
    actor bigint REFERENCES person (id),
    space bigint REFERENCES space (id),
    campaign bigint REFERENCES campaign (id),
    idea bigint REFERENCES idea (id),
    comment bigint REFERENCES comment (id),
    answer bigint REFERENCES answer (id),
    person bigint REFERENCES person (id),
    particulars jsonb NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL DEFAULT plein_now(),
    CONSTRAINT event_one_subject CHECK (num_nonnulls(campaign, idea, comment, answer, person) <= 1)
);
CREATE INDEX event_of_space ON event (space, id DESC);
CREATE INDEX event_of_idea ON event (idea, id) WHERE idea IS NOT NULL;

CREATE TABLE event_queue (
    event bigint PRIMARY KEY REFERENCES event (id),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT plein_now()
);

CREATE FUNCTION plein_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION plein_refuse();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION plein_refuse();

CREATE TABLE mail (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    kind text NOT NULL,
    recipient bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    event bigint REFERENCES event (id),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT plein_now(),
    sent_at timestamptz,
    dropped_at timestamptz,
    last_error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (event, recipient, kind)
);
CREATE INDEX mail_due ON mail (due_at) WHERE sent_at IS NULL AND dropped_at IS NULL;

CREATE TABLE about_page (
    id bigserial PRIMARY KEY,
    slug text NOT NULL CHECK (slug IN ('house-rules', 'privacy', 'accessibility', 'help')),
    language text NOT NULL CHECK (language IN ('nl', 'en')),
    title text NOT NULL CHECK (title <> ''),
    body text NOT NULL,
    body_html text NOT NULL,
    author bigint REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE INDEX about_page_newest ON about_page (slug, language, id DESC);
"""


async def forwards() -> MigrationManager:
    """Creates everything, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FUNCTIONS + PEOPLE + ACCOUNTS + SPACES + CAMPAIGNS + IDEAS + EVENTS)

    manager.add_raw(run)
    return manager
