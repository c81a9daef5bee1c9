"""The same world as a company of 400,000: a million votes, posts that stand right below what owes them an answer, and
10,000 open cases, of which one person owns half. Kept as a template of its own, made from the first one."""

from __future__ import annotations

import asyncpg

from portal.run.postgres import EmbeddedPostgres
from tests.bench.world import PEOPLE, SEQUENCES, SIGNED_IN
from tests.world import NOW

CROWD = 400_000
ACTIVE = 6  # of whom each sixth was here lately
VOTES = 1_000_000
CROSSING = 500
CASES = 10_000
OWNER, BOSS = 1, 2  # of 5,000 of them, and above every owner; by the number among those who are signed in
VOTERS = range(SIGNED_IN + 1, SIGNED_IN + 1_001)  # who are signed in, too, and support the one post
FIRST_POST = 2_000_000  # then those that cross, the two that many support at once, and those with a case
HOT = FIRST_POST + CROSSING + 1, FIRST_POST + CROSSING + 2

PERSONS = """
INSERT INTO person (id, public_id, kind, org_unit, last_signed_in_at, created_at)
    SELECT n, left(md5('person' || n), 12), 'employee', n % 100 + 1,
        timestamptz '{now}' - CASE n % {active} WHEN 0 THEN interval '1 day' ELSE interval '100 days' END,
        timestamptz '{now}' - interval '1 year'
    FROM generate_series({people} + 1, {crowd}) n;
INSERT INTO identity (person, name, email, title, language, zone)
    SELECT p.id, split_part(n.name, ' ' || n.person, 1) || ' ' || p.id, 'person-' || p.id || '@bench.example', n.title, 'en',
        'Europe/Amsterdam'
    FROM person p JOIN identity n ON n.person = p.id % {people} + 1 WHERE p.id > {people};
INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)
    SELECT sha256(convert_to('bench-session-' || n, 'UTF8')), {people} + n, 0, at, at,
        at + interval '8 hours', at + interval '24 hours'
    FROM generate_series({first_voter}, {last_voter}) n, (SELECT timestamptz '{now}' AS at) t;
UPDATE person SET created_at = '{now}'::timestamptz - interval '1 year' WHERE id <= {people};
UPDATE org_unit SET head = CASE id WHEN 1 THEN {boss} ELSE 3000 + id END, parent = CASE WHEN id > 1 THEN 1 END;
INSERT INTO topic_rule (unit, owner, deputy) SELECT id, 4000 + id, 5000 + id FROM org_unit;
"""

POSTS = """
CREATE TEMP TABLE bound AS SELECT s.id AS setting, t.audience, t.t1, t.t2
    FROM escalation_setting s, plein_readers({space}, '{now}') r, plein_thresholds(r.readers, r.active, s) t;
INSERT INTO idea (id, public_id, campaign, space, author, kind, state, title, body, body_html, excerpt, language,
    supporters, created_at, updated_at, published_at, setting, audience, t1_at_count, t2_at_count, t1_at)
    SELECT n, left(md5('idea' || n), 12), -{space}, {space}, n % 9000 + 1, 'discussion', 'published', i.title, i.body,
        i.body_html, i.excerpt, 'en',
        CASE WHEN n <= {first} + {crossing} THEN b.t1 - 2 WHEN n <= {hot} THEN 0 ELSE (v.rest / {cases})::integer END,
        at, at, at, b.setting, b.audience, b.t1, b.t2, CASE WHEN n > {hot} THEN at + interval '1 day' END
    FROM bound b, LATERAL (SELECT {votes} - (SELECT count(*) FROM vote) - {crossing} * (b.t1 - 2) AS rest) v,
        generate_series({first} + 1, {hot} + {cases}) n JOIN idea i ON i.id = n % 20000 + 1,
        LATERAL (SELECT timestamptz '{now}' - interval '3 days' - n % 5000 * interval '1 minute' AS at) t;
INSERT INTO vote (person, idea, space, guest, created_at)
    SELECT {people} + 2000 + (i.id * 37 + k * 61) % 380000, i.id, i.space, FALSE, i.created_at + k * interval '1 minute'
    FROM idea i, generate_series(1, i.supporters) k WHERE i.id > {first};
"""
# By the triggers, which time, staff and schedule them.
OPEN = """
INSERT INTO escalation (idea, space, state, origin, setting, owner, unit, started_at, acknowledge_due_at,
    statement_due_at, due_at, half_at, soon_at, overdue2_at, overdue3_at)
    SELECT i.id, i.space, 'acknowledged', 'threshold', i.setting,
        CASE i.id % 2 WHEN 0 THEN {owner} ELSE 2000 + i.id % 500 END, 1 + i.id % 100, i.t1_at, w.at, w.at, w.at, w.at, w.at,
        w.at, w.at
    FROM idea i, LATERAL (SELECT timestamptz '{now}' + interval '1 day' + i.id % 7000 * interval '1 minute' AS at) w
    WHERE i.id > {hot} ORDER BY i.id;
UPDATE escalation SET acknowledged_at = started_at, statement_at = started_at;
UPDATE case_step SET done_at = '{now}' WHERE due_at <= timestamptz '{now}' + interval '4 hours';
"""


async def gather(cluster: EmbeddedPostgres, database: str) -> None:
    """Adds all this to a copy of the world."""
    connection = await asyncpg.connect(cluster.dsn(database, user="postgres"))
    numbers = {
        "now": NOW.isoformat(),
        "space": await connection.fetchval("SELECT id FROM space WHERE kind = 'organisation'"),
        "people": PEOPLE,
        "crowd": CROWD,
        "active": ACTIVE,
        "votes": VOTES,
        "crossing": CROSSING,
        "cases": CASES,
        "first": FIRST_POST,
        "hot": HOT[-1],
        "owner": PEOPLE - SIGNED_IN + OWNER,
        "boss": PEOPLE - SIGNED_IN + BOSS,
        "first_voter": VOTERS[0],
        "last_voter": VOTERS[-1],
    }
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for sql in (PERSONS, POSTS):
            await connection.execute(sql.format(**numbers))
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("SET session_replication_role = origin")
        await connection.execute(OPEN.format(**numbers))
        for table in ("person", "idea", "escalation"):
            await connection.execute(SEQUENCES.format(table=table))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
