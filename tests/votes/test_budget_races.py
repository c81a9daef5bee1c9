"""Budgets under many votes at once, over real connections; a naive way of doing it overspends."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Spent
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value, transaction
from portal.ideas.holding import hold_above
from portal.ideas.queries import get_idea
from portal.ideas.withdrawing import withdraw
from portal.votes.actions import lay_votes
from portal.votes.queries import standing
from tests.pages.locks import until_waiting
from tests.votes.test_races import connections, voters, votes_after_the_close  # noqa: F401  fixtures

EACH, IDEAS = 4, 9
MAKE = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)
    SELECT campaign, space, author, 'published', 'Idea ' || n, '', '', '', 'en' FROM idea, generate_series(1, {}) n
    WHERE id = {} RETURNING public_id
"""
WRONG = """
    SELECT count(*) FROM idea i WHERE campaign = {} AND ROW(votes::bigint, supporters::bigint, guest_supporters::bigint)
        IS DISTINCT FROM (SELECT ROW(coalesce(sum(weight), 0), count(*) FILTER (WHERE NOT guest),
            count(*) FILTER (WHERE guest)) FROM vote v WHERE v.idea = i.id)
"""


@pytest.fixture
async def ideas(connections, world):  # noqa: F811
    """Nine ideas that one can give four votes, two at most each."""
    await execute(
        "UPDATE campaign SET vote_method = 'budget', votes_each = {}, votes_per_idea = 2 WHERE id = {}",
        EACH,
        world.campaign_id["vote"],
    )
    made = await execute(MAKE, IDEAS - 1, world.idea_id["vote"])
    return [world.idea["vote"], *(row["public_id"] for row in made)]


async def lay(actor, idea, weight=1):
    """As the page does it: looked up, then laid; what is too much is refused."""
    with suppress(Spent):
        await lay_votes(actor, await standing(actor, idea), weight)


async def add_up_then_write(actor, idea, weight=1):
    """Naive: adds up what she gave, and writes if there is something left."""
    row = (await execute("SELECT id, space, campaign FROM idea WHERE public_id = {}", idea))[0]
    given = await fetch_value(
        "SELECT coalesce(sum(v.weight), 0) FROM vote v JOIN idea i ON i.id = v.idea"
        " WHERE v.person = {} AND i.campaign = {}",
        actor.id,
        row["campaign"],
    )
    if given + weight <= EACH:
        await execute(
            "INSERT INTO vote (person, idea, space, guest, weight) VALUES ({}, {}, {}, {}, {}) ON CONFLICT DO NOTHING",
            actor.id,
            row["id"],
            row["space"],
            actor.guest,
            weight,
        )


async def everything_at_once(people, ideas, way):
    """What each gave in the end, after all tried to vote for all ideas at once."""
    done = await asyncio.gather(*(way(actor, idea) for idea in ideas for actor in people), return_exceptions=True)
    rows = await execute(
        "SELECT person, sum(weight) AS given FROM vote WHERE person = ANY({}) GROUP BY person",
        [one.id for one in people],
    )
    return [row["given"] for row in rows], [error for error in done if error]


async def test_nobody_overspends_however_many_windows_she_votes_in(world, voters, ideas):  # noqa: F811
    given, errors = await everything_at_once(voters[:10], ideas, lay)
    assert given == [EACH] * 10
    assert errors == []
    assert await fetch_value(WRONG, world.campaign_id["vote"]) == 0
    assert await fetch_value("SELECT count(*) FROM budget WHERE given = {}", EACH) == 10


async def test_adding_up_first_would_overspend(world, voters, ideas):  # noqa: F811
    """The control, where the database would let it."""
    await execute("ALTER TABLE vote DISABLE TRIGGER vote_spent")
    given, _ = await everything_at_once(voters[:10], ideas, add_up_then_write)
    assert max(given) > EACH


async def test_the_database_stops_the_naive_way_too(world, voters, ideas):  # noqa: F811
    given, errors = await everything_at_once(voters[:10], ideas, add_up_then_write)
    assert max(given) <= EACH
    assert {error.constraint_name for error in errors} == {"budget_not_overspent"}


async def test_laying_moving_and_taking_back_at_once_ends_without_deadlock_and_adds_up(world, voters, ideas):  # noqa: F811
    async def window(actor, start):
        for step in range(6):
            await lay(actor, ideas[(start * 2 + step) % 3], (step + actor.id + start) % 3)

    async def sponsor():
        for _ in range(5):
            await execute("UPDATE campaign SET done_from = done_from + interval '1 day', version = version + 1")
            await asyncio.sleep(0.01)

    await asyncio.gather(sponsor(), *(window(actor, start) for actor in voters[:15] for start in range(2)))
    off = await fetch_value(
        "SELECT count(*) FROM budget b WHERE given <> (SELECT coalesce(sum(weight), 0) FROM vote v"
        " WHERE v.person = b.person)"
    )
    assert off == 0
    assert await fetch_value(WRONG, world.campaign_id["vote"]) == 0
    assert await fetch_value("SELECT count(*) FROM vote") > 10


async def test_ideas_that_go_and_return_while_people_vote_end_without_deadlock_and_add_up(world, voters, ideas):  # noqa: F811
    async def window(actor, start):
        for step in range(8):
            idea = await standing(actor, ideas[(start + step) % 3])
            with suppress(Forbidden, Spent):
                if idea:  # not hidden
                    await lay_votes(actor, idea, (step + actor.id) % 3)

    async def moderator(idea):
        for state in ("hidden", "published") * 6:
            async with transaction():
                await hold_above(await fetch_value("SELECT id FROM idea WHERE public_id = {}", idea))
                await execute("UPDATE idea SET state = {} WHERE public_id = {}", state, idea)

    async def author(idea):
        actor = await actor_of_person(world.person_id["author"])
        await withdraw(actor, await get_idea(actor, idea), reason="Others had it first.")

    voting = (window(actor, start) for actor in voters[:12] for start in range(3))
    await asyncio.gather(*voting, *map(moderator, ideas[:2]), author(ideas[2]))
    off = await fetch_value(
        "SELECT count(*) FROM budget b WHERE given <> (SELECT coalesce(sum(weight), 0) FROM vote v"
        " JOIN idea i ON i.id = v.idea WHERE v.person = b.person AND i.state = 'published')"
    )
    assert off == 0
    assert await fetch_value("SELECT max(given) FROM budget") <= EACH
    assert await fetch_value(WRONG, world.campaign_id["vote"]) == 0


@pytest.mark.parametrize("state", ["hidden", "withdrawn"])
async def test_a_vote_and_the_end_of_its_idea_do_not_wait_for_each_other(connections, world, voters, ideas, state):  # noqa: F811
    """The idea is held when the vote comes, and goes then: the vote waits for it before it holds its budget."""
    first = voters[0]
    await lay(first, ideas[0])
    async with transaction():
        await execute("SELECT id FROM idea WHERE public_id = {} FOR NO KEY UPDATE", ideas[0])
        laying = asyncio.create_task(lay(first, ideas[0], 2))
        watcher = await asyncpg.connect(connections)
        await until_waiting(watcher, laying)
        await watcher.close()
        await execute("UPDATE idea SET state = {} WHERE public_id = {}", state, ideas[0])
    await laying
    assert await fetch_value("SELECT sum(given) FROM budget") == 0


async def test_no_vote_of_a_budget_comes_after_the_end_was_committed(connections, world, voters, ideas):  # noqa: F811
    async def way(actor, idea):
        with suppress(Forbidden):
            await lay(actor, idea, 2)

    assert await votes_after_the_close(connections, world, voters, way, 20) == 0
    assert await fetch_value(WRONG, world.campaign_id["vote"]) == 0
