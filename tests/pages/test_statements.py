"""The pages that are read most send few statements, however much stands on them."""

import pytest

from portal.db import execute
from tests.comments.test_thread import REPLIES, ROOTS
from tests.conftest import statements
from tests.ideas.test_paging import MANY

MOST = {
    "/": 4,
    "/campaigns": 2,
    "/campaigns/{campaign[collect]}": 3,
    "/campaigns/{campaign[collect]}?order=supported&tag=even": 3,
    "/ideas/{idea[vote]}": 3,
    "/ideas/{idea[vote]}?order=newest": 3,
    "/comments/{comment[vote]}/replies": 3,
}


@pytest.mark.parametrize("path", MOST)
async def test_a_page_sends_few_statements_however_much_stands_on_it(as_, world, path):
    browser = await as_("employee")
    address = path.format(**vars(world))
    async with statements() as few:
        assert (await browser.get(address)).status_code == 200
    await execute(MANY, 30, world.idea_id["collect"])
    await execute(ROOTS, 30, world.comment_id["vote"])
    await execute(REPLIES, 30, world.comment_id["vote"])
    async with statements() as many:
        assert (await browser.get(address)).status_code == 200
    assert len(many) == len(few) <= MOST[path] <= 8, many


@pytest.mark.parametrize("path", ["/ideas/{idea[vote]}/vote", "/ideas/{idea[vote]}/vote/withdrawal"])
async def test_a_vote_is_one_statement_after_looking(as_, world, path):
    browser = await as_("employee")
    async with statements() as sent:
        assert (await browser.post(path.format(**vars(world)), htmx=True)).status_code == 200
    writes = [sql for sql in sent if "INSERT" in sql or "UPDATE" in sql or "DELETE" in sql]
    assert len(writes) == 1
    assert len(sent) <= 4
