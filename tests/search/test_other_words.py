"""How well ideas are found that say the same in other words: labelled titles, and the figures that docs/search.md tells."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from portal.access.actor import Actor, actor_of_person
from portal.db import execute
from portal.search.jobs import take_in_words
from portal.search.parts import parts_of
from portal.search.queries import query_for
from portal.search.similar import similar_ideas
from portal.settings import ROOT
from tests.search.test_ranking import CORPUS, fill
from tests.search.test_similar import OF_WHOM, write
from tests.world import World, add_campaign

LABELLED = tomllib.loads((Path(__file__).parent / "similar.toml").read_text())
TITLES = {entry["key"]: entry["title"] for entry in CORPUS["idea"]}
TOLD = re.compile(r"\*\*(\d+) of (\d+)\*\*.*\*\*(\d+) of (\d+)\*\*; of (\d+)\s.*has (\d+) bring.* (\d\.\d) ideas", re.S)


@pytest.fixture
async def reader(rollback: Any, world: World) -> Actor:
    """Somebody who reads the corpus, and the ideas of the demo's campaigns."""
    await fill(world)
    author, where = world.person_id["author"], world.campaign_id["collect"]
    for campaign in sorted((ROOT / "portal" / "demo" / "content" / "campaigns").glob("*.toml")):
        for idea in tomllib.loads(campaign.read_text())["idea"]:
            body = idea["body"]
            await execute(OF_WHOM, author, idea["title"], body, f"<p>{body}</p>", idea["language"], where)
    await take_in_words()
    actor = await actor_of_person(world.person_id["employee"])
    assert actor is not None
    return actor


async def test_what_says_the_same_in_other_words_is_found(reader):
    missed = {
        name: [title for title, idea in LABELLED[name] if TITLES.get(idea, idea) not in await alike(reader, title)]
        for name in ("corpus", "demo")
    }
    shown = [await alike(reader, title) for title in (*LABELLED["unlike"], *LABELLED["strange"])]
    told = TOLD.search((ROOT / "docs" / "search.md").read_text())
    assert told, "docs/search.md tells the figures"
    figures = []
    for name, titles in missed.items():
        figures += [len(LABELLED[name]) - len(titles), len(LABELLED[name])]
    figures += [len(shown), sum(map(bool, shown))]
    assert list(told.groups()) == [*map(str, figures), f"{sum(map(len, shown)) / len(shown):.1f}"], missed
    assert figures[0] / figures[1] >= 0.7
    assert figures[2] / figures[3] >= 0.7


async def test_a_long_word_stands_for_the_words_that_it_is_made_of(reader):
    assert TITLES["huizen"] in await alike(reader, "Rioolwarmte")


@pytest.mark.parametrize(("campaign", "unseen"), [("closed_a", {}), ("unseen", {"hidden": True})])
async def test_of_which_words_it_is_made_she_learns_from_what_she_reads_alone(reader, world, campaign, unseen):
    if unseen:
        await add_campaign(world, campaign, "organisation", "collect", **unseen)
    terms = (await query_for(reader, "Kraanvogels")).terms
    await write(world, campaign, "Kraan, vogels", "", "nl")
    await take_in_words()
    assert await parts_of(reader, terms) == []
    await write(world, "collect", "Kraan, vogels", "", "nl")
    await take_in_words()
    assert [term.word for term in await parts_of(reader, terms)] == ["kraan", "vogels"]


async def test_a_word_of_a_text_counts(reader):
    assert TITLES["kantine"] in await alike(reader, "Maaltijden voor wie 's nachts werkt")


async def alike(actor: Actor, title: str) -> list[str]:
    return [row.title for row in await similar_ideas(actor, title, "")]
