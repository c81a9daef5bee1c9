"""Hot pages ask the database a known number of times, and stay light."""

import gzip

import pytest

from tests.conftest import statements

MOST = 8
PAGES = {
    "/": 4,
    "/campaigns": 2,
    "/campaigns/{campaign[vote]}": 3,
    "/campaigns/{campaign[vote]}?order=supported&tag=tag+vote": 3,
    "/ideas/{idea[vote]}": 3,
    "/ideas/{idea[vote]}?after={comment[vote]}": 4,
    "/ideas/{idea[done]}": 3,
}


@pytest.mark.parametrize(("path", "number"), PAGES.items())
async def test_a_hot_page_asks_so_often(as_, world, path, number):
    browser = await as_("employee")
    async with statements() as sent:
        response = await browser.get(path.format(**vars(world)))
    assert response.status_code == 200
    assert len(sent) == number <= MOST, sent


async def test_a_vote_asks_three_times(as_, world):
    browser = await as_("employee")
    for path in ("vote", "vote/withdrawal"):
        async with statements() as sent:
            response = await browser.post(f"/ideas/{world.idea['vote']}/{path}", htmx=True)
        assert response.status_code == 200
        assert len(sent) == 3, sent


async def test_a_campaign_page_is_light(as_, world):
    browser = await as_("employee")
    response = await browser.get(f"/campaigns/{world.campaign['vote']}")
    assert response.headers["content-encoding"] == "gzip"
    assert 8_000 < len(response.content) < 30_000
    assert len(gzip.compress(response.content, 1)) < 7_000
