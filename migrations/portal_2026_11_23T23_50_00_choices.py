"""The draft of an answer keeps the policy that it changes by its address, as its form sends it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T23:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "choices"

POLICIES = """
UPDATE answer_draft d SET policy = y.public_id || '-' || v.version
    FROM policy_version v JOIN policy y ON y.id = v.policy WHERE v.id::text = d.policy
"""


async def forwards() -> MigrationManager:
    """Rewrites the drafts."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(POLICIES)

    manager.add_raw(run)
    return manager
