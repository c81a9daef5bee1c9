"""Whoever is asked to take a case over says yes or no; and the second moderator's reason stands beside the first's."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T13:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "desk"

AGREED = """
ALTER TABLE escalation ADD fraud_agreed_by bigint REFERENCES person (id),
    ADD fraud_agreed_reason text NOT NULL DEFAULT '';
CREATE INDEX escalation_fraud_agreed_by ON escalation (fraud_agreed_by) WHERE fraud_agreed_by IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(AGREED)

    manager.add_raw(run)
    return manager
