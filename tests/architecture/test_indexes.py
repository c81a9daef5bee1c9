"""Every foreign key has an index that begins with it, so that nothing that is held or removed looks through a table."""

from __future__ import annotations

import re

import asyncpg

from portal.settings import ROOT

#: Rows that nothing removes or renumbers: people are deactivated and erased in place, spaces archived, settings followed
#: by others. What is asked of them by person or space has its index where it is asked; an index for each would make
#: writing slower and serve nothing.
NEVER_REMOVED = {"person", "space", "escalation_setting"}
# A key over (idea, space) is found by idea, or by all of it. An index over just the rows that have a key does as well.
WITHOUT = """
    SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
        (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = k.own) AS "column"
    FROM pg_constraint c CROSS JOIN LATERAL (
        SELECT attnum AS own FROM pg_attribute
        WHERE attrelid = c.conrelid AND attnum = ANY(c.conkey) AND (attname <> 'space' OR cardinality(c.conkey) = 1)
        ORDER BY attnum LIMIT 1) k
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conrelid::regclass::text !~ '^procrastinate_'
        AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
                AND (i.indkey[0] = k.own OR (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
                AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)',
                    (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = k.own))))
"""


REMOVES = re.compile(rf"DELETE\s+FROM\s+({'|'.join(sorted(NEVER_REMOVED))})\b")


async def without_index(connection: asyncpg.Connection) -> set[tuple[str, str]]:
    """Table and column of foreign keys to what can be removed that no index begins with."""
    rows = await connection.fetch(WITHOUT)
    return {(row["child"], row["column"]) for row in rows if row["parent"] not in NEVER_REMOVED}


async def test_every_foreign_key_has_an_index(rollback: asyncpg.Connection):
    assert await without_index(rollback) == set()


async def test_a_lost_index_and_one_over_a_part_of_the_rows_would_be_found(rollback: asyncpg.Connection):
    """The control."""
    await rollback.execute(
        "DROP INDEX read_mark_idea; DROP INDEX event_of_comment;"
        " CREATE INDEX in_vain ON event (comment) WHERE id > 5; CREATE INDEX also_in_vain ON read_mark (space, person, idea)"
    )
    assert await without_index(rollback) == {("read_mark", "idea"), ("event", "comment")}


def test_nothing_removes_what_is_said_to_stay():
    texts = [path.read_text() for folder in ("portal", "migrations") for path in (ROOT / folder).rglob("*.py")]
    assert not [found[0] for text in texts if (found := REMOVES.search(text))]


def test_what_removes_a_person_would_be_found():
    """The control."""
    assert REMOVES.search("WITH gone AS (DELETE FROM person p WHERE p.id = {})")
    assert not REMOVES.search("DELETE FROM space_record WHERE id = {}")
