"""Several people at once, over real connections."""

import asyncio

import asyncpg
import pytest
from msgspec.structs import replace

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed, Closed
from portal.campaigns.queries import get_campaign
from portal.db import execute, fetch_value
from portal.ideas import actions
from portal.ideas.actions import Content
from portal.ideas.queries import get_idea
from tests.pages.locks import until_waiting

PLAIN = Content(title="At once", body="b", tags=[], language="en")


async def test_many_propose_at_once_in_one_campaign(fresh_db, world):
    """Each proposal holds the campaign's row and counts itself on it: no two may wait for each other."""
    actor = await actor_of_person(world.person_id["employee"])
    campaign = await get_campaign(actor, world.campaign["collect"])
    await asyncio.gather(*(actions.propose(actor, campaign, PLAIN, form_key=str(n)) for n in range(40)))
    there = await fetch_value("SELECT count(*) FROM idea WHERE campaign = {}", campaign.id)
    assert there == 41
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", campaign.id) == there


async def test_one_form_sent_ten_times_at_once_proposes_one(fresh_db, world):
    actor = await actor_of_person(world.person_id["employee"])
    campaign = await get_campaign(actor, world.campaign["collect"])
    given = await asyncio.gather(*(actions.propose(actor, campaign, PLAIN, form_key="the same") for _ in range(10)))
    assert len(set(given)) == 1
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = 'At once'") == 1


async def test_of_ten_edits_of_the_same_text_one_is_saved(fresh_db, world):
    actor = await actor_of_person(world.person_id["author"])
    idea = await get_idea(actor, world.idea["collect"])
    done = await asyncio.gather(
        *(actions.edit_idea(actor, idea, replace(PLAIN, body=str(n)), version=1) for n in range(10)),
        return_exceptions=True,
    )
    assert [result for result in done if result is None] == [None]
    assert {type(result) for result in done} == {type(None), Changed}
    assert [row["version"] for row in await execute("SELECT version FROM idea_version WHERE idea = {}", idea.id)] == [1]


async def test_a_proposal_waits_for_a_change_of_dates_under_way_and_obeys_it(fresh_db, world):
    actor = await actor_of_person(world.person_id["employee"])
    campaign = await get_campaign(actor, world.campaign["collect"])
    sponsor = await asyncpg.connect(fresh_db)
    async with sponsor.transaction():
        await sponsor.execute("UPDATE campaign SET discuss_from = plein_now() WHERE id = $1", campaign.id)
        proposal = asyncio.create_task(actions.propose(actor, campaign, PLAIN, form_key="k"))
        await until_waiting(sponsor, proposal)
        assert not proposal.done()
    with pytest.raises(Closed):
        await proposal
    await sponsor.close()
