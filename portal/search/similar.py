"""What looks like an idea while it is typed: ideas that share with its title what few others say."""

from __future__ import annotations

from itertools import takewhile

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_value
from portal.search.parts import parts_of
from portal.search.queries import Shown, query_for, shown_to
from portal.search.terms import Query, Term
from portal.tables import SearchDocument

MOST = 5
#: By how many of the ideas that the actor reads, the newest first, it is told how common a word is.
COUNTED = 1_000
#: What an idea says in its text, and not in its title, counts for less: hardly a word there is enough by itself.
IN_TEXT = 0.65
#: And so does a part of a word.
IN_PART = 0.6

# A word says the more, the fewer ideas hold it. Its forms are weighed one by one, as "bel" may be rare where much
# begins with it: what holds the word itself `gains` that much more. An idea is alike where hardly one would share as
# much with the title by chance, or where it shares most of what the title says. What more than one of twenty ideas
# hold brings none by itself.
SIMILAR = """
    WITH form AS MATERIALIZED (
        SELECT term, wide, counts, words::tsquery AS words, titled::tsquery AS titled
        FROM unnest({}::int[], {}::boolean[], {}::float8[], {}::text[], {}::text[])
            AS f(term, wide, counts, words, titled)),
    counted AS MATERIALIZED (
        SELECT c.vector FROM search_document c WHERE c.idea IS NOT NULL AND c.space = ANY({}) AND {}
        ORDER BY c.idea DESC LIMIT {}),
    ideas AS (SELECT count(*) AS n FROM counted),
    weighed AS MATERIALIZED (
        SELECT term, wide, words, titled, held <= greatest(50, n / 20) AS rare, counts
            * ln(coalesce(lag(held) OVER (PARTITION BY term ORDER BY wide DESC) + 1.0, n + 10) / (held + 1)) AS gains
        FROM form f, ideas, LATERAL (SELECT count(*) AS held FROM counted WHERE vector @@ f.words) h),
    least AS (SELECT least(0.7 * ln(greatest(n, 2)), 0.75 * sum(gains)) AS score FROM weighed, ideas GROUP BY n)
    SELECT array_agg(id ORDER BY score DESC, id DESC) FROM (
        SELECT d.id, d.score FROM (
            SELECT d.*, (SELECT sum(gains * CASE WHEN d.vector @@ titled THEN 1 ELSE {}::float8 END)
                FROM weighed WHERE d.vector @@ words) AS score
            FROM search_document d
            WHERE d.kind = 'idea' AND d.space = ANY({})
                AND d.vector @@ (SELECT string_agg(words::text, ' | ') FROM (
                    SELECT words FROM weighed WHERE rare UNION ALL SELECT {}::tsquery UNION ALL
                    SELECT w.words && o.words FROM weighed w JOIN weighed o ON o.term > w.term
                    WHERE w.wide AND o.wide AND NOT w.rare AND NOT o.rare) w)::tsquery OFFSET 0) d
        WHERE d.score >= (SELECT score FROM least) AND {}
        ORDER BY d.score DESC, d.id DESC LIMIT {}) d
"""


async def similar_ideas(actor: Actor, title: str, campaign: str, but: str = "") -> list[Shown]:
    """Ideas that share what is rare in a title, or most of it, the most alike of them, those of the same campaign
    first; not the idea `but` itself."""
    query = Query([_surely(term) for term in (await query_for(actor, title)).terms])
    counted = [(term, 1.0) for term in query.terms]
    counted += [(part, IN_PART) for part in await parts_of(actor, query.terms)]
    forms = [
        (number, wide, counts, words(), words("A"))
        for number, (term, counts) in enumerate(counted)
        for wide, words in ((False, term.exact), (True, term.wide))
    ]
    if not forms:
        return []
    found = await fetch_value(
        SIMILAR,
        *(list(column) for column in zip(*forms, strict=True)),
        actor.space_ids,
        visible(SearchDocument, actor, "c"),
        COUNTED,
        IN_TEXT,
        actor.space_ids,
        query.all(),
        visible(SearchDocument, actor, "d"),
        MOST + 1,
    )
    rows = [row for row in await shown_to(actor, found or []) if row.public_id != but]
    return sorted(rows[:MOST], key=lambda row: row.campaign_public_id != campaign)


def _surely(term: Term) -> Term:
    """A word without what is only nearly it, unless by a single letter: what is shown was not asked for."""
    wider = [word for word in term.wider if term.word in word or _a_letter_away(term.word, word)]
    return msgspec.structs.replace(term, wider=wider, unknown=term.unknown and wider[:1] == term.wider[:1])


def _a_letter_away(one: str, other: str) -> bool:
    """Whether a letter more, less or other, but for the first, makes the one of the other."""
    same = _shared(one, other)
    return same > 0 and max(len(one), len(other)) - same - _shared(one[same:][::-1], other[same:][::-1]) <= 1


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
