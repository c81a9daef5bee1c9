"""Clusters whose lead is gone, and cases that were merged, are found at once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T08:30:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "mendc"

FOUND = """
CREATE INDEX escalation_merged ON escalation (idea) WHERE state = 'merged';
CREATE INDEX cluster_item_stands ON cluster_item (lead) WHERE left_at IS NULL;
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(FOUND)

    manager.add_raw(run)
    return manager
