"""A guest's login queues only what a guest can ask for; a pause holds by whatever name one writes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T14:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "mendb"

# It runs as the owner of the tables (portal.access.wall); then `session_user` is another, or a guest was told of.
QUEUED = """
CREATE FUNCTION plein_queue(job text, arguments jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    guest text := nullif(current_setting('app.person', true), '');
BEGIN
    IF (guest IS NOT NULL OR session_user <> current_user) AND NOT (
        job = 'forget_words' AND arguments = '{}'
        OR job = 'make_export' AND EXISTS (
            SELECT FROM data_export e WHERE e.id = (arguments ->> 'export')::bigint AND e.person = guest::bigint)
    ) THEN
        RAISE EXCEPTION 'no guest queues %', job USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', job, 0, NULL, NULL, arguments, NULL)::procrastinate_job_to_defer_v1]);
END $$;
"""

# Nobody writes on under another mask, or her own name, while one of them is paused.
PAUSED = """
CREATE FUNCTION plein_behind(who bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT m.behind FROM mask m WHERE m.person = who), who)
$$;
CREATE FUNCTION plein_is_paused(who bigint, of_space bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM pause p WHERE p.space = of_space AND p.ended_at IS NULL AND p.until > plein_now()
        AND (p.person = plein_behind(who)
            OR p.person IN (SELECT m.person FROM mask m WHERE m.behind = plein_behind(who))))
$$;
CREATE OR REPLACE FUNCTION plein_refuse_paused() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who bigint;
BEGIN
    IF TG_TABLE_NAME = 'mention' THEN
        who := (SELECT k.author FROM comment k WHERE k.id = NEW.comment);
    ELSIF TG_NARGS > 0 THEN
        who := to_jsonb(NEW) ->> TG_ARGV[0];
    ELSE
        who := NEW.author;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(plein_pause_key(plein_behind(who), NEW.space));
    IF plein_is_paused(who, NEW.space) THEN
        RAISE EXCEPTION 'this person may not write here for a while' USING ERRCODE = 'PL001';
    END IF;
    RETURN NEW;
END $$;
"""

# What somebody else goes on with is no longer hers who began it, whether she had a name there or none.
WRITERS = """
CREATE OR REPLACE FUNCTION plein_writers(item bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT i.author FROM idea i WHERE i.id = item
    UNION SELECT m.behind FROM mask m JOIN idea i ON i.id = m.idea AND i.author = m.person WHERE m.idea = item
    UNION SELECT i.speaks_for FROM idea i WHERE i.id = item AND i.speaks_for IS NOT NULL
    UNION SELECT k.person FROM co_author k WHERE k.idea = item AND k.accepted_at IS NOT NULL
$$;
"""


async def forwards() -> MigrationManager:
    """Says so."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(QUEUED + PAUSED + WRITERS)

    manager.add_raw(run)
    return manager
