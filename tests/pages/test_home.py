"""The home page: what its reader may read, and a word where there is nothing."""

import re
from datetime import timedelta

import pytest

from portal.db import execute
from tests.client import text_of
from tests.world import NOW, set_clock

ADDRESS = re.compile(r'href="/(campaigns|ideas|posts)/([\w]{12})')
NEWEST = "UPDATE idea SET state = {}, created_at = plein_now() + interval '1 second' WHERE id = {}"


async def named(as_, world, who):
    """The campaigns and ideas that the home page leads to, by their names."""
    page = await (await as_(who)).get("/")
    names = {("campaigns", v): k for k, v in world.campaign.items()} | {("ideas", v): k for k, v in world.idea.items()}
    found: dict[str, set[str]] = {kind: set() for kind in ("campaigns", "ideas")}
    for kind, public_id in ADDRESS.findall(page.text):
        if (kind, public_id) in names:
            found[kind].add(names[kind, public_id])
    return found["campaigns"], found["ideas"]


async def test_an_employee_finds_what_is_open_to_her(as_, world):
    campaigns, ideas = await named(as_, world, "employee")
    assert campaigns >= {"vote", "collect", "discuss", "decide", "open"}
    assert ideas == {"discuss", "vote", "decide", "done", "open"}  # and a post is the sixth
    assert not [name for name in campaigns | ideas if name.startswith("closed")]


async def test_a_guest_finds_her_group_and_nothing_else(as_, world):
    assert await named(as_, world, "guest_a") == ({"closed_a"}, {"closed_a"})
    assert await named(as_, world, "guest_b") == ({"closed_b"}, {"closed_b"})


async def test_an_administrator_finds_no_closed_group(as_, world):
    campaigns, ideas = await named(as_, world, "administrator")
    assert not [name for name in campaigns | ideas if name.startswith("closed")]


async def test_a_hidden_idea_is_talked_about_no_more_but_stays_with_its_author(as_, world):
    await execute(NEWEST, "hidden", world.idea_id["vote"])
    assert "vote" not in (await named(as_, world, "employee"))[1]
    assert "vote" in (await named(as_, world, "author"))[1]


async def test_ones_own_ideas_stand_together_newest_first(as_, world):
    await execute("UPDATE idea SET created_at = created_at + id * interval '1 second'")
    page = (await (await as_("author")).get("/")).text
    own = page[page.index('aria-labelledby="own"') :]
    shown = [public_id for kind, public_id in ADDRESS.findall(own) if kind in ("ideas", "posts")]
    newest = await execute(
        "SELECT public_id FROM idea WHERE author = {} AND state NOT IN ('draft', 'diverted')"
        " ORDER BY created_at DESC LIMIT 5",
        world.person_id["author"],
    )
    assert shown == [row["public_id"] for row in newest]


@pytest.mark.parametrize(("state", "words"), [("withdrawn", "Withdrawn"), ("hidden", "Hidden")])
async def test_ones_own_idea_that_is_out_of_the_lists_says_so(as_, world, state, words):
    await execute(NEWEST, state, world.idea_id["vote"])
    page = text_of(await (await as_("author")).get("/"))
    own = page.partition('id="own"')[2].partition(world.idea["vote"])[2].partition("</li>")[0]
    assert f"{words}</span>" in own


async def test_somebody_new_is_told_how_it_works_and_somebody_who_wrote_is_not(as_, world):
    assert "New here?" in (await (await as_("employee")).get("/")).text
    assert "New here?" not in (await (await as_("author")).get("/")).text


async def test_where_nothing_is_there_is_a_word_and_a_way_on(as_, world):
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
    page = text_of(await (await as_("guest_a")).get("/"))
    for words in (
        "No space is open to you any more",
        "Whoever invited you can let you in again.",
        "Nothing that you can still read.",
    ):
        assert words in page
    assert "/campaigns/new" not in page


async def test_when_everything_is_done_an_employee_may_open_the_next(as_, world):
    await set_clock(NOW + timedelta(days=500))
    page = text_of(await (await as_("employee")).get("/"))
    assert "No campaign is open just now" in page
    assert "Nobody has said anything yet" in page  # not lately
    assert '<a class="btn" href="/campaigns/new">' in page


async def test_what_can_be_voted_on_is_announced(as_, world):
    page = text_of(await (await as_("employee")).get("/"))
    assert "5 days left to vote in “Campaign vote”" in page


async def test_the_lively_list_tells_nobody_who_is_ahead_while_people_vote(as_, world):
    """Ideas of a voting campaign stand by what is said about them; those of others by their support, too."""
    await execute(
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, supporters,"
        " created_at) SELECT campaign, space, author, 'published', 'Far ahead', '', '', '', 'en', 900, created_at"
        " FROM idea WHERE id = {}",
        world.idea_id["vote"],
    )
    await execute("UPDATE idea SET supporters = 90, comments = 1 WHERE id = {}", world.idea_id["collect"])
    await execute("UPDATE idea SET comments = 5 WHERE id = {}", world.idea_id["vote"])
    page = (await (await as_("employee")).get("/")).text
    lively = page[page.index('id="lively"') :]
    places = [lively.find(title) for title in ("Idea collect", "Idea vote", "Far ahead")]
    assert -1 < places[0] < places[1]
    assert places[2] == -1, "what nobody speaks about comes last, however many support it"
