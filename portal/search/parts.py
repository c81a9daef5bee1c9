"""The words that longer ones are made of, as Dutch makes them: fietsenstalling, of fietsen and stalling."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_value
from portal.search.terms import Term
from portal.tables import SearchDocument, SearchWord

SHORTEST = 4  # letters

# What nobody wrote where the actor reads is no word to her.
KNOWN = """
    SELECT array_agg(p.part) FROM unnest({}::text[]) AS p(part) WHERE EXISTS (
        WITH held AS MATERIALIZED (SELECT k.space, k.word FROM search_word k WHERE k.word = p.part AND {})
        SELECT FROM held h JOIN search_document kd
            ON kd.space = h.space AND kd.vector @@ quote_literal(h.word)::tsquery AND {})
"""


async def parts_of(actor: Actor, terms: list[Term]) -> list[Term]:
    """Of each word its longest known beginning, and the longest known end beside that."""
    parts = {part for term in terms for part in (*_beginnings(term), *_ends(term))}
    if not parts:
        return []
    known = visible(SearchWord, actor, "k"), visible(SearchDocument, actor, "kd")
    words = set(await fetch_value(KNOWN, sorted(parts), *known) or [])
    return [Term(part, [part], False, []) for term in terms for part in _halves(term, words)]


def _halves(term: Term, words: set[str]) -> list[str]:
    first = next((part for part in _beginnings(term) if part in words), "")
    last = next((part for part in _ends(term) if part in words and len(part) + len(first) <= len(term.word)), "")
    return [part for part in (first, last) if part]


def _beginnings(term: Term) -> list[str]:
    """How a word may begin, the longest first, where as much is left over."""
    return [term.word[:n] for n in range(len(term.word) - SHORTEST, SHORTEST - 1, -1)]


def _ends(term: Term) -> list[str]:
    """How a word, or a stem of it, may end, the longest first."""
    forms = dict.fromkeys([term.word, *term.stems])
    ends = {form[-n:] for form in forms for n in range(SHORTEST, len(form) - SHORTEST + 1)}
    return sorted(ends, key=lambda end: (-len(end), end))
