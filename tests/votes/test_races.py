"""Many votes at once, over real connections. Each check is also put to a naive way of doing it, which fails it."""

import asyncio
from collections import Counter
from contextlib import suppress

import asyncpg
import pytest
from msgspec.structs import replace

from portal import db
from portal.access.actor import actor_of_person
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.votes.actions import give_support, take_support_back
from portal.votes.queries import standing
from tests.pages.locks import until_waiting
from tests.world import add_idea, let_guests_in

PEOPLE = """
    WITH made AS (
        INSERT INTO person (kind, last_signed_in_at)
        SELECT CASE WHEN n % 4 = 0 THEN 'guest' ELSE 'employee' END, plein_now() FROM generate_series(1, {}) n
        RETURNING id, kind
    ), named AS (
        INSERT INTO identity (person, name, email, language, zone)
        SELECT id, 'Voter ' || id, 'voter-' || id || '@world.example', 'en', 'UTC' FROM made
    )
    INSERT INTO membership (space, person, role) SELECT {}, id, 'member' FROM made
    RETURNING person, (SELECT kind FROM made WHERE id = person)
"""


@pytest.fixture
async def connections(fresh_db, cluster):
    """A pool of 40 connections, so that statements really meet."""
    await db.close_pool()
    await db.open_pool(fresh_db, size=40)
    return fresh_db


@pytest.fixture
async def voters(connections, world):
    """Two hundred people who read the campaign, a quarter of them guests."""
    await let_guests_in(world, "vote")
    rows = await execute(PEOPLE, 200, world.space_id["closed_a"])
    one = await actor_of_person(rows[0]["person"])
    return [replace(one, id=row["person"], kind=row["kind"]) for row in rows]


# --- the ways to vote: the product's, and the naive ones that read first and write then


async def give(actor, idea):
    """As the page does it: looked up, then given."""
    await give_support(actor, await standing(actor, idea))


async def read_then_write(actor, idea):
    """Naive: looks whether she voted and how many did, then writes both."""
    row = (await execute("SELECT id, space, supporters, guest_supporters FROM idea WHERE public_id = {}", idea))[0]
    if await fetch_value("SELECT 1 FROM vote WHERE idea = {} AND person = {}", row["id"], actor.id):
        return
    await execute(
        "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, {}) ON CONFLICT DO NOTHING",
        actor.id,
        row["id"],
        row["space"],
        actor.guest,
    )
    await execute(
        "UPDATE idea SET supporters = {}, guest_supporters = {} WHERE id = {}",
        row["supporters"] + (not actor.guest),
        row["guest_supporters"] + actor.guest,
        row["id"],
    )


async def look_then_add_one(actor, idea):
    """Naive: looks whether she voted, then adds one to whatever stands there."""
    row = (await execute("SELECT id, space FROM idea WHERE public_id = {}", idea))[0]
    if await fetch_value("SELECT 1 FROM vote WHERE idea = {} AND person = {}", row["id"], actor.id):
        return
    await execute(
        "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, FALSE) ON CONFLICT DO NOTHING",
        actor.id,
        row["id"],
        row["space"],
    )
    await execute("UPDATE idea SET supporters = supporters + 1 WHERE id = {}", row["id"])


async def phase_then_write(actor, idea):
    """Naive: looks whether voting is open, then writes, as late as on a busy machine: the phase is the one of before."""
    row = (
        await execute(
            "SELECT i.id, i.space, plein_phase(c, plein_now()) AS phase FROM idea i JOIN campaign c ON c.id = i.campaign"
            " WHERE i.public_id = {}",
            idea,
        )
    )[0]
    await asyncio.sleep(0.02)
    if row["phase"] == "vote":
        await execute(
            "WITH given AS (INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, {})"
            " ON CONFLICT DO NOTHING RETURNING idea, guest)"
            " UPDATE idea SET supporters = supporters + (NOT g.guest)::int,"
            " guest_supporters = guest_supporters + g.guest::int FROM given g WHERE idea.id = g.idea",
            actor.id,
            row["id"],
            row["space"],
            actor.guest,
        )


# --- the checks


async def tally(world, name="vote"):
    """The idea's counts, and the votes themselves: colleagues, guests."""
    row = (
        await execute(
            "SELECT supporters, guest_supporters, (SELECT count(*) FROM vote WHERE idea = i.id AND NOT guest) AS people,"
            " (SELECT count(*) FROM vote WHERE idea = i.id AND guest) AS guests FROM idea i WHERE id = {}",
            world.idea_id[name],
        )
    )[0]
    return (row["supporters"], row["guest_supporters"]), (row["people"], row["guests"])


async def one_person_fifty_times(world, way):
    """The count and the rows after fifty votes of one person at once."""
    actor = await actor_of_person(world.person_id["employee"])
    await asyncio.gather(*(way(actor, world.idea["vote"]) for _ in range(50)))
    return await tally(world)


async def everybody_once(world, voters, way):
    """The count and the rows after two hundred votes of as many people at once."""
    await asyncio.gather(*(way(actor, world.idea["vote"]) for actor in voters))
    return await tally(world)


CLOSE = "UPDATE campaign SET decide_from = plein_now() - interval '1 second' WHERE id = $1"
HOW_MANY = "SELECT count(*) FROM vote WHERE idea = $1"


async def votes_after_the_close(address, world, voters, way, wave):
    """How many votes came to be after the end of voting was committed, in the middle of a wave of so many voters."""

    async def late_or_not(place, actor):
        await asyncio.sleep(place * 0.002)
        with suppress(Forbidden):  # seen as closed already
            await way(actor, world.idea["vote"])

    async def waves():
        for first in range(0, len(voters), wave):
            await asyncio.gather(*(late_or_not(*pair) for pair in enumerate(voters[first : first + wave])))

    sponsor = await asyncpg.connect(address)
    under_way = asyncio.create_task(waves())
    while await sponsor.fetchval(HOW_MANY, world.idea_id["vote"]) < 30:
        await asyncio.sleep(0)
    await sponsor.execute(CLOSE, world.campaign_id["vote"])
    at_the_close = await sponsor.fetchval(HOW_MANY, world.idea_id["vote"])
    await under_way
    in_the_end = await sponsor.fetchval(HOW_MANY, world.idea_id["vote"])
    await sponsor.close()
    assert 30 <= at_the_close < len(voters), "the close did not meet the voting"
    return in_the_end - at_the_close


async def test_fifty_votes_of_one_person_at_once_count_once(connections, world):
    assert await one_person_fifty_times(world, give) == ((1, 0), (1, 0))


async def test_looking_first_would_count_one_person_more_than_once(connections, world):
    count, rows = await one_person_fifty_times(world, look_then_add_one)
    assert rows == (1, 0)
    assert count > (1, 0)


async def test_two_hundred_people_at_once_are_all_counted(world, voters):
    assert await everybody_once(world, voters, give) == ((150, 50), (150, 50))


async def test_reading_the_count_first_would_lose_votes(world, voters):
    count, rows = await everybody_once(world, voters, read_then_write)
    assert rows == (150, 50)
    assert sum(count) < 200


async def test_no_vote_comes_after_the_end_of_voting_was_committed(connections, world, voters):
    assert await votes_after_the_close(connections, world, voters, give, 20) == 0
    count, rows = await tally(world)
    assert count == rows


async def test_looking_at_the_phase_first_would_let_votes_in_after_the_end(connections, world, voters):
    # nobody waits for anybody, so that all come in one wave, and some are always on their way
    assert await votes_after_the_close(connections, world, voters, phase_then_write, len(voters)) > 0


# --- the same, step by step


async def test_a_vote_waits_for_an_end_that_is_under_way_and_obeys_it(connections, world):
    actor = await actor_of_person(world.person_id["employee"])
    idea = await standing(actor, world.idea["vote"])
    sponsor = await asyncpg.connect(connections)
    async with sponsor.transaction():
        await sponsor.execute(CLOSE, world.campaign_id["vote"])
        vote = asyncio.create_task(give_support(actor, idea))
        await until_waiting(sponsor, vote)
        assert not vote.done()
    assert await vote is None
    assert await tally(world) == ((0, 0), (0, 0))
    await sponsor.close()


async def test_the_end_waits_for_a_vote_that_is_under_way(connections, world):
    actor = await actor_of_person(world.person_id["employee"])
    sponsor, watcher = await asyncpg.connect(connections), await asyncpg.connect(connections)
    async with db.transaction():
        await give_support(actor, await standing(actor, world.idea["vote"]))
        close = asyncio.create_task(sponsor.execute(CLOSE, world.campaign_id["vote"]))
        await until_waiting(watcher, close)
        assert not close.done()
    await close
    assert await tally(world) == ((1, 0), (1, 0))
    await sponsor.close()
    await watcher.close()


async def test_a_vote_waits_for_no_other_vote_in_the_campaign(connections, world):
    """The campaign's row is shared, not taken: two ideas are voted on side by side."""
    await execute(
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
        " SELECT campaign, space, author, 'published', 'Second', '', '', '', 'en' FROM idea WHERE id = {}",
        world.idea_id["vote"],
    )
    second = await fetch_value("SELECT public_id FROM idea WHERE title = 'Second'")
    first_voter, other = [await actor_of_person(world.person_id[who]) for who in ("employee", "colleague")]
    async with db.transaction():
        await give_support(first_voter, await standing(first_voter, world.idea["vote"]))
        await asyncio.wait_for(asyncio.create_task(_elsewhere(give, other, second)), timeout=30)


async def _elsewhere(way, actor, idea):
    """In a connection of its own, outside the transaction of whoever starts it."""
    token = db.DB.current_transaction.set(None)
    try:
        await way(actor, idea)
    finally:
        db.DB.current_transaction.reset(token)


async def test_a_storm_of_giving_and_taking_back_ends_without_deadlock_and_with_the_count_of_the_rows(world, voters):
    """Thirty people, each in two windows, on two ideas at once, and the sponsor moves a date now and then."""
    async with db.transaction():
        await add_idea(world, "another", campaign="vote", comments=False)
    ideas = [world.idea["vote"], world.idea["another"]]
    outcomes: Counter[str] = Counter()

    async def window(actor, start):
        for step in range(6):
            idea = ideas[(start + step) % 2]
            way = give_support if (step + start + actor.id) % 3 else take_support_back
            now = await way(actor, await standing(actor, idea))
            outcomes["changed" if now else "as it was"] += 1

    async def sponsor():
        for _ in range(10):
            await execute("UPDATE campaign SET done_from = done_from + interval '1 day', version = version + 1")
            await asyncio.sleep(0.01)

    await asyncio.gather(sponsor(), *(window(actor, start) for actor in voters[:30] for start in range(2)))
    assert min(outcomes["changed"], outcomes["as it was"]) > 20
    for name in ("vote", "another"):
        count, rows = await tally(world, name)
        assert count == rows
        assert sum(rows) > 0
