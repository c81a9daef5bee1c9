"""A vote that goes because its person comes to write the idea shows in no count (decision 0014): nor in how it grew,
nor in what counts together, nor in the sum of votes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T23:56:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "returned"

RETURNED = """
ALTER TABLE idea ADD returned_on date[] NOT NULL DEFAULT '{}', ADD guest_returned_on date[] NOT NULL DEFAULT '{}',
    ADD returned_votes integer NOT NULL DEFAULT 0 CHECK (returned_votes >= 0);
-- The day on which it was given stays where it grew, and nobody's name; together they are never more than the count.
CREATE OR REPLACE FUNCTION plein_drop_vote(of_idea bigint, of_person bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was vote;
    of_lead bigint;
    joint_before integer;
    on_day date[];
BEGIN
    PERFORM plein_hold_votes(of_idea, of_person);
    of_lead := plein_lead(of_idea);
    SELECT i.joint INTO joint_before FROM idea i WHERE i.id = of_lead FOR NO KEY UPDATE;
    DELETE FROM vote WHERE idea = of_idea AND person = of_person RETURNING * INTO was;
    IF was.id IS NULL THEN
        RETURN;
    END IF;
    on_day := ARRAY(SELECT (was.created_at AT TIME ZONE o.zone)::date FROM organisation o);
    UPDATE idea i SET supporters = supporters + (NOT was.guest)::int, returned = returned + (NOT was.guest)::int,
        guest_supporters = guest_supporters + was.guest::int, guest_returned = guest_returned + was.guest::int,
        returned_on = CASE WHEN was.guest THEN returned_on ELSE returned_on || on_day END,
        guest_returned_on = CASE WHEN was.guest THEN guest_returned_on || on_day ELSE guest_returned_on END,
        votes = votes + CASE c.vote_method WHEN 'budget' THEN was.weight ELSE 0 END,
        returned_votes = returned_votes + CASE c.vote_method WHEN 'budget' THEN was.weight ELSE 0 END
        FROM campaign c WHERE i.id = of_idea AND c.id = i.campaign;
    UPDATE idea SET joint = joint_before,
        returned_on = CASE WHEN joint < joint_before THEN returned_on || on_day ELSE returned_on END
        WHERE id = of_lead AND joint <> joint_before;
END $$;
-- What is given next takes its place, vote by vote.
CREATE OR REPLACE FUNCTION plein_spend() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c campaign;
    v vote := coalesce(NEW, OLD);
    step integer := coalesce(NEW.weight, 0) - coalesce(OLD.weight, 0);
    head integer := (TG_OP = 'INSERT')::integer - (TG_OP = 'DELETE')::integer;
BEGIN
    SELECT x.* INTO c FROM campaign x JOIN idea i ON i.campaign = x.id WHERE i.id = v.idea;
    IF v.weight > (CASE c.vote_method WHEN 'budget' THEN c.votes_per_idea ELSE 1 END) THEN
        RAISE EXCEPTION 'too many votes on one idea' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_per_idea';
    END IF;
    UPDATE idea SET votes = votes + CASE WHEN c.vote_method <> 'budget' THEN 0
            WHEN step > 0 THEN greatest(step - returned_votes, 0) ELSE step END,
        returned_votes = greatest(returned_votes - greatest(step, 0), 0),
        supporters = supporters + CASE WHEN v.guest THEN 0 WHEN head > 0 AND returned > 0 THEN 0 ELSE head END,
        returned = greatest(returned - CASE WHEN v.guest THEN 0 ELSE greatest(head, 0) END, 0),
        guest_supporters = guest_supporters
            + CASE WHEN NOT v.guest THEN 0 WHEN head > 0 AND guest_returned > 0 THEN 0 ELSE head END,
        guest_returned = greatest(guest_returned - CASE WHEN v.guest THEN greatest(head, 0) ELSE 0 END, 0)
    WHERE id = v.idea;
    IF c.vote_method = 'budget' THEN
        INSERT INTO budget (person, campaign, space, votes) VALUES (v.person, c.id, c.space, c.votes_each)
            ON CONFLICT DO NOTHING;
        PERFORM plein_add_up(c.id, ARRAY[v.person]);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION plein_forget_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_idea bigint := (SELECT x.idea FROM moderation_item x WHERE x.id = NEW.item);
BEGIN
    DELETE FROM idea_version WHERE idea = of_idea;
    IF EXISTS (SELECT FROM idea i JOIN campaign c ON c.id = i.campaign
            WHERE i.id = of_idea AND plein_phase(c, plein_now()) NOT IN ('collect', 'discuss')) THEN
        DELETE FROM vote WHERE idea = of_idea;
        UPDATE idea SET supporters = 0, guest_supporters = 0, returned = 0, guest_returned = 0, returned_votes = 0,
            returned_on = '{}', guest_returned_on = '{}' WHERE id = of_idea;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION plein_growth(item bigint) RETURNS TABLE (day date, supporters integer, guests integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH asked AS MATERIALIZED (
        SELECT plein_behind_wall() AS behind, wall_told('spaces')::bigint[] AS spaces)
    SELECT d.day, least(sum(d.colleagues) OVER (ORDER BY d.day), i.supporters + i.joint)::integer,
        least(sum(d.guests) OVER (ORDER BY d.day), i.guest_supporters)::integer
    FROM idea i CROSS JOIN (
        SELECT v.day, count(*) FILTER (WHERE NOT v.guest) AS colleagues, count(*) FILTER (WHERE v.guest) AS guests
        FROM (
            SELECT (w.created_at AT TIME ZONE o.zone)::date AS day, w.guest, w.space FROM vote w, organisation o
            WHERE w.idea = item
            UNION ALL SELECT unnest(x.returned_on), FALSE, x.space FROM idea x WHERE x.id = item
            UNION ALL SELECT unnest(x.guest_returned_on), TRUE, x.space FROM idea x WHERE x.id = item
            UNION ALL SELECT (j.created_at AT TIME ZONE o.zone)::date, FALSE, j.space FROM organisation o, (
                SELECT DISTINCT ON (w.person) w.created_at, w.space FROM cluster_item c JOIN vote w ON w.idea = c.idea
                WHERE c.lead = item AND c.left_at IS NULL AND NOT w.guest AND NOT w.young
                    AND NOT EXISTS (SELECT FROM vote o WHERE o.idea = item AND o.person = w.person)
                ORDER BY w.person, w.created_at) j) v
        WHERE NOT (SELECT behind FROM asked) OR v.space = ANY ((SELECT spaces FROM asked)::bigint[])
        GROUP BY 1) d
    WHERE i.id = item ORDER BY 1
$$;
"""


async def forwards() -> MigrationManager:
    """Adds and replaces them, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(RETURNED)

    manager.add_raw(run)
    return manager
