"""Who decides, once more: nobody finds out who has no name by naming her, nobody agrees with herself, two moderators
agree on one number, and who was asked for a second yes leaves with the question."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T08:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "mendb"

BARRED = """
-- Of those who may not decide, whom everybody may know: not who wrote it without her name, nor her line. Naming her is
-- refused to nobody, else one would find her by trying; she does nothing there all the same (plein_barred).
CREATE FUNCTION plein_openly_barred(e escalation) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    people bigint[] := ARRAY(
        SELECT w FROM plein_writers(e.idea) w
            WHERE NOT EXISTS (SELECT FROM mask m WHERE m.idea = e.idea AND m.behind = w)
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id);
BEGIN
    IF e.complaint THEN
        RETURN people || ARRAY(SELECT x.person FROM idea i, plein_chain(i.author) x WHERE i.id = e.idea);
    END IF;
    RETURN people;
END $$;
CREATE OR REPLACE FUNCTION plein_staff(e escalation) RETURNS TABLE (person bigint, role text) LANGUAGE sql STABLE AS $$
    SELECT x.person, x.role FROM (
        SELECT e.owner AS person, 'owner' AS role
        UNION SELECT r.deputy, 'deputy' FROM topic_rule r WHERE r.id = plein_rule(e.topic, e.unit)
        UNION SELECT t.neutral, 'neutral' FROM topic t WHERE t.id = e.topic
        UNION SELECT c.person, 'chain' FROM plein_chain(e.owner) c) x
    WHERE x.role = 'owner' OR x.person <> ALL (plein_openly_barred(e) || e.owner) AND plein_in_office(x.person)
$$;
"""

# `extension_asked_by`: who does not agree to it; `fraud_supporters`: how many are none, as the first moderator found.
AGREED = """
ALTER TABLE escalation ADD extension_asked_by bigint REFERENCES person (id), ADD fraud_supporters integer;
CREATE INDEX escalation_extension_asked_by ON escalation (extension_asked_by) WHERE extension_asked_by IS NOT NULL;
"""

SECOND_YES = """
-- `approver_joined`: she reads the case because of this question alone.
ALTER TABLE answer_draft ADD approver_joined boolean NOT NULL DEFAULT FALSE;
CREATE FUNCTION plein_release_approver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_role r SET until = plein_now() WHERE r.escalation = OLD.escalation AND r.person = OLD.approver
        AND r.role = 'counsel' AND r.until IS NULL
        AND NOT EXISTS (SELECT FROM consultation c WHERE c.escalation = r.escalation AND c.person = r.person);
    RETURN NULL;
END $$;
CREATE TRIGGER answer_draft_released AFTER UPDATE OF approver ON answer_draft FOR EACH ROW
    WHEN (OLD.approver_joined AND OLD.approver IS DISTINCT FROM NEW.approver) EXECUTE FUNCTION plein_release_approver();
CREATE TRIGGER answer_draft_gone AFTER DELETE ON answer_draft FOR EACH ROW WHEN (OLD.approver_joined)
    EXECUTE FUNCTION plein_release_approver();
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(BARRED + AGREED + SECOND_YES)

    manager.add_raw(run)
    return manager
