"""What the crowd asked for: who waits longest for an answer, and what was answered."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.db import QueryString, fetch
from portal.ideas.cards import address_of
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import Answer, Escalation, Policy

PAGE = 20  # cases or answers a page
FEW = 5  # of each, where both stand on one page


class Owed(msgspec.Struct, frozen=True):
    """A case that is owed an answer. `lateness`: on time, due soon, overdue 1, 2 or 3."""

    public_id: str
    idea_public_id: str
    item_kind: str
    title: str
    language: str
    supporters: int
    owner_name: str
    lateness: str
    due_at: datetime
    statement_at: datetime | None

    @property
    def address(self) -> str:
        """Where what was asked stands."""
        return address_of(self.item_kind, self.idea_public_id)


WAITING = (
    """
    SELECT e.public_id, i.public_id AS idea_public_id, i.kind AS item_kind, i.title, i.language, i.supporters,
        coalesce(n.name, '') AS owner_name, plein_lateness(e, {}) AS lateness, e.due_at, e.statement_at
    FROM escalation e JOIN idea i ON i.id = e.idea """
    + NAMED.format("n", "e.owner", "e.space")
    + """
    WHERE e.ended_at IS NULL AND plein_lateness(e, {}) IS NOT NULL AND {} AND {}
    ORDER BY e.due_at, e.public_id LIMIT {}
"""
)
#: Beyond the page before, in an order that rises by the day on which the answer is due.
LATER = "(e.due_at, e.public_id) > ({}, {})"


async def waiting_longest(actor: Actor, after: Cursor | None = None, most: int = PAGE) -> Page[Owed]:
    """Cases without an answer, what is late first."""
    rest = QueryString(LATER, after.moment, after.public_id) if after else QueryString("TRUE")
    rows = await fetch(Owed, WAITING, actor.now, actor.now, visible(Escalation, actor, "e"), rest, most + 1)
    return paged(rows, most, lambda row: Cursor.at(row.due_at, row.public_id), after)


class Given(msgspec.Struct, frozen=True):
    """What was asked and what was answered. `policy`: the one that it changed, with the version."""

    public_id: str
    item_kind: str
    title: str
    language: str
    supporters: int
    kind: str
    summary: str
    answer_language: str
    author_name: str
    next_step: str
    next_date: date | None
    policy_public_id: str | None
    policy_title: str | None
    policy_version: int | None
    created_at: datetime

    @property
    def address(self) -> str:
        """Where it stands."""
        return address_of(self.item_kind, self.public_id)


GIVEN = (
    """
    SELECT i.public_id, i.kind AS item_kind, i.title, i.language, i.supporters, a.kind, a.summary,
        a.language AS answer_language, coalesce(n.name, '') AS author_name, a.next_step, a.next_date,
        y.public_id AS policy_public_id, y.title AS policy_title, v.version AS policy_version, a.created_at
    FROM answer a JOIN idea i ON i.id = a.idea """
    + NAMED.format("n", "a.author", "a.space")
    + """
    LEFT JOIN policy_version v ON v.id = a.policy_version
    LEFT JOIN policy y ON y.id = v.policy AND {}
    WHERE i.state = 'published' AND {} AND {} ORDER BY a.created_at DESC, i.public_id DESC LIMIT {}
"""
)


async def answers_given(actor: Actor, after: Cursor | None = None, most: int = PAGE) -> Page[Given]:
    """Answers, the newest first."""
    rest = beyond(after, QueryString("a.created_at"), by_time=True)
    sees = visible(Policy, actor, "y"), visible(Answer, actor, "a")
    rows = await fetch(Given, GIVEN, *sees, rest, most + 1)
    return paged(rows, most, lambda row: Cursor.at(row.created_at, row.public_id), after)
