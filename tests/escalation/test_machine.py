"""Random people, votes, absences, hand-overs and time: after each step a case has one owner, is due when the rules say
so, and is what its events tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import asyncpg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from portal.access.conflicts import Changed
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.escalation import actions
from portal.escalation.replay import differing, replay
from portal.escalation.states import OWNED
from tests.escalation.stage import Stage, at, happens, work
from tests.world import NOW, set_clock

#: What moves `due_at`, and nothing else does.
MOVES_DUE = {"case.clarified", "case.extended"}
Step = Callable[[Stage, int, int], Awaitable[None]]


async def support(stage: Stage, post: int, n: int) -> None:
    """Some people support it who did not before."""
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT p, i.id, i.space, FALSE FROM idea i, unnest({}::bigint[]) p"
        " WHERE i.id = {} ON CONFLICT DO NOTHING",
        stage.people[1 : 2 + n % 24],
        post,
    )


async def take_back(stage: Stage, post: int, n: int) -> None:
    """One takes her support back."""
    await execute("DELETE FROM vote WHERE idea = {} AND person = {}", post, stage.people[1 + n % 24])


async def time_goes_by(stage: Stage, post: int, n: int) -> None:
    """Hours, days, or weeks later the worker does what is due."""
    now = await fetch_value("SELECT plein_now()")
    await at(now + timedelta(hours=(1, 5, 24, 70, 200, 500)[n % 6]))


async def away(stage: Stage, post: int, n: int) -> None:
    """Somebody of those who answer is away for a week."""
    await execute(
        "INSERT INTO absence (person, from_day, until_day)"
        " VALUES ({}, plein_day(plein_now()), plein_day(plein_now()) + 7)",
        _head(stage, n),
    )


async def gone(stage: Stage, post: int, n: int) -> None:
    """Somebody of those who answer leaves for good; never all of them."""
    if await fetch_value("SELECT count(*) FROM person WHERE active AND id = ANY({})", list(stage.heads.values())) > 5:
        await execute("UPDATE person SET active = FALSE WHERE id = {}", _head(stage, n))


async def withdraw(stage: Stage, post: int, n: int) -> None:
    """The author withdraws it, or puts it back."""
    await happens("idea.withdrawn" if n % 2 else "idea.put_back", stage.space, post)


def _head(stage: Stage, n: int) -> int:
    return list(stage.heads.values())[n % 6]


def owner_does(action: Callable[..., Awaitable[Any]], *arguments: Any) -> Step:
    """Whoever owns the case does this."""

    async def step(stage: Stage, post: int, n: int) -> None:
        owner = await fetch_value("SELECT owner FROM escalation WHERE idea = {} ORDER BY id DESC", post)
        if owner is not None and await fetch_value("SELECT active FROM person WHERE id = {}", owner):
            given = [one(stage, n) if callable(one) else one for one in arguments]
            await stage.does(owner, action, post, *given)

    return step


async def acknowledge(stage: Stage, post: int, n: int) -> None:
    """The owner says that she answers on the day that it is due."""
    due = await fetch_value("SELECT due_at FROM escalation WHERE idea = {} ORDER BY id DESC", post)
    if due is not None:
        await owner_does(actions.acknowledge, due.date())(stage, post, n)


async def decide_extension(stage: Stage, post: int, n: int) -> None:
    """Whoever is asked agrees, or not."""
    for head in stage.heads.values():
        with suppress(Forbidden, AssertionError):
            await stage.does(head, actions.decide_extension, post, n % 2 == 0)


STEPS: list[Step] = [
    support,
    support,
    take_back,
    time_goes_by,
    time_goes_by,
    time_goes_by,
    away,
    gone,
    withdraw,
    acknowledge,
    acknowledge,
    decide_extension,
    owner_does(actions.clarify, "Which?"),
    owner_does(actions.end_clarifying),
    owner_does(actions.first_statement, "We look at it."),
    owner_does(actions.ask_extension, 5, "The council meets then"),
    owner_does(actions.hand_over, _head),
    owner_does(actions.declare_conflict),
    owner_does(actions.begin_draft),
]
HISTORY = """
    SELECT v.kind, v.particulars ->> 'due' AS due FROM event v
    WHERE v.escalation = {} AND starts_with(v.kind, 'case.') ORDER BY v.id
"""


async def holds(post: int) -> None:
    """What is true of the cases of an item at every moment."""
    cases = await execute("SELECT id, state, owner, level, due_at, ended_at FROM escalation WHERE idea = {}", post)
    assert sum(case["ended_at"] is None for case in cases) <= 1
    for case in cases:
        owners = await execute(
            "SELECT person FROM case_role WHERE escalation = {} AND role = 'owner' AND until IS NULL", case["id"]
        )
        assert [row["person"] for row in owners] == ([case["owner"]] if case["owner"] and not case["ended_at"] else [])
        assert case["owner"] is not None or case["state"] not in OWNED
        told = asdict(await replay(case["id"]))
        assert told == {name: case[name] for name in told}
        history = await execute(HISTORY, case["id"])
        moved = {after["kind"] for before, after in pairwise(history) if before["due"] != after["due"]}
        assert moved <= MOVES_DUE
    assert await differing() == []


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), min_size=12, max_size=20))
async def test_whatever_happens_a_case_has_one_owner_one_due_date_and_the_state_that_its_events_tell(
    rollback: asyncpg.Connection, stage: Stage, steps: list[tuple[Step, int]]
):
    undone = rollback.transaction()
    await undone.start()
    try:
        await set_clock(NOW)
        post = await stage.post()
        await support(stage, post, 8)
        for step, n in steps:
            with suppress(Forbidden, Changed, actions.NotThen, actions.NotThat):
                await step(stage, post, n)
            await holds(post)
            await work()
            await holds(post)
    finally:
        await undone.rollback()
