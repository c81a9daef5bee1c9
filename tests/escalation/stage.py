"""What the proofs of escalation stand on: a space of many people, posts in it, support, and a clock that is moved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from msgspec.structs import asdict

from portal.access.actor import Actor, actor_of_person
from portal.caseteam.handover import answer_handover, ask_to_take_over
from portal.db import execute, fetch_value
from portal.escalation.queries import CaseRow, get_case
from portal.escalation.replay import differing, replay
from portal.escalation.states import OWNED
from portal.moderation.actions import decide
from portal.moderation.queries import get_item
from portal.timetable import tick_cases
from portal.votes.actions import give_support
from portal.votes.queries import standing
from portal.worker import pass_on_events
from tests.world import NOW, World, set_clock

PEOPLE = """
    WITH made AS (
        INSERT INTO person (kind, created_at, last_signed_in_at, org_unit)
        SELECT {}, {}::timestamptz, {}::timestamptz, {} FROM generate_series(1, {}) RETURNING id
    ), joined AS (
        INSERT INTO membership (space, person, role) SELECT {}, id, 'member' FROM made
    ), named AS (
        INSERT INTO identity (person, name, email, language, zone)
        SELECT id, 'Somebody ' || id, id || '@crowd.example', 'en', 'Europe/Amsterdam' FROM made
    ) SELECT array_agg(id ORDER BY id) FROM made
"""
SPACE = """
    INSERT INTO space (kind, name, purpose, language, open) VALUES ({}, 'A crowd', '', 'en', FALSE) RETURNING id
"""
POST = """
    INSERT INTO idea (campaign, space, author, kind, state, title, body, body_html, excerpt, language, topic)
    VALUES ({}, {}, {}, {}, 'published', {}, 'Why', '<p>Why</p>', 'Why', 'en', {}) RETURNING id
"""
SUPPORT = (
    "INSERT INTO vote (person, idea, space, guest) SELECT p.id, i.id, i.space, p.kind = 'guest' FROM idea i, person p"
)
LONG_AGO = datetime(2025, 1, 1, tzinfo=NOW.tzinfo)


@dataclass
class Stage:
    """A closed space of `people`, of whom the first writes; `heads` answer, the nearest first."""

    world: World
    space: int
    people: list[int]
    topic: int | None = None
    heads: dict[str, int] = field(default_factory=dict)

    async def add_people(
        self, number: int, *, kind: str = "employee", created: datetime = LONG_AGO, **facts: Any
    ) -> list[int]:
        """So many more members, active yesterday."""
        made: list[int] = await fetch_value(PEOPLE, kind, created, NOW, facts.get("unit"), number, self.space)
        return made

    async def post(self, title: str = "A post", author: int | None = None) -> int:
        """A post, published now."""
        made: int = await fetch_value(
            POST, -self.space, self.space, author or self.people[0], "discussion", title, self.topic
        )
        return made

    async def support(self, idea: int, people: list[int]) -> None:
        """These support it, one after the other."""
        await execute(SUPPORT + " WHERE i.id = {} AND p.id = ANY({}) ORDER BY p.id", idea, people)

    async def vote(self, idea: int, person: int) -> None:
        """One supports it as the page does."""
        actor = await self.actor(person)
        row = await standing(actor, await fetch_value("SELECT public_id FROM idea WHERE id = {}", idea))
        assert row is not None
        await give_support(actor, row)

    async def actor(self, person: int) -> Actor:
        """Somebody, at this moment."""
        actor = await actor_of_person(person)
        assert actor is not None
        return actor

    async def case(self, idea: int, reader: int | None = None) -> CaseRow | None:
        """The newest case of an item."""
        public_id = await fetch_value("SELECT public_id FROM escalation WHERE idea = {} ORDER BY id DESC", idea)
        return await get_case(await self.actor(reader or self.people[0]), public_id) if public_id else None

    async def does(self, person: int, action: Callable[..., Awaitable[Any]], idea: int, *arguments: Any) -> Any:
        """Somebody does this to the case of an item, as she sees it."""
        case = await self.case(idea, person)
        assert case is not None
        return await action(await self.actor(person), case, *arguments)

    async def owed(self, idea: int) -> CaseRow:
        """The same, where there is one."""
        case = await self.case(idea)
        assert case is not None
        return case


async def hand_over(actor: Actor, case: CaseRow, to: int) -> None:
    """She is asked, and takes it."""
    await ask_to_take_over(actor, case, to, "She knows it best")
    taker = await actor_of_person(to)
    if taker.id != actor.id:
        seen = await get_case(taker, case.public_id)
        assert seen is not None
        await answer_handover(taker, seen, True)


async def make_stage(world: World, number: int, kind: str = "group") -> Stage:
    """A space of so many people who were active lately; every case has come about by its events."""
    # Those of the world, of which no event tells.
    for table in ("case_file", "consultation"):
        await execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_kept")
        await execute(f"DELETE FROM {table}")
        await execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_kept")
    await execute("DELETE FROM case_record")
    await execute("DELETE FROM escalation e WHERE NOT EXISTS (SELECT FROM event v WHERE v.escalation = e.id)")
    space = await fetch_value(SPACE, kind)
    stage = Stage(world, space, [])
    stage.people = await stage.add_people(number)
    return stage


async def work() -> None:
    """What the worker does with the events that there are."""
    while await pass_on_events():
        pass


async def at(moment: datetime) -> None:
    """The clock shows this moment; the worker has done what was due."""
    await set_clock(moment)
    await tick_cases()
    await work()


ITEM = """
    INSERT INTO moderation_item (space, idea, author)
    SELECT space, id, author FROM idea i WHERE id = {} AND NOT EXISTS (SELECT FROM moderation_item x WHERE x.idea = i.id)
"""


async def judge(stage: Stage, post: int, action: str) -> None:
    """The moderator decides about it."""
    await execute(ITEM, post)
    item = await fetch_value("SELECT public_id FROM moderation_item WHERE idea = {}", post)
    moderator = await stage.actor(stage.heads["moderator"])
    row = await get_item(moderator, item)
    assert row is not None
    await decide(moderator, row, action=action, rule="persons", words="No.", version=row.version)


async def happened(idea: int) -> list[str]:
    """What the timeline of an item's cases says."""
    rows = await execute(
        "SELECT v.kind FROM event v JOIN escalation e ON e.id = v.escalation WHERE e.idea = {} AND v.person IS NULL"
        " ORDER BY v.id",
        idea,
    )
    return [row["kind"] for row in rows]


async def duties(idea: int) -> list[tuple[str, int]]:
    """Who was told of which duty."""
    rows = await execute(
        "SELECT v.kind, v.person FROM event v JOIN escalation e ON e.id = v.escalation WHERE e.idea = {}"
        " AND starts_with(v.kind, 'duty.') ORDER BY v.id",
        idea,
    )
    return [(row["kind"], row["person"]) for row in rows]


UNIT = "INSERT INTO org_unit (name, parent, head) VALUES ({}, {}, {}) RETURNING id"
TOPIC = "INSERT INTO topic (name, neutral) VALUES ({}, {}) RETURNING id"
RULE = "INSERT INTO topic_rule (topic, unit, owner, deputy) VALUES ({}, NULL, {}, {})"


async def make_office(stage: Stage) -> None:
    """A topic with owner, deputy and neutral; above the owner `first`, `second` and `top`. None of them reads the space;
    a `moderator` and a `second_moderator` do."""
    names = ("owner", "deputy", "neutral", "first", "second", "top", "moderator", "second_moderator")
    made = await stage.add_people(len(names))
    stage.heads = dict(zip(names, made, strict=True))
    h = stage.heads
    parent = None
    for head in ("top", "second", "first"):
        parent = await fetch_value(UNIT, f"Unit of {head}", parent, h[head])
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", parent, h["owner"])
    await execute("DELETE FROM membership WHERE space = {} AND person = ANY({})", stage.space, made[:6])
    await execute(
        "UPDATE membership SET role = 'moderator' WHERE space = {} AND person = ANY({})", stage.space, made[6:]
    )
    stage.topic = await fetch_value(TOPIC, f"Travel {stage.space}", h["neutral"])
    await execute(RULE, stage.topic, h["owner"], h["deputy"])


async def assigned(stage: Stage, clock: datetime = NOW) -> int:
    """A post whose case is the owner's: T1 was reached at `clock`, the hold and the triage are over."""
    await set_clock(clock)
    post = await stage.post()
    need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", post)
    await stage.support(post, stage.people[1 : need + 1])
    await work()
    await at(await fetch_value("SELECT plein_working_after({}, 240)", clock))
    await at(await fetch_value("SELECT plein_working_after({}, 480)", clock))
    assert (await stage.owed(post)).state == "assigned"
    return post


async def days_later(start: datetime, days: int) -> datetime:
    """The same time so many working days later."""
    moment: datetime = await fetch_value("SELECT plein_working_days_after({}, {})", start, days)
    return moment


async def happens(kind: str, space: int, idea: int) -> None:
    """Something happened to an item."""
    await execute(
        "WITH e AS (INSERT INTO event (kind, space, idea) VALUES ({}, {}, {}) RETURNING id)"
        " INSERT INTO event_queue (event) SELECT id FROM e",
        kind,
        space,
        idea,
    )


#: What moves `due_at`, and nothing else does.
MOVES_DUE = {"case.clarified", "case.extended", "case.under_review", "case.reopened", "case.screened", "case.split"}
HISTORY = """
    SELECT v.kind, v.particulars ->> 'due' AS due FROM event v
    WHERE v.escalation = {} AND starts_with(v.kind, 'case.') ORDER BY v.id
"""
OWNERS = "SELECT person FROM case_role WHERE escalation = {} AND role = 'owner' AND until IS NULL"


async def holds(post: int) -> None:
    """What is true of the cases of an item at every moment."""
    cases = await execute("SELECT id, state, owner, level, due_at, ended_at FROM escalation WHERE idea = {}", post)
    assert sum(case["ended_at"] is None for case in cases) <= 1
    for case in cases:
        owners = [row["person"] for row in await execute(OWNERS, case["id"])]
        assert owners == ([case["owner"]] if case["owner"] and not case["ended_at"] else [])
        assert case["owner"] is not None or case["state"] not in OWNED
        told = asdict(await replay(case["id"]))
        assert told == {name: case[name] for name in told}
        history = await execute(HISTORY, case["id"])
        moved = {after["kind"] for before, after in pairwise(history) if before["due"] != after["due"]}
        assert moved <= MOVES_DUE
    assert await differing() == []
