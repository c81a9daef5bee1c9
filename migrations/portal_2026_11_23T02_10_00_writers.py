"""Who wrote something, in whose name, and who decides about it: each is found in one way."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T02:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "writers"

WRITERS = """
-- Who began it, who writes it along, and the leader in whose name it stands.
CREATE FUNCTION plein_writers(item bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT i.author FROM idea i WHERE i.id = item
    UNION SELECT i.speaks_for FROM idea i WHERE i.id = item AND i.speaks_for IS NOT NULL
    UNION SELECT k.person FROM co_author k WHERE k.idea = item AND k.accepted_at IS NOT NULL
$$;
-- She posts for a leader in this space: the leader named her, still leads, and reads it.
CREATE FUNCTION plein_speaks(who bigint, for_leader bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM delegate d JOIN person p ON p.id = d.leader AND p.active
        WHERE d.person = who AND d.leader = for_leader
            AND EXISTS (SELECT FROM readership r WHERE r.person = p.id AND r.space = place)
            AND EXISTS (SELECT FROM membership m JOIN space o ON o.id = m.space AND o.kind = 'organisation'
                WHERE m.person = p.id AND m.role = 'leader'))
$$;
-- She is or was the owner of its open case, or is deputy, neutral or in the chain (rule 7).
CREATE FUNCTION plein_decides(who bigint, item bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM escalation e JOIN case_role r ON r.escalation = e.id
        WHERE e.idea = item AND e.ended_at IS NULL AND r.person = who
            AND (r.role = 'owner' OR r.role IN ('deputy', 'neutral', 'chain') AND r.until IS NULL))
$$;
CREATE OR REPLACE FUNCTION plein_barred(e escalation) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT plein_writers(e.idea)
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id
        UNION SELECT x.person FROM idea i, plein_chain(i.author) x WHERE i.id = e.idea AND e.complaint)
$$;
CREATE OR REPLACE FUNCTION plein_refuse_own_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_hold_votes(NEW.idea, NEW.person);
    IF NEW.person IN (SELECT plein_writers(NEW.idea)) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
"""


async def forwards() -> MigrationManager:
    """Adds it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(WRITERS)

    manager.add_raw(run)
    return manager
