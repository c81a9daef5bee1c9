"""Paging through a campaign's ideas: each once, in every order, with and without htmx."""

import re

import pytest

from portal.db import execute, fetch_value

CARD = re.compile(r'id="vote-([\w]+)" data-state')
NEXT = re.compile(r'href="([^"#]+)#results" rel="next"')
ORDERS = {
    "newest": "created_at",
    "supported": "supporters + guest_supporters",
    "discussed": "comments + guest_comments",
}

MANY = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, tags, created_at,
        supporters, guest_supporters, comments, guest_comments)
    SELECT campaign, space, author, 'published', 'Idea number ' || n, '', '', '', 'en',
        ARRAY[CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END, 'every'], created_at - make_interval(mins => n % 5),
        n % 7, n % 3, n % 4, n % 2
    FROM idea, generate_series(1, {}) n WHERE id = {}
"""


@pytest.fixture
async def many(rollback, world):
    """Makes so many ideas in the campaign "collect", with many ties in every order."""

    async def make(count):
        there = await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["collect"])
        await execute(MANY, count - there, world.idea_id["collect"])

    return make


async def walk(browser, address, htmx=False):
    """Follows "Next 20" to the end; gives the ideas of each page."""
    pages = []
    while address:
        response = await browser.get(address.replace("&amp;", "&"), htmx=htmx)
        assert response.status_code == 200
        pages.append(CARD.findall(response.text))
        following = NEXT.search(response.text)
        address = following[1] if following else None
    return pages


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("order", ORDERS)
async def test_every_idea_comes_exactly_once_in_order(as_, world, many, order, htmx):
    await many(45)
    pages = await walk(await as_("employee"), f"/campaigns/{world.campaign['collect']}?order={order}", htmx)
    rows = await execute(
        f"SELECT public_id FROM idea WHERE campaign = {{}} ORDER BY {ORDERS[order]} DESC, public_id DESC",
        world.campaign_id["collect"],
    )
    assert [len(page) for page in pages] == [20, 20, 5]
    assert [public_id for page in pages for public_id in page] == [row["public_id"] for row in rows]


async def test_next_disappears_where_the_last_page_is_full(as_, world, many):
    await many(40)
    pages = await walk(await as_("employee"), f"/campaigns/{world.campaign['collect']}")
    assert [len(page) for page in pages] == [20, 20]


async def test_an_idea_that_comes_in_meanwhile_repeats_none(as_, world, many):
    await many(45)
    browser = await as_("employee")
    first = await browser.get(f"/campaigns/{world.campaign['collect']}")
    await execute(MANY, 3, world.idea_id["collect"])
    await execute(
        "UPDATE idea SET created_at = created_at + interval '1 day' WHERE id > (SELECT max(id) - 3 FROM idea)"
    )
    second = await browser.get(NEXT.search(first.text)[1].replace("&amp;", "&"))
    assert not set(CARD.findall(first.text)) & set(CARD.findall(second.text))


async def test_a_tag_filters_and_stays_through_pages_and_orders(as_, world, many):
    await many(61)
    address = f"/campaigns/{world.campaign['collect']}?order=supported&tag=even"
    browser = await as_("employee")
    pages = await walk(browser, address)
    tagged = await execute("SELECT public_id FROM idea WHERE tags @> ARRAY['even']")
    found = [public_id for page in pages for public_id in page]
    assert len(found) == len(set(found)) == len(tagged) == 30
    assert set(found) == {row["public_id"] for row in tagged}
    page = await browser.get(address)
    assert "Ideas with #even" in page.text
    assert re.search(r'name="tag" value="even"[^>]* checked', page.text)
    assert re.search(r'value="supported" selected', page.text)


async def test_the_chip_of_a_tag_leads_to_its_ideas(as_, world):
    browser = await as_("employee")
    page = await browser.get(f"/ideas/{world.idea['collect']}")
    address = re.search(r'class="chip" href="([^"#]+)', page.text)[1]
    assert CARD.findall((await browser.get(address)).text) == [world.idea["collect"]]


@pytest.mark.parametrize("tag", ["unknown", "<script>alert(1)</script>", "' OR 1=1 --", "%", "é" * 500])
async def test_a_tag_that_nobody_used_finds_nothing(as_, world, tag):
    browser = await as_("employee")
    page = await browser.http.get(f"/campaigns/{world.campaign['collect']}", params={"tag": tag})
    assert page.status_code == 200
    assert "Nothing here" in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("order", ["", "oldest", "supporters; DROP TABLE idea", "é"])
async def test_an_unknown_order_is_the_newest(as_, world, order):
    page = await (await as_("employee")).http.get(
        f"/campaigns/{world.campaign['collect']}", params={"order": order, "tag": "tag collect"}
    )
    assert CARD.findall(page.text) == [world.idea["collect"]]
    assert 'value="newest" selected' in page.text or 'name="order"' not in page.text


@pytest.mark.parametrize("after", ["unknown", "'", "-1", "é", "x" * 5000, "9" * 18 + "-x", "²-x"])
async def test_what_is_no_place_in_the_order_shows_the_first_page(as_, world, after):
    page = await (await as_("employee")).http.get(f"/campaigns/{world.campaign['collect']}", params={"after": after})
    assert page.status_code == 200
    assert CARD.findall(page.text) == [world.idea["collect"]]


@pytest.mark.parametrize("order", ORDERS)
async def test_after_the_end_there_is_nothing(as_, world, order):
    page = await (await as_("employee")).get(f"/campaigns/{world.campaign['collect']}?order={order}&after=0-0")
    assert page.status_code == 200
    assert "Nothing here" in page.text


@pytest.mark.parametrize("order", ["supported", "discussed"])
async def test_votes_and_comments_that_come_in_meanwhile_repeat_and_skip_nothing(as_, world, many, order):
    await many(45)
    browser = await as_("employee")
    first = await browser.get(f"/campaigns/{world.campaign['collect']}?order={order}")
    last = CARD.findall(first.text)[-1]
    await execute("UPDATE idea SET supporters = 99, comments = 99 WHERE public_id = {}", last)
    rest = await walk(browser, NEXT.search(first.text)[1])
    seen = [*CARD.findall(first.text), *(public_id for page in rest for public_id in page)]
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("name", ["tag", "after"])
async def test_a_character_that_cannot_be_is_a_400(as_, world, name):
    browser = await as_("employee")
    assert (await browser.get(f"/campaigns/{world.campaign['collect']}?{name}=1-%00")).status_code == 400
