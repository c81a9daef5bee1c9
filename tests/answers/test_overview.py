"""The entry to all answers: what is late stands first, what was answered is read where its idea is, and nothing else."""

from datetime import timedelta

import pytest

from portal.db import execute
from tests.client import text_of
from tests.world import NOW

CASE = """
    INSERT INTO escalation (idea, space, state, origin, setting, owner, started_at, acknowledge_due_at, statement_due_at,
        due_at)
    SELECT i.id, i.space, 'assigned', 'unasked', (SELECT max(id) FROM escalation_setting), {}, {}, {}, {}, {}
    FROM idea i WHERE i.id = {}
"""


@pytest.fixture
async def owed(world, rollback):
    """A late case, one in time, and one in a closed group."""
    await execute("DELETE FROM escalation WHERE idea = {}", world.idea_id["discuss"])  # that of the world
    for name, days in (("discuss", 5), ("collect", -3), ("closed_a", -9)):
        begun, due = NOW - timedelta(days=20), NOW + timedelta(days=days)
        await execute(CASE, world.person_id["sponsor"], begun, begun, begun, due, world.idea_id[name])


@pytest.mark.parametrize("address", ["/answers", "/answers/waiting"])
async def test_what_is_late_stands_first_and_only_what_one_reads(as_, world, owed, address):
    page = text_of(await (await as_("employee")).get(address))
    assert page.index(world.idea["collect"]) < page.index(world.idea["discuss"])
    assert "days late" in page
    assert "Was due on" in page
    assert world.idea["closed_a"] not in page
    assert world.idea["closed_a"] in text_of(await (await as_("insider_a")).get(address))


@pytest.mark.parametrize("address", ["/answers", "/answers/waiting"])
async def test_colleagues_and_guests_who_support_it_are_told_apart(as_, world, owed, address):
    support = "UPDATE idea SET supporters = {}, guest_supporters = {} WHERE id = {}"
    await execute(support, 10, 2, world.idea_id["closed_a"])
    page = text_of(await (await as_("insider_a")).get(address))
    assert "<b>10</b> colleagues · 2 guests" in page
    await execute(support, 10, 0, world.idea_id["closed_a"])
    assert "<b>10</b> people" in text_of(await (await as_("insider_a")).get(address))


async def test_guests_read_of_their_own_space_only(as_, world, owed):
    page = text_of(await (await as_("guest_a")).get("/answers"))
    assert world.idea["closed_a"] in page
    assert world.idea["collect"] not in page
