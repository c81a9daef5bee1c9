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
from portal.tables import Answer, Escalation, Follow, Policy, Promise, Topic

PAGE = 20  # cases or answers a page


class Owed(msgspec.Struct, frozen=True):
    """A case that is owed an answer. `lateness`: on time, due soon, overdue 1, 2 or 3; `left` and `whole`: working
    minutes until it is due (of what is late: since then), and from its beginning on; `day`: of a working day;
    `still`: why it stands still, if it does; `supporters`: of its cluster, None where that is not shown now;
    `following`: the reader does."""

    public_id: str
    idea_public_id: str
    item_kind: str
    title: str
    language: str
    state: str
    still: str | None
    supporters: int | None
    guest_supporters: int
    owner_public_id: str
    owner_name: str
    lateness: str
    due_at: datetime
    statement_at: datetime | None
    statement_due_at: datetime
    left: int
    whole: int
    day: int
    following: bool

    @property
    def address(self) -> str:
        """Where what was asked stands."""
        return address_of(self.item_kind, self.idea_public_id)

    @property
    def late(self) -> bool:
        """Its time is over."""
        return self.lateness.startswith("overdue")


WAITING = (
    """
    SELECT e.public_id, i.public_id AS idea_public_id, i.kind AS item_kind, i.title, i.language, e.state,
        plein_still(e) AS still, CASE WHEN NOT plein_counts_hidden(c, {}) THEN plein_union(i) END AS supporters,
        i.guest_supporters,
        CASE WHEN n.name <> '' THEN o.public_id ELSE '' END AS owner_public_id, coalesce(n.name, '') AS owner_name,
        plein_lateness(e, {}) AS lateness, e.due_at, e.statement_at, e.statement_due_at,
        plein_working_minutes(least(x.at, e.due_at), greatest(x.at, e.due_at)) AS left,
        plein_working_minutes(e.started_at, e.due_at) AS whole,
        (SELECT plein_working_day()) AS day,
        EXISTS (SELECT FROM follow f WHERE f.idea = e.idea AND {}) AS following
    FROM escalation e JOIN idea i ON i.id = e.idea JOIN campaign c ON c.id = i.campaign
    CROSS JOIN LATERAL (SELECT plein_clock(e, {}) AS at) x
    LEFT JOIN person o ON o.id = e.owner """
    + NAMED.format("n", "e.owner", "e.space")
    + """
    WHERE e.ended_at IS NULL AND plein_is_owed(e.state) AND {} AND {}
    ORDER BY e.due_at, e.public_id LIMIT {}
"""
)
#: Beyond the page before, in an order that rises by the day on which the answer is due.
LATER = "(e.due_at, e.public_id) > ({}, {})"


async def waiting_longest(actor: Actor, after: Cursor | None = None, most: int = PAGE) -> Page[Owed]:
    """Cases without an answer, what is late first."""
    rest = QueryString(LATER, after.moment, after.public_id) if after else QueryString("TRUE")
    now, mine, sees = actor.now, visible(Follow, actor, "f"), visible(Escalation, actor, "e")
    rows = await fetch(Owed, WAITING, now, now, mine, now, sees, rest, most + 1)
    return paged(rows, most, lambda row: Cursor.at(row.due_at, row.public_id), after)


class Given(msgspec.Struct, frozen=True):
    """What was asked and what was answered. `supporters`: of its cluster, None where that is not shown now; `policy`:
    the one that it changed, with the version; `promise_state`: of its newest promise, if it made one; `replied`, `yes`:
    what supporters said of that in the end, none under five."""

    public_id: str
    item_kind: str
    title: str
    language: str
    supporters: int | None
    guest_supporters: int
    kind: str
    summary: str
    answer_language: str
    author_public_id: str
    author_name: str
    next_step: str
    next_date: date | None
    policy_public_id: str | None
    policy_title: str | None
    policy_version: int | None
    promise_state: str | None
    promise_owner: str
    due_on: date | None
    late: bool
    replied: int | None
    yes: int | None
    case_public_id: str | None
    case_state: str | None
    created_at: datetime

    @property
    def address(self) -> str:
        """Where it stands."""
        return address_of(self.item_kind, self.public_id)


#: What became of an answer, by the filter's key.
BECAME = {
    "promised": QueryString("pr.state IN ('open', 'done')"),
    "late": QueryString("pr.late"),
    "kept": QueryString("pr.state = 'kept'"),
    "reopened": QueryString("EXISTS (SELECT FROM promise b WHERE b.answer = a.id AND b.state = 'broken')"),
    "reviewed": QueryString("EXISTS (SELECT FROM event v WHERE v.escalation = ec.id AND v.kind = 'case.under_review')"),
}
ABOUT = "i.topic = (SELECT t.id FROM topic t WHERE t.public_id = {} AND {})"
ANY = QueryString("TRUE")
GIVEN = (
    """
    SELECT i.public_id, i.kind AS item_kind, i.title, i.language,
        CASE WHEN NOT plein_counts_hidden(c, {}) THEN plein_union(i) END AS supporters, i.guest_supporters, a.kind,
        a.summary,
        a.language AS answer_language, CASE WHEN n.name <> '' THEN d.public_id ELSE '' END AS author_public_id,
        coalesce(n.name, '') AS author_name, a.next_step, a.next_date,
        y.public_id AS policy_public_id, y.title AS policy_title, v.version AS policy_version,
        pr.state AS promise_state, coalesce(o.name, '') AS promise_owner, pr.due_on, coalesce(pr.late, FALSE) AS late,
        CASE WHEN sd.replied >= 5 THEN sd.replied END AS replied, CASE WHEN sd.replied >= 5 THEN sd.yes END AS yes,
        ec.public_id AS case_public_id, ec.state AS case_state, a.created_at
    FROM answer a JOIN idea i ON i.id = a.idea JOIN campaign c ON c.id = i.campaign
    LEFT JOIN person d ON d.id = a.author """
    + NAMED.format("n", "a.author", "a.space")
    + """
    LEFT JOIN policy_version v ON v.id = a.policy_version
    LEFT JOIN policy y ON y.id = v.policy AND {}
    LEFT JOIN LATERAL (SELECT x.id, x.state, x.owner, x.due_on, x.state = 'open' AND x.due_on < plein_day({}) AS late
        FROM promise x WHERE x.answer = a.id AND x.state <> 'replaced' AND {} ORDER BY x.id DESC LIMIT 1) pr ON TRUE
    """
    + NAMED.format("o", "pr.owner", "a.space")
    + """
    LEFT JOIN LATERAL (SELECT r.replied, r.yes FROM crowd_question q CROSS JOIN LATERAL plein_replies(q.id) r
        WHERE q.promise = pr.id AND q.outcome IN ('yes', 'no') ORDER BY q.id DESC LIMIT 1) sd ON TRUE
    LEFT JOIN LATERAL (SELECT e.id, e.public_id, e.state FROM escalation e WHERE e.idea = a.idea
        AND e.state <> 'diverted' AND {} ORDER BY e.id DESC LIMIT 1) ec ON TRUE
    WHERE i.state = 'published' AND {} AND {} AND {} AND {} ORDER BY a.created_at DESC, i.public_id DESC LIMIT {}
"""
)


async def answers_given(
    actor: Actor, after: Cursor | None = None, most: int = PAGE, topic: str = "", became: str = ""
) -> Page[Given]:
    """Answers, the newest first: about a topic, or of which this became."""
    rest = beyond(after, QueryString("a.created_at"), by_time=True)
    wanted = QueryString(ABOUT, topic, visible(Topic, actor, "t")) if topic else ANY
    promise, case = visible(Promise, actor, "x"), visible(Escalation, actor, "e")
    sees = actor.now, visible(Policy, actor, "y"), actor.now, promise, case, visible(Answer, actor, "a")
    rows = await fetch(Given, GIVEN, *sees, wanted, BECAME.get(became, ANY), rest, most + 1)
    return paged(rows, most, lambda row: Cursor.at(row.created_at, row.public_id), after)
