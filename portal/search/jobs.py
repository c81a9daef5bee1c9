"""Keeping the words of each space, among which near misses are looked for."""

from __future__ import annotations

from portal.db import execute, fetch_value

BATCH = 2_000  # documents, or words

# Shorter words have no near misses, and numbers none that anybody means.
TAKE_IN = """
    WITH taken AS (
        DELETE FROM search_fresh WHERE document IN (
            SELECT document FROM search_fresh ORDER BY document LIMIT {} FOR UPDATE SKIP LOCKED) RETURNING document),
    added AS (
        INSERT INTO search_word (space, word)
        SELECT DISTINCT d.space, l.lexeme FROM taken t JOIN search_document d ON d.id = t.document
            CROSS JOIN unnest(d.vector) l
        WHERE length(l.lexeme) BETWEEN 4 AND 40 AND l.lexeme !~ '[0-9]' ORDER BY 1, 2
        ON CONFLICT (space, word) DO NOTHING)
    SELECT count(*) FROM taken
"""


async def take_in_words() -> None:
    """Takes the words of new documents in. This job alone writes them, so that nobody waits who only comments."""
    while await fetch_value(TAKE_IN, BATCH) == BATCH:
        pass


FORGET = """
    WITH looked_at AS (SELECT id, space, word FROM search_word WHERE id > {} ORDER BY id LIMIT {}),
    gone AS (
        DELETE FROM search_word w USING looked_at l WHERE w.id = l.id AND NOT EXISTS (
            SELECT FROM search_document d WHERE d.space = l.space AND d.vector @@ quote_literal(l.word)::tsquery))
    SELECT max(id) FROM looked_at
"""


async def forget_words() -> None:
    """Removes the words that nothing holds any more."""
    last: int | None = 0
    while last is not None:
        last = await fetch_value(FORGET, last, BATCH)
    await execute("DELETE FROM search_fresh f WHERE NOT EXISTS (SELECT FROM search_document d WHERE d.id = f.document)")
