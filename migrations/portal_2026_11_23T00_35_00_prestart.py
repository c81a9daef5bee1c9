"""People who start soon: chapters by their first day, and mentors; the record of an ended space; accepted house rules;
lists with people of sister organisations."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T00:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "pre-boarding, records of spaces, accepted house rules"

STARTERS = """
-- Somebody who starts at the organisation on this day; who was invited without one never starts.
ALTER TABLE person ADD starts_on date;
CREATE INDEX person_starts_on ON person (starts_on) WHERE starts_on IS NOT NULL;
ALTER TABLE invitation ADD starts_on date;
-- Where people are who start soon; who is no employee so many days after her first day has left by then.
ALTER TABLE space ADD preboarding boolean NOT NULL DEFAULT false,
    ADD no_show_days integer NOT NULL DEFAULT 14 CHECK (no_show_days BETWEEN 1 AND 365),
    ADD CHECK (NOT preboarding OR kind = 'guest');

-- Behind the second wall nobody makes herself somebody else.
CREATE FUNCTION plein_keep_who_one_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('app.person', true), '') <> '' THEN
        RAISE EXCEPTION 'a guest changes nothing of who she is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_who_one_is_kept BEFORE UPDATE ON person FOR EACH ROW
    WHEN (ROW(OLD.kind, OLD.active, OLD.home, OLD.starts_on) IS DISTINCT FROM
        ROW(NEW.kind, NEW.active, NEW.home, NEW.starts_on)) EXECUTE FUNCTION plein_keep_who_one_is();

-- What a host writes for people who start there. `opens`: so many days after one's first day, or before it.
CREATE TABLE chapter (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    title text NOT NULL CHECK (title <> ''),
    body text NOT NULL CHECK (body <> ''),
    body_html text NOT NULL,
    opens integer NOT NULL CHECK (opens BETWEEN -365 AND 365),
    author bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    updated_at timestamptz NOT NULL DEFAULT plein_now()
);
CREATE INDEX chapter_space ON chapter (space, opens, id);
CREATE INDEX chapter_author ON chapter (author);

-- An employee who offers herself to people who start there, to so many at once; and whose mentor she is.
CREATE TABLE mentor (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    most integer NOT NULL CHECK (most BETWEEN 1 AND 20),
    words text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (space, person)
);
CREATE INDEX mentor_person ON mentor (person);
CREATE TABLE mentorship (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    mentor bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (space, person),
    CHECK (person <> mentor),
    FOREIGN KEY (space, mentor) REFERENCES mentor (space, person) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TRIGGER chapter_writer BEFORE INSERT OR UPDATE ON chapter FOR EACH ROW EXECUTE FUNCTION plein_refuse_paused();
CREATE TRIGGER mentor_writer BEFORE INSERT OR UPDATE OF words ON mentor FOR EACH ROW
    EXECUTE FUNCTION plein_refuse_paused('person');
CREATE INDEX mentorship_person ON mentorship (person);
CREATE INDEX mentorship_mentor ON mentorship (space, mentor);
"""

RECORDS = """
-- An ended space as one file, made for who keeps it, under the label that it had then; it goes when it expires.
CREATE TABLE space_record (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    label text NOT NULL,
    asked_by bigint NOT NULL REFERENCES person (id),
    asked_at timestamptz NOT NULL DEFAULT plein_now(),
    made_at timestamptz,
    expires_at timestamptz,
    file text UNIQUE,
    sha256 bytea,
    CHECK ((made_at IS NULL) = (file IS NULL))
);
CREATE INDEX space_record_space ON space_record (space, id DESC);
CREATE INDEX space_record_asked_by ON space_record (asked_by);
CREATE INDEX space_record_expires_at ON space_record (expires_at);
"""

ACCEPTED = """
-- A guest accepted these house rules after those that she came in with.
CREATE TABLE rules_acceptance (
    id bigserial PRIMARY KEY,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    page bigint NOT NULL REFERENCES about_page (id),
    accepted_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (person, page)
);
CREATE INDEX rules_acceptance_page ON rules_acceptance (page);

-- The house rules that hold now, in the language of those that this guest accepted last, where they are newer.
CREATE FUNCTION plein_rules_to_accept(who bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT a.id FROM about_page a JOIN about_page h ON h.language = a.language AND h.id < a.id
    WHERE a.slug = 'house-rules' AND h.id = greatest(
        (SELECT max(i.house_rules) FROM invitation i WHERE i.accepted_by = who),
        (SELECT max(x.page) FROM rules_acceptance x WHERE x.person = who))
    ORDER BY a.id DESC LIMIT 1
$$;
"""

SISTERS = """
-- On a list of people: the sister organisation that somebody is from, as it is written there and as it was found.
ALTER TABLE import_line ADD sister text, ADD home bigint REFERENCES space (id) ON DELETE CASCADE;
CREATE INDEX import_line_home ON import_line (home) WHERE home IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(STARTERS + RECORDS + ACCEPTED + SISTERS)

    manager.add_raw(run)
    return manager
