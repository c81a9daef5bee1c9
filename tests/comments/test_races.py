"""Several people in one thread at once, over real connections."""

import asyncio

from portal.access.actor import actor_of_person
from portal.comments import actions
from portal.comments.queries import get_comment
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea


async def test_one_form_sent_ten_times_at_once_is_one_comment(fresh_db, world):
    actor = await actor_of_person(world.person_id["employee"])
    idea = await get_idea(actor, world.idea["vote"])
    given = await asyncio.gather(
        *(actions.comment(actor, idea, body="Once", reply_to=None, form_key="the same") for _ in range(10))
    )
    assert len(set(given)) == 1
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'Once'") == 1


async def test_replies_that_meet_removals_neither_deadlock_nor_miscount(fresh_db, world):
    """A removal and a reply hold the same rows, the comment and the idea that counts it: always in the same order."""
    author = await actor_of_person(world.person_id["colleague"])
    other = await actor_of_person(world.person_id["employee"])
    idea = await get_idea(author, world.idea["vote"])
    for turn in range(8):
        root = await actions.comment(author, idea, body="Root", reply_to=None, form_key=f"root {turn}")
        seen = await get_comment(author, root)
        await asyncio.gather(
            actions.remove_comment(author, seen),
            *(actions.comment(other, idea, body="Reply", reply_to=seen, form_key=f"{turn}.{n}") for n in range(6)),
        )
    standing = await fetch_value("SELECT count(*) FROM comment WHERE idea = {} AND state = 'published'", idea.id)
    assert await fetch_value("SELECT comments FROM idea WHERE id = {}", idea.id) == standing == 2 + 8 * 6
    assert {row["replies"] for row in await execute("SELECT replies FROM comment WHERE state = 'removed'")} == {6}


async def test_of_two_removals_at_once_one_is_recorded(fresh_db, world):
    actor = await actor_of_person(world.person_id["colleague"])
    seen = await get_comment(actor, world.comment["vote"])
    await asyncio.gather(*(actions.remove_comment(actor, seen) for _ in range(5)))
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'comment.removed'") == 1
    assert await fetch_value("SELECT comments FROM idea WHERE id = {}", world.idea_id["vote"]) == 1
