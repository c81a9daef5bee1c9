"""Every foreign key has an index that begins with it, so that nothing that is held or removed looks through a table."""

from __future__ import annotations

import asyncpg

#: Rows that nothing removes or renumbers: people are deactivated and erased in place, spaces archived, settings followed by others. What is asked of them by person or
#: space has its index where it is asked; an index for each would make writing slower and serve nothing.
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
