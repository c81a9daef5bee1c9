"""What a guest tells of herself is read by her spaces like what she writes there: where that is looked at first, she
tells nothing new, because nobody could look at it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T16:43:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "telling"

TELLING = """
-- Whether anything that this person brings into one of her spaces is looked at first. Only of guests it is.
CREATE FUNCTION plein_checked_first(who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM membership m WHERE m.person = who AND (m.until IS NULL OR m.until > plein_now())
        AND plein_check(who, m.space, true) IS NOT NULL)
$$;
-- Of the columns that the trigger names: left as they are, or emptied.
CREATE FUNCTION plein_refuse_telling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    told text;
BEGIN
    EXECUTE format('SELECT to_jsonb(x) FROM %I x WHERE person = $1', TG_TABLE_NAME) INTO before USING NEW.person;
    FOREACH told IN ARRAY TG_ARGV LOOP
        IF to_jsonb(NEW) -> told NOT IN ('""', '[]', coalesce(before -> told, '""'))
                AND plein_checked_first(NEW.person) THEN
            RAISE EXCEPTION 'what guests write here is looked at first'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'told_unseen';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER identity_told BEFORE UPDATE OF title ON identity FOR EACH ROW WHEN (plein_behind_wall())
    EXECUTE FUNCTION plein_refuse_telling('title');
CREATE TRIGGER profile_told BEFORE INSERT OR UPDATE ON profile FOR EACH ROW WHEN (plein_behind_wall())
    EXECUTE FUNCTION plein_refuse_telling('phone', 'place', 'skills', 'about', 'hours', 'status', 'photo');
"""


async def forwards() -> MigrationManager:
    """Adds it, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(TELLING)

    manager.add_raw(run)
    return manager
