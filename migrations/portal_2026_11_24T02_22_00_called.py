"""Who decides, or would, is looked up of many items at once: a rule, a line of superiors, once each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-24T02:22:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "called"

CALLED = """
-- Who would decide each of these while nobody owns it, and who stands beside or above (rule 7).
CREATE FUNCTION plein_would_decide(cases escalation[]) RETURNS TABLE (id bigint, person bigint)
LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED (
        SELECT e.id, coalesce(e.topic, 0) AS of_topic, coalesce(e.unit, 0) AS of_unit, e.handed_to, c.decision_owner
        FROM unnest(cases) e JOIN idea i ON i.id = e.idea JOIN campaign c ON c.id = i.campaign
    ), could AS MATERIALIZED (
        SELECT k.of_topic, k.of_unit, c.person, c.part FROM (SELECT DISTINCT a.of_topic, a.of_unit FROM asked a) k
        CROSS JOIN LATERAL plein_candidates(nullif(k.of_topic, 0), nullif(k.of_unit, 0), plein_now()) c
    ), named AS MATERIALIZED (
        SELECT a.id, d.person
        FROM plein_deciders(cases, '{}'::bigint[], FALSE, plein_now()) d JOIN asked a ON a.id = d.id
        WHERE d.person IS NOT NULL AND (d.person IN (a.handed_to, a.decision_owner) OR NOT EXISTS (
            SELECT FROM could c WHERE c.of_topic = a.of_topic AND c.of_unit = a.of_unit AND c.person = d.person
                AND c.part = 'administrator'))
    ), line AS MATERIALIZED (
        SELECT n.person AS below, c.person FROM (SELECT DISTINCT n.person FROM named n) n
        CROSS JOIN LATERAL plein_chain(n.person) c
    )
    SELECT n.id, n.person FROM named n
    UNION SELECT n.id, l.person FROM named n JOIN line l ON l.below = n.person
    UNION SELECT a.id, c.person FROM asked a JOIN could c ON c.of_topic = a.of_topic AND c.of_unit = a.of_unit
        WHERE c.part IN ('owner', 'deputy', 'chain', 'neutral')
$$;
-- Who decides each of these items, or what leads it, or would while nobody owns that.
CREATE FUNCTION plein_deciding(items bigint[]) RETURNS TABLE (idea bigint, person bigint)
LANGUAGE sql STABLE AS $$
    WITH of_it AS MATERIALIZED (
        SELECT x.idea, e.id, e.owner FROM unnest(items) x (idea) CROSS JOIN LATERAL (
            SELECT x.idea AS id UNION ALL
            SELECT c.lead FROM cluster_item c WHERE c.idea = x.idea AND c.left_at IS NULL) w
        JOIN escalation e ON e.idea = w.id AND e.ended_at IS NULL
    )
    SELECT o.idea, r.person FROM of_it o JOIN case_role r ON r.escalation = o.id
        WHERE r.role = 'owner' OR r.role IN ('deputy', 'neutral', 'chain') AND r.until IS NULL
    UNION SELECT o.idea, w.person FROM plein_would_decide(ARRAY(
        SELECT e FROM escalation e WHERE e.id IN (SELECT o.id FROM of_it o WHERE o.owner IS NULL))) w
        JOIN of_it o ON o.id = w.id
$$;
CREATE OR REPLACE FUNCTION plein_deciding(item bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT d.person FROM plein_deciding(ARRAY[item]) d
$$;
DROP FUNCTION plein_would_decide(escalation);
"""


async def forwards() -> MigrationManager:
    """Replaces them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(CALLED)

    manager.add_raw(run)
    return manager
