"""A vote in the same instant as saying yes to an invitation, either first; put to a database without the guards, too."""

import asyncio

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value, transaction
from portal.ideas.queries import get_idea
from portal.together.actions import join
from portal.votes.actions import give_support
from portal.votes.queries import standing
from tests.pages.locks import until_waiting

INVITED = "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, author FROM idea WHERE id = {}"
OWN = "SELECT count(*) FROM vote v JOIN co_author k ON k.idea = v.idea AND k.person = v.person AND k.accepted_at IS NOT NULL"
NAIVE = (
    "ALTER TABLE vote DISABLE TRIGGER vote_of_a_reader",
    "ALTER TABLE co_author DISABLE TRIGGER co_author_joined",
)


async def says_yes(actor, idea, naive):
    """As the page does it; the naive way looks for a vote by itself."""
    await join(actor, await get_idea(actor, idea))
    if naive:
        gone = "DELETE FROM vote v USING idea i WHERE v.person = {} AND i.public_id = {} AND i.id = v.idea"
        await execute(gone, actor.id, idea)


async def votes(actor, idea, naive):
    """As the page does it."""
    await give_support(actor, await standing(actor, idea))


async def together(address, world, first, second, naive):
    """How many votes lie on their own person's idea once both have committed, the second begun while the first was
    under way."""
    actor, idea = await actor_of_person(world.person_id["employee"]), world.idea["vote"]
    await execute(INVITED, actor.id, world.idea_id["vote"])
    for statement in NAIVE if naive else ():
        await execute(statement)
    done, go_on = asyncio.Event(), asyncio.Event()

    async def hold():
        async with transaction():
            await first(actor, idea, naive)
            done.set()
            await go_on.wait()

    holder = asyncio.create_task(hold())
    await done.wait()
    other = asyncio.create_task(second(actor, idea, naive))
    watcher = await asyncpg.connect(address)
    await until_waiting(watcher, other)
    go_on.set()
    await asyncio.gather(holder, other)
    await watcher.close()
    return await fetch_value(OWN)


@pytest.mark.parametrize(("first", "second"), [(says_yes, votes), (votes, says_yes)])
async def test_nobody_votes_for_what_she_comes_to_write_in_the_same_instant(fresh_db, world, first, second):
    assert await together(fresh_db, world, first, second, naive=False) == 0
    joined = "SELECT accepted_at IS NOT NULL FROM co_author WHERE idea = {} AND person = {}"
    assert await fetch_value(joined, world.idea_id["vote"], world.person_id["employee"])


@pytest.mark.parametrize(("first", "second"), [(says_yes, votes), (votes, says_yes)])
async def test_without_the_guards_she_does(fresh_db, world, first, second):
    assert await together(fresh_db, world, first, second, naive=True) == 1
