"""How long a working day is, and when a day is over, are said once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T07:10:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "tidy"

DAYS = """
-- In minutes; the longest day where they differ.
CREATE FUNCTION plein_working_day() RETURNS integer LANGUAGE sql STABLE
    AS $$ SELECT coalesce((SELECT max(extract(epoch FROM closes - opens)) / 60 FROM working_hours), 480)::int $$;
-- A day is over at midnight on the organisation's clock.
CREATE FUNCTION plein_day_over(day date) RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT (day + 1)::timestamp AT TIME ZONE coalesce((SELECT o.zone FROM organisation o), 'UTC') $$;
"""


async def forwards() -> MigrationManager:
    """Adds them."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(DAYS)

    manager.add_raw(run)
    return manager
