"""Random people, votes, absences, hand-overs, questions, answers and time: after each step a case has one owner where one
is owed, is due when a rule says so, and is what its events tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.access.policy import Forbidden
from portal.answers import drafts
from portal.caseteam import actions as team
from portal.caseteam.queries import get_consultation
from portal.db import execute, fetch_value, transaction
from portal.escalation import actions
from portal.escalation.moving import answered_by, hold, move, possible
from portal.escalation.opening import go_on_from_triage
from portal.escalation.queries import get_actionable
from portal.escalation.states import TRANSITIONS
from portal.escalation.steps import go_on_in_sight
from portal.events.kinds import Kind
from tests.escalation.stage import Stage, assigned, at, hand_over, happens, holds, work
from tests.world import NOW, set_clock

REFUSED = (Forbidden, Changed, actions.DayOutOfRange, actions.NotEligible, actions.StillReached)
#: Where a life begins; each is further than the one before.
STARTS = ("open", "assigned", "acknowledged", "answered", "committed")
HEADS = ("owner", "deputy", "neutral", "first", "second", "top")
SUPPORT = """
    INSERT INTO vote (person, idea, space, guest) SELECT p, i.id, i.space, FALSE FROM idea i, unnest({}::bigint[]) p
    WHERE i.id = {} ON CONFLICT DO NOTHING
"""
AWAY = (
    "INSERT INTO absence (person, from_day, until_day) VALUES ({}, plein_day(plein_now()), plein_day(plein_now()) + 7)"
)
MOVED = "UPDATE person SET org_unit = o.org_unit FROM person o WHERE o.id = {} AND person.id = ANY({})"
NEWEST = "SELECT id, state, owner, due_at FROM escalation WHERE idea = {} ORDER BY id DESC LIMIT 1"
MISSED = """
    SELECT count(*) FROM case_step s JOIN escalation e ON e.id = s.escalation
    WHERE s.done_at IS NULL AND s.due_at <= plein_now() AND (e.state <> 'clarifying' OR s.kind = 'clarifying_over')
"""
AFTERWARDS = [
    (Kind.CASE_COMMITTED, Kind.CASE_IMPLEMENTED, Kind.CASE_VERIFIED, Kind.CASE_CLOSED),
    *((Kind.CASE_COMMITTED, Kind.CASE_REOPENED), (Kind.CASE_UNDER_REVIEW,), (Kind.CASE_CLOSED,)),
]
ADVISERS = """
    SELECT p.public_id FROM case_role r JOIN escalation e ON e.id = r.escalation JOIN person p ON p.id = r.person
    WHERE e.idea = {} AND r.role = 'adviser' AND r.until IS NULL
"""
ASKED = """
    SELECT c.public_id, c.person FROM consultation c JOIN escalation e ON e.id = c.escalation
    WHERE e.idea = {} AND c.answered_at IS NULL
"""
BLANK = drafts.Typed(dict.fromkeys(drafts.COLUMNS, ""), [])
ELSEWHERE = (Kind.CASE_MERGED, Kind.CASE_DIVERTED, Kind.CASE_WITHDRAWN, Kind.CASE_REMOVED)
#: What ends most of what else could happen comes seldom.
one_in_six = st.integers(0, 5).map(lambda n: n == 5)
heads, people = st.sampled_from(HEADS), st.integers(1, 24)


class Life(RuleBasedStateMachine):
    """What may happen to a post and its cases, in any order."""

    connection: ClassVar[asyncpg.Connection]
    loop: ClassVar[asyncio.AbstractEventLoop]
    stage: ClassVar[Stage]
    seen: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        self.undone = self.connection.transaction()
        asyncio.run_coroutine_threadsafe(self.undone.start(), self.loop).result()

    def run(self, what: Coroutine[Any, Any, None]) -> None:
        """Does it on the loop on which the database is, and lets the worker see it; what is refused changes nothing."""

        async def whole() -> None:
            with suppress(*REFUSED):
                await what
            await holds(self.post)
            await work()

        asyncio.run_coroutine_threadsafe(whole(), self.loop).result()

    @initialize(start=st.sampled_from(STARTS))
    def begins(self, start: str) -> None:
        """A post that nearly reached T1, or one whose case came so far."""
        come = STARTS.index(start)

        async def begin() -> None:
            await set_clock(NOW)
            self.post = await (assigned(self.stage) if come else self.stage.post())
            await execute(SUPPORT, self.stage.people[1:7], self.post)
            if come > 1:
                await self.acknowledge()
            if come > 2:
                await self.answer()
            if come > 3:
                await self.moves(Kind.CASE_COMMITTED)

        self.run(begin())

    def teardown(self) -> None:
        async def end() -> None:
            rows = await execute("SELECT DISTINCT kind FROM event WHERE starts_with(kind, 'case.')")
            self.seen.update(row["kind"] for row in rows)
            await self.undone.rollback()

        asyncio.run_coroutine_threadsafe(end(), self.loop).result()

    @invariant()
    def it_is_whole(self) -> None:
        """One owner, due by rule, and as its events tell."""
        asyncio.run_coroutine_threadsafe(holds(self.post), self.loop).result()

    # --- the crowd and time ---

    @rule(n=people)
    def support(self, n: int) -> None:
        self.run(self.sends(SUPPORT, self.stage.people[1 : 2 + n], self.post))

    @rule(n=people)
    def take_back(self, n: int) -> None:
        self.run(self.sends("DELETE FROM vote WHERE idea = {} AND person = {}", self.post, self.stage.people[n]))

    @rule()
    def is_of_one_unit(self) -> None:
        """Everybody comes from it, which is a reason to look twice."""
        self.run(self.sends(MOVED, self.stage.heads["owner"], self.stage.people))

    @rule(hours=st.sampled_from((1, 5, 24)))
    def hours_go_by(self, hours: int) -> None:
        self.later(hours)

    @rule(hours=st.sampled_from((70, 200, 500)))
    def days_go_by(self, hours: int) -> None:
        self.later(hours)

    def later(self, hours: int) -> None:
        """The clock shows another time, and the worker missed nothing that was due meanwhile."""

        async def step() -> None:
            await at(await fetch_value("SELECT plein_now()") + timedelta(hours=hours))
            assert await fetch_value(MISSED) == 0

        self.run(step())

    @rule(kind=st.sampled_from(("idea.withdrawn", "idea.put_back")), at_last=one_in_six)
    def withdraw_or_put_back(self, kind: str, at_last: bool) -> None:
        if at_last:
            self.run(happens(kind, self.stage.space, self.post))

    # --- who is there ---

    @rule(head=heads)
    def goes_away(self, head: str) -> None:
        self.run(self.sends(AWAY, self.stage.heads[head]))

    @rule(head=st.sampled_from(HEADS[:3]))
    def leaves(self, head: str) -> None:
        self.run(self.sends("UPDATE person SET active = FALSE WHERE id = {}", self.stage.heads[head]))

    # --- who decides ---

    @rule(complains=st.booleans(), named=heads)
    def is_triaged(self, complains: bool, named: str) -> None:
        async def step() -> None:
            placed = {"topic": self.stage.topic, "unit": None, "named": [self.stage.heads[named]]}
            await self.by("moderator", actions.triage, complaint=complains, **placed)

        self.run(step())

    @rule(agreed=st.booleans())
    def is_doubted(self, agreed: bool) -> None:
        for moderator in ("moderator", "second_moderator")[: 1 + agreed]:
            self.run(self.by(moderator, actions.invalidate, 20, "One person with many accounts"))

    @rule()
    def is_acknowledged(self) -> None:
        self.run(self.acknowledge())

    @rule(heard=st.booleans())
    def asks_the_author(self, heard: bool) -> None:
        self.run(self.owner_does(actions.clarify, "Which?"))
        if heard:
            self.run(self.owner_does(actions.end_clarifying))

    @rule()
    def says_something(self) -> None:
        self.run(self.owner_does(actions.first_statement, "We look at it."))

    @rule(days=st.integers(1, 10), agreed=st.sampled_from((True, False, None)))
    def asks_for_time(self, days: int, agreed: bool | None) -> None:
        """And somebody above agrees or not, or nobody says anything."""

        async def decides() -> None:
            for head in HEADS:
                with suppress(*REFUSED):
                    await self.by(head, actions.decide_extension, agreed)

        self.run(self.owner_does(actions.ask_extension, days, "The council meets then"))
        if agreed is not None:
            self.run(decides())

    @rule(to=heads)
    def hands_over(self, to: str) -> None:
        self.run(self.owner_does(hand_over, self.stage.heads[to]))

    @rule()
    def declares_a_conflict(self) -> None:
        self.run(self.owner_does(actions.declare_conflict))

    @rule()
    def drafts(self) -> None:
        self.run(self.owner_does(drafts.save_draft, BLANK, 0))

    # --- the answer, and what became of it ---

    @rule(at_last=one_in_six)
    def answers(self, at_last: bool) -> None:
        if at_last:
            self.run(self.answer())

    @rule(kinds=st.sampled_from(AFTERWARDS))
    def goes_on(self, kinds: tuple[Kind, ...]) -> None:
        for kind in kinds:
            self.run(self.moves(kind))

    # --- the team ---

    @rule(n=people, until=st.booleans())
    def takes_advice(self, n: int, until: bool) -> None:
        """For a while, or to the end."""

        async def releases() -> None:
            for row in await execute(ADVISERS, self.post):
                await self.owner_does(team.release, row["public_id"])

        self.run(self.owner_does(team.staff, self.stage.people[n], "adviser"))
        if until:
            self.run(releases())

    @rule(n=people, answers=st.booleans())
    def consults(self, n: int, answers: bool) -> None:
        async def asks() -> None:
            asked = {"kind": "legal", "person": self.stage.people[n], "question": "May we?", "form_key": str(n)}
            due = await fetch_value("SELECT plein_day(plein_now()) + 2")
            await self.owner_does(team.consult, due_on=due, **asked)

        async def advises() -> None:
            for row in await execute(ASKED, self.post):
                counsel = await self.stage.actor(row["person"])
                asked = await get_consultation(counsel, row["public_id"])
                if asked is not None:
                    await team.advise(counsel, asked, "agrees", "You may.")

        self.run(asks())
        if answers:
            self.run(advises())

    # --- what takes it elsewhere ---

    @rule(who=st.sampled_from(("moderator", "owner")))
    def is_brought(self, who: str) -> None:
        async def step() -> None:
            action = actions.make_actionable if who == "moderator" else actions.open_unasked
            actor = await actor_of_person(self.stage.heads[who])
            public_id = await fetch_value("SELECT public_id FROM idea WHERE id = {}", self.post)
            item = await get_actionable(actor, public_id) if actor is not None else None
            if actor is not None and item is not None:
                await action(actor, item, "It concerns all of us")

        self.run(step())

    @rule(kind=st.sampled_from(ELSEWHERE[:3]), at_last=one_in_six)
    def is_taken_away(self, kind: Kind, at_last: bool) -> None:
        """And comes back, mostly."""
        back = Kind.CASE_SPLIT if kind is Kind.CASE_MERGED else Kind.CASE_RESUMED

        async def comes_back() -> None:
            for row in await execute(NEWEST, self.post):
                async with transaction():
                    if possible(await hold(row["id"]), back):
                        await go_on_from_triage(row["id"], back)

        self.run(self.moves(kind))
        if not at_last:
            self.run(comes_back())

    @rule(hours=st.integers(1, 60))
    def is_out_of_sight(self, hours: int) -> None:
        """Somebody found it sensitive, and so much later it was published all the same."""

        async def step() -> None:
            since = await fetch_value("SELECT plein_now()")
            await set_clock(since + timedelta(hours=hours))
            for row in await execute(NEWEST, self.post):
                async with transaction():
                    await go_on_in_sight(await hold(row["id"]), since)

        self.run(step())

    # --- how it is done ---

    async def sends(self, statement: str, *values: Any) -> None:
        await execute(statement, *values)

    async def moves(self, kind: Kind) -> None:
        """This happens to the newest case, where it can."""
        for row in await execute(NEWEST, self.post):
            async with transaction():
                await move(row["id"], kind)

    async def answer(self) -> None:
        """The owner answers."""
        async with transaction():
            await answered_by(self.stage.heads["owner"], self.post)

    async def acknowledge(self) -> None:
        """Whoever owns it says that she answers in time."""
        rows = await execute(NEWEST, self.post)
        await self.owner_does(actions.acknowledge, *(row["due_at"].date() for row in rows))

    async def by(self, who: str, action: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> None:
        """One of the stage does this to the newest case, if she is there and sees one."""
        person = self.stage.heads[who]
        if await fetch_value("SELECT active FROM person WHERE id = {}", person):
            case = await self.stage.case(self.post, person)
            if case is not None:
                await action(await self.stage.actor(person), case, *given, **named)

    async def owner_does(self, action: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> None:
        """Whoever owns the newest case does this to it."""
        owners = [row["owner"] for row in await execute(NEWEST, self.post)]
        for name in (name for name in HEADS if self.stage.heads[name] in owners):
            await self.by(name, action, *given, **named)


async def live(connection: asyncpg.Connection, stage: Stage, examples: int, steps: int) -> set[str]:
    """So many lives of so many steps, always the same; gives what happened in them."""
    facts = {"connection": connection, "loop": asyncio.get_running_loop(), "stage": stage, "seen": set()}
    machine = type("OneLife", (Life,), facts)
    seed(4)(machine)  # always the same lives
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=profile)
    return machine.seen  # type: ignore[attr-defined, no-any-return]


async def test_whatever_happens_a_case_has_one_owner_one_due_date_and_the_state_that_its_events_tell(
    rollback: asyncpg.Connection, stage: Stage
):
    seen = await live(rollback, stage, examples=24, steps=30)
    assert len(seen) > 0.7 * len(TRANSITIONS), f"too quiet to prove anything: {sorted(set(TRANSITIONS) - seen)}"


#: Lives in which everything happens that can: where each begins, and what is done then.
WALKS: tuple[tuple[str, tuple[tuple[str, tuple[Any, ...]], ...]], ...] = (
    ("open", (("support", (9,)), ("is_doubted", (True,)))),
    (
        "open",
        (
            *(("support", (9,)), ("is_of_one_unit", ()), ("hours_go_by", (24,)), ("hours_go_by", (24,))),
            *(("is_triaged", (False, "top")), ("support", (23,))),
        ),
    ),
    ("open", (("is_brought", ("moderator",)),)),
    (
        "assigned",
        (
            *(("hands_over", ("deputy",)), ("declares_a_conflict", ()), ("is_acknowledged", ())),
            *(("asks_the_author", (True,)), ("is_out_of_sight", (30,)), ("asks_for_time", (3, True)), ("drafts", ())),
        ),
    ),
    (
        "acknowledged",
        (
            *(("says_something", ()), ("asks_for_time", (3, False)), ("takes_advice", (3, True))),
            *(("consults", (4, True)), ("consults", (5, False)), ("days_go_by", (200,)), ("days_go_by", (500,))),
        ),
    ),
    ("assigned", (("days_go_by", (200,)),)),
    ("acknowledged", (("answers", (True,)), ("goes_on", (AFTERWARDS[0],)))),
    ("committed", (("goes_on", (AFTERWARDS[1],)),)),
    ("answered", (("goes_on", (AFTERWARDS[2],)),)),
    *(("assigned", (("is_taken_away", (kind, False)),)) for kind in ELSEWHERE),
)


async def test_everything_that_can_happen_to_a_case_leaves_it_whole(rollback: asyncpg.Connection, stage: Stage):
    """Each transition of the table, in lives that are no chance."""
    facts = {"connection": rollback, "loop": asyncio.get_running_loop(), "stage": stage, "seen": set()}
    machine = type("Walked", (Life,), facts)

    def walk(start: str, steps: tuple[tuple[str, tuple[Any, ...]], ...]) -> None:
        life = machine()
        life.begins(start)
        for what, given in steps:
            getattr(life, what)(*given)
            life.it_is_whole()
        life.teardown()

    for start, steps in WALKS:
        await asyncio.to_thread(walk, start, steps)
    assert sorted(set(TRANSITIONS) - machine.seen) == []  # type: ignore[attr-defined]


# As if somebody had thought that a new owner gets new time.
ANEW = """
    CREATE FUNCTION due_anew() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.due_at := plein_working_days_after(plein_now(), 10);
        RETURN NEW;
    END $$;
    CREATE TRIGGER a_due_anew BEFORE UPDATE OF owner ON escalation FOR EACH ROW
        WHEN (OLD.owner IS DISTINCT FROM NEW.owner) EXECUTE FUNCTION due_anew();
"""


async def test_a_hand_over_that_began_the_clock_again_would_be_found(rollback: asyncpg.Connection, stage: Stage):
    await rollback.execute(ANEW)
    with pytest.raises(AssertionError):
        await live(rollback, stage, examples=12, steps=24)
