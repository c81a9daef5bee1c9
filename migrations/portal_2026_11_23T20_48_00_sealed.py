"""Whose a guest's request is, PostgreSQL believes where it is sealed, and not what her own statement says of it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T20:48:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sealed"

# `portal migrate` writes the key (portal.access.wall_build), where no guest's login has a way in. The seal fits this
# connection, this person and these spaces (portal.db): anybody may set them, and who has no key makes none that fits.
SEALED = """
CREATE SCHEMA wall;
CREATE TABLE wall.key (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    key bytea NOT NULL CHECK (length(key) = 32)
);
CREATE FUNCTION wall_told(what text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = public AS $$
DECLARE
    told bytea := convert_to(concat_ws(' ', pg_backend_pid(), current_setting('app.person', true),
        current_setting('app.spaces', true)), 'UTF8');
BEGIN
    RETURN (SELECT current_setting('app.' || what) FROM wall.key k
        WHERE encode(sha256(k.key || sha256(k.key || told)), 'hex') = current_setting('app.seal', true));
END $$;
"""

# It is a guest's own login, whatever it says; or the owner of the tables, who was told of a guest.
BEHIND = """
CREATE OR REPLACE FUNCTION plein_behind_wall() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN session_user <> current_user OR coalesce(current_setting('app.person', true), '') <> '';
END $$;
CREATE OR REPLACE FUNCTION plein_keep_who_one_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF plein_behind_wall() THEN
        RAISE EXCEPTION 'a guest changes nothing of who she is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE VIEW section_reader AS
    SELECT m.person, x.id AS space FROM space x JOIN membership m ON m.space = x.parent
    WHERE (m.until IS NULL OR m.until > plein_now())
        AND ((SELECT NOT plein_behind_wall()) OR x.id = ANY ((SELECT wall_told('spaces')::bigint[])::bigint[]));
"""

# As before, but for who is behind the wall.
NUMBERS = """
CREATE OR REPLACE FUNCTION plein_growth(item bigint) RETURNS TABLE (day date, supporters integer, guests integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH asked AS MATERIALIZED (
        SELECT plein_behind_wall() AS behind, wall_told('spaces')::bigint[] AS spaces)
    SELECT d.day, (sum(d.colleagues) OVER (ORDER BY d.day))::integer, (sum(d.guests) OVER (ORDER BY d.day))::integer
    FROM (
        SELECT (v.created_at AT TIME ZONE o.zone)::date AS day, count(*) FILTER (WHERE NOT v.guest) AS colleagues,
            count(*) FILTER (WHERE v.guest) AS guests
        FROM (
            SELECT w.created_at, w.guest, w.space FROM vote w WHERE w.idea = item
            UNION ALL SELECT j.created_at, FALSE, j.space FROM (
                SELECT DISTINCT ON (w.person) w.created_at, w.space FROM cluster_item c JOIN vote w ON w.idea = c.idea
                WHERE c.lead = item AND c.left_at IS NULL AND NOT w.guest AND NOT w.young
                    AND NOT EXISTS (SELECT FROM vote o WHERE o.idea = item AND o.person = w.person)
                ORDER BY w.person, w.created_at) j) v CROSS JOIN organisation o
        WHERE NOT (SELECT behind FROM asked) OR v.space = ANY ((SELECT spaces FROM asked)::bigint[])
        GROUP BY 1) d
    ORDER BY 1
$$;
CREATE OR REPLACE FUNCTION plein_replies(asked bigint, OUT replied integer, OUT yes integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer, (count(*) FILTER (WHERE r.yes))::integer FROM crowd_reply r
    WHERE r.question = asked
        AND ((SELECT NOT plein_behind_wall()) OR r.space = ANY ((SELECT wall_told('spaces')::bigint[])::bigint[]))
$$;
"""

QUEUED = """
CREATE OR REPLACE FUNCTION plein_queue(job text, arguments jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF plein_behind_wall() AND NOT (
        job = 'forget_words' AND arguments = '{}'
        OR job = 'make_export' AND EXISTS (
            SELECT FROM data_export e
            WHERE e.id = (arguments ->> 'export')::bigint AND e.person = wall_told('person')::bigint)
    ) THEN
        RAISE EXCEPTION 'no guest queues %', job USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', job, 0, NULL, NULL, arguments, NULL)::procrastinate_job_to_defer_v1]);
END $$;
"""

# As before; what a guest's own statement says was counted is counted all the same.
WEIGHED = """
CREATE OR REPLACE FUNCTION plein_weigh() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moment text := NEW.space || ' ' || statement_timestamp();
    counted text := current_setting('plein.readers', true);
    r record;
    t record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.audience IS NOT NULL AND NEW.space = OLD.space THEN RETURN NEW; END IF;
    END IF;
    IF split_part(coalesce(counted, ''), '|', 1) = moment AND NOT plein_behind_wall() THEN
        SELECT split_part(counted, '|', 2)::integer AS readers, split_part(counted, '|', 3)::integer AS active INTO r;
    ELSE
        SELECT * INTO r FROM plein_readers(NEW.space, plein_now());
        PERFORM set_config('plein.readers', moment || '|' || r.readers || '|' || r.active, true);
    END IF;
    NEW.setting := coalesce(NEW.setting, (SELECT max(id) FROM escalation_setting));
    NEW.published_at := coalesce(NEW.published_at, plein_now());
    SELECT x.* INTO t FROM escalation_setting s, plein_thresholds(r.readers, r.active, s) x WHERE s.id = NEW.setting;
    NEW.audience := t.audience;
    NEW.t1_at_count := t.t1;
    NEW.t2_at_count := t.t2;
    RETURN NEW;
END $$;
"""


async def forwards() -> MigrationManager:
    """Asks for the seal wherever a guest's request is told from others."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SEALED)
        await script(BEHIND)
        await script(NUMBERS)
        await script(QUEUED)
        await script(WEIGHED)

    manager.add_raw(run)
    return manager
