"""Who is meant with an `@`. Only readers of the space come into question, and addresses are for employees."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from portal.access.actor import Actor
from portal.access.fields import address
from portal.access.scope import visible
from portal.colleagues.queries import PERSON, READS, SUGGESTED, Suggestion, readers_like
from portal.db import QueryString, fetch
from portal.ideas.queries import IdeaRow
from portal.tables import Comment, Identity, OrgUnit
from portal.text.mentions import calls, kept, mentioned

LATELY = 100  # comments whose authors are offered before a letter is typed


class Ambiguous(Exception):
    """A name that several readers have."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Meant(msgspec.Struct, frozen=True):
    """Somebody whom a text may mean with these words."""

    words: str
    id: int
    public_id: str
    name: str


class Named(msgspec.Struct, frozen=True):
    """A text as it is kept, the ids of those whom it mentions, and their names as `text.mentions` takes them."""

    text: str
    people: list[int]
    mentions: tuple[str, ...]


MEANT = f"""
    WITH asked AS (SELECT unnest({{}}::text[]) AS words)
    SELECT a.words, p.id, p.public_id, n.name
        FROM asked a JOIN identity n ON n.folded = plein_folded(a.words)
        JOIN person p ON p.id = n.person WHERE {READS} AND {{}}
    UNION SELECT a.words, p.id, p.public_id, n.name FROM asked a JOIN identity n ON lower({{}}) = lower(a.words)
        JOIN person p ON p.id = n.person WHERE strpos(a.words, '@') > 0 AND {READS} AND {{}}
    UNION SELECT a.words, p.id, p.public_id, n.name FROM asked a JOIN person p ON p.public_id = a.words
        JOIN identity n ON n.person = p.id
        WHERE {READS} AND {{}} OR p.id IN (SELECT m.person FROM mention m WHERE m.comment = {{}})
"""


async def named(actor: Actor, space: int, text: str, comment: int | None = None) -> Named:
    """A text with those whom it means. Raises Ambiguous. Who is mentioned in `comment` already stays so."""
    ways = {words for call in calls(text) for words, _ in call.ways}
    if not ways:
        return Named(kept(text, {}), [], ())
    seen = visible(Identity, actor, "n")
    rows = await fetch(Meant, MEANT, list(ways), space, seen, address(actor, "n"), space, seen, space, seen, comment)
    by_words: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        by_words[row.words][row.public_id] = row.id
    for call in calls(text):
        found = next((words for words, _ in call.ways if words in by_words), "")
        if len(by_words.get(found, ())) > 1:
            raise Ambiguous(found)
    text = kept(text, {words: next(iter(people)) for words, people in by_words.items() if len(people) == 1})
    meant = {row.public_id: row for row in rows if row.public_id in mentioned(text)}.values()
    return Named(text, [row.id for row in meant], tuple(row.public_id + row.name for row in meant))


LATE = f"""
    WITH late AS (
        SELECT k.author, max(k.id) AS newest FROM (
            SELECT x.id, x.author FROM comment x WHERE x.idea = {{}} AND x.state = 'published' AND {{}}
            ORDER BY x.id DESC LIMIT {{}}) k GROUP BY k.author
    )
    SELECT {PERSON} FROM late l JOIN person p ON p.id = l.author JOIN identity n ON n.person = p.id
    WHERE {READS} AND p.id <> {{}} AND {{}} ORDER BY l.newest DESC LIMIT {{}}
"""


# Not while it is voted on without ranks.
RANKS = """
    NOT EXISTS (SELECT FROM idea bi JOIN campaign bc ON bc.id = bi.campaign
        WHERE bi.id = {} AND plein_rank_blind(bc, {}))
"""


async def suggested(actor: Actor, idea: IdeaRow, typed: str) -> list[Suggestion]:
    """Readers whose names are like what was typed; before a letter is, those who wrote lately."""
    ranks = QueryString(RANKS, idea.id, actor.now)
    if typed.strip():
        return await readers_like(actor, idea.space, typed, QueryString("p.id <> {}", actor.id), ranks)
    person = (QueryString("{} AND {}", visible(OrgUnit, actor, "u"), ranks), idea.space, address(actor, "n"))
    comments, seen = visible(Comment, actor, "x"), visible(Identity, actor, "n")
    return await fetch(Suggestion, LATE, idea.id, comments, LATELY, *person, idea.space, actor.id, seen, SUGGESTED)


WORDS_OF = f"""
    SELECT {PERSON} FROM mention m JOIN person p ON p.id = m.person JOIN identity n ON n.person = p.id
    WHERE m.comment = {{}} AND {READS} AND {{}}
"""


async def words_of(actor: Actor, space: int, comment: int) -> dict[str, str]:
    """How those who are mentioned in a comment are called in a form, by public id."""
    seen = visible(Identity, actor, "n")
    person = (visible(OrgUnit, actor, "u"), space, address(actor, "n"))
    return {row.public_id: row.words for row in await fetch(Suggestion, WORDS_OF, *person, comment, space, seen)}
