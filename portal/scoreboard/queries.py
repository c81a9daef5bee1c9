"""Reading the scoreboard. It is the same for every employee: it counts the cases that all of them read, so that each
number has all of its cases behind it, for everybody to look at."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.eyes import as_plain_reader
from portal.access.scope import visible
from portal.db import QueryString, execute, fetch
from portal.ideas.cards import address_of
from portal.paging import Cursor, Page, paged
from portal.scoreboard.facts import FACTS, arguments
from portal.scoreboard.numbers import NUMBERS
from portal.tables import Escalation, OrgUnit, Space, Topic

PAGE = 50  # cases a page

EVERYBODYS = "SELECT s.id FROM space s WHERE s.open AND {} ORDER BY s.id"


async def as_everybody(actor: Actor) -> Actor:
    """Any employee: she reads what is open to all, and nothing else."""
    rows = await execute(EVERYBODYS, visible(Space, actor, "s"))
    return as_plain_reader(actor, *(row["id"] for row in rows))


class Sums(msgspec.Struct, frozen=True):
    """What the cases of a group come to. `part`: whole, topic, unit or quarter; `people`: how many a unit has. Medians
    are working minutes."""

    part: str
    key: str
    name: str
    people: int
    cases: int
    was_due: int
    in_time: int
    stated: int
    to_statement: float | None
    answered: int
    to_answer: float | None
    owed: int
    overdue1: int
    overdue2: int
    overdue3: int
    reviewed: int
    judged: int
    kept: int


#: What is taken of facts `p`.
TAKEN = """
    count(*)::int AS cases, (count(*) FILTER (WHERE p.was_due))::int AS was_due,
    (count(*) FILTER (WHERE p.in_time))::int AS in_time, count(p.stated)::int AS stated,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY p.stated) AS to_statement,
    count(p.took)::int AS answered, percentile_cont(0.5) WITHIN GROUP (ORDER BY p.took) AS to_answer,
    (count(*) FILTER (WHERE p.owed))::int AS owed,
    (count(*) FILTER (WHERE p.owed AND p.overdue = 1))::int AS overdue1,
    (count(*) FILTER (WHERE p.owed AND p.overdue = 2))::int AS overdue2,
    (count(*) FILTER (WHERE p.owed AND p.overdue = 3))::int AS overdue3,
    (count(*) FILTER (WHERE p.reviews > 0))::int AS reviewed,
    coalesce(sum(p.judged), 0)::int AS judged, coalesce(sum(p.kept), 0)::int AS kept
"""
SUMS = (
    FACTS
    + """, people AS (
        SELECT coalesce(d.public_id, '') AS unit_key, count(*)::int AS people
        FROM person p LEFT JOIN tree r ON r.id = p.org_unit LEFT JOIN org_unit d ON d.id = r.top
        WHERE p.active AND p.kind = 'employee' GROUP BY 1
    ), sums AS (
        SELECT CASE WHEN grouping(p.topic_key) = 0 THEN 'topic' WHEN grouping(p.unit_key) = 0 THEN 'unit'
                WHEN grouping(p.quarter) = 0 THEN 'quarter' ELSE 'whole' END AS part,
            coalesce(p.topic_key, p.unit_key, p.quarter, '') AS key,
            coalesce(p.topic_name, p.unit_name, p.quarter, '') AS name,"""
    + TAKEN
    + """
        FROM placed p
        GROUP BY GROUPING SETS ((), (p.topic_key, p.topic_name), (p.unit_key, p.unit_name), (p.quarter))
    )
    SELECT s.*, coalesce(n.people, 0) AS people FROM sums s
    LEFT JOIN people n ON s.part = 'unit' AND n.unit_key = s.key ORDER BY s.part, s.name, s.key
"""
)


async def sums(actor: Actor) -> list[Sums]:
    """Of all cases together, by topic, by unit and by quarter."""
    return await fetch(Sums, SUMS, *await _seen(actor))


WHOLE = f"{FACTS} SELECT 'whole' AS part, '' AS key, '' AS name, 0 AS people, {TAKEN} FROM facts p"


async def sum_of_all(actor: Actor) -> Sums:
    """Of all cases together, and no more: it takes neither topics nor units to say it."""
    return (await fetch(Sums, WHOLE, *await _seen(actor)))[0]


class Counted(msgspec.Struct, frozen=True):
    """A case behind a number, as its events tell it. Times are working minutes from T1."""

    public_id: str
    idea_public_id: str
    item_kind: str
    title: str
    language: str
    started_at: datetime
    stated_at: datetime | None
    stated: int | None
    answered_at: datetime | None
    took: int | None
    due_at: datetime
    was_due: bool
    in_time: bool | None
    owed: bool
    overdue: int
    reviews: int
    judged: int
    kept: int

    @property
    def address(self) -> str:
        """Where what was asked stands."""
        return address_of(self.item_kind, self.idea_public_id)


CASES = (
    FACTS
    + """
    SELECT e.public_id, i.public_id AS idea_public_id, i.kind AS item_kind, i.title, i.language, p.started_at,
        p.stated_at, p.stated, p.answered_at, p.took, p.due_at, p.was_due, p.in_time, p.owed, p.overdue, p.reviews,
        p.judged, p.kept
    FROM placed p JOIN escalation e ON e.id = p.id JOIN idea i ON i.id = e.idea
    WHERE {} AND {} AND {} ORDER BY p.started_at DESC, e.public_id DESC LIMIT {}
"""
)
#: Those of one group, or all of them.
OF_PART = """
    CASE {}::text WHEN 'topic' THEN p.topic_key WHEN 'unit' THEN p.unit_key WHEN 'quarter' THEN p.quarter
        ELSE '' END = {}
"""


async def cases_behind(
    actor: Actor, number: str, part: str = "", key: str = "", after: Cursor | None = None
) -> Page[Counted]:
    """The cases that a number of the scoreboard is taken of, the newest first."""
    place = QueryString("(p.started_at, e.public_id) < ({}, {})", after.moment, after.public_id) if after else True
    group = QueryString(OF_PART, part, key)
    rows = await fetch(Counted, CASES, *await _seen(actor), NUMBERS[number].behind, group, place, PAGE + 1)
    return paged(rows, PAGE, lambda row: Cursor.at(row.started_at, row.public_id), after)


async def _seen(actor: Actor) -> list[object]:
    reader = await as_everybody(actor)
    return arguments(visible(Escalation, reader, "e"), visible(Topic, reader, "y"), visible(OrgUnit, reader, "d"))
