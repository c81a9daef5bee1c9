"""Who decides cases and who is on them is worked out for all that one statement moves, and only those steps are looked
at whose moments changed: thousands of cases move at once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T17:46:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "staffing"

# What the scope asks of an item, without its text: thousands are looked at for a list of cases.
SIGHT = "CREATE INDEX idea_in_sight ON idea (id) INCLUDE (space, campaign, state, author);"

WORKED = """
-- How many minutes of working time lie between each of these moments and a later one: the hours are looked up once.
CREATE FUNCTION plein_worked(starts timestamptz[], until timestamptz)
RETURNS TABLE (start timestamptz, minutes integer) LANGUAGE sql STABLE AS $$
    WITH hours AS MATERIALIZED (
        SELECT h.opens_at, h.closes_at FROM organisation o
        CROSS JOIN LATERAL (SELECT min(s.at) AS at FROM unnest(starts) s (at)) f
        CROSS JOIN generate_series((f.at AT TIME ZONE o.zone)::date::timestamp, until AT TIME ZONE o.zone,
            interval '1 day') d
        CROSS JOIN plein_hours(d::date) h
    )
    SELECT s.at, (
        SELECT coalesce(floor(sum(extract(epoch FROM least(h.closes_at, until) - greatest(h.opens_at, s.at))) / 60), 0)
        FROM hours h WHERE h.closes_at > s.at AND h.opens_at < until)::integer
    FROM (SELECT DISTINCT u.at FROM unnest(starts) u (at)) s
$$;
"""

# A rule is looked up once for each topic and unit, all of them together; a chain once for each owner.
RULES = """
-- The rules for these topics in these units: the nearest unit's for this topic, then the topic's, then the nearest
-- unit's, then the default.
CREATE FUNCTION plein_rules(topics bigint[], units bigint[]) RETURNS TABLE (topic bigint, unit bigint, rule bigint)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE asked AS (
        SELECT DISTINCT a.topic, a.unit FROM unnest(topics, units) a (topic, unit)
    ), above AS (
        SELECT u.id AS below, u.id, u.parent, 1 AS depth, ARRAY[u.id] AS line FROM org_unit u WHERE u.id = ANY (units)
        UNION ALL
        SELECT a.below, u.id, u.parent, a.depth + 1, a.line || u.id
        FROM above a JOIN org_unit u ON u.id = a.parent WHERE u.id <> ALL (a.line)
    )
    SELECT DISTINCT ON (f.topic, f.unit) f.topic, f.unit, f.rule FROM (
        SELECT a.topic, a.unit, r.id AS rule, r.topic AS of_topic, r.unit AS of_unit, b.depth
        FROM asked a JOIN above b ON b.below = a.unit JOIN topic_rule r ON r.unit = b.id
        WHERE r.topic = a.topic OR r.topic IS NULL
        UNION ALL SELECT a.topic, a.unit, r.id, r.topic, r.unit, 0
        FROM asked a CROSS JOIN topic_rule r WHERE r.unit IS NULL AND (r.topic = a.topic OR r.topic IS NULL)) f
    ORDER BY f.topic, f.unit, f.of_topic IS NULL, f.of_unit IS NULL, f.depth
$$;
CREATE OR REPLACE FUNCTION plein_rule(of_topic bigint, of_unit bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT r.rule FROM plein_rules(ARRAY[of_topic], ARRAY[of_unit]) r
$$;
"""

STAFF = """
DROP TRIGGER escalation_staffed ON escalation;
DROP TRIGGER escalation_staffed_anew ON escalation;
DROP FUNCTION plein_staff_case();
DROP FUNCTION plein_staff(escalation);

CREATE FUNCTION plein_staff(cases bigint[]) RETURNS TABLE (escalation bigint, person bigint, role text)
LANGUAGE sql STABLE AS $$
    WITH owned AS MATERIALIZED (
        SELECT e.id, e.owner, e.topic, coalesce(e.topic, 0) AS of_topic, e.unit, coalesce(e.unit, 0) AS of_unit,
            plein_openly_barred(e) || e.owner AS barred
        FROM escalation e WHERE e.id = ANY (cases)
    ), rule AS MATERIALIZED (
        SELECT coalesce(r.topic, 0) AS of_topic, coalesce(r.unit, 0) AS of_unit, r.rule AS id
        FROM (SELECT array_agg(o.topic) AS topics, array_agg(o.unit) AS units FROM owned o) o
        CROSS JOIN LATERAL plein_rules(o.topics, o.units) r
    ), above AS MATERIALIZED (
        SELECT o.owner, c.person FROM (SELECT DISTINCT o.owner FROM owned o) o CROSS JOIN LATERAL plein_chain(o.owner) c
    ), beside AS MATERIALIZED (
        SELECT o.id, r.deputy AS person, 'deputy' AS role FROM owned o
            JOIN rule k ON k.of_topic = o.of_topic AND k.of_unit = o.of_unit JOIN topic_rule r ON r.id = k.id
            WHERE r.deputy <> ALL (o.barred)
        UNION SELECT o.id, t.neutral, 'neutral' FROM owned o JOIN topic t ON t.id = o.topic
            WHERE t.neutral <> ALL (o.barred)
        UNION SELECT o.id, a.person, 'chain' FROM owned o JOIN above a ON a.owner = o.owner
            WHERE a.person <> ALL (o.barred)
    ), in_office AS MATERIALIZED (
        SELECT b.person FROM (SELECT DISTINCT b.person FROM beside b) b WHERE plein_in_office(b.person)
    )
    SELECT o.id, o.owner, 'owner' FROM owned o
    UNION ALL SELECT b.id, b.person, b.role FROM beside b JOIN in_office p ON p.person = b.person
$$;

-- Of these cases those that somebody owns: who is on them from now on, and who no more.
CREATE FUNCTION plein_staff_anew(cases bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owned bigint[] := ARRAY(
        SELECT e.id FROM escalation e WHERE e.id = ANY (cases) AND e.owner IS NOT NULL AND e.ended_at IS NULL);
    ids bigint[];
    people bigint[];
    roles text[];
BEGIN
    SELECT array_agg(s.escalation), array_agg(s.person), array_agg(s.role) INTO ids, people, roles
        FROM plein_staff(owned) s;
    UPDATE case_role r SET until = plein_now() WHERE r.escalation = ANY (owned) AND r.until IS NULL
        AND r.role IN ('owner', 'deputy', 'neutral', 'chain')
        AND NOT EXISTS (SELECT FROM unnest(ids, people, roles) s (escalation, person, role)
            WHERE s.escalation = r.escalation AND s.person = r.person AND s.role = r.role);
    INSERT INTO case_role (escalation, space, person, role)
        SELECT e.id, e.space, s.person, s.role FROM unnest(ids, people, roles) s (escalation, person, role)
        JOIN escalation e ON e.id = s.escalation ORDER BY e.id
        ON CONFLICT (escalation, person, role) WHERE until IS NULL DO NOTHING;
END $$;

CREATE FUNCTION plein_staff_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM plein_staff_anew(ARRAY(SELECT n.id FROM come n WHERE n.owner IS NOT NULL));
    RETURN NULL;
END $$;
CREATE FUNCTION plein_staff_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    changed bigint[] := ARRAY(SELECT n.id FROM come n JOIN gone o ON o.id = n.id
        WHERE (n.owner, n.topic, n.unit, n.complaint) IS DISTINCT FROM (o.owner, o.topic, o.unit, o.complaint));
BEGIN
    IF cardinality(changed) > 0 THEN PERFORM plein_staff_anew(changed); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER escalation_staffed AFTER INSERT ON escalation REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_staff_begun();
CREATE TRIGGER escalation_staffed_anew AFTER UPDATE ON escalation REFERENCING OLD TABLE AS gone NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_staff_changed();
"""

DECIDES = """
CREATE OR REPLACE FUNCTION plein_barred(e escalation) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    people bigint[] := ARRAY(
        SELECT w FROM plein_writers(e.idea) w
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id);
BEGIN
    IF e.complaint THEN
        RETURN people || ARRAY(SELECT x.person FROM idea i LEFT JOIN mask m ON m.idea = i.id,
            plein_chain(coalesce(m.behind, i.author)) x WHERE i.id = e.idea);
    END IF;
    RETURN people;
END $$;

-- Who decides each of these cases at a moment, and is none of those `without`, nor its owner if another one is wanted:
-- to whom it was handed over, the decision owner of its campaign, or who answers by the rules (rule 5); as far up from
-- there as it has risen.
DROP FUNCTION plein_decider(escalation, bigint[], timestamptz);
CREATE FUNCTION plein_deciders(cases escalation[], without bigint[], another boolean, at timestamptz)
RETURNS TABLE (id bigint, person bigint) LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED (
        SELECT e.id, e.topic, coalesce(e.topic, 0) AS of_topic, e.unit, coalesce(e.unit, 0) AS of_unit, e.height,
            e.handed_to, c.decision_owner, plein_barred(e) || without
                || CASE WHEN another AND e.owner IS NOT NULL THEN ARRAY[e.owner] END AS barred
        FROM unnest(cases) e JOIN idea i ON i.id = e.idea JOIN campaign c ON c.id = i.campaign
    ), rule AS MATERIALIZED (
        SELECT coalesce(r.topic, 0) AS of_topic, coalesce(r.unit, 0) AS of_unit, r.rule AS id
        FROM (SELECT array_agg(a.topic) AS topics, array_agg(a.unit) AS units FROM asked a) a
        CROSS JOIN LATERAL plein_rules(a.topics, a.units) r
    ), named AS MATERIALIZED (
        SELECT a.id, x.place, x.person FROM asked a
        LEFT JOIN rule k ON k.of_topic = a.of_topic AND k.of_unit = a.of_unit LEFT JOIN topic_rule r ON r.id = k.id
        CROSS JOIN LATERAL (
            VALUES (1, a.handed_to), (2, a.decision_owner), (3, r.owner), (4, r.deputy)) x (place, person)
        WHERE x.person <> ALL (a.barred)
    ), there AS MATERIALIZED (
        SELECT n.person FROM (SELECT DISTINCT n.person FROM named n) n WHERE plein_there(n.person, at)
    ), base AS MATERIALIZED (
        SELECT a.id, a.height, a.barred,
            coalesce(n.person, plein_owner(a.topic, a.unit, a.barred, at)) AS person
        FROM asked a LEFT JOIN (
            SELECT DISTINCT ON (n.id) n.id, n.person FROM named n JOIN there t ON t.person = n.person
            ORDER BY n.id, n.place) n ON n.id = a.id
    ), line AS MATERIALIZED (
        SELECT b.person AS below, c.level, c.person
        FROM (SELECT DISTINCT b.person FROM base b WHERE b.height > 0) b CROSS JOIN LATERAL plein_chain(b.person) c
    ), above AS MATERIALIZED (
        SELECT l.below, l.level, l.person FROM line l
        WHERE l.person IN (
            SELECT p.person FROM (SELECT DISTINCT p.person FROM line p) p WHERE plein_there(p.person, at))
    )
    SELECT b.id, coalesce((array_agg(u.person ORDER BY u.level))[least(b.height, count(u.person))], b.person)
    FROM base b LEFT JOIN above u ON u.below = b.person AND b.height > 0 AND u.person <> ALL (b.barred)
    GROUP BY b.id, b.height, b.person
$$;
"""

STEPS = """
CREATE OR REPLACE FUNCTION plein_schedule_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO case_step (escalation, space, kind, nth, due_at)
    SELECT NEW.id, NEW.space, k.kind, NEW.round, k.at FROM (VALUES
        (CASE WHEN NEW.hold_longer THEN 'longer_hold_over' ELSE 'hold_over' END, OLD.hold_until, NEW.hold_until),
        ('triage_missed', OLD.triage_due_at, NEW.triage_due_at),
        ('acknowledge_missed', CASE WHEN OLD.owner IS NOT NULL THEN OLD.acknowledge_due_at END,
            CASE WHEN NEW.owner IS NOT NULL THEN NEW.acknowledge_due_at END),
        ('statement_missed', OLD.statement_due_at, NEW.statement_due_at),
        ('half_of_time', OLD.half_at, NEW.half_at),
        ('most_of_time', OLD.soon_at, NEW.soon_at),
        ('overdue_1', OLD.due_at, NEW.due_at),
        ('overdue_2', OLD.overdue2_at, NEW.overdue2_at),
        ('overdue_3', OLD.overdue3_at, NEW.overdue3_at),
        ('clarifying_over', OLD.clarify_until, NEW.clarify_until)) k (kind, was, at)
    WHERE k.at IS NOT NULL AND (k.at IS DISTINCT FROM k.was OR NEW.round IS DISTINCT FROM OLD.round)
    ON CONFLICT ON CONSTRAINT case_step_once DO UPDATE SET due_at = excluded.due_at
        WHERE case_step.done_at IS NULL AND case_step.due_at <> excluded.due_at;
    RETURN NULL;
END $$;
"""


async def forwards() -> MigrationManager:
    """Puts them in place of what went case by case."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SIGHT + WORKED + RULES + STAFF + DECIDES + STEPS)

    manager.add_raw(run)
    return manager
