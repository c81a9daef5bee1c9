"""What is shown of a space comes off an index, newest first; who owes answers in a campaign is found by who she is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-24T02:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "shown"

SHOWN = """
CREATE INDEX idea_shown ON idea (space, created_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX campaign_sponsor ON campaign (sponsor);
CREATE INDEX campaign_decision_owner ON campaign (decision_owner);
"""


async def forwards() -> MigrationManager:
    """Makes them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SHOWN)

    manager.add_raw(run)
    return manager
