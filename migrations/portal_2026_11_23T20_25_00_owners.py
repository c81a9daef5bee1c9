"""Whose time as an owner is over owns nothing beside somebody else."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T20:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "owners"

LED_ALONE = """
CREATE OR REPLACE VIEW led_alone AS
    SELECT m.person, 'group' AS kind, m.space, NULL::bigint AS campaign
    FROM membership m JOIN space s ON s.id = m.space AND s.archived_at IS NULL
    WHERE m.role = 'owner' AND NOT EXISTS (
        SELECT FROM membership o JOIN person p ON p.id = o.person AND p.active
        WHERE o.space = m.space AND o.role = 'owner' AND o.person <> m.person
            AND (o.until IS NULL OR o.until > plein_now()))
    UNION ALL
    SELECT l.person, 'campaign', c.space, c.id
    FROM campaign c CROSS JOIN LATERAL (SELECT c.sponsor AS person UNION SELECT c.decision_owner) l
    WHERE l.person IS NOT NULL AND c.state IN ('proposed', 'open')
        AND plein_phase(c, plein_now()) IS DISTINCT FROM 'done';
"""


async def forwards() -> MigrationManager:
    """Reads until when they own it."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(LED_ALONE)

    manager.add_raw(run)
    return manager
