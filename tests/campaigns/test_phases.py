"""A campaign is in the phase that its dates say, from the very moment on, and its page says so."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest

from portal.db import execute
from tests.client import text_of
from tests.world import NOW, set_clock

TURN = re.compile(r'id="turn">([^<]+)<')
WORDS = {
    "planned": "Coming up",
    "collect": "Bring your idea",
    "discuss": "Talk it over",
    "vote": "Vote",
    "decide": "Now it is up to the sponsor",
    "done": "This campaign is done",
}
#: When the campaign "planned" enters each phase.
BEGINS = {"collect": 5, "discuss": 10, "vote": 15, "decide": 20, "done": 25}
TICK = timedelta(microseconds=1)


async def turn(as_, world, moment):
    """What the page of the campaign says, at a moment, is to be done."""
    await set_clock(moment)
    page = await (await as_("employee")).get(f"/campaigns/{world.campaign['planned']}")
    return TURN.search(page.text)[1]


@pytest.mark.parametrize(("before", "after"), list(pairwise(WORDS)))
async def test_a_phase_begins_at_its_very_moment(as_, world, before, after):
    begins = NOW + timedelta(days=BEGINS[after])
    assert await turn(as_, world, begins - TICK) == WORDS[before]
    assert await turn(as_, world, begins) == WORDS[after]


@pytest.mark.parametrize(
    ("name", "steps"),
    {
        "planned": "next next next next next",
        "collect": "now next next next next",
        "discuss": "done now next next next",
        "vote": "done done now next next",
        "decide": "done done done now next",
        "done": "done done done done done",
    }.items(),
)
async def test_the_bar_of_phases_shows_where_the_campaign_is(as_, world, name, steps):
    page = await (await as_("employee")).get(f"/campaigns/{world.campaign[name]}")
    assert re.findall(r'<li data-step="(\w+)"', page.text) == steps.split()
    assert page.text.count('aria-current="step"') == steps.count("now")


async def test_the_bar_tells_how_much_of_the_phase_has_passed(as_, world):
    page = await (await as_("employee")).get(f"/campaigns/{world.campaign['vote']}")
    assert 'data-share="50"' in page.text  # five days gone, five left
    assert "5 days left" in page.text


async def test_a_campaign_that_is_always_open_has_no_bar_and_no_end(as_, world, rollback):
    await rollback.execute(
        "UPDATE campaign SET always_open = TRUE, discuss_from = NULL, vote_from = NULL, decide_from = NULL,"
        " done_from = NULL WHERE id = $1",
        world.campaign_id["collect"],
    )
    await set_clock(NOW + timedelta(days=1000))
    page = await (await as_("employee")).get(f"/campaigns/{world.campaign['collect']}")
    assert TURN.search(page.text)[1] == "Always open"
    assert "data-step" not in page.text
    assert "Propose an idea" in page.text


@pytest.mark.parametrize("address", ["/campaigns/{}", "/campaigns/{}/ideas/new"])
async def test_before_one_writes_one_is_told_what_will_be_seen_of_the_votes(as_, world, address):
    hidden, blind = "Nobody sees how many support an idea before voting ends", "nobody’s title or unit is shown"
    browser = await as_("employee")
    page = text_of(await browser.get(address.format(world.campaign["collect"])))
    assert "One support each" in page
    assert hidden not in page
    assert blind not in page
    await execute(
        "UPDATE campaign SET vote_method = 'budget', votes_each = 10, votes_per_idea = 3, hide_counts = TRUE,"
        " rank_blind = TRUE WHERE id = {}",
        world.campaign_id["collect"],
    )
    page = text_of(await browser.get(address.format(world.campaign["collect"])))
    assert "10 votes each, at most 3 on one idea" in page
    assert hidden in page
    assert blind in page
