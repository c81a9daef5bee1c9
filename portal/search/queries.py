"""Finding things. Whatever comes out of here came through `visible`: hits, counts, snippets, suggestions."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.colleagues.names import names_in
from portal.db import QueryString, fetch, fetch_one
from portal.paging import Page, paged
from portal.search.terms import Query, Term, words_of
from portal.tables import Answer, Identity, OrgUnit, SearchDocument, SearchWord, Space
from portal.text.mentions import shown

PAGE = 20
MOST = 500  # of each kind: the best of them are counted and shown
MOST_SPACES = 8
MOST_SUGGESTED = 7
KINDS = ("idea", "campaign", "answer", "comment", "person")
#: How far back a search goes, in days.
PERIODS = {"week": 7, "month": 31, "year": 366}
#: ts_rank's weights of D, C, B, A. C is what only colleagues are told: their words don't even rank for a guest.
WEIGHTS = [0.1, 0.3, 0.4, 1.0]
WEIGHTS_OF_GUESTS = [0.1, 0.0, 0.4, 1.0]
OF_EVERYBODY = "AB"  # by which weights a guest finds people

# Dutch stems end in z or v in the plural where they end in s or f in the singular: huizen, huis; brieven, brief. They
# keep the letter that the plural doubles: bonnen, bon; stemmen, stem.
# Near misses are looked for only where the term is no word of what the actor sees in her spaces, and no part of one: a
# word that is hidden makes no difference. Only the nearest are taken, the most alike of them first. Like the longer
# words that hold it, among the words of those spaces; and among the names of people, but for guests.
TERMS = """
    SELECT w.word, w.stems, w.stop,
        ARRAY(SELECT x.word FROM (
            SELECT word, far FROM (SELECT one.*, min(far) FILTER (WHERE far > 0) OVER () AS least FROM (
                SELECT word, least(levenshtein_less_equal(word, w.word, 2),
                    levenshtein_less_equal(word, w.en[1], 2)) AS far
                FROM (SELECT x.word FROM search_word x WHERE length(w.word) > 3 AND NOT w.known AND {}
                    ORDER BY x.word <-> w.word LIMIT 50) x
                UNION
                SELECT part, levenshtein_less_equal(part, w.word, 2)
                FROM (SELECT n.name FROM identity n WHERE {} AND length(w.word) > 3 AND NOT w.known
                    AND n.folded %> w.word AND {} LIMIT 50) n,
                    regexp_split_to_table(unaccent('unaccent'::regdictionary, plein_words(n.name)), ' ') part) one) near
            WHERE far = least AND far <= CASE WHEN length(w.word) < 6 THEN 1 ELSE 2 END
            UNION ALL
            (SELECT DISTINCT x.word, 3 FROM search_word x
            WHERE length(w.word) > 4 AND x.word LIKE '_%' || w.word || '%' AND {} LIMIT 20)
            ) x ORDER BY x.far, x.word <-> w.word, x.word LIMIT 24) AS wider, NOT w.known AS unknown
    FROM (
        SELECT t.word, t.n, en,
            nl || en || CASE WHEN nl[1] ~ '[szfv]$'
                THEN ARRAY[left(nl[1], -1) || translate(right(nl[1], 1), 'szfv', 'zsvf')] END
                || CASE WHEN right(nl[1], 1) = right(left(nl[1], -1), 1) THEN ARRAY[left(nl[1], -1)] END AS stems,
            cardinality(nl) = 0 OR cardinality(en) = 0 AS stop,
            EXISTS (
                WITH held AS MATERIALIZED (SELECT k.space, k.word FROM search_word k WHERE {} AND k.word LIKE
                    CASE WHEN length(t.word) > 4 THEN '%' ELSE '' END || t.word || '%')
                SELECT FROM held h JOIN search_document kd
                    ON kd.space = h.space AND kd.vector @@ quote_literal(h.word)::tsquery AND {}) AS known
        FROM (SELECT unaccent('unaccent'::regdictionary, u) AS word, n
            FROM unnest({}::text[]) WITH ORDINALITY AS o(u, n)) t,
            LATERAL (SELECT ts_lexize('dutch_stem', t.word) AS nl, ts_lexize('english_stem', t.word) AS en) s) w
    ORDER BY w.n
"""


async def query_for(actor: Actor, text: str) -> Query:
    """What the actor looks for when she types this: its words, but for those like "the" where there are others."""
    words = words_of(text)
    if not words:
        return Query([])
    among, names = visible(SearchWord, actor, "x"), visible(Identity, actor, "n")
    known = visible(SearchWord, actor, "k"), visible(SearchDocument, actor, "kd")
    # Behind the second wall no index finds names that are alike.
    terms = await fetch(Term, TERMS, among, not actor.guest, names, among, *known, words)
    return Query([term for term in terms if not term.stop] or terms)


class Filters(msgspec.Struct, frozen=True):
    """What a search is narrowed down to; "" and 0 stand for everything."""

    kind: str = ""
    space: int = 0
    phase: str = ""
    language: str = ""
    period: str = ""


class Hit(msgspec.Struct, frozen=True):
    """Something that was found. A higher score comes first; no two have the same."""

    id: int
    kind: str
    space: int | None
    score: int


# Ranked by the words as they were typed, and again, for less, by all that is like them. Where scores are equal a hash
# of what it is about decides, which as a cursor tells nothing of how many there are. Long texts count for less; but of
# people, whose words are not told to everybody, how many there are makes no difference.
FOUND = """
    SELECT d.id, d.kind, d.space, d.score FROM (
        SELECT d.*, row_number() OVER (PARTITION BY d.kind ORDER BY d.score DESC) AS place FROM (
            SELECT d.id, d.kind, d.space, d.idea, d.comment, d.answer, d.campaign, d.person,
                ((2 * ts_rank({}, d.vector, {}::tsquery, (d.kind <> 'person')::int)
                    + ts_rank({}, d.vector, {}::tsquery, (d.kind <> 'person')::int))
                    * CASE d.kind WHEN 'campaign' THEN 1.4 WHEN 'person' THEN 0.4 WHEN 'comment' THEN 0.6 ELSE 1 END
                    * 1e8)::bigint * 1000000 + abs(hashint8extended(
                        coalesce(d.person, d.idea, d.comment, d.answer, d.campaign), length(d.kind)) % 1000000) AS score
            FROM search_document d
            WHERE d.kind = ANY({}) AND (d.space = ANY({}) OR d.space IS NULL AND {}) AND d.vector @@ {}::tsquery
                AND (d.kind <> 'person' OR d.vector @@ {}::tsquery)
                AND ({} = '' OR d.language = {}) AND ({}::timestamptz IS NULL OR d.written_at > {}::timestamptz)) d) d
    WHERE d.place <= {} AND {} AND {}
    ORDER BY d.score DESC
"""
IN_PHASE = """
    EXISTS (SELECT FROM campaign c WHERE plein_phase(c, {}) = {} AND c.id > 0 AND c.id = coalesce(d.campaign, (
        SELECT i.campaign FROM idea i WHERE i.id = coalesce(d.idea,
            (SELECT k.idea FROM comment k WHERE k.id = d.comment),
            (SELECT a.idea FROM answer a WHERE a.id = d.answer)))))
"""
ANY_PHASE = QueryString("TRUE")


async def _found(
    actor: Actor, query: Query, kinds: tuple[str, ...], filters: Filters, *, some: bool = False, weights: str = ""
) -> list[Hit]:
    """What holds every term (or `some` of them), best first."""
    build = query.any if some else query.all
    ranks = WEIGHTS_OF_GUESTS if actor.guest else WEIGHTS
    since = actor.now - timedelta(days=PERIODS[filters.period]) if filters.period else None
    of_content = bool(filters.space or filters.phase or filters.language or filters.period)
    return await fetch(
        Hit,
        FOUND,
        ranks,
        query.exact(),
        ranks,
        query.any(),
        list(kinds),
        [filters.space] if filters.space else actor.space_ids,
        not of_content,
        build(weights),
        build(weights or (OF_EVERYBODY if actor.guest else "")),
        filters.language,
        filters.language,
        since,
        since,
        MOST,
        visible(SearchDocument, actor, "d"),
        QueryString(IN_PHASE, actor.now, filters.phase) if filters.phase else ANY_PHASE,
    )


class Shown(msgspec.Struct, frozen=True):
    """A hit as a page shows it: `public_id` of its idea, comment, campaign or person; `title` of what it stands in,
    which is an idea or, by its `item_kind`, a post."""

    id: int
    kind: str
    item_kind: str
    public_id: str
    title: str
    lead: str
    html: str
    language: str
    author_public_id: str
    author_name: str
    author_guest: bool
    unit: str
    space_name: str
    space_outside: bool
    campaign_public_id: str
    campaign_title: str
    phase: str
    answer_kind: str | None
    written_at: datetime

    @property
    def address(self) -> str:
        """Where it is."""
        items = "/ideas/" if self.item_kind == "idea" else "/posts/"
        where = {"campaign": "/campaigns/", "comment": "/comments/", "person": "/people/"}.get(self.kind, items)
        return where + self.public_id + ("#answer" if self.kind == "answer" else "")


# Joins go by CASE: by what coalesce gives, PostgreSQL looks no row up in a table that has policies (the second wall's).
SHOWN = (
    """
    SELECT d.id, d.kind, coalesce(i.kind, 'idea') AS item_kind,
        coalesce(c.public_id, i.public_id, k.public_id, p.public_id) AS public_id,
        coalesce(i.title, k.title, n.name, '') AS title, coalesce(a.summary, k.lead, n.title, '') AS lead,
        CASE d.kind WHEN 'idea' THEN i.body_html WHEN 'comment' THEN c.body_html WHEN 'answer' THEN a.reason_html
            WHEN 'campaign' THEN k.brief_html ELSE '' END AS html,
        d.language, CASE WHEN EXISTS (SELECT FROM reading r WHERE r.person = w.id AND r.space = d.space OFFSET 0)
            THEN w.public_id ELSE '' END AS author_public_id, coalesce(wn.name, '') AS author_name,
        w.kind = 'guest' AS author_guest, coalesce(u.name, '') AS unit, coalesce(s.name, '') AS space_name,
        coalesce(s.kind IN ('guest', 'section'), FALSE) AS space_outside,
        CASE WHEN ik.id > 0 THEN ik.public_id ELSE '' END AS campaign_public_id,
        CASE WHEN ik.id > 0 THEN ik.title ELSE '' END AS campaign_title,
        CASE WHEN coalesce(ik.id, k.id, -1) < 0 THEN '' ELSE plein_phase(coalesce(ik, k), {}) END AS phase,
        (SELECT x.kind FROM answer x WHERE x.idea = i.id AND {}) AS answer_kind, d.written_at
    FROM search_document d
    LEFT JOIN comment c ON c.id = d.comment LEFT JOIN answer a ON a.id = d.answer
    LEFT JOIN idea i ON i.id = CASE d.kind WHEN 'comment' THEN c.idea WHEN 'answer' THEN a.idea ELSE d.idea END
    LEFT JOIN campaign ik ON ik.id = i.campaign
    LEFT JOIN campaign k ON k.id = d.campaign LEFT JOIN space s ON s.id = d.space
    LEFT JOIN person p ON p.id = d.person LEFT JOIN identity n ON n.person = p.id
    LEFT JOIN org_unit u ON u.id = p.org_unit AND {}
    JOIN person w ON w.id = CASE d.kind WHEN 'comment' THEN c.author WHEN 'answer' THEN a.author
        WHEN 'idea' THEN i.author WHEN 'person' THEN p.id
        ELSE CASE WHEN k.sponsor IS NULL THEN k.author ELSE k.sponsor END END
    """
    + NAMED.format("wn", "w.id", "d.space")
    + """
    WHERE d.id = ANY({}) AND {}
    ORDER BY array_position({}, d.id)
"""
)


async def shown_to(actor: Actor, ids: list[int]) -> list[Shown]:
    """The documents with these numbers, in this order, as far as the actor sees them."""
    rows = await fetch(
        Shown,
        SHOWN,
        actor.now,
        visible(Answer, actor, "x"),
        visible(OrgUnit, actor, "u"),
        ids,
        visible(SearchDocument, actor, "d"),
        ids,
    )
    names = await names_in(actor, [row.html for row in rows])
    return [msgspec.structs.replace(row, html=shown(row.html, names)) for row in rows]


class FoundSpace(msgspec.Struct, frozen=True):
    """A space in which something was found."""

    id: int
    public_id: str
    name: str


SPACES = "SELECT s.id, s.public_id, s.name FROM space s WHERE s.id = ANY({}) AND {} ORDER BY s.name, s.id"
SPACE = "SELECT s.id, s.public_id, s.name FROM space s WHERE s.public_id = {} AND {}"


async def space_to_search(actor: Actor, public_id: str) -> FoundSpace | None:
    """A space that the actor reads, to narrow a search down to."""
    return await fetch_one(FoundSpace, SPACE, public_id, visible(Space, actor, "s"))


class Results(msgspec.Struct, frozen=True):
    """A page of what was found. `counts`: how many of each kind, MOST at most; `some`: nothing holds all the words, and
    these hold some of them."""

    query: Query
    listed: Page[Shown]
    counts: dict[str, int]
    spaces: list[FoundSpace]
    some: bool

    def counted(self, kind: str = "") -> int:
        """How many there are of a kind, or of all."""
        return self.counts.get(kind, 0) if kind else sum(self.counts.values())

    def capped(self, kind: str = "") -> bool:
        """Whether there may be more than were counted."""
        return MOST in ([self.counts.get(kind)] if kind else self.counts.values())


async def search(actor: Actor, text: str, filters: Filters, after: int | None = None) -> Results:
    """One page of what the actor finds, best first."""
    query = await query_for(actor, text)
    if not query.terms:
        return Results(query, Page([]), {}, [], False)
    found, some = await _found(actor, query, KINDS, filters), False
    if not found and len(query.terms) > 1:
        found, some = await _found(actor, query, KINDS, filters, some=True), True
    counts = Counter(hit.kind for hit in found)
    spaces = [space for space, _ in Counter(hit.space for hit in found if hit.space).most_common(MOST_SPACES)]
    wanted = [hit for hit in found if filters.kind in ("", hit.kind) and (after is None or hit.score < after)]
    hits = paged(wanted, PAGE, lambda hit: hit.score, after)
    return Results(
        query=query,
        listed=Page(await shown_to(actor, [hit.id for hit in hits.rows]), hits.first, hits.more),
        counts={kind: counts[kind] for kind in KINDS if counts[kind]},
        spaces=await fetch(FoundSpace, SPACES, spaces, visible(Space, actor, "s")),
        some=some,
    )


async def suggestions(actor: Actor, text: str) -> tuple[Query, list[Shown]]:
    """A few ideas, campaigns and people whose title or name is what the actor is typing."""
    query = await query_for(actor, text)
    if not query.terms:
        return query, []
    found = await _found(actor, query, ("idea", "campaign", "person"), Filters(), weights="A")
    return query, await shown_to(actor, [hit.id for hit in found[:MOST_SUGGESTED]])
