"""What a case's page shows: the item, its thresholds, its clocks, who decides, how the support grew, what happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.answers.queries import answer_to
from portal.cases.clustered import cluster_of
from portal.caseteam.handover import asked_to_take_over
from portal.caseteam.queries import consultations_of, files_of, notes_of
from portal.crowd.after import gathered, readings
from portal.db import QueryString, Reading, read_together
from portal.escalation.queries import CaseRow
from portal.ideas.queries import IdeaRow
from portal.tables import CaseRole, Comment, Escalation, Event, Handover, Identity, Topic
from portal.text.cases import STATES, Named


class Facts(msgspec.Struct, frozen=True):
    """A case's item, thresholds, clocks and people. Working time is in minutes; `supporters`: of its cluster, None
    where that is not shown now; `above`: who stands one level above the owner. Names are empty for whom they are not
    for."""

    excerpt: str
    published_at: datetime
    heads_up_at: datetime | None
    audience: int
    t1_at_count: int | None
    t2_at_count: int | None
    t1_at: datetime | None
    t2_at: datetime | None
    commenters: int
    supporters: int | None
    k1: float
    k2: float
    cap1: int
    cap2: int
    answer_days: int
    statement_days: int
    overdue2_at: datetime
    overdue3_at: datetime
    left: int
    whole: int
    statement_left: int
    statement_whole: int
    day: int
    begun: date
    today: date
    topic: str
    owner_public_id: str
    owner_name: str
    owner_title: str
    above: str
    statement_name: str


FACTS = """
    SELECT i.excerpt, coalesce(i.published_at, i.created_at) AS published_at, i.heads_up_at,
        coalesce(i.audience, 0) AS audience, i.t1_at_count, i.t2_at_count, i.t1_at, i.t2_at, i.commenters,
        CASE WHEN NOT plein_counts_hidden(c, {}) THEN plein_union(i) END AS supporters,
        s.k1, s.k2, s.cap1, s.cap2, s.answer_days,
        CASE e.level WHEN 2 THEN s.statement2_days ELSE s.statement1_days END AS statement_days,
        e.overdue2_at, e.overdue3_at, plein_working_minutes(x.at, e.due_at) AS left,
        plein_working_minutes(e.started_at, e.due_at) AS whole,
        plein_working_minutes(x.at, e.statement_due_at) AS statement_left,
        plein_working_minutes(e.started_at, e.statement_due_at) AS statement_whole,
        plein_working_day() AS day,
        plein_day(coalesce(i.published_at, i.created_at)) AS begun, plein_day({}) AS today,
        coalesce(t.name, '') AS topic, coalesce(p.public_id, '') AS owner_public_id,
        coalesce(n.name, '') AS owner_name, coalesce(n.title, '') AS owner_title, coalesce(b.name, '') AS above,
        coalesce(f.name, '') AS statement_name
    FROM escalation e JOIN idea i ON i.id = e.idea JOIN campaign c ON c.id = i.campaign
    JOIN escalation_setting s ON s.id = e.setting CROSS JOIN LATERAL (SELECT plein_clock(e, {}) AS at) x
    LEFT JOIN topic t ON t.id = e.topic AND {}
    LEFT JOIN identity n ON n.person = e.owner AND {} LEFT JOIN person p ON p.id = n.person
    LEFT JOIN identity b ON b.person = {} AND {}
    LEFT JOIN identity f ON f.person = e.statement_by AND {}
    WHERE e.id = {} AND {}
"""


def _facts(actor: Actor, case: CaseRow) -> Reading[Facts]:
    owner, above, stated = visible(Identity, actor, "n"), visible(Identity, actor, "b"), visible(Identity, actor, "f")
    sight = visible(Escalation, actor, "e")
    topic = visible(Topic, actor, "t")
    now, chain = (actor.now,) * 3, (case.superior, above)
    return Reading(Facts, FACTS, *now, topic, owner, *chain, stated, case.id, sight)


class Grown(msgspec.Struct, frozen=True):
    """How many different people supported it when a day was over."""

    day: date
    supporters: int
    guests: int


GROWN = """
    SELECT g.day, g.supporters, g.guests FROM escalation e CROSS JOIN LATERAL plein_growth(e.idea) g
    WHERE e.id = {} AND {} ORDER BY g.day
"""


class Happening(msgspec.Struct, frozen=True):
    """One line of a timeline. `owner_name`: whose it was after it; `actor_name`: who did it, empty for the clock;
    `said`: the comment that it was done with; `handed_by`: who gave it away, and for which `reason`."""

    kind: str
    occurred_at: datetime
    actor_name: str
    owner_name: str
    why: str
    about: str
    on: date | None
    step: int | None
    days: int | None
    supporters: int | None
    said: str
    said_html: str
    handed_by: str
    reason: str


TIMELINE = """
    SELECT v.kind, v.occurred_at, coalesce(n.name, '') AS actor_name, coalesce(o.name, '') AS owner_name,
        coalesce(v.particulars ->> 'why', '') AS why, coalesce(v.particulars ->> 'about', '') AS about,
        (v.particulars ->> 'on')::date AS "on", (v.particulars ->> 'step')::int AS step,
        (v.particulars ->> 'days')::int AS days, (v.particulars ->> 'supporters')::int AS supporters,
        coalesce(k.public_id, '') AS said, coalesce(k.body_html, '') AS said_html,
        coalesce(b.name, '') AS handed_by, coalesce(h.body, '') AS reason
    FROM event v LEFT JOIN identity n ON n.person = v.actor AND {}
    LEFT JOIN identity o ON o.person = (v.particulars ->> 'owner')::bigint AND {}
    LEFT JOIN comment k ON k.public_id = v.particulars ->> 'comment' AND k.state = 'published' AND {}
    LEFT JOIN handover h ON h.id = (v.particulars ->> 'handover')::bigint AND {}
    LEFT JOIN identity b ON b.person = h.asked_by AND {}
    WHERE v.escalation = ({}) AND starts_with(v.kind, 'case.') AND {} ORDER BY v.occurred_at, v.id
"""


class OnCase(msgspec.Struct, frozen=True):
    """Somebody who reads the item because of its case."""

    public_id: str
    name: str
    title: str
    role: str


# As what somebody is on it. Who is merely asked to take it over is on it as counsel; only its team is told.
TEAM = """
    SELECT DISTINCT ON (p.id) p.public_id, n.name, n.title, r.role
    FROM case_role r JOIN person p ON p.id = r.person JOIN identity n ON n.person = p.id AND {}
    WHERE r.escalation = {} AND r.until IS NULL AND r.role <> 'owner' AND {}
        AND NOT (r.role = 'counsel' AND plein_merely_asked(r.person, r.escalation))
    ORDER BY p.id, array_position(ARRAY['deputy', 'neutral', 'adviser', 'counsel', 'promise', 'chain'], r.role)
"""


#: What its team reads beside.
ROOM = ("notes", "files", "consultations", "offers")
LAST_NOTES = 5


def _growth(actor: Actor, case: CaseRow) -> Reading[Grown]:
    return Reading(Grown, GROWN, case.id, visible(Escalation, actor, "e"))


def timeline(actor: Actor, case: CaseRow) -> Reading[Happening]:
    """What happened to a case, in its order."""
    return _timeline(actor, QueryString("{}", case.id))


def _timeline(actor: Actor, case: QueryString) -> Reading[Happening]:
    sight = visible(Identity, actor, "n"), visible(Identity, actor, "o"), visible(Comment, actor, "k")
    handed = visible(Handover, actor, "h"), visible(Identity, actor, "b")
    return Reading(Happening, TIMELINE, *sight, *handed, case, visible(Event, actor, "v"))


def _team(actor: Actor, case: CaseRow) -> Reading[OnCase]:
    return Reading(OnCase, TEAM, visible(Identity, actor, "n"), case.id, visible(CaseRole, actor, "r"))


class Owner(msgspec.Struct, frozen=True):
    """Who decides a case."""

    public_id: str
    name: str


OWNER = "SELECT p.public_id, n.name FROM person p JOIN identity n ON n.person = p.id AND {} WHERE p.id = {}"


def owner_of(actor: Actor, case: CaseRow) -> Reading[Owner]:
    """Her, where she is named and in sight."""
    return Reading(Owner, OWNER, visible(Identity, actor, "n"), case.owner)


async def all_of(actor: Actor, case: CaseRow, idea: IdeaRow) -> dict[str, Any]:
    """All that a case's page tells, in one statement."""
    wanted: dict[str, Reading[Any]] = {
        "facts": _facts(actor, case),
        "growth": _growth(actor, case),
        "happened": timeline(actor, case),
        "team": _team(actor, case),
        "together": cluster_of(actor, case.idea),
        **readings(actor, case.idea),
    }
    if case.on_team:
        notes, files = notes_of(actor, case.id, LAST_NOTES), files_of(actor, case.id)
        room = notes, files, consultations_of(actor, case.id), asked_to_take_over(actor, case.id)
        wanted |= dict(zip(ROOM, room, strict=True))
    if idea.answered:
        wanted["answer"] = answer_to(actor, idea)
    found = await read_together(**wanted)
    return found | {"facts": found["facts"][0], "after": gathered(actor, found)}


class CaseOfItem(msgspec.Struct, frozen=True):
    """What an item's own page says of its newest case. `still`: why its clock stands still, if it does."""

    public_id: str
    state: str
    still: str | None
    lateness: str | None
    due_at: datetime
    owner_name: str
    question: str
    statement_html: str

    @property
    def stands(self) -> Named:
        """Its state in words."""
        return STATES[self.state]


NEWEST = "e.idea = {} AND e.state <> 'diverted' AND {} ORDER BY e.id DESC LIMIT 1"
OF_ITEM = f"""
    SELECT e.public_id, e.state, plein_still(e) AS still, plein_lateness(e, {{}}) AS lateness, e.due_at,
        coalesce(n.name, '') AS owner_name, e.question, e.statement_html
    FROM escalation e LEFT JOIN identity n ON n.person = e.owner AND {{}} WHERE {NEWEST}
"""


def case_of(actor: Actor, idea: int) -> Reading[CaseOfItem]:
    """The newest case of an item, if it has one."""
    return Reading(CaseOfItem, OF_ITEM, actor.now, visible(Identity, actor, "n"), idea, visible(Escalation, actor, "e"))


def timeline_of_item(actor: Actor, idea: int) -> Reading[Happening]:
    """What happened to the newest case of an item."""
    newest = QueryString(f"SELECT e.id FROM escalation e WHERE {NEWEST}", idea, visible(Escalation, actor, "e"))
    return _timeline(actor, newest)
