"""Each table, row by row: `visible` shows everybody of the cast what the rules in words say, and nothing else."""

from __future__ import annotations

import asyncpg
import pytest

from portal.access.scope import VISIBILITY
from portal.db import transaction
from tests.access.canary import ROWS
from tests.access.sights import COMPARED, OF_PEOPLE, Sights, should_be_seen, wrong_sights
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
    wrong = await wrong_sights(people, should)
    assert not wrong, wrong[:20]


async def test_of_each_table_there_is_something_that_one_sees_and_another_does_not(should: Sights):
    """Else a rule would be compared with nothing."""
    of_each = {table: {tuple(seen[table]) for seen in should.values()} for table in should["employee"]}
    assert {table for table, sights in of_each.items() if len(sights) == 1} <= ALIKE | NOT_STAGED


def test_the_rules_in_words_know_every_table():
    """Else a new one would be left out."""
    assert {table._meta.tablename for table in set(COMPARED) - set(OF_PEOPLE)} <= ROWS.keys()
    assert set(COMPARED) < set(VISIBILITY), "and nothing that is compared has left the scope"
