"""How well it finds: labelled queries over a fixed corpus, and the figure that docs/search.md tells."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from portal.access.actor import Actor, actor_of_person
from portal.db import execute, fetch_value
from portal.search.jobs import take_in_words
from portal.search.queries import Filters, search
from portal.settings import ROOT
from portal.text.markdown import excerpt, to_html
from tests.world import World

HERE = Path(__file__).parent
CORPUS = tomllib.loads((HERE / "corpus.toml").read_text())
QUERIES = tomllib.loads((HERE / "queries.toml").read_text())
TARGET = 0.9  # of the mean reciprocal rank over all queries
LEAST = 0.75  # of each kind of query alone
TOLD = re.compile(r"\*\*(\d\.\d\d)\*\* over (\d+) queries")


async def fill(world: World) -> dict[str, str]:
    """Puts the corpus into the campaign that was decided; gives the addresses by key."""
    campaign, space = world.campaign_id["decide"], world.space_id["organisation"]
    writer, keys = world.person_id["author"], {}
    ideas: dict[str, int] = {}
    for entry in CORPUS["idea"]:
        html = to_html(entry["body"])
        row = await _made(
            "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, tags)"
            " VALUES ({}, {}, {}, 'published', {}, {}, {}, {}, {}, {}) RETURNING id, public_id",
            *(campaign, space, writer, entry["title"], entry["body"], html, excerpt(html)),
            *(entry["language"], entry["tags"]),
        )
        ideas[entry["key"]], keys[entry["key"]] = row["id"], f"/ideas/{row['public_id']}"
    for entry in CORPUS["comment"]:
        row = await _made(
            "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
            " VALUES ({}, {}, {}, 'published', {}, {}, {}) RETURNING public_id",
            *(ideas[entry["idea"]], space, writer, entry["body"], to_html(entry["body"]), entry["language"]),
        )
        keys[entry["key"]] = f"/comments/{row['public_id']}"
    for entry in CORPUS["answer"]:
        await execute(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
            " VALUES ({}, {}, {}, 'changed', {}, {}, {}, {}, {})",
            *(ideas[entry["idea"]], space, writer, entry["summary"], entry["reason"], to_html(entry["reason"])),
            *(entry["next_step"], entry["language"]),
        )
        keys[entry["key"]] = keys[entry["idea"]] + "#answer"
    for entry in CORPUS["campaign"]:
        row = await _made(
            "INSERT INTO campaign (space, author, sponsor, title, lead, brief, brief_html, language, always_open,"
            " collect_from) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, TRUE, plein_now()) RETURNING public_id",
            *(space, writer, writer, entry["title"], entry["lead"], entry["brief"], to_html(entry["brief"])),
            entry["language"],
        )
        keys[entry["key"]] = f"/campaigns/{row['public_id']}"
    for entry in CORPUS["person"]:
        unit = await fetch_value("INSERT INTO org_unit (name) VALUES ({}) RETURNING id", entry["unit"])
        row = await _made("INSERT INTO person (kind, org_unit) VALUES ('employee', {}) RETURNING id, public_id", unit)
        await execute(
            "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})",
            *(row["id"], entry["name"], f"{entry['key']}@corpus.example", entry["title"]),
            *(entry["language"], "Europe/Amsterdam"),
        )
        keys[entry["key"]] = f"/people/{row['public_id']}"
    await take_in_words()
    return keys


async def _made(sql: str, *values: Any) -> asyncpg.Record:
    return (await execute(sql, *values))[0]


async def reciprocal_rank(actor: Actor, query: str, meant: set[str]) -> float:
    """1 when the first hit is what was meant, 1/2 when the second is, …; 0 when none of the first twenty is."""
    hits = (await search(actor, query, Filters())).listed.rows
    return next((1 / rank for rank, hit in enumerate(hits, 1) if hit.address in meant), 0.0)


@pytest.fixture
async def measured(rollback: asyncpg.Connection, world: World) -> dict[str, dict[str, float]]:
    """The reciprocal rank of every query, by kind of query."""
    keys = await fill(world)
    actor = await actor_of_person(world.person_id["employee"])
    assert actor is not None
    return {
        kind: {query: await reciprocal_rank(actor, query, {keys[key] for key in meant}) for query, *meant in labelled}
        for kind, labelled in QUERIES.items()
    }


async def test_what_people_mean_stands_near_the_top(measured: dict[str, dict[str, float]]):
    ranks = [rank for of_kind in measured.values() for rank in of_kind.values()]
    figure = sum(ranks) / len(ranks)
    poor = {query: round(rank, 2) for of_kind in measured.values() for query, rank in of_kind.items() if rank < 1}
    by_kind = {kind: round(sum(found.values()) / len(found), 2) for kind, found in measured.items()}
    assert len(ranks) >= 60
    assert figure >= TARGET, (figure, by_kind, poor)
    assert min(by_kind.values()) >= LEAST, (by_kind, poor)
    told = TOLD.search((ROOT / "docs" / "search.md").read_text())
    assert told, "docs/search.md tells the figure"
    assert (told[1], told[2]) == (f"{figure:.2f}", str(len(ranks))), (by_kind, poor)
