"""Each table, row by row: `visible` shows everybody of the cast what the rules in words say, and nothing else."""

from __future__ import annotations

import asyncpg
import pytest

from portal.access.scope import VISIBILITY
from portal.db import transaction
from tests.access.canary import ROWS
from tests.access.eyes import wrong_eyes
from tests.access.facts import FACTS, should_be_known, wrong_facts
from tests.access.masks import wrong_masks
from tests.access.names import wrong_names
from tests.access.sights import OF_PEOPLE, Sights, actors_of, should_be_seen, what_is_asked, wrong_sights
from tests.access.variety import LOOKERS, something_of_everything
from tests.world import World

#: What all see alike.
ALIKE = {
    "about_page",
    "calendar_day",
    "organisation",
    "working_hours",
    "escalation_setting",
    "sensitive_door",
    "sensitive_rule",
}
#: What no story of the stage holds yet.
NOT_STAGED = {"answer_start", "retention_list", "retention_log", "retention_rule", "promise", "promise_news"}
NOT_STAGED |= {
    "case_record",
    "answer_draft",
    "crowd_question",
    "crowd_reply",
    "screener",
    "sensitive_words",
    "case_note",
    "case_file",
    "consultation",
    "handover",
}


@pytest.fixture
async def people(rollback: asyncpg.Connection, world: World) -> dict[str, int]:
    """Those who look at something of everything, in every state."""
    async with transaction():
        await something_of_everything(world)
    return {name: world.person_id[name] for name in LOOKERS}


@pytest.fixture
async def should(rollback: asyncpg.Connection, people: dict[str, int]) -> Sights:
    """What each of them is to see."""
    return await should_be_seen(rollback, people)


async def test_everybody_sees_what_the_rules_in_words_say_and_nothing_else(people: dict[str, int], should: Sights):
    """Every row of every table, and every field of every profile."""
    wrong = [line async for line in wrong_sights(what_is_asked(await actors_of(people)), should)]
    assert not wrong, wrong[:20]


async def test_everybody_is_known_as_the_rules_in_words_say(rollback: asyncpg.Connection, people: dict[str, int]):
    """By her session, as long as it is good; and without one, for mail."""
    facts = await should_be_known(rollback, people)
    wrong = [line async for line in wrong_facts(rollback, people, facts)]
    assert not wrong, wrong[:20]
    alike = {fact for fact in FACTS if len({tuple(facts[name][fact]) for name in people}) == 1}
    assert not alike, "else it would be compared with nothing"


async def test_everybody_acts_in_the_right_name_and_sees_with_the_right_eyes(
    rollback: asyncpg.Connection, people: dict[str, int]
):
    """Where something of hers stands without her name, in the name that it has; and as a guest, where she may."""
    actors = await actors_of(people)
    wrong = [line async for line in wrong_masks(rollback, actors)] + [
        line async for line in wrong_eyes(rollback, actors)
    ]
    assert not wrong, wrong[:20]


async def test_everybody_is_named_as_the_rules_in_words_say(rollback: asyncpg.Connection, people: dict[str, int]):
    """Of former guests some keep their name, and some don't."""
    wrong = [line async for line in wrong_names(rollback)]
    assert not wrong, wrong[:20]
    told = await rollback.fetch("SELECT DISTINCT s.leavers FROM departure d JOIN space s ON s.id = d.space")
    assert len(told) == 2


async def test_of_each_table_there_is_something_that_one_sees_and_another_does_not(should: Sights):
    """Else a rule would be compared with nothing."""
    of_each = {table: {tuple(seen[table]) for seen in should.values()} for table in should["employee"]}
    assert {table for table, sights in of_each.items() if len(sights) == 1} <= ALIKE | NOT_STAGED


def test_the_rules_in_words_know_every_table():
    """Else a new one would be left out."""
    assert {table._meta.tablename for table in set(VISIBILITY) - set(OF_PEOPLE)} <= ROWS.keys()
