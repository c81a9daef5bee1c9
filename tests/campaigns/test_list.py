"""The list of campaigns: what one may read, what can be done first."""

import re

import pytest

from portal.db import execute

ADDRESS = re.compile(r'<h3><a href="/campaigns/([^"/]+)">')


async def listed(as_, world, who):
    """The campaigns on the page by their names, from top to bottom."""
    page = await (await as_(who)).get("/campaigns")
    names = {public_id: name for name, public_id in world.campaign.items()}
    return [names[public_id] for public_id in ADDRESS.findall(page.text)]


async def test_what_can_be_voted_on_or_added_to_stands_first_then_what_comes_then_what_is_done(as_, world):
    assert await listed(as_, world, "employee") == [
        "vote",
        "open",
        "collect",
        "discuss",
        "decide",
        "planned",
        "done",
    ]


async def test_what_is_always_open_stands_after_what_ends(as_, world):
    await execute("UPDATE campaign SET always_open = TRUE WHERE id = {}", world.campaign_id["open"])
    assert (await listed(as_, world, "employee"))[:3] == ["vote", "collect", "open"]


async def test_a_closed_groups_campaign_is_listed_to_its_members_only(as_, world):
    assert {"closed_a", "over"} <= set(await listed(as_, world, "insider_a"))
    for outsider in ("employee", "insider_b", "moderator", "administrator"):
        assert "closed_a" not in await listed(as_, world, outsider)


async def test_a_guest_is_listed_the_campaigns_of_her_group_and_no_others(as_, world):
    assert await listed(as_, world, "guest_a") == ["closed_a", "over"]
    assert await listed(as_, world, "guest_b") == ["closed_b"]


async def test_without_campaigns_the_list_says_so(as_, world):
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
    page = await (await as_("guest_a")).get("/campaigns")
    assert "No campaigns yet" in page.text
    assert "/campaigns/new" not in page.text  # guests open none


async def test_a_spaces_page_lists_its_campaigns_however_many_there_are_elsewhere(as_, world):
    await execute(
        "INSERT INTO campaign (space, author, sponsor, title, lead, brief, brief_html, language, collect_from,"
        " discuss_from, vote_from, decide_from, done_from)"
        " SELECT space, author, sponsor, 'One of many', lead, brief, brief_html, language, collect_from,"
        " discuss_from, vote_from, decide_from, done_from FROM campaign, generate_series(1, 120) WHERE id = {}",
        world.campaign_id["vote"],
    )
    page = await (await as_("employee")).get(f"/spaces/{world.space['open']}")
    assert world.campaign["open"] in ADDRESS.findall(page.text)


async def found(as_, world, who, query):
    page = await (await as_(who)).get(f"/campaigns?{query}")
    names = {public_id: name for name, public_id in world.campaign.items()}
    return [names[public_id] for public_id in ADDRESS.findall(page.text)]


async def test_the_list_is_filtered_by_phase_place_language_and_ones_own_part(as_, world):
    await execute("UPDATE campaign SET language = 'nl' WHERE id = {}", world.campaign_id["discuss"])
    assert await found(as_, world, "employee", "phase=vote") == ["vote"]
    assert await found(as_, world, "employee", f"space={world.space['open']}") == ["open"]
    assert await found(as_, world, "employee", f"space={world.space['closed_a']}") == []
    assert await found(as_, world, "employee", "language=nl") == ["discuss"]
    assert await found(as_, world, "employee", "mine=1") == []
    assert "vote" in await found(as_, world, "author", "mine=1&phase=vote")
    assert await found(as_, world, "sponsor", "mine=1&phase=planned") == ["planned"]


async def test_the_list_is_ordered_as_asked(as_, world):
    assert (await found(as_, world, "employee", "order=newest"))[0] == "planned"
    assert (await found(as_, world, "employee", "order=ends"))[-1] == "done"
    await execute("UPDATE campaign SET ideas = 99 WHERE id = {}", world.campaign_id["done"])
    assert (await found(as_, world, "employee", "order=ideas"))[0] == "done"


@pytest.mark.parametrize("order", ["now", "newest", "ends", "ideas"])
async def test_pages_repeat_and_skip_nothing(as_, world, order):
    await execute(
        "INSERT INTO campaign (space, author, sponsor, title, lead, brief, brief_html, language, collect_from,"
        " discuss_from, vote_from, decide_from, done_from)"
        " SELECT space, author, sponsor, 'One of many', lead, brief, brief_html, language, collect_from,"
        " discuss_from, vote_from, decide_from, done_from FROM campaign, generate_series(1, 26) WHERE id = {}",
        world.campaign_id["vote"],
    )
    browser = await as_("employee")
    address: str | None = f"/campaigns?order={order}"
    seen: list[str] = []
    while address:
        page = await browser.get(address, htmx=bool(seen))
        seen += ADDRESS.findall(page.text)
        following = re.search(r'href="(/campaigns\?[^"]*)#results" rel="next"', page.text)
        address = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 33


MANY = """
    INSERT INTO campaign (space, author, sponsor, decision_owner, title, lead, brief, brief_html, language,
        collect_from, discuss_from, vote_from, decide_from, done_from)
    SELECT space, author, sponsor, decision_owner, 'Another', lead, brief, brief_html, language,
        collect_from, discuss_from, vote_from, decide_from, done_from
    FROM campaign, generate_series(1, 101) WHERE id = {}
"""


async def test_where_many_vote_those_that_collect_are_still_there_for_an_idea(as_, world):
    await execute(MANY, world.campaign_id["vote"])
    page = await (await as_("employee")).get("/ideas/new")
    assert f"/campaigns/{world.campaign['collect']}/ideas/new" in page.text
    assert "Another" not in page.text


async def test_a_space_shows_its_first_campaigns_and_the_way_to_all(as_, world):
    browser, space = await as_("employee"), world.space["organisation"]
    all_of_them = f'href="/campaigns?space={space}"'
    assert all_of_them not in (await browser.get(f"/spaces/{space}")).text
    await execute(MANY, world.campaign_id["vote"])
    page = (await browser.get(f"/spaces/{space}")).text
    assert all_of_them in page
    assert page.count(">Another<") == 12
