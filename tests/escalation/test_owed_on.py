"""An idea of a running campaign that enough people support: the day of its answer stands wherever the idea does."""

from datetime import timedelta

import pytest

from portal.db import execute
from tests.client import text_of
from tests.world import NOW

REACHED = "UPDATE idea SET t1_at = {} WHERE id = {}"
WORDS = "Answer owed by"


@pytest.fixture
async def reached(rollback, world):
    """Enough people support the idea of a campaign that collects ideas."""
    await execute("UPDATE campaign SET done_from = {} WHERE title = 'Campaign collect'", NOW + timedelta(days=40))
    await execute(REACHED, NOW, world.idea_id["collect"])
    newest = "UPDATE idea SET created_at = plein_now() + interval '1 second' WHERE id = {}"
    await execute(newest, world.idea_id["collect"])
    return f"/ideas/{world.idea['collect']}", f"/campaigns/{world.campaign['collect']}"


async def test_the_page_and_the_lists_say_when_it_is_answered(as_, world, reached):
    idea, campaign = reached
    reader, author = await as_("employee"), await as_("author")
    said = text_of(await reader.get(idea))
    assert "its campaign answers it by" in said
    assert "27 July" in said
    for browser, path in ((reader, campaign), (reader, f"{campaign}?view=board"), (author, "/")):
        page = text_of(await browser.get(path))
        assert f"{WORDS} " in page, path
        assert "27 July" in page, path


@pytest.mark.parametrize(
    "otherwise",
    [
        "UPDATE idea SET t1_at = NULL WHERE id = {}",
        "UPDATE campaign SET decision_owner = NULL WHERE id = (SELECT campaign FROM idea WHERE id = {})",
        "UPDATE campaign SET always_open = TRUE WHERE id = (SELECT campaign FROM idea WHERE id = {})",
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, next_owner, language)"
        " SELECT id, space, author, 'changed', 's', 'r', 'r', 'n', author, 'en' FROM idea WHERE id = {}",
        "UPDATE idea SET state = 'withdrawn' WHERE id = {}",
        "UPDATE campaign SET state = 'cancelled', cancelled_at = plein_now() WHERE id = (SELECT campaign FROM idea WHERE id = {})",
        "INSERT INTO cluster_item (idea, lead, space, opt_out_until, added_by) SELECT i.id, l.id, i.space, plein_now(), i.author"
        " FROM idea i, idea l WHERE l.title = 'Idea open' AND i.id = {}",
    ],
)
async def test_nothing_is_owed_by_a_campaign_where_that_is_not_so(as_, world, reached, otherwise):
    await execute(otherwise, world.idea_id["collect"])
    reader = await as_("employee")
    assert "its campaign answers it by" not in text_of(await reader.get(reached[0]))
    assert WORDS not in text_of(await reader.get(reached[1]))


async def test_it_tells_nothing_while_the_counts_are_hidden(as_, world):
    await execute(REACHED, NOW, world.idea_id["vote"])
    reader = await as_("employee")
    assert WORDS not in text_of(await reader.get(f"/campaigns/{world.campaign['vote']}"))
    assert "its campaign answers it by" not in text_of(await reader.get(f"/ideas/{world.idea['vote']}"))
