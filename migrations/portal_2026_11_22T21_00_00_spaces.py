"""Spaces of every kind: who reads them, by which rights and until when; their charters, cards, units and highlights."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "spaces of every kind, rights, charters"

KINDS = """
ALTER TABLE space
    DROP CONSTRAINT space_kind_check,
    ADD CHECK (kind IN ('organisation', 'sister', 'group', 'project', 'guest', 'section')),
    ADD COLUMN nature text NOT NULL DEFAULT '' CHECK (nature IN ('', 'work', 'social')),
    ADD COLUMN parent bigint REFERENCES space (id),
    ADD COLUMN ends_on date,
    ADD COLUMN label text NOT NULL DEFAULT 'internal' CHECK (label IN ('internal', 'confidential', 'secret')),
    ADD COLUMN sisters boolean NOT NULL DEFAULT false,
    ADD COLUMN host bigint REFERENCES person (id),
    ADD COLUMN checks text NOT NULL DEFAULT 'none' CHECK (checks IN ('none', 'first', 'files', 'all')),
    ADD COLUMN leavers text NOT NULL DEFAULT 'name' CHECK (leavers IN ('name', 'former')),
    ADD COLUMN keep_days integer NOT NULL DEFAULT 30 CHECK (keep_days BETWEEN 0 AND 3650),
    ADD COLUMN guest_days integer NOT NULL DEFAULT 90 CHECK (guest_days BETWEEN 1 AND 730),
    ADD COLUMN idle_asked_at timestamptz,
    ADD COLUMN colleagues integer NOT NULL DEFAULT 0,
    ADD COLUMN guests integer NOT NULL DEFAULT 0;
CREATE INDEX space_parent ON space (parent) WHERE parent IS NOT NULL;
CREATE INDEX space_host ON space (host) WHERE host IS NOT NULL;
CREATE INDEX space_still ON space (id) WHERE archived_at IS NOT NULL OR ends_on IS NOT NULL;
CREATE INDEX space_with_guests ON space (id) WHERE kind IN ('guest', 'section');
CREATE INDEX space_name_resembling ON space USING gin (lower(name) gin_trgm_ops);

ALTER TABLE person
    DROP CONSTRAINT person_kind_check,
    ADD CHECK (kind IN ('employee', 'guest', 'sister')),
    ADD COLUMN home bigint REFERENCES space (id),
    ADD CHECK ((kind = 'sister') = (home IS NOT NULL));
CREATE INDEX person_home ON person (home) WHERE home IS NOT NULL;

ALTER TABLE membership
    DROP CONSTRAINT membership_role_check,
    ADD CHECK (role IN (
        'member', 'owner', 'moderator', 'community_manager', 'decision_maker', 'administrator', 'host')),
    ADD COLUMN may_write boolean NOT NULL DEFAULT true,
    ADD COLUMN may_vote boolean NOT NULL DEFAULT true,
    ADD COLUMN may_download boolean NOT NULL DEFAULT true,
    ADD COLUMN until timestamptz,
    ADD COLUMN sponsor bigint REFERENCES person (id);
CREATE INDEX membership_roles ON membership (person) WHERE role <> 'member';
CREATE INDEX membership_denied ON membership (person) WHERE NOT (may_write AND may_vote AND may_download);
CREATE INDEX membership_until ON membership (space, until) WHERE until IS NOT NULL;
CREATE INDEX membership_sponsor ON membership (sponsor) WHERE sponsor IS NOT NULL;

-- A group that took guests in was a guest space all along; its first owner is their host.
UPDATE space s SET kind = 'guest', open = false, checks = 'first', host = (
        SELECT m.person FROM membership m WHERE m.space = s.id AND m.role = 'owner' ORDER BY m.id LIMIT 1)
    WHERE s.kind = 'group' AND EXISTS (
        SELECT FROM membership g JOIN person p ON p.id = g.person WHERE g.space = s.id AND p.kind = 'guest');
DELETE FROM membership m USING person p, space s WHERE p.id = m.person AND s.id = m.space AND p.kind = 'guest'
    AND (s.kind <> 'guest' OR m.role <> 'member');

ALTER TABLE space
    ADD CHECK ((kind = 'section') = (parent IS NOT NULL)),
    ADD CHECK (host IS NULL OR kind IN ('guest', 'section')),
    ADD CHECK (NOT open OR kind IN ('organisation', 'group', 'project', 'section')),
    ADD CHECK (NOT sisters OR open);
"""

RULES = """
-- A space is born what it is: nothing becomes external unnoticed. A section is as open as what it is a section of.
CREATE FUNCTION plein_keep_kind() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above space;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.kind <> OLD.kind OR NEW.parent IS DISTINCT FROM OLD.parent) THEN
        RAISE EXCEPTION 'a space stays what it is' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'section' THEN
        SELECT * INTO above FROM space WHERE id = NEW.parent;
        IF above.kind NOT IN ('organisation', 'group', 'project') THEN
            RAISE EXCEPTION 'only an internal space has sections' USING ERRCODE = 'check_violation';
        END IF;
        NEW.open := above.open;
        NEW.sisters := above.sisters;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER space_kind_kept BEFORE INSERT OR UPDATE ON space FOR EACH ROW EXECUTE FUNCTION plein_keep_kind();

CREATE FUNCTION plein_open_sections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE space SET open = NEW.open, sisters = NEW.sisters WHERE parent = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER space_sections_follow AFTER UPDATE OF open, sisters ON space
    FOR EACH ROW EXECUTE FUNCTION plein_open_sections();

-- Guests belong to guest spaces and sections, as members and nothing more. The person is held meanwhile: nobody becomes
-- a guest while she is taken into something else, and whoever counts members counts her once.
CREATE FUNCTION plein_keep_guests_in() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kind text;
BEGIN
    SELECT p.kind INTO kind FROM person p WHERE p.id = (coalesce(NEW, OLD)).person FOR NO KEY UPDATE;
    IF TG_OP <> 'DELETE' AND kind = 'guest' AND (NEW.role <> 'member'
            OR NOT EXISTS (SELECT FROM space s WHERE s.id = NEW.space AND s.kind IN ('guest', 'section'))) THEN
        RAISE EXCEPTION 'guests are members of guest spaces and sections' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_guests_kept_in AFTER INSERT OR DELETE OR UPDATE ON membership
    FOR EACH ROW EXECUTE FUNCTION plein_keep_guests_in();

CREATE FUNCTION plein_keep_home() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.home IS NOT NULL AND NOT EXISTS (SELECT FROM space s WHERE s.id = NEW.home AND s.kind = 'sister') THEN
        RAISE EXCEPTION 'a home is a sister organisation''s space' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'guest' AND TG_OP = 'UPDATE' AND OLD.kind <> 'guest' AND EXISTS (
            SELECT FROM membership m JOIN space s ON s.id = m.space
            WHERE m.person = NEW.id AND (m.role <> 'member' OR s.kind NOT IN ('guest', 'section'))) THEN
        RAISE EXCEPTION 'guests are members of guest spaces and sections' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_home_kept BEFORE INSERT OR UPDATE OF kind, home ON person
    FOR EACH ROW EXECUTE FUNCTION plein_keep_home();
"""

READERS = """
-- Who reads a section because she belongs to what it is a section of. As its owner's view it knows the members of that
-- space, whom a guest may not know of: so it gives a guest's request its own sections only.
CREATE VIEW section_reader AS
    SELECT m.person, x.id AS space FROM space x JOIN membership m ON m.space = x.parent
    WHERE (m.until IS NULL OR m.until > plein_now())
        AND ((SELECT coalesce(current_setting('app.spaces', true), '') = '')
            OR x.id = ANY ((SELECT nullif(current_setting('app.spaces', true), '')::bigint[])::bigint[]));

-- An active person reads the spaces that she belongs to in whatever role, until her time there ends; as an employee
-- every open one; as somebody of a sister organisation that one's space, and the open ones that sisters read, too. Who
-- is no guest reads the sections of what she belongs to.
CREATE OR REPLACE VIEW readership AS
    SELECT m.person, m.space FROM membership m JOIN person p ON p.id = m.person
        WHERE p.active AND (m.until IS NULL OR m.until > plein_now())
    UNION
    SELECT p.id, s.id FROM person p, space s
        WHERE p.active AND s.open AND (p.kind = 'employee' OR p.kind = 'sister' AND s.sisters)
    UNION
    SELECT p.id, p.home FROM person p WHERE p.active AND p.home IS NOT NULL
    UNION
    SELECT x.person, x.space FROM section_reader x JOIN person p ON p.id = x.person
        WHERE p.active AND p.kind <> 'guest';
"""

COUNTS = """
-- Who belongs to a space for good: active people, once each, whatever their roles; colleagues and guests apart. Those
-- whose time there ends are few, and counted when they are shown. A space of 73,000 is not counted for every page.
CREATE FUNCTION plein_count_members(gone membership[], come membership[]) RETURNS void LANGUAGE sql AS $$
    WITH pair AS (SELECT DISTINCT x.space, x.person FROM unnest(gone || come) x),
    lasting AS (
        SELECT m.space, m.person, bool_or(c.id IS NULL) AS before
        FROM pair x JOIN membership m ON m.space = x.space AND m.person = x.person AND m.until IS NULL
        LEFT JOIN unnest(come) c ON c.id = m.id GROUP BY 1, 2),
    was AS (SELECT DISTINCT x.space, x.person FROM unnest(gone) x WHERE x.until IS NULL),
    step AS (
        SELECT x.space, p.kind = 'guest' AS guest,
            (l.person IS NOT NULL)::int - (w.person IS NOT NULL OR coalesce(l.before, false))::int AS by
        FROM pair x JOIN person p ON p.id = x.person AND p.active
        LEFT JOIN lasting l ON l.space = x.space AND l.person = x.person
        LEFT JOIN was w ON w.space = x.space AND w.person = x.person)
    UPDATE space SET colleagues = space.colleagues + t.colleagues, guests = space.guests + t.guests
    FROM (SELECT space, coalesce(sum(by) FILTER (WHERE NOT guest), 0) AS colleagues,
            coalesce(sum(by) FILTER (WHERE guest), 0) AS guests FROM step WHERE by <> 0 GROUP BY 1) t
    WHERE space.id = t.space
$$;
CREATE FUNCTION plein_members_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_count_members('{}', ARRAY(SELECT c::membership FROM come c));
    RETURN NULL;
END $$;
CREATE FUNCTION plein_members_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_count_members(ARRAY(SELECT g::membership FROM gone g), '{}');
    RETURN NULL;
END $$;
CREATE FUNCTION plein_members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_count_members(ARRAY(SELECT g::membership FROM gone g), ARRAY(SELECT c::membership FROM come c));
    RETURN NULL;
END $$;
CREATE TRIGGER members_came AFTER INSERT ON membership REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_members_came();
CREATE TRIGGER members_went AFTER DELETE ON membership REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION plein_members_went();
CREATE TRIGGER members_changed AFTER UPDATE ON membership REFERENCING OLD TABLE AS gone NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_members_changed();

CREATE FUNCTION plein_members_turned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE space SET colleagues = space.colleagues + t.colleagues, guests = space.guests + t.guests
    FROM (
        SELECT m.space,
            sum((c.active AND c.kind <> 'guest')::int - (g.active AND g.kind <> 'guest')::int) AS colleagues,
            sum((c.active AND c.kind = 'guest')::int - (g.active AND g.kind = 'guest')::int) AS guests
        FROM gone g JOIN come c ON c.id = g.id AND (c.active, c.kind) IS DISTINCT FROM (g.active, g.kind)
        CROSS JOIN LATERAL (
            SELECT DISTINCT m.space FROM membership m WHERE m.person = c.id AND m.until IS NULL) m GROUP BY 1) t
    WHERE space.id = t.space;
    RETURN NULL;
END $$;
CREATE TRIGGER person_turned AFTER UPDATE ON person REFERENCING OLD TABLE AS gone NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_members_turned();

-- Who is taken out of the portal is taken out of the count while it is known what she was.
CREATE FUNCTION plein_members_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM membership WHERE person = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER person_removed BEFORE DELETE ON person FOR EACH ROW EXECUTE FUNCTION plein_members_removed();

UPDATE space SET colleagues = t.colleagues, guests = t.guests FROM (
    SELECT m.space, count(DISTINCT p.id) FILTER (WHERE p.kind <> 'guest') AS colleagues,
        count(DISTINCT p.id) FILTER (WHERE p.kind = 'guest') AS guests
    FROM membership m JOIN person p ON p.id = m.person AND p.active GROUP BY 1) t
WHERE t.space = space.id;
"""

ABOUT_SPACES = """
CREATE TABLE charter (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    version integer NOT NULL,
    preset text NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    text_html text NOT NULL,
    author bigint REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (space, version)
);
CREATE INDEX charter_author ON charter (author);

CREATE TABLE charter_acceptance (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    version integer NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (person, space, version),
    FOREIGN KEY (space, version) REFERENCES charter (space, version) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX charter_acceptance_charter ON charter_acceptance (space, version);

CREATE TABLE space_unit (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    unit bigint NOT NULL REFERENCES org_unit (id) ON DELETE CASCADE,
    UNIQUE (space, unit)
);
CREATE INDEX space_unit_unit ON space_unit (unit);

CREATE TABLE community_card (
    id bigserial PRIMARY KEY,
    space bigint NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    office_hours text NOT NULL DEFAULT '',
    whereabouts text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (space, person)
);
CREATE INDEX community_card_person ON community_card (person);

-- What the community manager put at the top of a space (pin), or in its light (feature).
CREATE TABLE highlight (
    id bigserial PRIMARY KEY,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pin', 'feature')),
    author bigint NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (idea, kind),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX highlight_space ON highlight (space, kind, created_at DESC);
CREATE INDEX highlight_author ON highlight (author);
"""


async def forwards() -> MigrationManager:
    """Adds kinds, rights and what is told about a space."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(KINDS + RULES + READERS + COUNTS + ABOUT_SPACES)

    manager.add_raw(run)
    return manager
