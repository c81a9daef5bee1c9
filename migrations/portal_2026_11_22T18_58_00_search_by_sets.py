"""People are made findable a statement at a time, so that a list of 400,000 can be imported in minutes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T18:58:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "search by sets"

BY_SETS = """
DROP TRIGGER identity_searched ON identity;
DROP TRIGGER person_searched ON person;
DROP FUNCTION plein_search_person();

CREATE FUNCTION plein_search_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_people(ARRAY(SELECT person FROM after));
    RETURN NULL;
END $$;
CREATE TRIGGER identity_added AFTER INSERT ON identity REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_added();

CREATE FUNCTION plein_search_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_people(ARRAY(SELECT a.person FROM after a JOIN before b ON b.person = a.person
        WHERE (a.name, a.title, a.language) IS DISTINCT FROM (b.name, b.title, b.language)));
    RETURN NULL;
END $$;
CREATE TRIGGER identity_renamed AFTER UPDATE ON identity REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_renamed();

CREATE TRIGGER identity_removed AFTER DELETE ON identity FOR EACH ROW EXECUTE FUNCTION plein_search_identity();

CREATE FUNCTION plein_search_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_search_people(ARRAY(
        SELECT a.id FROM after a JOIN before b ON b.id = a.id WHERE a.org_unit IS DISTINCT FROM b.org_unit));
    RETURN NULL;
END $$;
CREATE TRIGGER person_moved AFTER UPDATE ON person REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION plein_search_moved();
"""


async def forwards() -> MigrationManager:
    """Puts triggers over whole statements in the place of those over rows."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(BY_SETS)

    manager.add_raw(run)
    return manager
