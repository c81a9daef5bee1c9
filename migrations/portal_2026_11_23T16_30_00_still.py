"""When the clock of a case stands still, and why, is said once; and so is how many people support a cluster."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "still"

# Rule 2: it stands still while moderators hide the item or its campaign, until the worker has counted for how long;
# while it waits to be screened; and while a question to its author is open. Guests' login finds of the screenings only
# its own: nobody else reads the item then.
STILL = """
CREATE FUNCTION plein_is_owed(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT state IN ('qualifying', 'triage', 'assigned', 'acknowledged', 'clarifying', 'drafting', 'under review')
$$;
CREATE FUNCTION plein_still(e escalation) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT plein_is_owed(e.state) THEN NULL
        WHEN e.hidden_from IS NOT NULL THEN 'hidden'
        WHEN EXISTS (SELECT FROM screening x WHERE x.idea = e.idea AND x.state = 'open') THEN 'screened'
        WHEN e.state = 'clarifying' THEN 'asked' END
$$;
CREATE FUNCTION plein_clock(e escalation, at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE e.state WHEN 'clarifying' THEN e.clarify_from ELSE least(at, e.hidden_from) END
$$;
CREATE OR REPLACE FUNCTION plein_lateness(e escalation, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN NOT plein_is_owed(e.state) THEN NULL
        WHEN m.at > e.overdue3_at THEN 'overdue 3'
        WHEN m.at > e.overdue2_at THEN 'overdue 2'
        WHEN m.at > e.due_at THEN 'overdue 1'
        WHEN m.at > e.soon_at THEN 'due soon'
        ELSE 'on time' END
    FROM (SELECT plein_clock(e, at) AS at) m
$$;
"""

# Rule 12: the colleagues who support an item, or what stands under it, each once.
UNION = """
CREATE FUNCTION plein_union(i idea) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT i.supporters + i.joint
$$;
"""


async def forwards() -> MigrationManager:
    """Says so."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(STILL + UNION)

    manager.add_raw(run)
    return manager
