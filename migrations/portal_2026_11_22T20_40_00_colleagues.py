"""Colleagues are named by their names: whether a name calls only one reader of a space. And "top N" of a campaign,
which sets the order in which its ideas are answered; and a withdrawn idea can be put back."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-22T20:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "colleagues"

NAMES = """
CREATE FUNCTION plein_only_one(whom bigint, place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM identity o JOIN person p ON p.id = o.person
        WHERE plein_folded(o.name) = plein_folded((SELECT n.name FROM identity n WHERE n.person = whom))
            AND o.person <> whom AND EXISTS (SELECT FROM readership r WHERE r.person = p.id AND r.space = place))
$$;
ALTER TABLE status_change DROP CONSTRAINT status_change_status_check,
    ADD CONSTRAINT status_change_status_check CHECK (status IN
        ('withdrawn', 'put back', 'under review', 'shortlisted', 'being worked out', 'carried out', 'stopped'));
ALTER TABLE campaign ADD COLUMN top integer CHECK (top BETWEEN 1 AND 100);
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(NAMES)

    manager.add_raw(run)
    return manager
