"""What goes when a text that was sent back comes back changed, goes by a trigger, whoever its author is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T22:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "put back"

# Behind the second wall an author reaches neither other people's votes nor the texts before. Another text than the
# settled one loses the votes that were given for that.
FORGET = """
CREATE FUNCTION plein_forget_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_idea bigint := (SELECT x.idea FROM moderation_item x WHERE x.id = NEW.item);
BEGIN
    DELETE FROM idea_version WHERE idea = of_idea;
    IF EXISTS (SELECT FROM idea i JOIN campaign c ON c.id = i.campaign
            WHERE i.id = of_idea AND plein_phase(c, plein_now()) NOT IN ('collect', 'discuss')) THEN
        DELETE FROM vote WHERE idea = of_idea;
        UPDATE idea SET supporters = 0, guest_supporters = 0, returned = 0, guest_returned = 0 WHERE id = of_idea;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER decision_put_back AFTER UPDATE OF put_back_at ON decision FOR EACH ROW
    WHEN (OLD.put_back_at IS NULL AND NEW.put_back_at IS NOT NULL) EXECUTE FUNCTION plein_forget_before();
"""


async def forwards() -> MigrationManager:
    """Adds it, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FORGET)

    manager.add_raw(run)
    return manager
