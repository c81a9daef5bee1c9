"""Races: places with a mentor, and a first day that is moved while she becomes an employee; each with a naive control."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value, transaction
from portal.invitations.queries import guest_space
from portal.leaving import turning
from portal.preboarding.actions import STAYS, move_first_day
from portal.preboarding.jobs import MATCH, find_mentors
from tests.preboarding.test_preboarding import starts
from tests.world import NOW, World

TAKEN = "SELECT count(*) FROM mentorship WHERE space = {}"
ENDS = "SELECT until FROM membership WHERE person = {} AND space = {}"
LATER = NOW + timedelta(days=40)


async def test_who_looks_for_mentors_waits_for_whoever_does_and_none_gets_more_than_she_offered(
    fresh_db: str, world: World
):
    space = world.space_id["closed_b"]
    async with transaction():
        await starts(world, "ann", NOW.date())
        bo = await starts(world, "bo", NOW.date())
        await execute("UPDATE person SET starts_on = NULL WHERE id = {}", bo)
    held, go = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with transaction():
            await find_mentors(space)
            held.set()
            await go.wait()

    one = asyncio.create_task(first())
    await held.wait()
    await execute("UPDATE person SET starts_on = {} WHERE id = {}", NOW.date() - timedelta(days=1), bo)
    other = asyncio.create_task(find_mentors(space))
    await asyncio.wait([other], timeout=0.5)
    go.set()
    await asyncio.gather(one, other)
    assert await fetch_value(TAKEN, space) == 2


async def test_looking_for_a_place_without_waiting_would_give_it_twice(fresh_db: str, world: World):
    space = world.space_id["closed_b"]
    async with transaction():
        people = [await starts(world, name, NOW.date()) for name in ("ann", "bo")]
    both = asyncio.Barrier(2)

    async def naive(starter: int) -> None:
        async with transaction():
            await fetch_value(MATCH, starter, space, starter)
            await both.wait()

    await asyncio.gather(*(naive(person) for person in people))
    assert await fetch_value(TAKEN, space) == 3, "she offered two places"


async def test_who_becomes_an_employee_while_her_first_day_is_moved_has_no_end(fresh_db: str, world: World):
    guest = world.person_id["guest_b"]
    host = await actor_of_person(world.person_id["insider_b"])
    administrator = await actor_of_person(world.person_id["administrator"])
    assert host
    assert administrator
    space = await guest_space(host, world.space["closed_b"])
    day = (NOW + timedelta(days=25)).date()
    moves = [move_first_day(host, space, world.person["guest_b"], day, LATER) for _ in range(4)]
    await asyncio.gather(*moves[:2], turning.become_employee(administrator, guest), *moves[2:])
    assert await fetch_value("SELECT kind FROM person WHERE id = {}", guest) == "employee"
    assert await fetch_value(ENDS, guest, space.id) is None


async def test_looking_first_who_she_is_would_give_an_employee_an_end(fresh_db: str, world: World):
    guest, space = world.person_id["guest_b"], world.space_id["closed_b"]
    administrator = await actor_of_person(world.person_id["administrator"])
    assert administrator
    assert await fetch_value("SELECT kind FROM person WHERE id = {}", guest) == "guest"
    assert await turning.become_employee(administrator, guest)
    await execute(STAYS, LATER, world.person_id["insider_b"], guest, space)
    assert await fetch_value(ENDS, guest, space) == LATER
