"""Topics and who answers for them, the chain of heads, absences, and the working calendar."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T00:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "topics"

CALENDAR = """
ALTER TABLE organisation ADD country text NOT NULL DEFAULT '';

CREATE TABLE working_hours (
    id bigserial PRIMARY KEY,
    weekday smallint NOT NULL UNIQUE CHECK (weekday BETWEEN 1 AND 7),
    opens time NOT NULL,
    closes time NOT NULL,
    CHECK (opens < closes)
);

-- A day that is not as its weekday says. `country`: a holiday of that country; empty: somebody entered it.
CREATE TABLE calendar_day (
    id bigserial PRIMARY KEY,
    day date NOT NULL UNIQUE,
    name text NOT NULL CHECK (name <> ''),
    working boolean NOT NULL DEFAULT false,
    country text NOT NULL DEFAULT ''
);

-- Every organisation has a calendar from its first moment, and one with working hours in it.
CREATE FUNCTION plein_first_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO working_hours (weekday, opens, closes) SELECT d, '09:00', '17:00' FROM generate_series(1, 5) d
        WHERE NOT EXISTS (SELECT FROM working_hours);
    RETURN NULL;
END $$;
CREATE TRIGGER organisation_works AFTER INSERT ON organisation FOR EACH ROW EXECUTE FUNCTION plein_first_hours();
INSERT INTO working_hours (weekday, opens, closes)
    SELECT d, '09:00', '17:00' FROM generate_series(1, 5) d, organisation;

CREATE FUNCTION plein_keep_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM working_hours) THEN
        RAISE EXCEPTION 'no working hours are left'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'working_hours_some';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER working_hours_some AFTER DELETE ON working_hours FOR EACH STATEMENT EXECUTE FUNCTION plein_keep_hours();
"""

WORKING_TIME = """
-- From when to when is worked on a day; no row where it is not. A day that is worked though its weekday is free has the
-- hours of the first weekday that has some. The moments are absolute, so that a change to summer time costs nothing.
CREATE FUNCTION plein_hours(on_day date) RETURNS TABLE (opens_at timestamptz, closes_at timestamptz) LANGUAGE sql STABLE
AS $$
    SELECT (on_day + h.opens) AT TIME ZONE o.zone, (on_day + h.closes) AT TIME ZONE o.zone
    FROM organisation o LEFT JOIN calendar_day c ON c.day = on_day
    JOIN LATERAL (
        SELECT w.opens, w.closes FROM working_hours w WHERE c.working OR w.weekday = extract(isodow FROM on_day)
        ORDER BY w.weekday <> extract(isodow FROM on_day), w.weekday LIMIT 1) h ON c.working IS NOT FALSE
$$;

-- The moment after so many minutes of working time. Where nothing is worked for a year, the clock on the wall goes on.
CREATE OR REPLACE FUNCTION plein_working_after(start timestamptz, minutes integer) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
    on_day date := (SELECT start AT TIME ZONE o.zone FROM organisation o);
    rest interval := make_interval(mins => greatest(minutes, 0));
    at timestamptz := start;
    hours record;
    idle integer := 0;
BEGIN
    LOOP
        SELECT * INTO hours FROM plein_hours(on_day);
        IF hours.closes_at > at THEN
            at := greatest(at, hours.opens_at);
            IF at + rest <= hours.closes_at THEN
                RETURN at + rest;
            END IF;
            rest := rest - (hours.closes_at - at);
            at := hours.closes_at;
            idle := 0;
        ELSIF idle > 366 THEN
            RETURN at + rest;
        END IF;
        idle := idle + 1;
        on_day := on_day + 1;
    END LOOP;
END $$;

-- The same time of day so many working days later, within the hours of that day. What starts outside working hours
-- starts when they begin.
CREATE FUNCTION plein_working_days_after(start timestamptz, days integer) RETURNS timestamptz LANGUAGE plpgsql STABLE
AS $$
DECLARE
    zone text := (SELECT o.zone FROM organisation o);
    here timestamp := plein_working_after(start, 0) AT TIME ZONE zone;
    on_day date := here;
    rest integer := greatest(days, 0);
    hours record;
    idle integer := 0;
BEGIN
    WHILE rest > 0 LOOP
        on_day := on_day + 1;
        IF EXISTS (SELECT FROM plein_hours(on_day)) OR idle > 366 THEN
            rest := rest - 1;
            idle := 0;
        ELSE
            idle := idle + 1;
        END IF;
    END LOOP;
    SELECT * INTO hours FROM plein_hours(on_day);
    RETURN least(greatest((on_day + here::time) AT TIME ZONE zone, hours.opens_at), hours.closes_at);
END $$;

-- How many minutes of working time lie between two moments; none where the second is not later.
CREATE FUNCTION plein_working_minutes(a timestamptz, b timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT coalesce(floor(sum(extract(epoch FROM least(h.closes_at, b) - greatest(h.opens_at, a))) / 60), 0)::integer
    FROM organisation o
    CROSS JOIN generate_series((a AT TIME ZONE o.zone)::date::timestamp, b AT TIME ZONE o.zone, interval '1 day') d
    CROSS JOIN plein_hours(d::date) h
    WHERE h.closes_at > a AND h.opens_at < b
$$;
"""

TOPICS = """
ALTER TABLE org_unit ADD head bigint REFERENCES person (id) ON DELETE SET NULL;
CREATE INDEX org_unit_head ON org_unit (head) WHERE head IS NOT NULL;
ALTER TABLE import_line ADD head text;

CREATE TABLE topic (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    name text NOT NULL CHECK (name <> ''),
    explanation text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'retired')),
    neutral bigint REFERENCES person (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    form_key text UNIQUE,
    demo boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX topic_name ON topic (lower(name));
CREATE INDEX topic_neutral ON topic (neutral) WHERE neutral IS NOT NULL;

-- Who answers for a topic in a unit and below it; without a unit everywhere, without a topic for all of them. The rule
-- with neither is the default.
CREATE TABLE topic_rule (
    id bigserial PRIMARY KEY,
    topic bigint REFERENCES topic (id) ON DELETE CASCADE,
    unit bigint REFERENCES org_unit (id) ON DELETE CASCADE,
    owner bigint NOT NULL REFERENCES person (id),
    deputy bigint REFERENCES person (id) ON DELETE SET NULL,
    CONSTRAINT topic_rule_deputy CHECK (deputy <> owner)
);
CREATE UNIQUE INDEX topic_rule_once ON topic_rule (coalesce(topic, 0), coalesce(unit, 0));
CREATE INDEX topic_rule_topic ON topic_rule (topic);
CREATE INDEX topic_rule_unit ON topic_rule (unit);
CREATE INDEX topic_rule_owner ON topic_rule (owner);
CREATE INDEX topic_rule_deputy ON topic_rule (deputy) WHERE deputy IS NOT NULL;

CREATE TABLE absence (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    person bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    from_day date NOT NULL,
    until_day date NOT NULL,
    form_key text UNIQUE,
    CONSTRAINT absence_days CHECK (from_day <= until_day)
);
CREATE INDEX absence_of ON absence (person, until_day);

ALTER TABLE idea ADD FOREIGN KEY (topic) REFERENCES topic (id);
CREATE INDEX idea_topic ON idea (topic) WHERE topic IS NOT NULL;
"""

OWNERS = """
-- Who may answer for something: somebody of the organisation who can sign in.
CREATE FUNCTION plein_in_office(who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM person p WHERE p.id = who AND p.active AND p.kind = 'employee')
$$;

-- The heads above a person, the nearest first: of her unit, of the one above it, and so on. Nobody stands there twice,
-- and not she herself.
CREATE FUNCTION plein_chain(of_person bigint) RETURNS TABLE (level integer, person bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above AS (
        SELECT u.id, u.parent, u.head, 1 AS depth, ARRAY[u.id] AS line
        FROM person p JOIN org_unit u ON u.id = p.org_unit WHERE p.id = of_person
        UNION ALL
        SELECT u.id, u.parent, u.head, a.depth + 1, a.line || u.id
        FROM above a JOIN org_unit u ON u.id = a.parent WHERE u.id <> ALL (a.line)
    )
    SELECT row_number() OVER (ORDER BY min(a.depth))::integer, a.head FROM above a
    WHERE a.head <> of_person AND plein_in_office(a.head) GROUP BY a.head ORDER BY 1
$$;

-- The rule for a topic in a unit: the nearest unit's for this topic, then the topic's, then the nearest unit's, then
-- the default.
CREATE FUNCTION plein_rule(of_topic bigint, of_unit bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above AS (
        SELECT u.id, u.parent, 1 AS depth, ARRAY[u.id] AS line FROM org_unit u WHERE u.id = of_unit
        UNION ALL
        SELECT u.id, u.parent, a.depth + 1, a.line || u.id
        FROM above a JOIN org_unit u ON u.id = a.parent WHERE u.id <> ALL (a.line)
    )
    SELECT r.id FROM topic_rule r LEFT JOIN above a ON a.id = r.unit
    WHERE (r.topic = of_topic OR r.topic IS NULL) AND (a.id IS NOT NULL OR r.unit IS NULL)
    ORDER BY r.topic IS NULL, r.unit IS NULL, a.depth LIMIT 1
$$;

-- All who could answer for a topic in a unit, who comes first first: who the rule names, her deputy, the heads above
-- her, the topic's neutral, the default rule's owner and deputy, the organisation's decision makers, administrators.
CREATE FUNCTION plein_candidates(of_topic bigint, of_unit bigint, at timestamptz)
RETURNS TABLE (place integer, person bigint, part text, in_office boolean, absent boolean) LANGUAGE sql STABLE AS $$
    WITH rule AS (SELECT r.* FROM topic_rule r WHERE r.id = plein_rule(of_topic, of_unit)),
    named (rank, step, person, part) AS (
        SELECT 1, 0, r.owner, 'owner' FROM rule r
        UNION ALL SELECT 2, 0, r.deputy, 'deputy' FROM rule r
        UNION ALL SELECT 3, c.level, c.person, 'chain' FROM rule r CROSS JOIN plein_chain(r.owner) c
        UNION ALL SELECT 4, 0, t.neutral, 'neutral' FROM topic t WHERE t.id = of_topic
        UNION ALL SELECT 5, 0, d.owner, 'default' FROM topic_rule d WHERE d.topic IS NULL AND d.unit IS NULL
        UNION ALL SELECT 6, 0, d.deputy, 'default' FROM topic_rule d WHERE d.topic IS NULL AND d.unit IS NULL
        UNION ALL SELECT CASE m.role WHEN 'administrator' THEN 8 ELSE 7 END, m.id, m.person, m.role
            FROM membership m JOIN space s ON s.id = m.space AND s.kind = 'organisation'
            WHERE m.role IN ('decision_maker', 'administrator')
    ),
    once AS (
        SELECT DISTINCT ON (n.person) n.rank, n.step, n.person, n.part FROM named n WHERE n.person IS NOT NULL
        ORDER BY n.person, n.rank, n.step
    )
    SELECT row_number() OVER (ORDER BY n.rank, n.step)::integer, n.person, n.part, plein_in_office(n.person),
        EXISTS (SELECT FROM absence a WHERE a.person = n.person
            AND (at AT TIME ZONE o.zone)::date BETWEEN a.from_day AND a.until_day)
    FROM once n CROSS JOIN organisation o ORDER BY 1
$$;

-- Who answers for a topic in a unit at a moment, and is none of the barred: the first candidate who is there; where all
-- are away, the first. Null only where nobody is left at all.
CREATE FUNCTION plein_owner(of_topic bigint, of_unit bigint, barred bigint[], at timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT c.person FROM plein_candidates(of_topic, of_unit, at) c
    WHERE c.in_office AND c.person <> ALL (coalesce(barred, '{}')) ORDER BY c.absent, c.place LIMIT 1
$$;
"""

KEPT = """
-- Nobody is made to answer who can't: the row of who is named is held, so that she doesn't leave meanwhile.
CREATE FUNCTION plein_named() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who bigint;
    part text;
BEGIN
    FOREACH part IN ARRAY TG_ARGV LOOP
        who := to_jsonb(NEW) ->> part;
        IF who IS NOT NULL AND (TG_OP = 'INSERT' OR who IS DISTINCT FROM (to_jsonb(OLD) ->> part)::bigint) THEN
            PERFORM FROM person p WHERE p.id = who AND p.active AND p.kind = 'employee' FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'only a colleague who is here can be named'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'named_in_office';
            END IF;
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER topic_rule_named BEFORE INSERT OR UPDATE ON topic_rule FOR EACH ROW
    EXECUTE FUNCTION plein_named('owner', 'deputy');
CREATE TRIGGER topic_neutral_named BEFORE INSERT OR UPDATE OF neutral ON topic FOR EACH ROW
    EXECUTE FUNCTION plein_named('neutral');
CREATE TRIGGER org_unit_head_named BEFORE INSERT OR UPDATE OF head ON org_unit FOR EACH ROW
    WHEN (NEW.head IS NOT NULL) EXECUTE FUNCTION plein_named('head');

-- What is published has an owner of its own, who is here; and keeps a rule as long as it is. Who publishes and who
-- takes the rule away wait for each other at the topic's row.
CREATE FUNCTION plein_topic_owned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM topic_rule r WHERE r.topic = NEW.id AND r.unit IS NULL AND plein_in_office(r.owner)) THEN
        RAISE EXCEPTION 'nobody answers for this topic' USING ERRCODE = 'check_violation', CONSTRAINT = 'topic_owned';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER topic_inserted_owned AFTER INSERT ON topic FOR EACH ROW WHEN (NEW.state = 'published')
    EXECUTE FUNCTION plein_topic_owned();
CREATE TRIGGER topic_published_owned AFTER UPDATE OF state ON topic FOR EACH ROW
    WHEN (NEW.state = 'published' AND OLD.state <> 'published') EXECUTE FUNCTION plein_topic_owned();

CREATE FUNCTION plein_rule_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM topic t WHERE t.id = OLD.topic FOR SHARE;
    IF OLD.topic IS NULL OR EXISTS (SELECT FROM topic t WHERE t.id = OLD.topic AND t.state = 'published') THEN
        RAISE EXCEPTION 'nobody would answer' USING ERRCODE = 'check_violation', CONSTRAINT = 'topic_rule_kept';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER topic_rule_kept BEFORE DELETE ON topic_rule FOR EACH ROW WHEN (OLD.unit IS NULL)
    EXECUTE FUNCTION plein_rule_kept();

-- Somebody who answers for a topic goes, whichever way: administrators are told with it. Her deputy, or whoever comes
-- next, answers from that moment (plein_owner).
CREATE FUNCTION plein_owner_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM topic_rule r LEFT JOIN topic t ON t.id = r.topic
            WHERE NEW.id IN (r.owner, r.deputy) AND (t.id IS NULL OR t.state = 'published'))
        OR EXISTS (SELECT FROM topic t WHERE t.neutral = NEW.id AND t.state = 'published')
    THEN
        WITH written AS (
            INSERT INTO event (kind, particulars) VALUES ('topic.owner_left', jsonb_build_object('member', NEW.id))
            RETURNING id)
        INSERT INTO event_queue (event) SELECT id FROM written;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER person_owner_gone AFTER UPDATE OF active, kind ON person FOR EACH ROW
    WHEN (OLD.active AND OLD.kind = 'employee' AND NOT (NEW.active AND NEW.kind = 'employee'))
    EXECUTE FUNCTION plein_owner_gone();

-- The first administrator answers for everything until somebody says otherwise.
CREATE FUNCTION plein_first_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO topic_rule (owner) SELECT NEW.person WHERE plein_in_office(NEW.person) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_first_owner AFTER INSERT ON membership FOR EACH ROW WHEN (NEW.role = 'administrator')
    EXECUTE FUNCTION plein_first_owner();
INSERT INTO topic_rule (owner)
    SELECT m.person FROM membership m WHERE m.role = 'administrator' AND plein_in_office(m.person)
    ORDER BY m.id LIMIT 1;
"""

DEMO = """
-- The calendar stays, and so do heads, topics, rules and absences of real people; a topic that is left without its
-- owner is a draft again.
ALTER FUNCTION plein_remove_demo(text, text, text) RENAME TO plein_empty_demo;
CREATE FUNCTION plein_remove_demo(name text, language text, zone text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE kept_hours ON COMMIT DROP AS SELECT * FROM working_hours;
    CREATE TEMP TABLE kept_day ON COMMIT DROP AS SELECT * FROM calendar_day;
    CREATE TEMP TABLE stays ON COMMIT DROP AS SELECT p.id FROM person p WHERE NOT p.demo AND plein_in_office(p.id);
    CREATE TEMP TABLE kept_head ON COMMIT DROP AS
        SELECT u.id, u.head FROM org_unit u JOIN stays s ON s.id = u.head WHERE NOT u.demo;
    CREATE TEMP TABLE kept_topic ON COMMIT DROP AS SELECT t.* FROM topic t WHERE NOT t.demo;
    CREATE TEMP TABLE kept_rule ON COMMIT DROP AS SELECT r.* FROM topic_rule r JOIN stays s ON s.id = r.owner
        WHERE (r.topic IS NULL OR r.topic IN (SELECT k.id FROM kept_topic k))
            AND (r.unit IS NULL OR r.unit IN (SELECT u.id FROM org_unit u WHERE NOT u.demo));
    CREATE TEMP TABLE kept_absence ON COMMIT DROP AS SELECT a.* FROM absence a JOIN stays s ON s.id = a.person;
    UPDATE kept_topic k SET neutral = NULL WHERE k.neutral NOT IN (SELECT s.id FROM stays s);
    UPDATE kept_rule k SET deputy = NULL WHERE k.deputy NOT IN (SELECT s.id FROM stays s);
    UPDATE org_unit SET head = NULL WHERE head IS NOT NULL;

    PERFORM plein_empty_demo($1, $2, $3);

    INSERT INTO working_hours SELECT * FROM kept_hours
        ON CONFLICT (weekday) DO UPDATE SET opens = excluded.opens, closes = excluded.closes;
    DELETE FROM working_hours w WHERE w.weekday NOT IN (SELECT k.weekday FROM kept_hours k);
    INSERT INTO calendar_day SELECT * FROM kept_day;
    UPDATE org_unit u SET head = k.head FROM kept_head k WHERE k.id = u.id;
    INSERT INTO topic (id, public_id, name, explanation, neutral, created_at, form_key)
        SELECT k.id, k.public_id, k.name, k.explanation, k.neutral, k.created_at, k.form_key FROM kept_topic k;
    INSERT INTO topic_rule (topic, unit, owner, deputy) SELECT k.topic, k.unit, k.owner, k.deputy FROM kept_rule k
        ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0))
        DO UPDATE SET owner = excluded.owner, deputy = excluded.deputy;
    UPDATE topic t SET state = k.state FROM kept_topic k WHERE k.id = t.id AND (k.state = 'retired'
        OR k.state = 'published' AND EXISTS (SELECT FROM kept_rule r WHERE r.topic = k.id AND r.unit IS NULL));
    INSERT INTO absence SELECT * FROM kept_absence;
END $$;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(CALENDAR + WORKING_TIME + TOPICS + OWNERS + KEPT + DEMO)

    manager.add_raw(run)
    return manager
