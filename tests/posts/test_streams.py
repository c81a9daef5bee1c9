"""Streams: each space has one, in which its posts stand, and nobody is shown it."""

from __future__ import annotations

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.scope import visible
from portal.db import execute, fetch_value
from portal.tables import Campaign, Idea
from tests.world import World

pytestmark = pytest.mark.usefixtures("rollback")

POST = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, kind)
    VALUES ({}, {}, {}, 'published', 'A thought', 'Text', '<p>Text</p>', 'Text', 'en', {}) RETURNING id
"""


async def test_every_space_has_one_stream(world: World):
    assert await execute("SELECT s.id FROM space s WHERE NOT EXISTS (SELECT FROM campaign c WHERE c.id = -s.id)") == []
    assert await fetch_value("SELECT count(*) FROM campaign WHERE kind = 'stream'") == await fetch_value(
        "SELECT count(*) FROM space"
    )


@pytest.mark.parametrize(
    "change",
    ["state = 'archived'", "vote_method = 'budget'", "rank_blind = TRUE", "hidden = TRUE", "kind = 'campaign'"],
)
async def test_a_stream_stays_what_it_is(world: World, change: str):
    with pytest.raises(asyncpg.CheckViolationError):
        await execute(f"UPDATE campaign SET {change} WHERE id = {{}}", -world.space_id["open"])


async def test_a_stream_goes_to_no_other_space(world: World):
    with pytest.raises(asyncpg.CheckViolationError):
        await execute(
            "UPDATE campaign SET space = {} WHERE id = {}", world.space_id["closed_a"], -world.space_id["open"]
        )


async def test_nobody_is_shown_a_stream(world: World):
    for person in world.person_id.values():
        if actor := await actor_of_person(person):
            assert await execute("SELECT 1 FROM campaign WHERE kind = 'stream' AND {}", visible(Campaign, actor)) == []


async def test_posts_are_read_by_the_readers_of_their_space(world: World):
    space = world.space_id["closed_a"]
    post = await fetch_value(POST, -space, space, world.person_id["insider_a"], "discussion")
    seen = {
        name
        for name, person in world.person_id.items()
        if (actor := await actor_of_person(person))
        and await execute("SELECT 1 FROM idea WHERE id = {} AND {}", post, visible(Idea, actor))
    }
    readers = await execute("SELECT person FROM readership WHERE space = {}", space)
    assert {world.person_id[name] for name in seen} == {row["person"] for row in readers}
    assert "insider_a" in seen
    assert "insider_b" not in seen


async def test_an_idea_stands_in_a_campaign_and_a_post_in_a_stream(world: World):
    space, author = world.space_id["open"], world.person_id["author"]
    with pytest.raises(asyncpg.CheckViolationError):
        await execute(POST, -space, space, author, "idea")


async def test_a_post_stands_in_no_campaign(world: World):
    with pytest.raises(asyncpg.CheckViolationError):
        await execute(POST, world.campaign_id["collect"], world.space_id["open"], world.person_id["author"], "leader")
