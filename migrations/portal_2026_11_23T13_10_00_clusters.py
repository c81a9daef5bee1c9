"""Who puts items together or takes them apart says why; who decides a lead decides about what stands under it; and
the people of a cluster grow together. And while an item is hidden by moderators, the clock of its case stands still."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T13:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "clusters"

# Everybody who reads the item reads why it came there; its author, why it was taken out.
REASONS = """
ALTER TABLE cluster_item ADD COLUMN reason text NOT NULL DEFAULT '', ADD COLUMN left_reason text NOT NULL DEFAULT '';
"""

# As before, and of what stands under a lead also who decides that (rules 7 and 12).
DECIDES = """
CREATE OR REPLACE FUNCTION plein_decides(who bigint, item bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM escalation e JOIN case_role r ON r.escalation = e.id
        WHERE e.idea IN (SELECT item UNION ALL
                SELECT c.lead FROM cluster_item c WHERE c.idea = item AND c.left_at IS NULL)
            AND e.ended_at IS NULL AND r.person = who
            AND (r.role = 'owner' OR r.role IN ('deputy', 'neutral', 'chain') AND r.until IS NULL))
$$;
"""

# As before, and of a lead also the people who support another item of its cluster and not the lead: each once, on the
# day of the first of these votes.
GROWTH = """
CREATE OR REPLACE FUNCTION plein_growth(item bigint) RETURNS TABLE (day date, supporters integer, guests integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH asked AS MATERIALIZED (
        SELECT nullif(current_setting('app.spaces', true), '')::bigint[] AS spaces)
    SELECT d.day, (sum(d.colleagues) OVER (ORDER BY d.day))::integer, (sum(d.guests) OVER (ORDER BY d.day))::integer
    FROM (
        SELECT (v.created_at AT TIME ZONE o.zone)::date AS day, count(*) FILTER (WHERE NOT v.guest) AS colleagues,
            count(*) FILTER (WHERE v.guest) AS guests
        FROM (
            SELECT w.created_at, w.guest, w.space FROM vote w WHERE w.idea = item
            UNION ALL SELECT j.created_at, FALSE, j.space FROM (
                SELECT DISTINCT ON (w.person) w.created_at, w.space FROM cluster_item c JOIN vote w ON w.idea = c.idea
                WHERE c.lead = item AND c.left_at IS NULL AND NOT w.guest AND NOT w.young
                    AND NOT EXISTS (SELECT FROM vote o WHERE o.idea = item AND o.person = w.person)
                ORDER BY w.person, w.created_at) j) v CROSS JOIN organisation o
        WHERE (SELECT spaces FROM asked) IS NULL OR v.space = ANY ((SELECT spaces FROM asked)::bigint[])
        GROUP BY 1) d
    ORDER BY 1
$$;
"""

# Since when moderators hide the item, or its campaign; whoever shows it again forgets that and makes all due later.
STILL = """
ALTER TABLE escalation ADD COLUMN hidden_from timestamptz;
CREATE INDEX escalation_hidden ON escalation (idea) WHERE hidden_from IS NOT NULL;

CREATE FUNCTION plein_stand_still() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE escalation SET hidden_from = plein_now()
        WHERE idea = NEW.id AND ended_at IS NULL AND hidden_from IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER idea_hidden AFTER UPDATE OF state ON idea FOR EACH ROW
    WHEN (NEW.state = 'hidden' AND OLD.state <> 'hidden') EXECUTE FUNCTION plein_stand_still();
CREATE FUNCTION plein_all_stand_still() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE escalation SET hidden_from = plein_now()
        WHERE idea IN (SELECT i.id FROM idea i WHERE i.campaign = NEW.id) AND ended_at IS NULL
            AND hidden_from IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_hidden AFTER UPDATE OF hidden ON campaign FOR EACH ROW
    WHEN (NEW.hidden AND NOT OLD.hidden) EXECUTE FUNCTION plein_all_stand_still();

CREATE OR REPLACE FUNCTION plein_lateness(e escalation, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN e.state NOT IN ('qualifying', 'triage', 'assigned', 'acknowledged', 'clarifying', 'drafting',
            'under review') THEN NULL
        WHEN m.at > e.overdue3_at THEN 'overdue 3'
        WHEN m.at > e.overdue2_at THEN 'overdue 2'
        WHEN m.at > e.due_at THEN 'overdue 1'
        WHEN m.at > e.soon_at THEN 'due soon'
        ELSE 'on time' END
    FROM (SELECT CASE e.state WHEN 'clarifying' THEN e.clarify_from ELSE least(at, e.hidden_from) END AS at) m
$$;
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(REASONS + DECIDES + GROWTH + STILL)

    manager.add_raw(run)
    return manager
