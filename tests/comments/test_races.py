"""Several people in one thread at once, over real connections."""

import asyncio

import asyncpg

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed, Closed
from portal.comments import actions
from portal.comments.queries import get_comment
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from tests.pages.locks import until_waiting


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


# --- the end of a campaign

END = "UPDATE campaign SET done_from = plein_now() - interval '1 second' WHERE id = $1"


async def campaign_that_ends_meanwhile(address, world, act):
    """Does `act` while the end of the campaign "decide" is written and not committed; gives what came of it."""
    sponsor = await asyncpg.connect(address)
    async with sponsor.transaction():
        await sponsor.execute(END, world.campaign_id["decide"])
        task = asyncio.create_task(act())
        await until_waiting(sponsor, task)
        await asyncio.wait([task], timeout=0.05)
    await sponsor.close()
    return (await asyncio.gather(task, return_exceptions=True))[0]


async def naively(actor, idea):
    """Looks at the phase and writes, without holding the campaign."""
    await execute(
        "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
        " SELECT i.id, i.space, {}, 'published', 'Late', 'Late', 'en' FROM idea i JOIN campaign c ON c.id = i.campaign"
        " WHERE i.id = {} AND plein_phase(c, plein_now()) <> 'done'",
        actor.id,
        idea.id,
    )


LATE = "SELECT count(*) FROM comment WHERE body = 'Late'"


async def test_a_comment_waits_for_an_end_that_is_under_way_and_obeys_it(fresh_db, world):
    actor = await actor_of_person(world.person_id["employee"])
    idea = await get_idea(actor, world.idea["decide"])

    async def write():
        return await actions.comment(actor, idea, body="Late", reply_to=None, form_key="k")

    assert isinstance(await campaign_that_ends_meanwhile(fresh_db, world, write), Closed)
    assert await fetch_value(LATE) == 0


async def test_without_holding_the_campaign_a_comment_would_come_in_after_the_end(fresh_db, world):
    actor = await actor_of_person(world.person_id["employee"])
    idea = await get_idea(actor, world.idea["decide"])
    await campaign_that_ends_meanwhile(fresh_db, world, lambda: naively(actor, idea))
    assert await fetch_value(LATE) == 1


async def test_a_change_waits_for_an_end_that_is_under_way_and_obeys_it(fresh_db, world):
    actor = await actor_of_person(world.person_id["colleague"])
    seen = await get_comment(actor, world.comment["decide"])
    outcome = await campaign_that_ends_meanwhile(fresh_db, world, lambda: actions.edit_comment(actor, seen, "Late", 1))
    assert isinstance(outcome, Changed)
    assert await fetch_value(LATE) == 0


async def test_of_two_windows_in_which_one_changes_a_comment_the_second_is_told(fresh_db, world):
    actor = await actor_of_person(world.person_id["colleague"])
    seen = await get_comment(actor, world.comment["vote"])
    outcomes = await asyncio.gather(
        *(actions.edit_comment(actor, seen, f"Window {n}", 1) for n in range(4)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(Changed) == 3
    assert await fetch_value("SELECT count(*) FROM comment_version WHERE comment = {}", seen.id) == 1
