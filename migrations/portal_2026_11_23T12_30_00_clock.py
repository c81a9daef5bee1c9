"""Who decides, who is on a case and what is due of it is found in fewer steps: thousands of cases move at once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T12:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "clock"

# Whoever owns thousands of cases pays for none of them on other pages.
FOUND = """
DROP INDEX case_role_person;
CREATE INDEX case_role_person ON case_role (person, space) WHERE until IS NULL;
CREATE INDEX escalation_clarifying ON escalation (due_at) WHERE state = 'clarifying';
"""

# The rule's owner or deputy, if one of them is there, is found without looking at everybody who might.
DECIDES = """
CREATE OR REPLACE FUNCTION plein_owner(of_topic bigint, of_unit bigint, barred bigint[], at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    who bigint := (
        SELECT x.person FROM topic_rule r CROSS JOIN LATERAL (VALUES (1, r.owner), (2, r.deputy)) x (place, person)
        WHERE r.id = plein_rule(of_topic, of_unit) AND x.person <> ALL (coalesce(barred, '{}'))
            AND plein_there(x.person, at) ORDER BY x.place LIMIT 1);
BEGIN
    RETURN coalesce(who, (
        SELECT c.person FROM plein_candidates(of_topic, of_unit, at) c
        WHERE c.in_office AND c.person <> ALL (coalesce(barred, '{}')) ORDER BY c.absent, c.place LIMIT 1));
END $$;

CREATE OR REPLACE FUNCTION plein_decider(e escalation, barred bigint[], at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    base bigint := (SELECT x.person FROM (
            SELECT 1 AS place, e.handed_to AS person
            UNION ALL SELECT 2, c.decision_owner FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.id = e.idea) x
        WHERE x.person <> ALL (barred) AND plein_there(x.person, at) ORDER BY x.place LIMIT 1);
    above bigint[];
BEGIN
    base := coalesce(base, plein_owner(e.topic, e.unit, barred, at));
    IF e.height = 0 THEN
        RETURN base;
    END IF;
    above := plein_above(base, barred, at);
    RETURN coalesce(above[least(e.height, cardinality(above))], base);
END $$;
"""

# Who is on it is worked out once, and its steps are looked at only where one of their moments changes.
FOLLOWS = """
CREATE OR REPLACE FUNCTION plein_staff_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    people bigint[];
    roles text[];
BEGIN
    SELECT array_agg(s.person), array_agg(s.role) INTO people, roles FROM plein_staff(NEW) s;
    UPDATE case_role r SET until = plein_now() WHERE r.escalation = NEW.id AND r.until IS NULL
        AND r.role IN ('owner', 'deputy', 'neutral', 'chain')
        AND NOT EXISTS (
            SELECT FROM unnest(people, roles) s (person, role) WHERE s.person = r.person AND s.role = r.role);
    INSERT INTO case_role (escalation, space, person, role)
        SELECT NEW.id, NEW.space, s.person, s.role FROM unnest(people, roles) s (person, role)
        ON CONFLICT (escalation, person, role) WHERE until IS NULL DO NOTHING;
    RETURN NULL;
END $$;

DROP TRIGGER escalation_scheduled ON escalation;
CREATE TRIGGER escalation_scheduled AFTER INSERT ON escalation FOR EACH ROW EXECUTE FUNCTION plein_schedule_case();
CREATE TRIGGER escalation_scheduled_anew AFTER UPDATE OF owner, hold_until, triage_due_at, acknowledge_due_at,
    statement_due_at, due_at, round, clarify_until ON escalation FOR EACH ROW
    WHEN ((OLD.owner IS NULL, OLD.hold_until, OLD.triage_due_at, OLD.acknowledge_due_at, OLD.statement_due_at,
            OLD.due_at, OLD.round, OLD.clarify_until)
        IS DISTINCT FROM (NEW.owner IS NULL, NEW.hold_until, NEW.triage_due_at, NEW.acknowledge_due_at,
            NEW.statement_due_at, NEW.due_at, NEW.round, NEW.clarify_until))
    EXECUTE FUNCTION plein_schedule_case();
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOUND + DECIDES + FOLLOWS)

    manager.add_raw(run)
    return manager
