"""Reading what came after an answer: what supporters are asked and said, promises, and what became of them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, NAMED
from portal.access.scope import visible
from portal.crowd import ADOPT_DAYS
from portal.crowd.asking import least, needed
from portal.db import Reading, fetch_one
from portal.ideas.cards import address_of
from portal.tables import (
    Answer,
    ClusterItem,
    Comment,
    CrowdQuestion,
    CrowdReply,
    Escalation,
    Idea,
    Promise,
    PromiseNews,
    Vote,
)

#: Fewer than five are not told, nor any before it is over: who looks before and after a reply would see what it was.
MAY_BE_TOLD = "q.ended_at IS NOT NULL AND r.replied >= 5"


class QuestionRow(msgspec.Struct, frozen=True):
    """What supporters are asked; about the answer where `promise` is none. `replied` and `yes` are none until it is
    over, and where there are too few to be told; `mine`: what the actor said; `supports`: she is asked."""

    id: int
    public_id: str
    space: int
    case_public_id: str
    promise: int | None
    until: datetime
    outcome: str | None
    ended_at: datetime | None
    replied: int | None
    yes: int | None
    mine: bool | None
    supports: bool
    supporters: int
    reviewed: bool

    @property
    def share(self) -> int:
        """Percent of those who replied that said yes."""
        return round(100 * (self.yes or 0) / self.replied) if self.replied else 0

    @property
    def needed(self) -> int:
        """How many have to reply for something to follow."""
        return needed(self.promise, self.supporters)

    @property
    def least(self) -> int:
        """Under so many percent of yes something follows."""
        return least(self.promise)


QUESTION = f"""
    SELECT q.id, q.public_id, q.space, e.public_id AS case_public_id, q.promise, q.until, q.outcome, q.ended_at,
        CASE WHEN {MAY_BE_TOLD} THEN r.replied END AS replied,
        CASE WHEN {MAY_BE_TOLD} THEN r.yes END AS yes,
        (SELECT y.yes FROM crowd_reply y WHERE y.question = q.id AND {{}}) AS mine,
        plein_supports({{}}, q.idea) AS supports, plein_union(i) AS supporters,
        EXISTS (SELECT FROM event v WHERE v.escalation = e.id AND v.kind = 'case.under_review') AS reviewed
    FROM crowd_question q JOIN escalation e ON e.id = q.escalation JOIN idea i ON i.id = q.idea
    CROSS JOIN LATERAL plein_replies(q.id) r
"""
ONE_QUESTION = QUESTION + " WHERE q.public_id = {} AND {}"
# Of the answer that holds, and of each promise the newest.
QUESTIONS = (
    QUESTION
    + """
    WHERE q.idea = {} AND {} AND q.outcome IS DISTINCT FROM 'dropped' AND (q.promise IS NOT NULL OR q.round = e.round)
        AND NOT EXISTS (SELECT FROM crowd_question o WHERE o.id > q.id AND (o.promise = q.promise
            OR o.promise IS NULL AND q.promise IS NULL AND o.idea = q.idea))
    ORDER BY q.id
"""
)


async def get_question(actor: Actor, public_id: str) -> QuestionRow | None:
    """One that the actor may read."""
    mine, sight = visible(CrowdReply, actor, "y"), visible(CrowdQuestion, actor, "q")
    return await fetch_one(QuestionRow, ONE_QUESTION, mine, actor.id, public_id, sight)


def questions_of(actor: Actor, idea: int) -> Reading[QuestionRow]:
    """What the supporters of an item are asked, or said lately."""
    mine, sight = visible(CrowdReply, actor, "y"), visible(CrowdQuestion, actor, "q")
    return Reading(QuestionRow, QUESTIONS, mine, actor.id, idea, sight)


class PromiseRow(msgspec.Struct, frozen=True):
    """A promise, with what the policy asks of its case. `in_time`: its day is not over."""

    id: int
    public_id: str
    idea: int
    idea_public_id: str
    item_kind: str
    title: str
    title_language: str
    space: int
    escalation: int | None
    case_public_id: str
    case_state: str | None
    case_owner: int | None
    body: str
    language: str
    owner: int
    owner_public_id: str
    owner_name: str
    due_on: date
    state: str
    in_time: bool
    done_at: datetime | None
    ended_at: datetime | None
    created_at: datetime

    @property
    def late(self) -> bool:
        """Its day is over, and it is open."""
        return self.state == "open" and not self.in_time

    @property
    def address(self) -> str:
        """Where one reads of it: the case, or the item where there is none."""
        if self.case_public_id:
            return f"/cases/{self.case_public_id}"
        return address_of(self.item_kind, self.idea_public_id)


PROMISE = (
    """
    SELECT x.id, x.public_id, x.idea, i.public_id AS idea_public_id, i.kind AS item_kind, i.title,
        i.language AS title_language, x.space, x.escalation, coalesce(e.public_id, '') AS case_public_id,
        e.state AS case_state, e.owner AS case_owner, x.body, x.language, x.owner, """
    + ADDRESS.format("x.space")
    + """ AS owner_public_id, coalesce(n.name, '') AS owner_name, x.due_on, x.state,
        x.due_on >= plein_day({}) AS in_time, x.done_at, x.ended_at, x.created_at
    FROM promise x JOIN idea i ON i.id = x.idea JOIN person p ON p.id = x.owner
    LEFT JOIN escalation e ON e.id = x.escalation
    """
    + NAMED.format("n", "x.owner", "x.space")
)
ONE_PROMISE = PROMISE + " WHERE x.public_id = {} AND {}"
PROMISES = PROMISE + " WHERE x.idea = {} AND {} ORDER BY x.state = 'replaced', x.id DESC LIMIT 20"


async def get_promise(actor: Actor, public_id: str) -> PromiseRow | None:
    """One that the actor may read."""
    sight = visible(Promise, actor, "x")
    return await fetch_one(PromiseRow, ONE_PROMISE, actor.now, public_id, sight)


def promises_of(actor: Actor, idea: int) -> Reading[PromiseRow]:
    """What was promised about an item, the newest first; what was replaced stands last."""
    return Reading(PromiseRow, PROMISES, actor.now, idea, visible(Promise, actor, "x"))


class Told(msgspec.Struct, frozen=True):
    """What was told of a promise: news, another date than `was_due_on`, or that it is done."""

    promise: int
    kind: str
    body_html: str
    language: str
    was_due_on: date | None
    author_name: str
    created_at: datetime


TOLD = (
    """
    SELECT w.promise, w.kind, w.body_html, w.language, w.was_due_on, coalesce(n.name, '') AS author_name, w.created_at
    FROM promise_news w JOIN promise p ON p.id = w.promise """
    + NAMED.format("n", "w.author", "w.space")
    + " WHERE p.idea = {} AND {} ORDER BY w.id DESC LIMIT 60"
)


def told_of(actor: Actor, idea: int) -> Reading[Told]:
    """What was told of the promises about an item, the newest first."""
    return Reading(Told, TOLD, idea, visible(PromiseNews, actor, "w"))


class Objections(msgspec.Struct, frozen=True):
    """How many object to an item, and whether the actor does."""

    objections: int
    mine: bool


OBJECTIONS = """
    SELECT count(*)::int AS objections, coalesce(bool_or(k.author = {}), FALSE) AS mine FROM comment k
    WHERE k.idea = {} AND k.kind = 'objection' AND k.state = 'published' AND {}
"""


def objections_of(actor: Actor, idea: int) -> Reading[Objections]:
    """The objections to an item, counted."""
    return Reading(Objections, OBJECTIONS, actor.id, idea, visible(Comment, actor, "k"))


class Objection(msgspec.Struct, frozen=True):
    """One of the objections, in its own words."""

    public_id: str
    author_name: str
    body_html: str
    language: str


FIRST = (
    """
    SELECT k.public_id, coalesce(n.name, '') AS author_name, k.body_html, k.language FROM comment k
    """
    + NAMED.format("n", "k.author", "k.space")
    + """ WHERE k.idea = {} AND k.kind = 'objection' AND k.state = 'published' AND {}
    ORDER BY k.helpful DESC, k.id LIMIT 3
"""
)


def first_objections(actor: Actor, idea: int) -> Reading[Objection]:
    """The three that most found helpful."""
    return Reading(Objection, FIRST, idea, visible(Comment, actor, "k"))


class Adoptable(msgspec.Struct, frozen=True):
    """What its author withdrew while an answer was owed: a supporter may go on with it `until` then."""

    id: int
    public_id: str
    kind: str
    title: str
    language: str
    space: int
    idea_state: str
    supports: bool
    until: datetime

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


ADOPTABLE = """
    SELECT i.id, i.public_id, i.kind, i.title, i.language, i.space, i.state AS idea_state,
        plein_supports({}, i.id) AS supports, e.ended_at + make_interval(days => {}) AS until
    FROM idea i JOIN escalation e ON e.idea = i.id AND e.state = 'withdrawn'
    WHERE i.public_id = {} AND {} AND {} ORDER BY e.id DESC LIMIT 1
"""


def adoptable(actor: Actor, public_id: str) -> Reading[Adoptable]:
    """An item with a case that was withdrawn."""
    sight = visible(Idea, actor, "i"), visible(Escalation, actor, "e")
    return Reading(Adoptable, ADOPTABLE, actor.id, ADOPT_DAYS, public_id, *sight)


async def get_adoptable(actor: Actor, public_id: str) -> Adoptable | None:
    """The same, to be adopted."""
    return next(iter(await adoptable(actor, public_id)), None)


class Became(msgspec.Struct, frozen=True):
    """Something that the actor supports, or under which that stands, and that was answered. `promise_state`: of its
    newest promise; `asked`: about what she can say yes or no, and has not: the "answer", or a "promise"."""

    public_id: str
    item_kind: str
    title: str
    language: str
    kind: str
    case_public_id: str | None
    case_state: str | None
    promise_state: str | None
    late: bool
    due_on: date | None
    asked: str | None
    moved_at: datetime

    @property
    def address(self) -> str:
        """Where one reads of it, and replies."""
        if self.case_public_id:
            return f"/cases/{self.case_public_id}"
        return address_of(self.item_kind, self.public_id)


BECAME = """
    SELECT i.public_id, i.kind AS item_kind, i.title, i.language, a.kind, c.public_id AS case_public_id,
        c.state AS case_state, p.state AS promise_state, coalesce(p.late, FALSE) AS late, p.due_on, m.asked, m.moved_at
    FROM (SELECT DISTINCT s.idea, v.person, v.guest FROM vote v CROSS JOIN LATERAL (
            SELECT v.idea UNION ALL SELECT k.lead FROM cluster_item k
            WHERE k.idea = v.idea AND k.left_at IS NULL AND {}) s WHERE {}) v
    JOIN idea i ON i.id = v.idea AND i.state = 'published' JOIN answer a ON a.idea = i.id
    LEFT JOIN LATERAL (SELECT e.public_id, e.state, e.id FROM escalation e
        WHERE e.idea = i.id AND e.state <> 'diverted' AND {} ORDER BY e.id DESC LIMIT 1) c ON TRUE
    LEFT JOIN LATERAL (SELECT x.id, x.state, x.due_on, x.ended_at, x.state = 'open' AND x.due_on < plein_day({}) AS late
        FROM promise x WHERE x.answer = a.id AND x.state <> 'replaced' AND {} ORDER BY x.id DESC LIMIT 1) p ON TRUE
    CROSS JOIN LATERAL (SELECT (SELECT CASE WHEN q.promise IS NULL THEN 'answer' ELSE 'promise' END
            FROM crowd_question q WHERE q.escalation = c.id AND NOT v.guest AND q.outcome IS NULL AND q.until > {}
                AND NOT EXISTS (SELECT FROM crowd_reply y WHERE y.question = q.id AND y.person = v.person)
            ORDER BY q.until LIMIT 1) AS asked,
        greatest(a.created_at, p.ended_at, (SELECT max(w.created_at) FROM promise_news w WHERE w.promise = p.id))
            AS moved_at) m
    WHERE {} ORDER BY m.asked IS NULL, m.moved_at DESC, i.id LIMIT {}
"""


def what_became(actor: Actor, most: int) -> Reading[Became]:
    """What became of what the actor supports; where she is asked stands first, then what moved last."""
    case, promise = visible(Escalation, actor, "e"), visible(Promise, actor, "x")
    own = visible(ClusterItem, actor, "k"), visible(Vote, actor, "v")
    return Reading(Became, BECAME, *own, case, actor.now, promise, actor.now, visible(Answer, actor, "a"), most)
