"""The same world with more around it: guests, a space of 73,000 members, and somebody who belongs to 2,000 spaces.

What is compared holds the same ideas: three closed spaces have a copy each of the measured campaign, and those who are
compared read the one or the other. Kept as a template of its own, made from the first one.
"""

from __future__ import annotations

import asyncpg

from portal.run.postgres import EmbeddedPostgres
from tests.bench.world import CAMPAIGNS, FEW, IDEAS_EACH, MEASURED, PEOPLE, SEQUENCES, SHORT, SIGNED_IN, THREAD
from tests.world import NOW

MEMBERS = 73_000
SPACES = 2_000
FEW_SPACES, MANY_SPACES = range(1, 21), range(21, 41)  # of those who are signed in: who belongs to few, who to many
GUESTS = range(SIGNED_IN + 1, SIGNED_IN + 21)
SMALL, BIG, GUESTED = 11, 12, 13  # spaces: of 20 members, of 73,000, of 20 colleagues and 20 guests

PERSONS = """
INSERT INTO person (id, public_id, kind, org_unit, last_signed_in_at)
    SELECT n, left(md5('person' || n), 12), 'employee', n % 100 + 1, '{now}' FROM generate_series({people} + 1, {members}) n;
INSERT INTO person (id, public_id, kind, last_signed_in_at)
    SELECT {members} + n, left(md5('guest' || n), 12), 'guest', '{now}' FROM generate_series(1, {guests}) n;
INSERT INTO identity (person, name, email, title, language, zone)
    SELECT p.id, split_part(n.name, ' ' || n.person, 1) || ' ' || p.id, 'person-' || p.id || '@bench.example', n.title, 'en',
        'Europe/Amsterdam'
    FROM person p JOIN identity n ON n.person = p.id % {people} + 1 WHERE p.id > {people};
INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)
    SELECT sha256(convert_to('bench-session-' || {signed_in} + n, 'UTF8')), {members} + n, 0, at, at,
        at + interval '1 hour', at + interval '24 hours'
    FROM generate_series(1, {guests}) n, (SELECT timestamptz '{now}' AS at) t;
"""

SPACE_ROWS = """
INSERT INTO space (id, public_id, kind, name, language, open)
    VALUES ({small}, left(md5('space{small}'), 12), 'group', 'The small one', 'en', FALSE),
        ({big}, left(md5('space{big}'), 12), 'group', 'The big one', 'en', FALSE),
        ({guested}, left(md5('space{guested}'), 12), 'guest', 'The one with guests', 'en', FALSE);
INSERT INTO space (id, public_id, kind, name, language, open)
    SELECT 1000 + n, left(md5('space' || 1000 + n), 12), 'group', 'Group ' || n, 'en', FALSE
    FROM generate_series(1, {spaces}) n;
INSERT INTO membership (space, person, role)
    SELECT {big}, p.id, CASE p.id WHEN 1 THEN 'owner' ELSE 'member' END FROM person p WHERE p.kind = 'employee'
    UNION ALL SELECT s, {people} - {signed_in} + n, CASE n WHEN 1 THEN 'owner' ELSE 'member' END
        FROM generate_series(1, {few_people}) n, unnest(ARRAY[{small}, {guested}]) s
    UNION ALL SELECT {guested}, p.id, 'member' FROM person p WHERE p.kind = 'guest'
    UNION ALL SELECT 1000 + s, {people} - {signed_in} + {few_people} + n, 'member'
        FROM generate_series(1, {many_people}) n, generate_series(1, {spaces}) s;
UPDATE space SET colleagues = t.colleagues, guests = t.guests FROM (
    SELECT m.space, count(*) FILTER (WHERE p.kind <> 'guest') AS colleagues,
        count(*) FILTER (WHERE p.kind = 'guest') AS guests
    FROM membership m JOIN person p ON p.id = m.person WHERE m.space >= {small} GROUP BY 1) t
WHERE t.space = space.id;
"""

# Copies of the measured campaign, without its two long threads; and a campaign with an idea for each of the 2,000 spaces.
COPIES = """
CREATE TEMP TABLE place AS SELECT * FROM unnest(ARRAY[{small}, {big}, {guested}]) WITH ORDINALITY AS o (space, k);
CREATE TEMP TABLE model AS
    SELECT id FROM idea WHERE campaign = {measured} AND id NOT IN ({thread}, {short});
INSERT INTO campaign SELECT (jsonb_populate_record(x, jsonb_build_object('id', 40 + k,
        'public_id', left(md5('campaign' || 40 + k), 12), 'space', o.space))).*
    FROM campaign x, place o WHERE x.id = {measured};
INSERT INTO comment SELECT (jsonb_populate_record(x, jsonb_build_object('id', x.id + k * 1000000,
        'public_id', left(md5('comment' || x.id + k * 1000000), 12), 'idea', x.idea + k * 100000,
        'root', x.root + k * 1000000, 'space', o.space))).*
    FROM comment x, place o WHERE x.idea IN (SELECT id FROM model);
INSERT INTO idea SELECT (jsonb_populate_record(x, jsonb_build_object('id', x.id + k * 100000,
        'public_id', left(md5('idea' || x.id + k * 100000), 12), 'campaign', 40 + k, 'space', o.space))).*
    FROM idea x, place o WHERE x.id IN (SELECT id FROM model);
INSERT INTO campaign SELECT (jsonb_populate_record(x, jsonb_build_object('id', s.id,
        'public_id', left(md5('campaign' || s.id), 12), 'space', s.id))).*
    FROM campaign x, space s WHERE x.id = {measured} AND s.id > 1000;
INSERT INTO idea SELECT (jsonb_populate_record(x, jsonb_build_object('id', 1000000 + s.id,
        'public_id', left(md5('idea' || 1000000 + s.id), 12), 'campaign', s.id, 'space', s.id, 'comments', 0))).*
    FROM idea x, space s WHERE x.id = {few} AND s.id > 1000;
"""
SEARCH = """
INSERT INTO search_document (kind, space, idea, comment, answer, campaign, person, language, written_at, vector)
    SELECT * FROM search_source
    WHERE idea > {ideas} OR comment > 1000000 OR campaign > {campaigns} OR person > {people};
INSERT INTO search_word (space, word)
    SELECT DISTINCT d.space, l.lexeme FROM search_document d CROSS JOIN unnest(d.vector) l
    WHERE d.space IN (SELECT id FROM space WHERE kind <> 'organisation');
"""


async def widen(cluster: EmbeddedPostgres, database: str) -> None:
    """Adds all this to a copy of the world."""
    numbers = {
        "now": NOW.isoformat(),
        "people": PEOPLE,
        "signed_in": SIGNED_IN,
        "members": MEMBERS,
        "guests": len(GUESTS),
        "few_people": len(FEW_SPACES),
        "many_people": len(MANY_SPACES),
        "spaces": SPACES,
        "small": SMALL,
        "big": BIG,
        "guested": GUESTED,
        "measured": MEASURED,
        "thread": THREAD,
        "short": SHORT,
        "few": FEW,
        "ideas": CAMPAIGNS * IDEAS_EACH,
        "campaigns": CAMPAIGNS,
    }
    connection = await asyncpg.connect(cluster.dsn(database, user="postgres"))
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        for sql in (PERSONS, SPACE_ROWS, COPIES, SEARCH):
            await connection.execute(sql.format(**numbers))
        for table in ("person", "space", "campaign", "idea", "comment"):
            await connection.execute(SEQUENCES.format(table=table))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
