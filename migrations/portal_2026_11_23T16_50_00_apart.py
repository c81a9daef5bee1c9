"""What leaves a cluster, for whatever reason, is told of; and nothing stands in one that hides its numbers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T16:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "apart"

# What goes to another space leaves its cluster, and so does what goes to a campaign that hides how many support it: it
# would show and trigger something elsewhere (rule 4).
LEAVES = """
CREATE OR REPLACE FUNCTION plein_leave_cluster() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE cluster_item SET left_at = plein_now() WHERE NEW.id IN (idea, lead) AND left_at IS NULL
        AND (NEW.space <> OLD.space OR EXISTS (
            SELECT FROM campaign c WHERE c.id = NEW.campaign AND plein_counts_hidden(c, plein_now())));
    RETURN NULL;
END $$;
DROP TRIGGER idea_leaves_cluster ON idea;
CREATE TRIGGER idea_leaves_cluster AFTER UPDATE OF space, campaign ON idea FOR EACH ROW
    WHEN (OLD.campaign <> NEW.campaign) EXECUTE FUNCTION plein_leave_cluster();
"""

# Who wrote what left is told, unless it leads now; and who wrote or decides the lead that it left, without its name.
TOLD = """
CREATE FUNCTION plein_tell_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    WITH apart AS (
        SELECT n.idea, n.lead, n.left_by FROM before o JOIN after n ON n.id = o.id
        WHERE o.left_at IS NULL AND n.left_at IS NOT NULL
    ), written AS (
        INSERT INTO event (kind, actor, space, idea, escalation, particulars)
        SELECT 'idea.cluster_left', a.left_by, i.space, i.id, NULL, jsonb_build_object('lead', a.lead)
            FROM apart a JOIN idea i ON i.id = a.idea
            WHERE NOT EXISTS (SELECT FROM cluster_item k WHERE k.lead = i.id AND k.left_at IS NULL)
        UNION ALL SELECT 'idea.cluster_lost', a.by, l.space, l.id,
                (SELECT e.id FROM escalation e WHERE e.idea = l.id AND e.ended_at IS NULL), '{}'
            FROM (SELECT x.lead, min(x.left_by) AS by FROM apart x GROUP BY x.lead) a
            JOIN idea l ON l.id = a.lead AND l.state = 'published'
        RETURNING id
    )
    INSERT INTO event_queue (event) SELECT id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER cluster_item_apart AFTER UPDATE ON cluster_item REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION plein_tell_apart();
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(LEAVES + TOLD)

    manager.add_raw(run)
    return manager
