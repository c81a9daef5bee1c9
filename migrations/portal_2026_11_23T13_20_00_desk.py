"""Whoever is asked to take a case over says yes or no; and the second moderator's reason stands beside the first's."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T13:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "desk"

AGREED = """
ALTER TABLE escalation ADD fraud_agreed_by bigint REFERENCES person (id),
    ADD fraud_agreed_reason text NOT NULL DEFAULT '';
CREATE INDEX escalation_fraud_agreed_by ON escalation (fraud_agreed_by) WHERE fraud_agreed_by IS NOT NULL;
"""

# `person`: who is asked to own it, by whom and why (`body`). `joined`: she reads the case because of this alone.
HANDOVER = """
CREATE TABLE handover (
    id bigserial PRIMARY KEY,
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    body text NOT NULL,
    asked_by bigint NOT NULL REFERENCES person (id),
    joined boolean NOT NULL DEFAULT FALSE,
    asked_at timestamptz NOT NULL DEFAULT plein_now(),
    outcome text CHECK (outcome IN ('taken', 'refused', 'lapsed')),
    ended_at timestamptz,
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE,
    CONSTRAINT handover_ended CHECK (num_nonnulls(outcome, ended_at) IN (0, 2))
);
CREATE UNIQUE INDEX handover_open ON handover (escalation) WHERE outcome IS NULL;
CREATE INDEX handover_escalation ON handover (escalation, id);
CREATE INDEX handover_person ON handover (person);
CREATE INDEX handover_asked_by ON handover (asked_by);

-- Nobody is asked any more once somebody else owns it, it is answered, or over.
CREATE FUNCTION plein_lapse_handover() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE handover SET outcome = 'lapsed', ended_at = plein_now() WHERE escalation = NEW.id AND outcome IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER escalation_handover_lapses AFTER UPDATE OF owner, answered_at, ended_at ON escalation FOR EACH ROW
    WHEN ((OLD.owner, OLD.answered_at, OLD.ended_at) IS DISTINCT FROM (NEW.owner, NEW.answered_at, NEW.ended_at))
    EXECUTE FUNCTION plein_lapse_handover();

-- Who read it because she was asked reads it no more; whose it is now is on it as its owner.
CREATE FUNCTION plein_release_asked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE case_role r SET until = plein_now() WHERE r.escalation = NEW.escalation AND r.person = NEW.person
        AND r.role = 'counsel' AND r.until IS NULL
        AND NOT EXISTS (SELECT FROM consultation c WHERE c.escalation = r.escalation AND c.person = r.person);
    RETURN NULL;
END $$;
CREATE TRIGGER handover_released AFTER UPDATE OF outcome ON handover FOR EACH ROW
    WHEN (OLD.joined AND OLD.outcome IS NULL AND NEW.outcome IS NOT NULL) EXECUTE FUNCTION plein_release_asked();
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(AGREED + HANDOVER)

    manager.add_raw(run)
    return manager
