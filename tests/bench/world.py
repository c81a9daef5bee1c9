"""The fixed world that is measured: the same rows in every run, made by set-based SQL in some seconds.

10,000 people, 20,000 ideas in 40 campaigns, 200,000 votes, a thread of 20,000 comments, 200 people signed in.
It is kept as a template, named by the migrations and this file; a run measures a copy, whose clock begins at NOW.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from portal.db import close_pool, open_pool
from portal.install import install_organisation
from portal.migrate import migrate
from portal.run.postgres import EmbeddedPostgres
from tests.servers import ROOT, drop_database, new_database, run_sql
from tests.world import DATES, NOW

PEOPLE = 10_000
SIGNED_IN = 200  # the last of them; they have written nothing in the measured campaign, and voted for nothing
CAMPAIGNS = 40
IDEAS_EACH = 500
MEASURED = 8  # a campaign that votes
THREAD = 3_600  # an idea in it, with 20,000 comments
FEW = 3_602  # another, with 4
COMMENTS = 20_000
SHORT = 3_603  # one with 20 comments and three replies to each, as many as a page of the long one shows
VOTED_FOR = 3_604  # one that all vote for at once; the long thread's differs from the short one's in its length alone

TEXTS = """
CREATE FUNCTION pg_temp.pick(words text[], seed bigint) RETURNS text LANGUAGE sql IMMUTABLE
    AS 'SELECT words[1 + abs(hashint8(seed)::bigint) % cardinality(words)]';
CREATE FUNCTION pg_temp.said(seed bigint, sentences integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(pg_temp.pick(ARRAY[
        'Every week about ' || seed % 90 + 3 || ' people wait for this, and nobody can see why.',
        'The form asks for it twice, once on paper and once on the screen.',
        'We tried it for a month on the second floor and it saved an hour a day.',
        'Visitors ask the porter where to go, and the porter has no plan of the building.',
        'It needs no new software, only an agreement about who writes it down.',
        'Whoever works nights never gets to the canteen before it closes.',
        'I counted ' || seed % 40 + 12 || ' bicycles outside the shed this morning, in the rain.',
        'Our colleagues in the north do this already and are glad to show us.',
        'The heating runs all weekend although nobody is there.',
        'A short note on the door would have helped, but a proper sign is better.',
        'Half of the questions at the desk are about parking.',
        'Let us ask the suppliers for boxes that they take back.',
        'Those who travel by train would leave the car at home if the bus came on time.',
        'It costs little, and we would notice the difference on the first day.',
        'What holds us back is that two departments each think that the other decides.',
        'Please look at the numbers of last spring before this is turned down again.',
        'I would gladly help to set it up, one afternoon a week.',
        'Not everyone reads mail during a shift, so the screen in the hall is a better place.'
    ], seed * 31 + k), ' ') FROM generate_series(1, sentences) k
$$;
CREATE TEMP TABLE said AS SELECT n AS seed, ARRAY(SELECT pg_temp.said(n, sentences) FROM generate_series(1, 6) sentences)
    AS text FROM generate_series(0, 996) n;
"""

PERSONS = """
INSERT INTO org_unit (id, public_id, name) SELECT n, left(md5('unit' || n), 12), 'Department ' || n
    FROM generate_series(1, 100) n;
INSERT INTO person (id, public_id, kind, org_unit, last_signed_in_at)
    SELECT n, left(md5('person' || n), 12), 'employee', n % 100 + 1, '{now}' FROM generate_series(1, {people}) n;
INSERT INTO identity (person, name, email, title, language, zone)
    SELECT n,
        pg_temp.pick(ARRAY['Noor', 'Joris', 'Wim', 'Sefa', 'Yara', 'Femke', 'Malik', 'Priya', 'Bram', 'Julie'], n)
        || ' ' || pg_temp.pick(ARRAY['Dijkman', 'van Heeswijk', 'Schotanus', 'Aydemir', 'Haddouch', 'Rijnders',
            'Osei-Bonsu', 'Kuipersma', 'de Wit', 'Mercadier'], n * 7) || ' ' || n,
        'person-' || n || '@bench.example', pg_temp.pick(ARRAY['Nurse', 'Planner', 'Engineer', 'Clerk'], n),
        'en', 'Europe/Amsterdam'
    FROM generate_series(1, {people}) n;
INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)
    SELECT sha256(convert_to('bench-session-' || n, 'UTF8')), {people} - {signed_in} + n, 0, at, at,
        at + interval '8 hours', at + interval '24 hours'
    FROM generate_series(1, {signed_in}) n, (SELECT timestamptz '{now}' AS at) t;
"""

CAMPAIGN = """
INSERT INTO campaign (id, public_id, space, author, sponsor, title, lead, brief, brief_html, language, ideas,
    collect_from, discuss_from, vote_from, decide_from, done_from, created_at)
    SELECT n, left(md5('campaign' || n), 12), $2, n, n + 100, 'Question ' || n || ': how do we lose less time?',
        text[1], text[6], '<p>' || text[6] || '</p>', 'en', $3, $4, $5, $6, $7, $8, $4
    FROM (SELECT $1::bigint AS n) t JOIN said ON seed = n
"""

# Before the ideas, which take their counts from here; foreign keys and triggers are off meanwhile.
VOTES = """
INSERT INTO vote (person, idea, space, guest, created_at)
    SELECT (i * 13 + i % 89 + k * 101) % ({people} - {signed_in}) + 1, i, {space}, FALSE,
        timestamptz '{now}' - make_interval(mins => (i % 7000)::integer)
    FROM generate_series(1, {ideas}) i, generate_series(1, 2 * (i % 10) + 1) k;
"""
COMMENT_ROWS = """
INSERT INTO comment (id, public_id, idea, space, author, guest, root, state, body, body_html, language, replies, helpful,
    created_at)
    SELECT n, left(md5('comment' || n), 12), idea, {space}, n * 17 % {people} + 1, FALSE, root, 'published',
        text[n % 3 + 1], '<p>' || text[n % 3 + 1] || '</p>', 'en', CASE WHEN root IS NULL THEN replies ELSE 0 END, n * 7 % 50,
        timestamptz '{now}' - interval '7 days' + n % 100000 * interval '5 s'
    FROM ({rows}) t JOIN said ON seed = n % 997;
"""
LONG_THREAD = """
    SELECT n, {thread} AS idea, CASE WHEN n % 4 <> 1 THEN n - (n - 1) % 4 END AS root, 3 AS replies
    FROM generate_series(1, {comments}) n
"""
PAGE_OF_IT = """
    SELECT n, {short} AS idea, CASE WHEN n % 4 <> 1 THEN n - (n - 1) % 4 END AS root, 3 AS replies
    FROM generate_series(900001, 900080) n
"""
DAYS = """
INSERT INTO comment_day (idea, space, day, comments)
    SELECT idea, space, plein_day(created_at), count(*) FROM comment GROUP BY 1, 2, 3;
"""
SHORT_THREADS = """
    SELECT {comments} + i * 10 + k AS n, i AS idea, CASE WHEN k = 3 THEN {comments} + i * 10 + 2 END AS root,
        (k = 2 AND i % 7 > 2)::integer AS replies
    FROM generate_series(1, {ideas}) i, generate_series(1, i % 7) k WHERE i NOT IN ({thread}, {short})
"""
IDEAS = """
INSERT INTO idea (id, public_id, campaign, space, author, state, title, body, body_html, excerpt, language, tags,
    supporters, comments, created_at, updated_at)
    SELECT i, left(md5('idea' || i), 12), c.id, c.space,
        CASE c.id WHEN {measured} THEN i * 13 % ({people} - {signed_in}) ELSE i * 13 % {people} END + 1, 'published',
        pg_temp.pick(ARRAY['A better', 'One shared', 'No more', 'A quiet', 'A second', 'An honest'], i) || ' ' ||
        pg_temp.pick(ARRAY['desk', 'bicycle shed', 'roster', 'meeting', 'lift', 'canteen', 'form', 'corridor'], i * 3)
        || ' for ' || pg_temp.pick(ARRAY['the early shift', 'visitors', 'the second floor', 'new colleagues'], i * 5),
        text[6], '<p>' || text[6] || '</p>', text[3], 'en',
        ARRAY[pg_temp.pick(ARRAY['building', 'mobility', 'planning', 'energy'], i * 11), 'tag ' || i % 30],
        coalesce(v.n, 0), coalesce(k.n, 0), at, at
    FROM generate_series(1, {ideas}) i JOIN said ON seed = i % 997
    JOIN campaign c ON c.id = 1 + (i - 1) / {each}
    CROSS JOIN LATERAL (SELECT c.collect_from + (i - 1) % {each} * interval '5 minutes' AS at) t
    LEFT JOIN (SELECT idea, count(*) AS n FROM vote GROUP BY 1) v ON v.idea = i
    LEFT JOIN (SELECT idea, count(*) AS n FROM comment GROUP BY 1) k ON k.idea = i;
INSERT INTO answer (public_id, idea, space, author, kind, summary, reason, reason_html, next_step, language, created_at)
    SELECT left(md5('answer' || i.id), 12), i.id, i.space, c.sponsor, 'changed', 'It is there since last month.',
        i.body, i.body_html, 'We look at it again in a year.', 'en', c.done_from
    FROM idea i JOIN campaign c ON c.id = i.campaign WHERE c.done_from < '{now}' AND i.id % 20 = 0;
"""
# What the triggers would have done.
SEARCH = """
INSERT INTO search_document (kind, space, idea, comment, answer, campaign, person, language, written_at, vector)
    SELECT * FROM search_source;
INSERT INTO search_word (space, word)
    SELECT DISTINCT d.space, l.lexeme FROM search_document d CROSS JOIN unnest(d.vector) l WHERE d.space IS NOT NULL;
"""
SEQUENCES = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"


def public_id(kind: str, number: int) -> str:
    """The address of the `number`th of its kind."""
    return hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest()[:12]


def session_token(number: int) -> str:
    """The cookie of the `number`th person who is signed in, from 1."""
    return f"bench-session-{number}"


async def bench_database(cluster: EmbeddedPostgres, more: Callable[..., Awaitable[None]] | None = None) -> str:
    """A fresh copy of the world, with what `more` adds to it; gives the database's name. Templates are made where they
    aren't there yet."""
    template = f"bench_{_fingerprint(Path(__file__))}"
    await _keep(cluster, template, _seed, "template1")
    if more is not None:
        larger = f"bench_{_fingerprint(Path(__file__), Path(more.__code__.co_filename))}_{more.__name__}"
        await _keep(cluster, larger, more, template)
        template = larger
    name = await new_database(cluster, template)
    past = (datetime.now(UTC) - NOW).total_seconds()
    await run_sql(
        cluster.dsn(name),
        "CREATE OR REPLACE FUNCTION plein_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE"
        f" AS 'SELECT clock_timestamp() - interval ''{past} s'''",
    )
    return name


async def _keep(cluster: EmbeddedPostgres, template: str, make: Callable[..., Awaitable[None]], model: str) -> None:
    """Makes a template out of another, instead of its like that was made of older files."""
    admin = await asyncpg.connect(cluster.dsn("postgres"))
    known = [row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")]
    await admin.close()
    if template in known:
        return
    for old in known:
        if old.startswith("bench_") and old.split("_")[2:] == template.split("_")[2:]:
            await drop_database(cluster, old)
    fresh = await new_database(cluster, model)
    await make(cluster, fresh)
    await run_sql(
        cluster.dsn("postgres", user="postgres"),
        f'ALTER DATABASE "{fresh}" RENAME TO "{template}"',
        f'ALTER ROLE "{fresh}_guest" RENAME TO "{template}_guest"',
    )


def _fingerprint(*made_by: Path) -> str:
    files = [*sorted((ROOT / "migrations").glob("*.py")), *made_by]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


async def _seed(cluster: EmbeddedPostgres, database: str) -> None:
    await open_pool(cluster.dsn(database), size=2)
    await migrate()
    space = await install_organisation("Lowland Works", "en", "Europe/Amsterdam")
    await close_pool()
    numbers = {
        "now": NOW.isoformat(),
        "people": PEOPLE,
        "signed_in": SIGNED_IN,
        "ideas": CAMPAIGNS * IDEAS_EACH,
        "each": IDEAS_EACH,
        "measured": MEASURED,
        "thread": THREAD,
        "short": SHORT,
        "comments": COMMENTS,
        "space": space,
    }
    connection = await asyncpg.connect(cluster.dsn(database, user="postgres"))
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off;" + TEXTS)
        await connection.execute(PERSONS.format(**numbers))
        for number in range(1, CAMPAIGNS + 1):
            await connection.execute(CAMPAIGN, number, space, IDEAS_EACH, *_dates(number))
        await connection.execute(VOTES.format(**numbers))
        for rows in (LONG_THREAD, PAGE_OF_IT, SHORT_THREADS):
            await connection.execute(COMMENT_ROWS.format(rows=rows.format(**numbers), **numbers))
        await connection.execute(DAYS)
        await connection.execute(IDEAS.format(**numbers))
        await connection.execute(SEARCH)
        for table in ("org_unit", "person", "campaign", "idea", "comment"):
            await connection.execute(SEQUENCES.format(table=table))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _dates(number: int) -> list[datetime]:
    """Three campaigns in each open phase; the others ended, one every 25 days."""
    open_phases = ("collect", "discuss", "vote", "decide")
    phase = open_phases[(number - 1) // 3] if number <= 12 else "done"
    ago = 25 * max(0, number - 13)
    return [NOW - timedelta(days=days + ago) for days in DATES[phase]]
