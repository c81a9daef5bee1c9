"""When the demo goes, the charter stays, but for what invented people made of it, and its services go along."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T17:32:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "emptied"

# The demo's services are older than the demo: whoever is real came after it.
DEMO = """
CREATE OR REPLACE FUNCTION plein_remove_demo(name text, language text, zone text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE since timestamptz := (SELECT o.demo_since FROM organisation o);
BEGIN
    CREATE TEMP TABLE kept_hours ON COMMIT DROP AS SELECT * FROM working_hours;
    CREATE TEMP TABLE kept_day ON COMMIT DROP AS SELECT * FROM calendar_day;
    CREATE TEMP TABLE stays ON COMMIT DROP AS SELECT p.id FROM person p WHERE NOT p.demo AND plein_in_office(p.id);
    CREATE TEMP TABLE kept_head ON COMMIT DROP AS
        SELECT u.id, u.head FROM org_unit u JOIN stays s ON s.id = u.head WHERE NOT u.demo;
    CREATE TEMP TABLE kept_topic ON COMMIT DROP AS SELECT t.* FROM topic t WHERE NOT t.demo;
    CREATE TEMP TABLE kept_rule ON COMMIT DROP AS SELECT r.* FROM topic_rule r JOIN stays s ON s.id = r.owner
        WHERE (r.topic IS NULL OR r.topic IN (SELECT k.id FROM kept_topic k))
            AND (r.unit IS NULL OR r.unit IN (SELECT u.id FROM org_unit u WHERE NOT u.demo));
    CREATE TEMP TABLE kept_absence ON COMMIT DROP AS SELECT a.* FROM absence a JOIN stays s ON s.id = a.person;
    CREATE TEMP TABLE kept_setting ON COMMIT DROP AS SELECT e.* FROM escalation_setting e
        WHERE e.author IS NULL OR e.author IN (SELECT p.id FROM person p WHERE NOT p.demo);
    UPDATE kept_topic k SET neutral = NULL WHERE k.neutral NOT IN (SELECT s.id FROM stays s);
    UPDATE kept_rule k SET deputy = NULL WHERE k.deputy NOT IN (SELECT s.id FROM stays s);
    UPDATE org_unit SET head = NULL WHERE head IS NOT NULL;

    PERFORM plein_empty_demo($1, $2, $3);

    INSERT INTO working_hours SELECT * FROM kept_hours
        ON CONFLICT (weekday) DO UPDATE SET opens = excluded.opens, closes = excluded.closes;
    DELETE FROM working_hours w WHERE w.weekday NOT IN (SELECT k.weekday FROM kept_hours k);
    INSERT INTO calendar_day SELECT * FROM kept_day;
    UPDATE org_unit u SET head = k.head FROM kept_head k WHERE k.id = u.id;
    INSERT INTO topic (id, public_id, name, explanation, neutral, created_at, form_key)
        SELECT k.id, k.public_id, k.name, k.explanation, k.neutral, k.created_at, k.form_key FROM kept_topic k;
    INSERT INTO topic_rule (topic, unit, owner, deputy) SELECT k.topic, k.unit, k.owner, k.deputy FROM kept_rule k
        ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0))
        DO UPDATE SET owner = excluded.owner, deputy = excluded.deputy;
    UPDATE topic t SET state = k.state FROM kept_topic k WHERE k.id = t.id AND (k.state = 'retired'
        OR k.state = 'published' AND EXISTS (SELECT FROM kept_rule r WHERE r.topic = k.id AND r.unit IS NULL));
    INSERT INTO absence SELECT * FROM kept_absence;
    INSERT INTO escalation_setting SELECT * FROM kept_setting;
    DELETE FROM service v WHERE v.created_at < since;
END $$;
"""

# Where the demo went before, nothing was left of them.
MENDED = """
INSERT INTO escalation_setting (k1) SELECT 1.5 FROM organisation WHERE NOT EXISTS (SELECT FROM escalation_setting);
"""


async def forwards() -> MigrationManager:
    """Replaces it, and mends what it left."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(DEMO + MENDED)

    manager.add_raw(run)
    return manager
