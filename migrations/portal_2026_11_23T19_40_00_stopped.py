"""A campaign that is stopped promises no date any more; and the clock of what is screened stands still wherever it is
read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T19:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "stopped"

# The moment from which an idea that reached T1 in a campaign has a case; none opens before (null: by T1 itself). Where
# the campaign is stopped nobody waits for its date.
OWED_ON = """
CREATE OR REPLACE FUNCTION plein_owed_on(i idea, c campaign) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN i.t1_at IS NOT NULL AND NOT c.always_open AND c.decision_owner IS NOT NULL
        THEN least(c.done_from, c.cancelled_at) END
$$;
"""
# Where the clock of a case stands: since moderators hid it, since it waits to be screened, or since its author was
# asked, it stands still (`plein_still`).
CLOCK = """
CREATE OR REPLACE FUNCTION plein_clock(e escalation, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE e.state WHEN 'clarifying' THEN e.clarify_from
        ELSE least(at, e.hidden_from,
            (SELECT x.created_at FROM screening x WHERE x.idea = e.idea AND x.state = 'open')) END
$$;
CREATE OR REPLACE FUNCTION plein_lateness(e escalation, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
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


async def forwards() -> MigrationManager:
    """Says so."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(OWED_ON + CLOCK)

    manager.add_raw(run)
    return manager
