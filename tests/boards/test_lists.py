"""A campaign's ideas as list and board: order, filters and pages, and what may not be told while people vote."""

import re

import pytest

from portal.db import execute, transaction
from tests.client import text_of
from tests.ideas.test_paging import CARD, MANY, walk
from tests.votes.test_secret import MACHINERY
from tests.votes.test_vote import words_of
from tests.world import add_idea, add_report

ANSWER = (
    "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
    " SELECT id, space, {}, {}, 'Told too early', 'Because', 'Because', 'Soon', 'en' FROM idea WHERE id = {}"
)
COLUMN = re.compile(r'<h3 class="split" id="column-\d+"><span>(.*?)</span> <span class="quiet">(\d+)</span>')
TITLES = re.compile(r'<a class="title-link" href="/ideas/(\w+)"')


def address(world, name="vote", query=""):
    return f"/campaigns/{world.campaign[name]}{query}"


async def make(world, name, count):
    """So many ideas more in a campaign, some of them alike in every order."""
    await execute(MANY, count, world.idea_id[name])


# --- while people vote


async def test_while_voting_everybody_has_an_order_of_her_own_that_stays(as_, world):
    await make(world, "vote", 44)
    orders = {}
    for who in ("employee", "colleague", "sponsor"):
        browser = await as_(who)
        pages = await walk(browser, address(world))
        assert [len(page) for page in pages] == [20, 20, 5]
        orders[who] = [public_id for page in pages for public_id in page]
        assert len(set(orders[who])) == 45
        await execute("UPDATE idea SET supporters = 900, comments = 900 WHERE public_id = {}", orders[who][-1])
        assert await walk(browser, address(world, query="?order=supported")) == pages
        assert await walk(browser, address(world, query="?order=newest"), htmx=True) == pages
    assert len({tuple(order) for order in orders.values()}) == 3


async def test_the_order_is_another_in_another_campaign(as_, world):
    """Who comes first for somebody in one campaign has no advantage with her in the next."""
    browser = await as_("employee")
    await make(world, "vote", 12)
    before = (await walk(browser, address(world)))[0]
    await execute("UPDATE campaign SET public_id = 'another-one' WHERE id = {}", world.campaign_id["vote"])
    assert (await walk(browser, "/campaigns/another-one"))[0] != before


@pytest.mark.parametrize("query", ["", "?view=board", "?answer=changed", "?answer=none&view=board"])
async def test_no_answer_is_shown_or_filtered_by_before_the_voting_has_ended(as_, world, query):
    browser = await as_("employee")
    before = words_of(await browser.get(address(world, query=query)))
    await execute(ANSWER, world.person_id["sponsor"], "changed", world.idea_id["vote"])
    assert words_of(await browser.get(address(world, query=query))) == before
    assert "Told too early" not in words_of(await browser.get(f"/ideas/{world.idea['vote']}"))
    await execute("UPDATE campaign SET decide_from = plein_now() WHERE id = {}", world.campaign_id["vote"])
    assert words_of(await browser.get(address(world, query=query))) != before


# --- counts that are hidden

ADDRESSES = ["/", "/campaigns/{campaign[%s]}", "/campaigns/{campaign[%s]}?order=supported"]
ADDRESSES += ["/campaigns/{campaign[%s]}?view=board&order=supported", "/ideas/{idea[%s]}", "/search?q=idea", "/groups"]
ADDRESSES += ["/campaigns/{campaign[%s]}/archival"]


async def seen(browsers, world, phase):
    """What they are sent, whole and in parts."""
    return [
        MACHINERY.sub("", text_of(await browser.get((path.replace("%s", phase)).format(**vars(world)), htmx=htmx)))
        for browser in browsers
        for path in ADDRESSES
        for htmx in (False, True)
    ]


@pytest.mark.parametrize("phase", ["collect", "discuss", "vote"])
async def test_where_counts_are_hidden_no_page_or_order_tells_them_before_the_voting_has_ended(as_, world, phase):
    await execute("UPDATE campaign SET hide_counts = TRUE WHERE id = {}", world.campaign_id[phase])
    await make(world, phase, 3)
    browsers = [await as_(who) for who in ("author", "administrator", "sponsor")]
    for browser in browsers:
        await browser.get("/")
    counts = "UPDATE idea SET supporters = {}, guest_supporters = {}, votes = {} WHERE campaign = {} AND id % 2 = {}"
    pages = []
    for odd, even in ((7777, 0), (1, 8888)):
        for which, number in ((1, odd), (0, even)):
            await execute(counts, number, number, number, world.campaign_id[phase], which)
        pages.append(await seen(browsers, world, phase))
    assert pages[0] == pages[1]
    await execute("UPDATE campaign SET hide_counts = FALSE WHERE id = {}", world.campaign_id[phase])
    assert "8,888" in "".join(await seen(browsers, world, phase))


@pytest.mark.parametrize("method", ["support", "budget"])
async def test_the_answer_to_ones_own_click_tells_no_hidden_count(as_, world, method):
    await execute(
        "UPDATE campaign SET hide_counts = TRUE, vote_method = {} WHERE id = {}", method, world.campaign_id["vote"]
    )
    await execute("UPDATE idea SET supporters = 7776 WHERE id = {}", world.idea_id["vote"])
    browser = await as_("employee")
    for shape in ("panel", "control"):
        for path in ("vote", "vote/withdrawal"):
            answer = await browser.post(f"/ideas/{world.idea['vote']}/{path}", {"shape": shape}, htmx=True)
            assert answer.status_code == 200
            assert "7,77" not in answer.text


async def test_after_the_voting_the_counts_are_there(as_, world):
    await execute("UPDATE campaign SET hide_counts = TRUE WHERE id = {}", world.campaign_id["decide"])
    await execute("UPDATE idea SET supporters = 7777 WHERE id = {}", world.idea_id["decide"])
    browser = await as_("employee")
    for path in (address(world, "decide"), f"/ideas/{world.idea['decide']}"):
        assert "7,777" in (await browser.get(path)).text


CANCEL = "UPDATE campaign SET state = 'cancelled', cancelled_at = plein_now() WHERE id = {}"


async def test_cancelled_while_people_vote_counts_and_answers_are_there_at_once(as_, world):
    await execute(
        "UPDATE campaign SET hide_counts = TRUE, vote_method = 'budget' WHERE id = {}", world.campaign_id["vote"]
    )
    await execute("UPDATE idea SET supporters = 7777 WHERE id = {}", world.idea_id["vote"])
    await execute(ANSWER, world.person_id["sponsor"], "changed", world.idea_id["vote"])
    browser, idea = await as_("employee"), f"/ideas/{world.idea['vote']}"
    paths = [address(world), address(world, query="?order=supported&answer=changed"), idea]
    for path in (*paths, address(world, query="?view=board"), "/search?q=idea&phase=cancelled"):
        page = (await browser.get(path)).text
        assert "7,777" not in page, path
        assert "seal-check-fill" not in page, path
    await execute(CANCEL, world.campaign_id["vote"])
    for path in paths:
        page = (await browser.get(path)).text
        assert "7,777" in page, path
        assert "seal-check-fill" in page, path
    assert COLUMN.findall((await browser.get(address(world, query="?view=board"))).text) == [("Changed", "1")]
    assert f'href="{idea}"' in (await browser.get("/search?q=idea&phase=cancelled")).text
    assert "Left to vote" not in words_of(await browser.get("/"))


# --- blind to rank


async def ranks_seen(browser, world, phase):
    """Titles and units of those who wrote, on every page where they wrote."""
    paths = ["/", address(world, phase), address(world, phase, "?view=board"), f"/ideas/{world.idea[phase]}"]
    paths += [f"/comments/{world.comment[phase]}/replies", f"/ideas/{world.idea[phase]}?reply={world.comment[phase]}"]
    text = "".join([text_of(await browser.get(path, htmx=htmx)) for path in paths for htmx in (False, True)])
    return set(re.findall(r"Title of (?:Wim|Joris)|Unit of \w+", text))


async def test_while_voting_blind_no_page_tells_title_or_unit_of_who_wrote(as_, world):
    for who in ("author", "colleague"):
        unit = (await execute("INSERT INTO org_unit (name) VALUES ({}) RETURNING id", f"Unit of {who}"))[0]["id"]
        await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, world.person_id[who])
    everything = {"Title of Wim", "Unit of author", "Unit of colleague"}
    browser = await as_("employee")
    await add_report(world, "x", idea="vote", reporter="employee")
    beside = [
        (browser, f"/ideas/{world.idea['vote']}/mentions?typed="),
        (browser, f"/ideas/{world.idea['vote']}/mentions?typed=Joris"),
        (await as_("moderator"), f"/moderation/items/{world.item['x']}"),
    ]
    assert await ranks_seen(browser, world, "vote") == everything
    assert ["Unit of" in text_of(await each.get(path)) for each, path in beside] == [True] * 3
    await execute("UPDATE identity SET title = 'Head of All' WHERE person = {}", world.person_id["sponsor"])
    page = f"/campaigns/{world.campaign['vote']}"
    assert "Head of All" in text_of(await browser.get(page))
    await execute("UPDATE campaign SET rank_blind = TRUE WHERE kind = 'campaign'")
    assert "Head of All" not in text_of(await browser.get(page))
    assert await ranks_seen(browser, world, "vote") == set()
    assert ["Unit of" in text_of(await each.get(path)) for each, path in beside] == [False] * 3
    await execute(CANCEL, world.campaign_id["vote"])
    for phase in ("collect", "decide", "vote"):
        assert await ranks_seen(browser, world, phase) == everything


# --- filters


@pytest.fixture
async def varied(rollback, world):
    """Ideas in the campaign "decide" that differ in author, language, tags, answers and the employee's votes."""
    async with transaction():
        for name in ("dutch", "mine", "voted", "answered", "withdrawn", "hidden"):
            state = name if name in ("withdrawn", "hidden") else "published"
            await add_idea(world, name, campaign="decide", comments=False, state=state)
    await execute("UPDATE idea SET language = 'nl' WHERE id = {}", world.idea_id["dutch"])
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["employee"], world.idea_id["mine"])
    await execute("UPDATE idea SET tags = '{{both,tag dutch}}' WHERE id = {}", world.idea_id["answered"])
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        world.person_id["employee"],
        world.idea_id["voted"],
    )
    await execute(ANSWER, world.person_id["sponsor"], "partly", world.idea_id["answered"])
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"decide", "dutch", "mine", "voted", "answered"}),
        ("?show=mine", {"mine"}),
        ("?show=voted", {"voted"}),
        ("?show=unvoted", {"decide", "dutch", "answered"}),
        ("?answer=none", {"decide", "dutch", "mine", "voted"}),
        ("?answer=partly", {"answered"}),
        ("?lang=nl", {"dutch"}),
        ("?tag=tag+dutch", {"dutch", "answered"}),
        ("?tag=tag+mine&tag=both", {"mine", "answered"}),
        ("?tag=tag+dutch&lang=nl&show=unvoted&answer=none", {"dutch"}),
        ("?show=x&answer=x&lang=x&order=x&view=x", {"decide", "dutch", "mine", "voted", "answered"}),
    ],
)
async def test_filters_leave_what_was_asked_for(as_, varied, query, found):
    browser = await as_("employee")
    for htmx in (False, True):
        page = await browser.get(address(varied, "decide", query), htmx=htmx)
        assert page.status_code == 200
        assert set(CARD.findall(page.text)) == {varied.idea[name] for name in found}
        assert ("<html" in page.text) is not htmx


async def test_the_address_keeps_view_order_and_filters(as_, world):
    await make(world, "decide", 61)
    page = await (await as_("employee")).get(address(world, "decide", "?order=discussed&tag=even&show=unvoted&lang=en"))
    kept = "?order=discussed&amp;tag=even&amp;show=unvoted&amp;lang=en"
    assert re.search(rf'{re.escape(kept)}&amp;after=[\w-]+#results" rel="next"', page.text)
    assert f"?view=board&amp;{kept[1:]}#results" in page.text


# --- the board


async def test_the_board_has_a_column_for_each_tag_whose_rest_is_one_click_away(as_, world):
    await make(world, "collect", 30)
    browser = await as_("employee")
    page = await browser.get(address(world, "collect", "?view=board"))
    columns = dict(COLUMN.findall(page.text))
    assert columns == {"every": "30", "even": "15", "odd": "15", "tag collect": "1"}
    assert TITLES.findall(page.text).count(world.idea["collect"]) == 1
    rest = re.search(r'href="([^"]*tag=even[^"]*)">Show all 15<', page.text)[1].replace("&amp;", "&")
    assert len(CARD.findall((await browser.get(rest)).text)) == 15


async def test_what_carries_none_of_these_tags_stands_in_the_last_column(as_, world):
    await make(world, "collect", 30)
    await execute("UPDATE idea SET tags = ARRAY[title, 'x' || id] WHERE id % 3 = 0 AND title LIKE 'Idea number%'")
    browser = await as_("employee")
    page = await browser.get(address(world, "collect", "?view=board"))
    columns = COLUMN.findall(page.text)
    assert columns[-1][0] == "Other ideas"
    rest = re.search(r'href="([^"]*others=1[^"]*)">Show all', page.text)[1].replace("&amp;", "&")
    assert len(CARD.findall((await browser.get(rest)).text)) == int(columns[-1][1])


async def test_after_the_voting_the_columns_are_the_answers_and_what_is_unanswered_comes_first(as_, varied):
    page = await (await as_("employee")).get(address(varied, "decide", "?view=board"))
    assert COLUMN.findall(page.text) == [("Not answered yet", "4"), ("Partly", "1")]


async def test_what_is_not_published_is_neither_listed_nor_counted(as_, varied):
    """Not even to its author, who sees it on its own page."""
    for who in ("author", "moderator"):
        browser = await as_(who)
        for query in ("", "?view=board", "?order=supported&tag=tag+hidden", "?show=mine"):
            text = words_of(await browser.get(address(varied, "decide", query)))
            assert "Idea hidden" not in text
            assert "Idea withdrawn" not in text
        page = await browser.get(address(varied, "decide"))
        assert 'value="tag hidden"' not in page.text
