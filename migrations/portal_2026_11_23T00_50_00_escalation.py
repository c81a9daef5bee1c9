"""Escalation: what is reached on an idea or post, the cases that come of it, their clocks, and who is on them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.db import script

ID = "2026-11-23T00:50:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "escalation"

# Hours and days are working time. The newest row holds for what is published from then on.
SETTINGS = """
CREATE TABLE escalation_setting (
    id bigserial PRIMARY KEY,
    k1 numeric NOT NULL DEFAULT 1.5 CHECK (k1 > 0),
    k2 numeric NOT NULL DEFAULT 6 CHECK (k2 >= k1),
    cap1 integer NOT NULL DEFAULT 30 CHECK (cap1 BETWEEN 1 AND 100),
    cap2 integer NOT NULL DEFAULT 50 CHECK (cap2 BETWEEN cap1 AND 100),
    hold_hours integer NOT NULL DEFAULT 4 CHECK (hold_hours BETWEEN 0 AND 4),
    longer_hold_hours integer NOT NULL DEFAULT 4 CHECK (longer_hold_hours BETWEEN 0 AND 4),
    triage1_hours integer NOT NULL DEFAULT 4 CHECK (triage1_hours > 0),
    triage2_hours integer NOT NULL DEFAULT 2 CHECK (triage2_hours > 0),
    acknowledge1_days integer NOT NULL DEFAULT 1 CHECK (acknowledge1_days > 0),
    acknowledge2_hours integer NOT NULL DEFAULT 4 CHECK (acknowledge2_hours > 0),
    statement1_days integer NOT NULL DEFAULT 3 CHECK (statement1_days > 0),
    statement2_days integer NOT NULL DEFAULT 1 CHECK (statement2_days > 0),
    answer_days integer NOT NULL DEFAULT 10 CHECK (answer_days > 0),
    news1_days integer NOT NULL DEFAULT 20 CHECK (news1_days > 0),
    news2_days integer NOT NULL DEFAULT 10 CHECK (news2_days > 0),
    clarify_days integer NOT NULL DEFAULT 5 CHECK (clarify_days > 0),
    extension_days integer NOT NULL DEFAULT 10 CHECK (extension_days > 0),
    overdue2_days integer NOT NULL DEFAULT 5 CHECK (overdue2_days > 0),
    overdue3_days integer NOT NULL DEFAULT 10 CHECK (overdue3_days > overdue2_days),
    rating_days integer NOT NULL DEFAULT 10 CHECK (rating_days > 0),
    author bigint REFERENCES person (id),
    reason text NOT NULL DEFAULT '',
    consent_by text NOT NULL DEFAULT '',
    consent_on date,
    created_at timestamptz NOT NULL DEFAULT plein_now()
);
INSERT INTO escalation_setting DEFAULT VALUES;
-- A setting is followed by another, never changed; only the consent to it may come later.
CREATE FUNCTION plein_keep_setting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := ARRAY['reason', 'consent_by', 'consent_on'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - words <> to_jsonb(OLD) - words THEN
        RAISE EXCEPTION 'a setting is followed by another, never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER escalation_setting_kept BEFORE UPDATE OR DELETE ON escalation_setting
    FOR EACH ROW EXECUTE FUNCTION plein_keep_setting();
"""

# `young`: support from accounts that were younger than 7 days; it counts once the hold is over (`qualified_at`), or
# once they are older. `discounted`: support that two people found to be none.
# `joint`: people who support another item of its cluster, and not this one, its lead. `t1_at`, `t2_at`: latches.
ITEMS = """
ALTER TABLE idea
    ADD COLUMN published_at timestamptz,
    ADD COLUMN setting bigint REFERENCES escalation_setting (id),
    ADD COLUMN audience integer,
    ADD COLUMN t1_at_count integer,
    ADD COLUMN t2_at_count integer,
    ADD COLUMN t1_at timestamptz,
    ADD COLUMN t2_at timestamptz,
    ADD COLUMN qualified_at timestamptz,
    ADD COLUMN watched_at timestamptz,
    ADD COLUMN watched_by bigint REFERENCES person (id),
    ADD COLUMN heads_up_at timestamptz,
    ADD COLUMN commenters integer NOT NULL DEFAULT 0 CHECK (commenters >= 0),
    ADD COLUMN young integer NOT NULL DEFAULT 0 CHECK (young >= 0),
    ADD COLUMN joint integer NOT NULL DEFAULT 0 CHECK (joint >= 0),
    ADD COLUMN discounted integer NOT NULL DEFAULT 0 CHECK (discounted >= 0);
CREATE INDEX idea_published ON idea (published_at);
CREATE INDEX idea_reached ON idea (campaign) WHERE t1_at IS NOT NULL;
ALTER TABLE vote ADD COLUMN young boolean NOT NULL DEFAULT FALSE;
CREATE INDEX vote_young ON vote (person) WHERE young;
CREATE INDEX comment_of_author ON comment (idea, author);
CREATE INDEX person_lately ON person (last_signed_in_at) WHERE active AND kind = 'employee';
"""

# The same as `readership` says, without making a set of 400,000 people: every employee reads what is open. A session
# lasts a day at most, so who was active has signed in.
AUDIENCE = """
CREATE FUNCTION plein_readers(place bigint, at timestamptz, OUT readers integer, OUT active integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    since timestamptz := at - interval '28 days';
BEGIN
    IF (SELECT s.open FROM space s WHERE s.id = place) THEN
        SELECT count(*), count(*) FILTER (WHERE p.last_signed_in_at > since) INTO readers, active FROM person p
            WHERE p.active AND (p.kind = 'employee' OR p.kind = 'sister'
                AND EXISTS (SELECT FROM readership r WHERE r.person = p.id AND r.space = place));
    ELSE
        SELECT count(*), count(*) FILTER (WHERE p.last_signed_in_at > since) INTO readers, active
            FROM readership r JOIN person p ON p.id = r.person WHERE r.space = place AND p.kind <> 'guest';
    END IF;
END $$;

-- T = max(5, min(ceil(k * sqrt(A)), ceil(cap * A))). No T2 while it isn't above T1; where fewer than 5 can see it,
-- nothing escalates.
CREATE FUNCTION plein_thresholds(readers integer, active integer, s escalation_setting,
    OUT audience integer, OUT t1 integer, OUT t2 integer) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    audience := greatest(active, ceil(readers * 0.1));
    IF readers >= 5 THEN
        t1 := greatest(5, least(ceil(s.k1 * sqrt(audience::numeric)), ceil(s.cap1 * audience / 100.0)));
        t2 := greatest(5, least(ceil(s.k2 * sqrt(audience::numeric)), ceil(s.cap2 * audience / 100.0)));
        IF t2 <= t1 THEN t2 := NULL; END IF;
    END IF;
END $$;

-- Frozen at publication, and again where it moves to another space; what was reached stays reached. All that one
-- statement moves is weighed by one count.
CREATE FUNCTION plein_weigh() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moment text := NEW.space || ' ' || statement_timestamp();
    counted text := current_setting('plein.readers', true);
    r record;
    t record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.audience IS NOT NULL AND NEW.space = OLD.space THEN RETURN NEW; END IF;
    END IF;
    IF split_part(coalesce(counted, ''), '|', 1) = moment THEN
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
CREATE TRIGGER ideas_weighed BEFORE INSERT ON idea FOR EACH ROW WHEN (NEW.state = 'published')
    EXECUTE FUNCTION plein_weigh();
CREATE TRIGGER ideas_weighed_again BEFORE UPDATE OF state, space, campaign ON idea FOR EACH ROW
    WHEN (NEW.state = 'published') EXECUTE FUNCTION plein_weigh();
"""

# In the statement that counts a vote, whichever way it comes: one after the other through the idea's row, so that each
# latch falls once. The row is told of by an event of nobody's.
LATCHES = """
CREATE FUNCTION plein_latch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted integer := NEW.supporters + NEW.joint - NEW.discounted
        - CASE WHEN NEW.qualified_at IS NULL THEN NEW.young ELSE 0 END;
BEGIN
    IF EXISTS (SELECT FROM campaign c WHERE c.id = NEW.campaign AND plein_counts_hidden(c, plein_now())) THEN
        RETURN NEW;
    END IF;
    IF NEW.t1_at IS NULL AND counted >= NEW.t1_at_count THEN NEW.t1_at := plein_now(); END IF;
    IF NEW.t2_at IS NULL AND NEW.t1_at IS NOT NULL AND counted >= NEW.t2_at_count THEN NEW.t2_at := plein_now(); END IF;
    IF NEW.watched_at IS NULL AND NEW.t1_at IS NULL AND NEW.commenters >= NEW.t1_at_count THEN
        NEW.watched_at := plein_now();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ideas_latched BEFORE UPDATE OF supporters, young, joint, commenters, qualified_at ON idea FOR EACH ROW
    WHEN (NEW.state = 'published' AND (
        NEW.t1_at IS NULL AND (NEW.supporters + NEW.joint - NEW.discounted >= NEW.t1_at_count
            OR NEW.watched_at IS NULL AND NEW.commenters >= NEW.t1_at_count)
        OR NEW.t2_at IS NULL AND NEW.supporters + NEW.joint - NEW.discounted >= NEW.t2_at_count))
    EXECUTE FUNCTION plein_latch();

CREATE FUNCTION plein_tell_latched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH reached (place, kind, particulars) AS (
        SELECT 1, 'idea.heads_up', '{}'::jsonb WHERE OLD.heads_up_at IS NULL AND NEW.heads_up_at IS NOT NULL
        UNION ALL SELECT 2, 'idea.watched', '{}' WHERE OLD.watched_at IS NULL AND NEW.watched_at IS NOT NULL
        UNION ALL SELECT 3, 'idea.threshold_reached', jsonb_build_object('level', 1, 'supporters', NEW.supporters)
            WHERE OLD.t1_at IS NULL AND NEW.t1_at IS NOT NULL
        UNION ALL SELECT 4, 'idea.threshold_reached', jsonb_build_object('level', 2, 'supporters', NEW.supporters)
            WHERE OLD.t2_at IS NULL AND NEW.t2_at IS NOT NULL
    ), written AS (
        INSERT INTO event (kind, space, idea, particulars)
        SELECT r.kind, NEW.space, NEW.id, r.particulars FROM reached r ORDER BY r.place RETURNING id
    )
    INSERT INTO event_queue (event) SELECT id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER idea_latched_told AFTER UPDATE ON idea FOR EACH ROW
    WHEN (OLD.t1_at IS DISTINCT FROM NEW.t1_at OR OLD.t2_at IS DISTINCT FROM NEW.t2_at
        OR OLD.watched_at IS DISTINCT FROM NEW.watched_at OR OLD.heads_up_at IS DISTINCT FROM NEW.heads_up_at)
    EXECUTE FUNCTION plein_tell_latched();

-- By the order of their names: a young account's vote is known as such before it is counted, and after it is gone.
CREATE FUNCTION plein_mark_young() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.young := NOT NEW.guest
        AND EXISTS (SELECT FROM person p WHERE p.id = NEW.person AND p.created_at > plein_now() - interval '7 days');
    RETURN NEW;
END $$;
CREATE TRIGGER vote_weighed BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION plein_mark_young();
CREATE FUNCTION plein_count_young() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE idea SET young = greatest(young + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END, 0)
        WHERE id = (coalesce(NEW, OLD)).idea;
    RETURN NULL;
END $$;
CREATE TRIGGER vote_of_young AFTER INSERT ON vote FOR EACH ROW WHEN (NEW.young) EXECUTE FUNCTION plein_count_young();
CREATE TRIGGER vote_young_gone AFTER DELETE ON vote FOR EACH ROW WHEN (OLD.young) EXECUTE FUNCTION plein_count_young();
CREATE TRIGGER vote_young_older AFTER UPDATE OF young ON vote FOR EACH ROW WHEN (OLD.young AND NOT NEW.young)
    EXECUTE FUNCTION plein_count_young();

-- After comment_counted, which holds the idea: two first comments of one person are looked at one after the other.
CREATE FUNCTION plein_count_commenters() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    k comment := coalesce(NEW, OLD);
    was boolean := coalesce(OLD.state = 'published', FALSE);
    stands boolean := coalesce(NEW.state = 'published', FALSE);
BEGIN
    IF NOT k.guest AND was <> stands AND NOT EXISTS (SELECT FROM comment o
            WHERE o.idea = k.idea AND o.author = k.author AND o.id <> k.id AND o.state = 'published') THEN
        UPDATE idea SET commenters = greatest(commenters + CASE WHEN stands THEN 1 ELSE -1 END, 0) WHERE id = k.idea;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_counted_once AFTER INSERT OR DELETE OR UPDATE OF state ON comment
    FOR EACH ROW EXECUTE FUNCTION plein_count_commenters();
"""

# `started_at`: when T1 was reached (rule 1); `round`: raised where it is reopened. `handed_to`: to whom it was handed
# over; `height`: how far above who would answer by the rules, for T2 or for being late. `half_at` to `overdue3_at`
# are kept from `due_at`; late is read from them, never a state.
CASES = """
CREATE TABLE escalation (
    id bigserial PRIMARY KEY,
    public_id text NOT NULL UNIQUE DEFAULT plein_public_id(),
    idea bigint NOT NULL,
    space bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('qualifying', 'triage', 'assigned', 'acknowledged', 'clarifying', 'drafting',
        'answered', 'committed', 'implemented', 'verified', 'under review', 'closed', 'dropped', 'merged', 'withdrawn',
        'diverted')),
    level integer NOT NULL DEFAULT 1 CHECK (level IN (1, 2)),
    origin text NOT NULL CHECK (origin IN ('threshold', 'campaign', 'moderator', 'unasked')),
    reason text NOT NULL DEFAULT '',
    opened_by bigint REFERENCES person (id),
    setting bigint NOT NULL REFERENCES escalation_setting (id),
    topic bigint REFERENCES topic (id),
    unit bigint REFERENCES org_unit (id) ON DELETE SET NULL,
    complaint boolean NOT NULL DEFAULT FALSE,
    owner bigint REFERENCES person (id),
    handed_to bigint REFERENCES person (id),
    height integer NOT NULL DEFAULT 0 CHECK (height >= 0),
    round integer NOT NULL DEFAULT 1,
    started_at timestamptz NOT NULL,
    hold_until timestamptz,
    hold_longer boolean NOT NULL DEFAULT FALSE,
    alerts text[] NOT NULL DEFAULT '{}',
    triage_due_at timestamptz,
    acknowledge_due_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    promised_on date,
    statement_due_at timestamptz NOT NULL,
    statement text NOT NULL DEFAULT '',
    statement_html text NOT NULL DEFAULT '',
    statement_by bigint REFERENCES person (id),
    statement_at timestamptz,
    due_at timestamptz NOT NULL,
    half_at timestamptz NOT NULL,
    soon_at timestamptz NOT NULL,
    overdue2_at timestamptz NOT NULL,
    overdue3_at timestamptz NOT NULL,
    question text NOT NULL DEFAULT '',
    clarify_from timestamptz,
    clarify_until timestamptz,
    clarified_at timestamptz,
    extension_days integer CHECK (extension_days > 0),
    extension_reason text NOT NULL DEFAULT '',
    extension_asked_at timestamptz,
    extension_by bigint REFERENCES person (id),
    extension_decided_at timestamptz,
    extension_agreed boolean,
    fraud_by bigint REFERENCES person (id),
    fraud_reason text NOT NULL DEFAULT '',
    answered_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    UNIQUE (id, space),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE,
    CONSTRAINT escalation_owned CHECK (owner IS NOT NULL OR state NOT IN ('assigned', 'acknowledged', 'clarifying',
        'drafting', 'answered', 'committed', 'implemented', 'under review'))
);
CREATE UNIQUE INDEX escalation_open ON escalation (idea)
    WHERE state NOT IN ('closed', 'dropped', 'merged', 'withdrawn', 'diverted');
CREATE INDEX escalation_idea ON escalation (idea);
CREATE INDEX escalation_owner ON escalation (owner, due_at) WHERE owner IS NOT NULL;
CREATE INDEX escalation_due ON escalation (due_at) WHERE ended_at IS NULL;
CREATE INDEX escalation_of_space ON escalation (space, due_at);
CREATE INDEX escalation_topic ON escalation (topic) WHERE topic IS NOT NULL;
CREATE INDEX escalation_unit ON escalation (unit) WHERE unit IS NOT NULL;

-- On time, due soon, overdue 1, 2 or 3 at a moment; null once nothing is owed. It stands still while a question to the
-- author is open (rule 2).
CREATE FUNCTION plein_lateness(e escalation, at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN e.state NOT IN ('qualifying', 'triage', 'assigned', 'acknowledged', 'clarifying', 'drafting',
            'under review') THEN NULL
        WHEN m.at > e.overdue3_at THEN 'overdue 3'
        WHEN m.at > e.overdue2_at THEN 'overdue 2'
        WHEN m.at > e.due_at THEN 'overdue 1'
        WHEN m.at > e.soon_at THEN 'due soon'
        ELSE 'on time' END
    FROM (SELECT CASE e.state WHEN 'clarifying' THEN e.clarify_from ELSE at END AS at) m
$$;
"""

# What the clock sets off: `nth` tells apart several of a kind. A step that was done is never done again.
STEPS = """
CREATE TABLE case_step (
    id bigserial PRIMARY KEY,
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    kind text NOT NULL,
    nth bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT case_step_once UNIQUE (escalation, kind, nth)
);
CREATE INDEX case_step_due ON case_step (due_at) WHERE done_at IS NULL;

-- The moments that follow from `due_at`, whoever sets it: half and four fifths of the working time, and the two steps
-- after it.
CREATE FUNCTION plein_time_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    s escalation_setting;
    minutes integer := plein_working_minutes(NEW.started_at, NEW.due_at);
BEGIN
    SELECT * INTO s FROM escalation_setting WHERE id = NEW.setting;
    NEW.half_at := least(NEW.due_at, plein_working_after(NEW.started_at, minutes / 2));
    NEW.soon_at := least(NEW.due_at, plein_working_after(NEW.started_at, minutes * 4 / 5));
    NEW.overdue2_at := plein_working_days_after(NEW.due_at, s.overdue2_days);
    NEW.overdue3_at := plein_working_days_after(NEW.due_at, s.overdue3_days);
    RETURN NEW;
END $$;
CREATE TRIGGER escalation_timed BEFORE INSERT ON escalation FOR EACH ROW EXECUTE FUNCTION plein_time_case();
CREATE TRIGGER escalation_timed_again BEFORE UPDATE OF due_at, started_at ON escalation FOR EACH ROW
    WHEN (OLD.due_at <> NEW.due_at OR OLD.started_at <> NEW.started_at) EXECUTE FUNCTION plein_time_case();

CREATE FUNCTION plein_schedule_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_step (escalation, space, kind, nth, due_at)
    SELECT NEW.id, NEW.space, k.kind, NEW.round, k.at FROM (VALUES
        (CASE WHEN NEW.hold_longer THEN 'longer_hold_over' ELSE 'hold_over' END, NEW.hold_until),
        ('triage_missed', NEW.triage_due_at),
        ('acknowledge_missed', CASE WHEN NEW.owner IS NOT NULL THEN NEW.acknowledge_due_at END),
        ('statement_missed', NEW.statement_due_at),
        ('half_of_time', NEW.half_at),
        ('most_of_time', NEW.soon_at),
        ('overdue_1', NEW.due_at),
        ('overdue_2', NEW.overdue2_at),
        ('overdue_3', NEW.overdue3_at),
        ('clarifying_over', NEW.clarify_until)) k (kind, at)
    WHERE k.at IS NOT NULL
    ON CONFLICT ON CONSTRAINT case_step_once DO UPDATE SET due_at = excluded.due_at
        WHERE case_step.done_at IS NULL AND case_step.due_at <> excluded.due_at;
    RETURN NULL;
END $$;
CREATE TRIGGER escalation_scheduled AFTER INSERT OR UPDATE OF owner, hold_until, triage_due_at, acknowledge_due_at,
    statement_due_at, due_at, round, clarify_until ON escalation FOR EACH ROW EXECUTE FUNCTION plein_schedule_case();
"""

# Who is on a case reads its item and thread (rule 21), and who may not decide it (rule 6).
PEOPLE = """
CREATE TABLE case_role (
    id bigserial PRIMARY KEY,
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    role text NOT NULL CHECK (role IN ('owner', 'deputy', 'neutral', 'chain', 'adviser', 'counsel')),
    since timestamptz NOT NULL DEFAULT plein_now(),
    until timestamptz,
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX case_role_once ON case_role (escalation, person, role) WHERE until IS NULL;
CREATE UNIQUE INDEX case_role_one_owner ON case_role (escalation) WHERE until IS NULL AND role = 'owner';
CREATE INDEX case_role_escalation ON case_role (escalation);
CREATE INDEX case_role_person ON case_role (person) WHERE until IS NULL;

CREATE TABLE case_conflict (
    id bigserial PRIMARY KEY,
    escalation bigint NOT NULL,
    space bigint NOT NULL,
    person bigint NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('declared', 'named', 'line')),
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    FOREIGN KEY (escalation, space) REFERENCES escalation (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    UNIQUE (escalation, person)
);

-- Who may not decide (rule 6): who wrote it, who is named or said so, and the line of an author who complains.
CREATE FUNCTION plein_barred(e escalation) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT i.author FROM idea i WHERE i.id = e.idea
        UNION SELECT k.person FROM co_author k WHERE k.idea = e.idea AND k.accepted_at IS NOT NULL
        UNION SELECT c.person FROM case_conflict c WHERE c.escalation = e.id
        UNION SELECT x.person FROM idea i, plein_chain(i.author) x WHERE i.id = e.idea AND e.complaint)
$$;

CREATE FUNCTION plein_there(who bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT plein_in_office(who) AND NOT EXISTS (SELECT FROM absence a, organisation o WHERE a.person = who
        AND (at AT TIME ZONE o.zone)::date BETWEEN a.from_day AND a.until_day)
$$;

-- The heads above somebody who are there and not barred, the nearest first.
CREATE FUNCTION plein_above(who bigint, barred bigint[], at timestamptz) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT c.person FROM plein_chain(who) c
        WHERE c.person <> ALL (barred) AND plein_there(c.person, at) ORDER BY c.level)
$$;

-- Who decides a case at a moment, and is none of `barred`: to whom it was handed over, the decision owner of its
-- campaign, or who answers by the rules (rule 5); as far up from there as it has risen.
CREATE FUNCTION plein_decider(e escalation, barred bigint[], at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    base bigint;
    above bigint[];
BEGIN
    SELECT x.person INTO base FROM (
        SELECT 1 AS place, e.handed_to AS person
        UNION ALL SELECT 2, c.decision_owner FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.id = e.idea
        UNION ALL SELECT 3, plein_owner(e.topic, e.unit, barred, at)) x
    WHERE x.place = 3 OR x.person <> ALL (barred) AND plein_there(x.person, at) ORDER BY x.place LIMIT 1;
    above := plein_above(base, barred, at);
    RETURN coalesce(above[least(e.height, cardinality(above))], base);
END $$;

-- Whoever makes somebody the owner: she, her deputy, the neutral and the chain are on the case from then on.
CREATE FUNCTION plein_staff(e escalation) RETURNS TABLE (person bigint, role text) LANGUAGE sql STABLE AS $$
    SELECT x.person, x.role FROM (
        SELECT e.owner AS person, 'owner' AS role
        UNION SELECT r.deputy, 'deputy' FROM topic_rule r WHERE r.id = plein_rule(e.topic, e.unit)
        UNION SELECT t.neutral, 'neutral' FROM topic t WHERE t.id = e.topic
        UNION SELECT c.person, 'chain' FROM plein_chain(e.owner) c) x
    WHERE x.role = 'owner' OR x.person <> ALL (plein_barred(e) || e.owner) AND plein_in_office(x.person)
$$;
CREATE FUNCTION plein_staff_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_role r SET until = plein_now() WHERE r.escalation = NEW.id AND r.until IS NULL
        AND r.role IN ('owner', 'deputy', 'neutral', 'chain')
        AND NOT EXISTS (SELECT FROM plein_staff(NEW) s WHERE s.person = r.person AND s.role = r.role);
    INSERT INTO case_role (escalation, space, person, role)
        SELECT NEW.id, NEW.space, s.person, s.role FROM plein_staff(NEW) s
        ON CONFLICT (escalation, person, role) WHERE until IS NULL DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER escalation_staffed AFTER INSERT ON escalation FOR EACH ROW WHEN (NEW.owner IS NOT NULL)
    EXECUTE FUNCTION plein_staff_case();
CREATE TRIGGER escalation_staffed_anew AFTER UPDATE OF owner, topic, unit, complaint ON escalation FOR EACH ROW
    WHEN (NEW.owner IS NOT NULL AND NEW.ended_at IS NULL) EXECUTE FUNCTION plein_staff_case();

-- Rule 21: it ends when the case does.
CREATE FUNCTION plein_let_case_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_role SET until = plein_now() WHERE escalation = NEW.id AND until IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER escalation_ended AFTER UPDATE OF ended_at ON escalation FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION plein_let_case_go();

-- The day on which an idea is owed an answer by its campaign, once it reached T1; no case opens before (null: none).
CREATE FUNCTION plein_owed_on(i idea, c campaign) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN i.t1_at IS NOT NULL AND NOT c.always_open AND c.decision_owner IS NOT NULL THEN c.done_from END
$$;

ALTER TABLE event
    ADD COLUMN escalation bigint REFERENCES escalation (id);
CREATE INDEX event_of_escalation ON event (escalation, id) WHERE escalation IS NOT NULL;
"""

# Similar items cluster under a lead, whose threshold is tested on all of their distinct people (rule 12). No vote
# moves: splitting restores everything by forgetting the cluster.
CLUSTERS = """
CREATE TABLE cluster_item (
    id bigserial PRIMARY KEY,
    lead bigint NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
    idea bigint NOT NULL,
    space bigint NOT NULL,
    added_by bigint NOT NULL REFERENCES person (id),
    opt_out_until timestamptz NOT NULL,
    left_by bigint REFERENCES person (id),
    left_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT plein_now(),
    FOREIGN KEY (idea, space) REFERENCES idea (id, space) ON UPDATE CASCADE ON DELETE CASCADE,
    CHECK (lead <> idea)
);
CREATE UNIQUE INDEX cluster_item_once ON cluster_item (idea) WHERE left_at IS NULL;
CREATE INDEX cluster_item_idea ON cluster_item (idea);
CREATE INDEX cluster_item_lead ON cluster_item (lead);

-- The lead is held first, so that those who vote within a cluster at the same moment are counted one after the other.
CREATE FUNCTION plein_join(of_lead bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM idea WHERE id = of_lead FOR NO KEY UPDATE;
    UPDATE idea SET joint = (
        SELECT count(DISTINCT v.person) FROM cluster_item c JOIN vote v ON v.idea = c.idea
        WHERE c.lead = of_lead AND c.left_at IS NULL AND NOT v.guest AND NOT v.young
            AND NOT EXISTS (SELECT FROM vote w WHERE w.idea = of_lead AND w.person = v.person))
        WHERE id = of_lead;
END $$;
CREATE FUNCTION plein_lead(of_idea bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT c.lead FROM cluster_item c WHERE (c.idea = of_idea OR c.lead = of_idea) AND c.left_at IS NULL LIMIT 1
$$;

-- By the order of their names: a vote leaves `joint` before it is counted as the lead's own, and joins it after it is
-- gone there, so that the sum is never too high.
CREATE FUNCTION plein_vote_in_cluster() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_lead bigint := plein_lead((coalesce(NEW, OLD)).idea);
BEGIN
    IF of_lead IS NOT NULL THEN PERFORM plein_join(of_lead); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER vote_joined AFTER INSERT ON vote FOR EACH ROW EXECUTE FUNCTION plein_vote_in_cluster();
CREATE TRIGGER vote_unjoined AFTER DELETE ON vote FOR EACH ROW EXECUTE FUNCTION plein_vote_in_cluster();
CREATE FUNCTION plein_hold_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM idea WHERE id = plein_lead(OLD.idea) FOR NO KEY UPDATE;
    RETURN OLD;
END $$;
CREATE TRIGGER vote_lead_held BEFORE DELETE ON vote FOR EACH ROW EXECUTE FUNCTION plein_hold_lead();
CREATE FUNCTION plein_cluster_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plein_join(NEW.lead);
    RETURN NULL;
END $$;
CREATE TRIGGER cluster_item_counted AFTER INSERT OR UPDATE OF left_at ON cluster_item
    FOR EACH ROW EXECUTE FUNCTION plein_cluster_changed();

-- What goes to another space leaves its cluster.
CREATE FUNCTION plein_leave_cluster() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cluster_item SET left_at = plein_now() WHERE NEW.id IN (idea, lead) AND left_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER idea_leaves_cluster AFTER UPDATE OF space, campaign ON idea FOR EACH ROW WHEN (OLD.space <> NEW.space)
    EXECUTE FUNCTION plein_leave_cluster();
"""

# What is published already is weighed as it stands; nothing is reached by that.
WEIGH = """
UPDATE idea SET commenters = c.commenters FROM (
    SELECT idea, count(DISTINCT author) AS commenters FROM comment WHERE state = 'published' AND NOT guest GROUP BY 1) c
WHERE c.idea = idea.id;
UPDATE idea SET published_at = created_at, setting = w.setting, audience = w.audience, t1_at_count = w.t1,
    t2_at_count = w.t2
FROM (SELECT x.space, s.id AS setting, t.* FROM (SELECT DISTINCT space FROM idea WHERE state = 'published') x
    CROSS JOIN escalation_setting s CROSS JOIN LATERAL plein_readers(x.space, plein_now()) r
    CROSS JOIN LATERAL plein_thresholds(r.readers, r.active, s) t) w
WHERE w.space = idea.space AND idea.state = 'published';
"""


async def forwards() -> MigrationManager:
    """Adds it all, in one transaction."""
    manager = MigrationManager(migration_id=ID, app_name="portal", description=DESCRIPTION)

    async def run() -> None:
        await script(SETTINGS + ITEMS + AUDIENCE + CASES + STEPS + PEOPLE + CLUSTERS + WEIGH + LATCHES)

    manager.add_raw(run)
    return manager
