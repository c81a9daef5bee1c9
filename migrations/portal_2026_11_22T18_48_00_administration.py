"""Administration: deactivating and importing people, the unit tree, first run, the demo's removal, one's own data."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:48:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "administration"

PEOPLE = """
ALTER TABLE person ADD deactivated_at timestamptz, ADD demo boolean NOT NULL DEFAULT false;
CREATE INDEX person_org_unit ON person (org_unit);
CREATE INDEX identity_by_name ON identity (lower(name), person);

-- What the personnel system calls a person: of no use to colleagues, so it stands apart from the name.
CREATE TABLE personnel (
    person bigint PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    number text NOT NULL UNIQUE CHECK (number <> '')
);
"""

UNITS = """
ALTER TABLE org_unit ADD code text UNIQUE CHECK (code <> ''), ADD demo boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX org_unit_sibling ON org_unit (coalesce(parent, 0), lower(name));
CREATE INDEX org_unit_parent ON org_unit (parent);

-- No unit lies under itself, however far up. The lock makes those who move units at the same moment take turns: the
-- second one looks at what the first one left.
CREATE FUNCTION plein_unit_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7536203);
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT u.id, u.parent FROM org_unit u WHERE u.id = NEW.parent
            UNION SELECT u.id, u.parent FROM org_unit u JOIN above a ON u.id = a.parent)
        SELECT FROM above WHERE id = NEW.id)
    THEN
        RAISE EXCEPTION 'units in a circle' USING ERRCODE = 'check_violation', CONSTRAINT = 'org_unit_tree';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER org_unit_tree AFTER INSERT OR UPDATE OF parent ON org_unit
    FOR EACH ROW WHEN (NEW.parent IS NOT NULL) EXECUTE FUNCTION plein_unit_tree();
"""

IMPORTS = """
CREATE TABLE people_import (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    started_by bigint REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('people', 'units')),
    state text NOT NULL CHECK (state IN ('waiting', 'unreadable', 'ready', 'running', 'stopped', 'done')),
    file_name text NOT NULL DEFAULT '',
    sha256 bytea NOT NULL,
    encoding text NOT NULL DEFAULT '',
    separator text NOT NULL DEFAULT '',
    make_units boolean NOT NULL DEFAULT false,
    deactivate_missing boolean NOT NULL DEFAULT false,
    problem text NOT NULL DEFAULT '',
    tallies jsonb NOT NULL DEFAULT '{}',
    lines integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    finished_at timestamptz
);

CREATE TABLE import_file (
    people_import bigint PRIMARY KEY REFERENCES people_import (id) ON DELETE CASCADE,
    content bytea NOT NULL
);

-- A line that could be read, and what is to be done for it. NULL: the file says nothing, so nothing changes.
CREATE TABLE import_line (
    id bigserial PRIMARY KEY,
    people_import bigint NOT NULL REFERENCES people_import (id) ON DELETE CASCADE,
    line integer NOT NULL,
    number text,
    email text,
    name text,
    title text,
    language text,
    zone text,
    unit text,
    parent text,
    org_unit bigint,
    active boolean,
    person bigint,
    outcome text NOT NULL DEFAULT '',
    done boolean NOT NULL DEFAULT false
);
CREATE INDEX import_line_to_do ON import_line (people_import, line, id) WHERE NOT done;

CREATE TABLE import_problem (
    id bigserial PRIMARY KEY,
    people_import bigint NOT NULL REFERENCES people_import (id) ON DELETE CASCADE,
    line integer NOT NULL,
    field text NOT NULL,
    problem text NOT NULL,
    value text NOT NULL DEFAULT ''
);
CREATE INDEX import_problem_order ON import_problem (people_import, line, id);
"""

FIRST_RUN = """
-- The one-time code of the set-up page, as its hash.
CREATE TABLE set_up (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    code_sha256 bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT plein_now(),
    used_at timestamptz
);

CREATE TABLE data_export (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT plein_now(),
    made_at timestamptz,
    expires_at timestamptz,
    file text UNIQUE
);
CREATE INDEX data_export_person ON data_export (person, id DESC);
"""


DEMO = """
-- Empties an installation that holds the demo, its log included, and puts back whatever is not of the demo: real people
-- with their accounts and settings, their roles in the organisation, and units that they made. In one transaction; for
-- anything but a demo it refuses. Tables that refer to a person by "person" are kept as far as they are of real people.
CREATE FUNCTION plein_remove_demo(name text, language text, zone text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    all_tables text;
    t text;
    columns text;
BEGIN
    IF NOT EXISTS (SELECT FROM organisation WHERE demo_since IS NOT NULL) THEN
        RAISE EXCEPTION 'there is no demo' USING ERRCODE = 'restrict_violation';
    END IF;
    CREATE TEMP TABLE kept_organisation ON COMMIT DROP AS SELECT * FROM organisation;
    CREATE TEMP TABLE kept_space ON COMMIT DROP AS SELECT * FROM space WHERE kind = 'organisation';
    CREATE TEMP TABLE kept_org_unit ON COMMIT DROP AS SELECT * FROM org_unit WHERE NOT demo;
    CREATE TEMP TABLE kept_person ON COMMIT DROP AS SELECT * FROM person WHERE NOT demo;
    UPDATE kept_org_unit SET parent = NULL WHERE parent NOT IN (SELECT id FROM kept_org_unit);
    UPDATE kept_person SET org_unit = NULL WHERE org_unit NOT IN (SELECT id FROM kept_org_unit);
    CREATE TEMP TABLE kept_identity ON COMMIT DROP AS SELECT i.* FROM identity i JOIN kept_person p ON p.id = i.person;
    CREATE TEMP TABLE kept_credential ON COMMIT DROP AS
        SELECT c.* FROM credential c JOIN kept_person p ON p.id = c.person;
    CREATE TEMP TABLE kept_session ON COMMIT DROP AS SELECT z.* FROM session z JOIN kept_person p ON p.id = z.person;
    CREATE TEMP TABLE kept_personnel ON COMMIT DROP AS
        SELECT r.* FROM personnel r JOIN kept_person p ON p.id = r.person;
    CREATE TEMP TABLE kept_profile ON COMMIT DROP AS SELECT f.* FROM profile f JOIN kept_person p ON p.id = f.person;
    CREATE TEMP TABLE kept_service ON COMMIT DROP AS SELECT * FROM service;
    CREATE TEMP TABLE kept_membership ON COMMIT DROP AS
        SELECT m.* FROM membership m JOIN kept_person p ON p.id = m.person JOIN kept_space s ON s.id = m.space;
    CREATE TEMP TABLE kept_about_page ON COMMIT DROP AS
        SELECT a.* FROM about_page a WHERE a.author IS NULL OR a.author IN (SELECT id FROM kept_person);

    SELECT string_agg(quote_ident(tablename), ', ') INTO all_tables FROM pg_tables
        WHERE schemaname = 'public' AND tablename !~ '^(procrastinate_.*|migration|test_clock|throttle)$';
    ALTER TABLE event DISABLE TRIGGER event_no_truncate;
    EXECUTE 'TRUNCATE ' || all_tables;
    ALTER TABLE event ENABLE TRIGGER event_no_truncate;
    DELETE FROM procrastinate_jobs WHERE status = 'todo';

    UPDATE kept_organisation k SET name = $1, language = $2, zone = $3, demo_since = NULL;
    UPDATE kept_space k SET name = $1, language = $2, created_by = NULL;
    UPDATE kept_membership SET added_by = NULL WHERE added_by NOT IN (SELECT id FROM kept_person);
    FOREACH t IN ARRAY ARRAY['organisation', 'org_unit', 'person', 'identity', 'credential', 'session', 'personnel',
        'profile', 'service', 'space', 'membership', 'about_page']
    LOOP
        SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
            WHERE attrelid = ('public.' || t)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM kept_%s', t, columns, columns, t);
    END LOOP;
END $$;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(PEOPLE + UNITS + IMPORTS + FIRST_RUN + DEMO)

    manager.add_raw(run)
    return manager
