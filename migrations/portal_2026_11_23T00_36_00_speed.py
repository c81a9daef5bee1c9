"""What is asked of many rows: who reads what, without sorting, and how many employees there are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T00:36:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "speed"

READERS = """
-- The ways in which people come to read spaces, the commonest first; somebody may come by several. It answers whether
-- she does; whoever lists or counts readers asks `readership`, where each stands once.
CREATE VIEW reading AS
    SELECT p.id AS person, s.id AS space FROM person p, space s
        WHERE p.active AND s.open AND (p.kind = 'employee' OR p.kind = 'sister' AND s.sisters)
    UNION ALL
    SELECT m.person, m.space FROM membership m JOIN person p ON p.id = m.person
        WHERE p.active AND (m.until IS NULL OR m.until > plein_now())
    UNION ALL
    SELECT p.id, p.home FROM person p WHERE p.active AND p.home IS NOT NULL
    UNION ALL
    SELECT x.person, x.space FROM section_reader x JOIN person p ON p.id = x.person
        WHERE p.active AND p.kind <> 'guest';
CREATE OR REPLACE VIEW readership AS SELECT DISTINCT r.person, r.space FROM reading r;
"""

EMPLOYEES = """
-- In the organisation's own space stands how many active employees there are. Where readers are counted, only who is no
-- employee is looked up.
ALTER TABLE space ADD employees integer NOT NULL DEFAULT 0;
CREATE INDEX person_from_elsewhere ON person (id) WHERE kind <> 'employee';
CREATE FUNCTION plein_count_employees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE step integer := 0;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        step := (SELECT count(*) FROM come c WHERE c.active AND c.kind = 'employee');
    END IF;
    IF TG_OP <> 'INSERT' THEN
        step := step - (SELECT count(*) FROM gone g WHERE g.active AND g.kind = 'employee');
    END IF;
    IF step <> 0 THEN
        UPDATE space SET employees = employees + step WHERE kind = 'organisation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER employees_came AFTER INSERT ON person REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_count_employees();
CREATE TRIGGER employees_went AFTER DELETE ON person REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION plein_count_employees();
CREATE TRIGGER employees_turned AFTER UPDATE ON person REFERENCING OLD TABLE AS gone NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION plein_count_employees();
UPDATE space SET employees = (SELECT count(*) FROM person p WHERE p.active AND p.kind = 'employee')
WHERE kind = 'organisation';
"""


async def forwards() -> MigrationManager:
    """Makes the view and the count."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(READERS)
        await script(EMPLOYEES)

    manager.add_raw(run)
    return manager
