"""While an item is hidden the clock of its case stands still, and counts it to the moment at which it was shown; what
was removed for good ends its case."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T15:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "hidden"

# After `hidden_from`: shown, hidden again, and so on, until the clock finds that it is shown. However late that is.
TURNS = """
ALTER TABLE escalation ADD COLUMN hidden_turns timestamptz[] NOT NULL DEFAULT '{}';

CREATE FUNCTION plein_note_turn(items bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE escalation e SET hidden_from = coalesce(e.hidden_from, plein_now()),
        hidden_turns = CASE WHEN e.hidden_from IS NULL THEN '{}' ELSE e.hidden_turns || plein_now() END
    FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.id = ANY (items) AND e.idea = i.id AND (e.ended_at IS NULL OR e.hidden_from IS NOT NULL)
        AND (i.state = 'hidden' OR c.hidden) <> (e.hidden_from IS NOT NULL AND cardinality(e.hidden_turns) % 2 = 0)
$$;
CREATE OR REPLACE FUNCTION plein_stand_still() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM plein_note_turn(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
DROP TRIGGER idea_hidden ON idea;
CREATE TRIGGER idea_hidden AFTER UPDATE OF state, campaign ON idea FOR EACH ROW
    WHEN ((NEW.state = 'hidden') <> (OLD.state = 'hidden') OR NEW.campaign <> OLD.campaign)
    EXECUTE FUNCTION plein_stand_still();
CREATE OR REPLACE FUNCTION plein_all_stand_still() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM plein_note_turn(ARRAY(SELECT i.id FROM idea i WHERE i.campaign = NEW.id));
    RETURN NULL;
END $$;
DROP TRIGGER campaign_hidden ON campaign;
CREATE TRIGGER campaign_hidden AFTER UPDATE OF hidden ON campaign FOR EACH ROW
    WHEN (NEW.hidden <> OLD.hidden) EXECUTE FUNCTION plein_all_stand_still();
"""

# Nothing about it is still to be decided, and what was decided last took it away. What was sent back may be changed
# for 30 days.
REMOVED = """
CREATE FUNCTION plein_removed(of_idea bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM idea i WHERE i.id = of_idea AND i.state = 'hidden')
        AND NOT EXISTS (SELECT FROM moderation_item x WHERE x.idea = of_idea AND x.state IN ('open', 'appealed'))
        AND coalesce((SELECT d.action = 'remove' OR d.created_at <= plein_now() - interval '30 days'
            FROM moderation_item x JOIN decision d ON d.item = x.id
            WHERE x.idea = of_idea AND d.action IN ('send back', 'remove') AND d.undone_at IS NULL
                AND d.put_back_at IS NULL
            ORDER BY d.id DESC LIMIT 1), FALSE)
$$;
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(TURNS + REMOVED)

    manager.add_raw(run)
    return manager
