"""The rules pass over nobody for what she wrote without her name: by being passed over she would be found."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T23:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "nameless"

NAMELESS = """
-- Who decides by the rules: her whom they name, though she wrote it without her name. She does nothing there
-- (plein_barred), but declare a conflict of interest as anybody may; else the clock goes on to the next one.
CREATE OR REPLACE FUNCTION plein_deciders(cases escalation[], without bigint[], another boolean, at timestamptz)
RETURNS TABLE (id bigint, person bigint) LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED (
        SELECT e.id, e.topic, coalesce(e.topic, 0) AS of_topic, e.unit, coalesce(e.unit, 0) AS of_unit, e.height,
            e.handed_to, c.decision_owner, plein_openly_barred(e) || without
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
-- Above whom nobody knows nobody stands.
CREATE OR REPLACE FUNCTION plein_barred(e escalation) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    people bigint[] := ARRAY(
        SELECT w FROM plein_writers(e.idea) w
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id);
BEGIN
    IF e.complaint THEN
        RETURN people || ARRAY(SELECT x.person FROM idea i, plein_chain(i.author) x WHERE i.id = e.idea);
    END IF;
    RETURN people;
END $$;
"""


async def forwards() -> MigrationManager:
    """Replaces them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(NAMELESS)

    manager.add_raw(run)
    return manager
