"""The inbox of cases: what is one's own, what is late in one's line, and what waits for an owner; by urgency."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.cases.duties import Duty, asked_of
from portal.db import QueryString, Reading, planned_for_its_values, read_together
from portal.escalation.states import KEPT, OWED, State
from portal.ideas.cards import address_of
from portal.paging import Cursor, Page, paged
from portal.tables import Escalation, Topic
from portal.text.dates import start_of_day
from portal.text.language import lazy

PAGE = 20  # cases a page
MOST = 100  # from there on a number says "99+"
WEEK = timedelta(days=7)
MANY = 5  # open cases, from which on an owner's load is shown to her chain (rule 23)

#: What is asked of one stands above one's own, and goes on in a list that is nothing else.
ASKED = "asked"
#: The lists, by the word in their address.
LISTS = {
    "mine": lazy("Mine"),
    "line": lazy("In my line"),
    "unowned": lazy("Without an owner"),
}
#: What each shows first: in one's line it is about what is late.
FIRST = {"mine": "owed", "line": "late", "unowned": "owed", ASKED: "none"}
#: What a list may be narrowed to.
ONLY = {
    "owed": lazy("All that are owed an answer"),
    "late": lazy("Late"),
    "soon": lazy("Due soon"),
    "paused": lazy("Clock paused"),
    "answered": lazy("Answered, and not closed yet"),
}


class Wanted(msgspec.Struct, frozen=True):
    """What somebody looks at: a list, narrowed to a state and a topic (its public id), beyond a page."""

    which: str = "mine"
    only: str = "owed"
    topic: str = ""
    after: Cursor | None = None

    @classmethod
    def asked(cls, given: Any) -> Wanted:
        """Out of an address; what makes no sense there is left out."""
        which = given.get("list") if given.get("list") in FIRST else "mine"
        only = given.get("only") if given.get("only") in ONLY and which in ("mine", "line") else FIRST[which]
        return cls(which, only, given.get("topic", ""), Cursor.read(given.get("after", "")))

    @property
    def filters(self) -> int:
        """How many narrow it."""
        return (self.only != FIRST[self.which]) + bool(self.topic)

    @property
    def asks(self) -> bool:
        """What is asked of her is shown, too."""
        return self.which == ASKED or (self.which == "mine" and not self.filters and self.after is None)

    @property
    def below(self) -> str:
        """What stands below the others: on the first page of everything that is owed, what stands still."""
        return "paused" if self.only == "owed" and self.after is None else "none"

    @property
    def address(self) -> str:
        """Of the list, without the page."""
        return f"/cases?list={self.which}&only={self.only}" + (f"&topic={self.topic}" if self.topic else "")


class Listed(msgspec.Struct, frozen=True):
    """A case in a list. `left` and `whole`: working minutes until it is due, and from its beginning on; `day`: of a
    working day. `still`: why its clock stands still, if it does; `supporters`: of its cluster, None where that is not
    shown now; `barred` and `decides`: as on the case itself."""

    public_id: str
    space: int
    item_kind: str
    idea_public_id: str
    title: str
    language: str
    state: str
    still: str | None
    lateness: str | None
    due_at: datetime
    hold_until: datetime | None
    triage_due_at: datetime | None
    acknowledge_due_at: datetime
    statement_due_at: datetime
    statement_at: datetime | None
    clarify_until: datetime | None
    supporters: int | None
    guest_supporters: int
    owner: int | None
    owner_public_id: str
    owner_name: str
    space_name: str
    topic: str
    left: int
    whole: int
    day: int
    round: int
    barred: bool
    decides: bool

    @property
    def address(self) -> str:
        """Where what was asked stands."""
        return address_of(self.item_kind, self.idea_public_id)

    @property
    def late(self) -> bool:
        """Its time is over."""
        return bool(self.lateness and self.lateness.startswith("overdue"))


# The page first, with what stands below it, then what each of its rows tells.
FOUND = "SELECT e.id FROM escalation e WHERE {} AND {} AND {} AND {} AND {} ORDER BY e.due_at, e.public_id LIMIT {}"
LISTED = (
    """
    WITH listed AS MATERIALIZED (({}) UNION ALL ({}))
    SELECT e.public_id, e.space, i.kind AS item_kind, i.public_id AS idea_public_id, i.title, i.language, e.state,
        plein_still(e) AS still, plein_lateness(e, {}) AS lateness, e.due_at, e.hold_until, e.triage_due_at,
        e.acknowledge_due_at, e.statement_due_at, e.statement_at, e.clarify_until,
        CASE WHEN NOT plein_counts_hidden(c, {}) THEN plein_union(i) END AS supporters, i.guest_supporters,
        e.owner, coalesce(p.public_id, '') AS owner_public_id, coalesce(n.name, '') AS owner_name, s.name AS space_name,
        coalesce(t.name, '') AS topic,
        plein_working_minutes(plein_clock(e, {}), e.due_at) AS left,
        plein_working_minutes(e.started_at, e.due_at) AS whole,
        (SELECT plein_working_day()) AS day, e.round,
        {} = ANY(plein_barred(e)) AS barred, e.ended_at IS NULL AND plein_decides({}, e.idea) AS decides
    FROM listed l JOIN escalation e ON e.id = l.id JOIN idea i ON i.id = e.idea JOIN campaign c ON c.id = i.campaign
    JOIN space s ON s.id = e.space LEFT JOIN topic t ON t.id = e.topic AND {} LEFT JOIN person p ON p.id = e.owner
    """
    + NAMED.format("n", "e.owner", "e.space")
    + " ORDER BY e.due_at, e.public_id"
)
HOW_MANY = "SELECT count(*)::int AS number FROM (SELECT FROM escalation e WHERE {} AND {} AND {} LIMIT {}) x"

# Of whom something is asked on a case; she is there until it ends.
MINE = """
    e.id IN (SELECT r.escalation FROM case_role r WHERE r.person = {} AND r.until IS NULL
        AND r.role IN ('owner', 'adviser', 'counsel'))
"""
LINE = """
    e.id IN (SELECT r.escalation FROM case_role r WHERE r.person = {} AND r.until IS NULL AND r.role = 'chain')
"""
LED = """
    e.id IN (SELECT r.escalation FROM case_role r WHERE r.person = {} AND r.until IS NULL
        AND r.role IN ('owner', 'chain'))
"""
UNOWNED = "e.state IN ('qualifying', 'triage') AND (e.space = ANY({}) OR {} AND e.state = 'triage')"


RUNS = "e.ended_at IS NULL AND e.state = ANY({}) AND e.hidden_from IS NULL"
# As `plein_still` says: what waits to be screened is in nobody's list.
STANDS_STILL = "(e.state = {} OR e.hidden_from IS NOT NULL AND e.state = ANY({}))"


def _of(actor: Actor, which: str) -> QueryString:
    """The condition under which a case `e` stands in a list of hers."""
    return {
        "mine": QueryString(MINE, actor.id),
        "line": QueryString(LINE, actor.id),
        "led": QueryString(LED, actor.id),
        "unowned": QueryString(UNOWNED, actor.moderates, actor.administrator),
        ASKED: QueryString("FALSE"),
    }[which]


def _only(actor: Actor, only: str) -> QueryString:
    """The condition under which it is in this state; while its clock stands still nothing is owed."""
    now = actor.now
    tomorrow = start_of_day(now) + timedelta(days=1)
    owed = QueryString(RUNS, sorted(OWED - {State.CLARIFYING}))
    return {
        "owed": owed,
        "late": QueryString("{} AND e.due_at < {}", owed, now),
        "soon": QueryString("{} AND e.due_at >= {} AND e.soon_at < {}", owed, now, now),
        "today": QueryString("{} AND e.due_at >= {} AND e.due_at < {}", owed, now, tomorrow),
        "paused": QueryString(STANDS_STILL, State.CLARIFYING, sorted(OWED)),
        "answered": QueryString("e.state = ANY({})", sorted(KEPT)),
        "none": QueryString("FALSE"),
        "very late": QueryString("{} AND e.overdue3_at < {}", owed, now),
        "late until then": QueryString("{} AND e.due_at < {} AND e.overdue3_at >= {}", owed, now, now),
        "due this week": QueryString("{} AND e.due_at >= {} AND e.due_at < {}", owed, now, now + WEEK),
        "answered this week": QueryString("e.state = ANY({}) AND e.answered_at > {}", sorted(KEPT), now - WEEK),
    }[only]


ALL = QueryString("TRUE")
OF_TOPIC = "e.topic = (SELECT x.id FROM topic x WHERE x.public_id = {})"
BEYOND = "(e.due_at, e.public_id) > ({}, {})"


def listed(actor: Actor, wanted: Wanted, most: int = PAGE) -> Reading[Listed]:
    """A page of a list and one more, the most urgent first, and what stands below them."""
    after = wanted.after

    def found(only: str, number: int) -> QueryString:
        return QueryString(
            FOUND,
            _of(actor, wanted.which),
            _only(actor, only),
            QueryString(OF_TOPIC, wanted.topic) if wanted.topic else ALL,
            QueryString(BEYOND, after.moment, after.public_id) if after else ALL,
            visible(Escalation, actor, "e"),
            number,
        )

    return Reading(
        Listed,
        LISTED,
        found(wanted.only, most + 1),
        found(wanted.below, most),
        *(actor.now, actor.now, actor.now, actor.id, actor.id),
        visible(Topic, actor, "t"),
    )


class Number(msgspec.Struct, frozen=True):
    """How many, at most MOST."""

    number: int

    def __str__(self) -> str:
        return str(self.number) if self.number < MOST else f"{MOST - 1}+"

    def __bool__(self) -> bool:
        return self.number > 0


def how_many(actor: Actor, which: str, only: str) -> Reading[Number]:
    """How many cases of a list are in this state."""
    return Reading(Number, HOW_MANY, _of(actor, which), _only(actor, only), visible(Escalation, actor, "e"), MOST)


class Load(msgspec.Struct, frozen=True):
    """An owner in the actor's line who has many open cases, and how many of them are late."""

    public_id: str
    name: str
    cases: int
    late: int


LOADS = """
    SELECT p.public_id, coalesce(n.name, '') AS name, x.cases, x.late FROM (
        SELECT e.owner, count(*)::int AS cases, (count(*) FILTER (WHERE e.due_at < {}))::int AS late
        FROM escalation e WHERE {} AND {} AND {} GROUP BY e.owner HAVING count(*) >= {}) x
    JOIN person p ON p.id = x.owner LEFT JOIN identity n ON n.person = p.id
    ORDER BY x.cases DESC, p.id LIMIT 20
"""


def loads(actor: Actor, only: str = "owed") -> Reading[Load]:
    """Who of her line owns five or more open cases (rule 23)."""
    owed = _only(actor, only)
    return Reading(Load, LOADS, actor.now, _of(actor, "line"), owed, visible(Escalation, actor, "e"), MANY)


class Group(msgspec.Struct, frozen=True):
    """Cases that stand under one heading: late, today, later, paused or answered."""

    name: str
    rows: list[Listed]


def grouped(rows: Iterable[Listed], now: datetime) -> list[Group]:
    """The rows of a page under their headings, in the order in which they come."""
    today = start_of_day(now).date()

    def heading(row: Listed) -> str:
        if row.lateness is None:
            return "answered"
        if row.still:
            return "paused"
        if row.late:
            return "late"
        return "today" if start_of_day(row.due_at).date() == today else "later"

    return [Group(name, list(those)) for name, those in groupby(rows, heading)]


async def inbox(actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """All that the page shows, in one statement. Clocks that stand still are never the next ones: below the others."""
    line = wanted.which == "line"
    async with planned_for_its_values() if line else nullcontext():  # nobody or thousands may stand below the reader
        found = await read_together(
            rows=listed(actor, wanted),
            late=how_many(actor, "mine", "late"),
            today=how_many(actor, "mine", "today"),
            mine=how_many(actor, "mine", "owed"),
            line=how_many(actor, "line", "late"),
            unowned=how_many(actor, "unowned", "owed"),
            loads=loads(actor, "owed" if line else "none"),
            asked=asked_of(actor, wanted.after, PAGE + 1 if wanted.asks else 0),
        )
    still = [row for row in found["rows"] if row.still] if wanted.below == "paused" else []
    rows = [row for row in found["rows"] if row not in still]
    page: Page[Listed] = paged(rows, PAGE, lambda row: Cursor.at(row.due_at, row.public_id), wanted.after)
    numbers = {name: found[name][0] for name in ("late", "today", *LISTS)}
    groups = grouped([*page.rows, *still], actor.now)
    asked: Page[Duty] = paged(found["asked"], PAGE, lambda row: Cursor.at(row.by, row.place), wanted.after)
    return {"listed": page, "groups": groups, "numbers": numbers, "loads": found["loads"], "asked": asked}
