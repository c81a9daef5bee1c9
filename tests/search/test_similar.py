"""What looks like an idea while its title is typed, by realistic titles in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from portal.access.actor import Actor, actor_of_person
from portal.db import execute
from portal.search.jobs import take_in_words
from portal.search.similar import similar_ideas
from tests.search.test_ranking import fill
from tests.world import World, add_campaign

EVERYDAY = [
    ("nl", "Nieuwe handschoenen", "Dit werk kan beter, in de nacht en overdag."),
    ("nl", "Kluisjes op slot", "Zo wordt het werk in de nacht beter."),
    ("en", "Lockers that lock", "Our work at night could go better."),
    ("en", "Two more mirrors", "Better for the work at night."),
]
OF_WHOM = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)
    SELECT id, space, {}, 'published', {}, {}, {}, '', {} FROM campaign WHERE id = {}
"""


async def write(world: World, campaign: str, title: str, body: str, language: str) -> None:
    author, where = world.person_id["author"], world.campaign_id[campaign]
    await execute(OF_WHOM, author, title, body, f"<p>{body}</p>", language, where)


@pytest.fixture
async def reader(rollback: Any, world: World) -> Actor:
    """Somebody who reads the corpus, and sixty ideas that say what many say."""
    await fill(world)
    for n in range(60):
        language, title, body = EVERYDAY[n % len(EVERYDAY)]
        await write(world, "collect", f"{title} ({n})", body, language)
    await take_in_words()
    actor = await actor_of_person(world.person_id["employee"])
    assert actor is not None
    return actor


async def alike(actor: Actor, title: str) -> list[str]:
    return [row.title for row in await similar_ideas(actor, title, "")]


@pytest.mark.parametrize(
    ("title", "idea"),
    [
        ("Zonnepanelen voor het dak van de kantine en de werkplaats", "Zonnepanelen op de zoutloods"),
        ("Een zonnepaneel per bestelbus, voor de koelbox van de ploeg", "Zonnepanelen op de zoutloods"),
        ("Zonepanelen voor het dak van de kantine", "Zonnepanelen op de zoutloods"),
        ("Schoenen en laarzen voor buiten: één handtekening te veel", "Eén handtekening voor werkschoenen"),
        ("Let newcomers choose their own simulator hours", "Driving simulator for snow ploughs"),
        ("Simulators for those who never drove a crane", "Driving simulator for snow ploughs"),
        ("A simulater for those who never drove a crane", "Driving simulator for snow ploughs"),
        ("Pumps that somebody else could use as well this winter", "Borrowing pumps from our neighbours"),
    ],
)
async def test_one_rare_word_is_enough(reader, title, idea):
    assert idea in await alike(reader, title)


@pytest.mark.parametrize(
    "title",
    [
        "Beter werk voor timmerlieden",
        "In de nacht gaat het werk trager",
        "Better work for carpenters",
        "Does the night slow our work?",
    ],
)
async def test_words_that_many_say_are_not(reader, title):
    assert await alike(reader, title) == []


async def test_what_shares_all_of_them_is_alike(reader, world):
    await write(world, "collect", "Beter werk", "", "nl")
    await write(world, "collect", "Work at night", "", "en")
    assert await alike(reader, "Beter werk") == ["Beter werk"]
    assert (await alike(reader, "Work at night"))[0] == "Work at night"


async def test_the_one_that_shares_most_comes_first(reader, world):
    await write(world, "collect", "Pumps in the basement", "", "en")
    assert (await alike(reader, "Borrowing pumps"))[0] == "Borrowing pumps from our neighbours"


async def test_who_reads_no_idea_hears_nothing_of_one_that_is_hidden_from_her(rollback, world):
    await execute("UPDATE idea SET state = 'hidden' WHERE state = 'published'")
    await add_campaign(world, "unseen", "organisation", "collect", hidden=True)
    await write(world, "unseen", "A simulator for cranes", "", "en")
    await take_in_words()
    actor = await actor_of_person(world.person_id["employee"])
    assert actor is not None
    for title in ("Simulator", "Submarine"):
        assert await alike(actor, title) == []


@pytest.mark.parametrize(("campaign", "unseen"), [("closed_a", {}), ("unseen", {"hidden": True})])
async def test_how_rare_a_word_is_nobody_learns_from_what_she_does_not_read(reader, world, campaign, unseen):
    if unseen:
        await add_campaign(world, campaign, "organisation", "collect", **unseen)
    for n in range(60):
        await write(world, campaign, f"Simulator {n}", "", "en")
    title = "A simulator for tunnels, cranes and ferries"
    assert await alike(reader, title) == ["Driving simulator for snow ploughs"]
    for n in range(60):
        await write(world, "collect", f"Simulator {n}", "", "en")
    assert await alike(reader, title) == [], "it is common where she reads"
