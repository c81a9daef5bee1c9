"""While nobody owns a case, whoever would be named decides it as far as rule 7 goes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T20:56:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unowned"

DECIDES = """
-- Who would decide a case that nobody owns, or stand by as deputy, neutral or from above; but for an administrator whom
-- no rule names, who gets it only where nobody else is left, and names somebody.
CREATE FUNCTION plein_would_decide(e escalation) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH could AS MATERIALIZED (
        SELECT c.person, c.part FROM plein_candidates(e.topic, e.unit, plein_now()) c
    ), named AS MATERIALIZED (
        SELECT d.person FROM plein_deciders(ARRAY[e], '{}'::bigint[], FALSE, plein_now()) d
        WHERE d.person IS NOT NULL
            AND (d.person IN (SELECT unnest(ARRAY[e.handed_to, f.decision_owner])
                    FROM idea i JOIN campaign f ON f.id = i.campaign WHERE i.id = e.idea)
                OR d.person NOT IN (SELECT c.person FROM could c WHERE c.part = 'administrator'))
    )
    SELECT n.person FROM named n UNION SELECT c.person FROM named n CROSS JOIN LATERAL plein_chain(n.person) c
    UNION SELECT c.person FROM could c WHERE c.part IN ('owner', 'deputy', 'chain', 'neutral')
$$;
-- Who decides the open case of an item, or of its lead; or would, while nobody owns it.
CREATE FUNCTION plein_deciding(item bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH of_it AS MATERIALIZED (
        SELECT e FROM escalation e WHERE e.ended_at IS NULL AND e.idea IN (SELECT item UNION ALL
            SELECT c.lead FROM cluster_item c WHERE c.idea = item AND c.left_at IS NULL)
    )
    SELECT r.person FROM of_it o JOIN case_role r ON r.escalation = (o.e).id
        WHERE r.role = 'owner' OR r.role IN ('deputy', 'neutral', 'chain') AND r.until IS NULL
    UNION SELECT plein_would_decide(o.e) FROM of_it o WHERE (o.e).owner IS NULL
$$;
-- Whether somebody does.
CREATE OR REPLACE FUNCTION plein_decides(who bigint, item bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT who IN (SELECT plein_deciding(item))
$$;
"""


async def forwards() -> MigrationManager:
    """Says so."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(DECIDES)

    manager.add_raw(run)
    return manager
