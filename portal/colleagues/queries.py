"""Who is meant with a name or an address, and whose names are like what was typed; among the readers of one space."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.fields import address
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.sql import literally
from portal.tables import Identity, OrgUnit, Person, Space

SUGGESTED = 8
SHORTEST = 2  # letters to look for


class Colleague(msgspec.Struct, frozen=True):
    """An employee who was named. `reads`: whether she can read the space for which she was."""

    id: int
    public_id: str
    name: str
    reads: bool


# OFFSET: asked about one person after the other, and not by listing all readers first.
READS = "EXISTS (SELECT FROM reading r WHERE r.person = p.id AND r.space = {} OFFSET 0)"
NAMED = f"""
    SELECT p.id, p.public_id, n.name, {READS} AS reads FROM identity n JOIN person p ON p.id = n.person
    WHERE (n.folded = plein_folded({{}}) OR lower({{}}) = lower({{}}) OR p.public_id = {{}})
        AND p.active AND p.kind = 'employee' AND {{}} ORDER BY reads DESC, p.id LIMIT 3
"""


async def colleagues_called(actor: Actor, words: str, space: int) -> list[Colleague]:
    """The colleagues with this name or address whom the actor may see: readers of the space first."""
    words, seen = " ".join(words.split()), visible(Person, actor, "p")
    return await fetch(Colleague, NAMED, space, words, address(actor, "n"), words, words.strip("{}"), seen)


OF_ADDRESS = """
    SELECT p.id, p.public_id, n.name, TRUE AS reads FROM identity n JOIN person p ON p.id = n.person
    WHERE lower(n.email) = lower({}) AND p.active AND p.kind = 'employee'
"""


async def colleague_of_address(email: str) -> Colleague | None:  # access: the command line, by whoever runs the machine
    """The colleague with this address."""
    return await fetch_one(Colleague, OF_ADDRESS, email)


# The words that call a colleague {0} in a form, whose identity is {1}: her name, or her address where others share it.
CALLED = "coalesce(CASE WHEN plein_only_one({0}, o.id) THEN {1}.name ELSE {1}.email END, '')"
# The organisation's space: among its readers a colleague is named.
ORGANISATION = "CROSS JOIN (SELECT s.id FROM space s WHERE s.kind = 'organisation') o"


class Place(msgspec.Struct, frozen=True):
    """A space for which somebody is named."""

    id: int


PLACE = "SELECT s.id FROM space s WHERE s.public_id = {} AND {}"


async def place_of(actor: Actor, public_id: str) -> Place | None:
    """The space with this public id, if the actor reads it; without one the organisation's."""
    if not public_id:
        return Place(actor.organisation_space)
    return await fetch_one(Place, PLACE, public_id, visible(Space, actor, "s"))


class Suggestion(msgspec.Struct, frozen=True):
    """Somebody to name: `words` are what calls her, and nobody else."""

    public_id: str
    name: str
    guest: bool
    unit: str
    words: str


# The words: her name; where readers share it, her address for employees, and what a text keeps for guests.
PERSON = """
    p.public_id, n.name, p.kind = 'guest' AS guest,
    coalesce((SELECT u.name FROM org_unit u WHERE u.id = p.org_unit AND p.kind = 'employee' AND {}), '') AS unit,
    CASE WHEN plein_only_one(p.id, {}) THEN n.name ELSE coalesce({}, chr(123) || p.public_id || chr(125)) END AS words
"""
# As she is called, or nearly: her name or one of its words begins so, or is like it. A mistake behind the third letter
# is found by the first three, one before by the resemblance of the whole. The most alike are asked about first, until
# enough of them are readers: hundreds may be called so.
LIKE = f"""
    WITH asked AS (
        SELECT plein_folded({{}}) AS typed, plein_folded({{}}) AS begins, plein_folded({{}}) AS three
    ),
    alike AS (
        SELECT n.person, CASE WHEN n.folded LIKE a.begins || '%' THEN 0
                WHEN n.folded LIKE '% ' || a.begins || '%' THEN 1 ELSE 2 END AS place,
            word_similarity(a.typed, n.folded) AS likeness, n.name
        FROM asked a JOIN identity n ON n.folded LIKE a.begins || '%'
            OR n.folded LIKE '% ' || a.begins || '%' OR a.typed <% n.folded
            OR (n.folded LIKE a.three || '%' OR n.folded LIKE '% ' || a.three || '%')
                AND word_similarity(a.typed, n.folded) >= 0.3
        ORDER BY place, likeness DESC, n.name, n.person OFFSET 0
    ),
    close AS (
        SELECT n.* FROM alike n JOIN person p ON p.id = n.person
        WHERE {READS} AND {{}} AND {{}}
        ORDER BY n.place, n.likeness DESC, n.name, n.person LIMIT {{}}
    )
    SELECT {PERSON} FROM close c JOIN person p ON p.id = c.person JOIN identity n ON n.person = p.id
    ORDER BY c.place, c.likeness DESC, c.name, c.person
"""


async def readers_like(
    actor: Actor, space: int, typed: str, among: QueryString, units: QueryString
) -> list[Suggestion]:
    """Readers of a space, `among` these, whose names are like what was typed; with units where `units` says so."""
    typed = " ".join(typed.split())
    if len(typed) < SHORTEST:
        return []
    begins, three, seen = literally(typed), literally(typed[:3]), visible(Identity, actor, "n")
    person = (QueryString("{} AND {}", visible(OrgUnit, actor, "u"), units), space, address(actor, "n"))
    return await fetch(Suggestion, LIKE, typed, begins, three, space, among, seen, SUGGESTED, *person)


async def colleagues_like(actor: Actor, space: int, typed: str) -> list[Suggestion]:
    """Colleagues who read a space, oneself among them, whose names are like what was typed."""
    among = QueryString("p.kind = 'employee' AND {}", visible(Person, actor, "p"))
    return await readers_like(actor, space, typed, among, QueryString("TRUE"))
