"""The pages that are read most send few statements, however much stands on them, and stay light."""

import gzip

import pytest

from portal.db import LASTING, execute
from tests.client import text_of
from tests.comments.test_thread import REPLIES, ROOTS
from tests.conftest import statements
from tests.ideas.test_paging import MANY
from tests.sitemap import PAGES, filled

MOST = 8
DIGEST = """
    INSERT INTO digest (idea, space, version, author, body, body_html, how, language)
    SELECT id, space, 1, {}, 'x', 'In short, by hand', 'x', 'en' FROM idea WHERE id = {}
"""
NUMBERS = {
    "/": 3,
    "/campaigns": 3,
    "/campaigns/{campaign[collect]}": 5,
    "/campaigns/{campaign[decide]}?view=board": 5,
    "/campaigns/{campaign[vote]}?view=board&show=unvoted": 5,
    "/campaigns/{campaign[collect]}?order=supported&tag=even": 5,
    "/votes": 2,
    "/ideas/{idea[vote]}": 4,
    "/ideas/{idea[vote]}?order=newest": 4,
    "/ideas/{idea[vote]}?after={comment[vote]}": 5,
    "/ideas/{idea[vote]}?after={comment[vote]}&reply={comment[vote]}": 6,
    "/ideas/{idea[done]}": 4,
    "/ideas/{idea[told]}": 4,
    "/comments/{comment[vote]}/replies": 3,
}


async def hear_of_nothing():
    """Whatever the bell told is read."""
    await execute("UPDATE notice SET read_at = plein_now()")


@pytest.mark.parametrize(("path", "number"), NUMBERS.items())
async def test_a_page_sends_so_many_statements_however_much_stands_on_it(as_, world, path, number):
    browser = await as_("employee")
    await hear_of_nothing()
    address = path.format(**vars(world))
    await browser.get(address)  # where something is new, this leaves the reader's mark
    async with statements() as few:
        assert (await browser.get(address)).status_code == 200
    await execute(MANY, 30, world.idea_id["collect"])
    await execute(ROOTS, 30, world.comment_id["vote"])
    await execute(REPLIES, 30, world.comment_id["vote"])
    await browser.get(address)
    async with statements() as many:
        assert (await browser.get(address)).status_code == 200
    assert len(few) == number <= MOST, few
    assert len(many) == number, many


@pytest.mark.parametrize(("query", "number"), [("", 4), ("?after={comment[vote]}&reply={comment[vote_reply]}", 6)])
async def test_a_budget_a_digest_and_a_first_visit_cost_no_more_than_a_mark(as_, world, query, number):
    browser, idea = await as_("employee"), world.idea_id["vote"]
    await execute(
        "UPDATE campaign SET vote_method = 'budget', votes_each = 4, votes_per_idea = 3 WHERE kind = 'campaign'"
        " AND NOT EXISTS (SELECT FROM vote v JOIN idea i ON i.id = v.idea WHERE i.campaign = campaign.id)"
    )
    await execute(DIGEST, world.person_id["author"], idea)
    await hear_of_nothing()
    assert (await browser.post(f"/ideas/{world.idea['vote']}/vote", {"weight": "1"})).status_code == 303
    for visit in (number + 1, number):  # the first one leaves a mark
        async with statements() as sent:
            page = text_of(await browser.get(f"/ideas/{world.idea['vote']}{query.format(**vars(world))}"))
        assert "In short, by hand" in page
        assert "1 given in this campaign, 3 left." in page
        assert len(sent) == visit <= MOST, sent


async def test_something_new_anywhere_costs_a_page_one_statement(as_, world):
    browser, address = await as_("employee"), f"/campaigns/{world.campaign['collect']}"
    async with statements() as told:
        await browser.get(address)
    await hear_of_nothing()
    async with statements() as untold:
        await browser.get(address)
    assert len(told) == len(untold) + 1 <= MOST


async def test_giving_and_taking_back_a_vote_are_one_statement_each_after_looking_twice(as_, world):
    """And one that waits for the disk, before it is answered."""
    browser = await as_("employee")
    for path in ("vote", "vote/withdrawal"):
        async with statements() as sent:
            assert (await browser.post(f"/ideas/{world.idea['vote']}/{path}", htmx=True)).status_code == 200
        assert len([sql for sql in sent if "INSERT" in sql or "UPDATE" in sql or "DELETE" in sql]) == 1
        assert len(sent) == 4, sent
        assert sent[-1] == LASTING


async def test_a_campaign_page_is_light(as_, world):
    response = await (await as_("employee")).get(f"/campaigns/{world.campaign['vote']}", Accept_Encoding="gzip")
    assert response.headers["content-encoding"] == "gzip"
    assert 8_000 < len(response.content) < 30_000
    assert len(gzip.compress(response.content, 1)) < 7_000


@pytest.mark.parametrize(("who", "path"), PAGES)
async def test_no_page_sends_more_statements_than_it_may(as_, world, who, path):
    browser = await as_(who)
    async with statements() as sent:
        await browser.get(filled(path, world))
    assert len(sent) <= MOST, sent


THREE_EACH = """
    INSERT INTO comment (idea, space, author, root, state, body, body_html, language)
    SELECT idea, space, author, id, 'published', '', '', 'en' FROM comment, generate_series(1, 3)
    WHERE idea = {} AND root IS NULL
"""
ALL_DIFFERENT = "UPDATE comment SET body_html = '<p>' || md5(id::text) || md5(public_id) || '</p>' WHERE idea = {}"


async def test_a_whole_page_of_a_thread_is_light_on_its_way(as_, world):
    """Twenty comments with three replies to each: the heaviest page that is read often."""
    await execute(ROOTS, 30, world.comment_id["vote"])
    await execute(THREE_EACH, world.idea_id["vote"])
    await execute(ALL_DIFFERENT, world.idea_id["vote"])
    response = await (await as_("employee")).get(f"/ideas/{world.idea['vote']}")
    assert response.text.count('class="comment"') == 80
    assert 10_000 < len(gzip.compress(response.content, 1)) < 25_000
