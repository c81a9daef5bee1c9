"""Who supports what is told to nobody but the voter: not on a page, not in a header, an event or a mail."""

import re
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.sitemap import GETS, filled
from tests.votes.test_vote import GIVEN
from tests.world import NOW

#: What differs between any two answers: tokens against forgery, keys of forms.
MACHINERY = re.compile(r'name="(?:csrf_token|form_key)"[^>]*value="[^"]*"|X-CSRF-Token[^}]*}')
#: What a vote may change on others' pages: the count, from 7 to 8.
COUNT = re.compile(r"\b[78]\b(?=(?:</b>)?\s*(?:<small>|<span[^>]*>)?\s*(?:people|mensen))")
#: Addresses that have parts for htmx.
PARTS = ("/campaigns/", "/ideas/")
OTHERS = ["author", "colleague", "sponsor", "decision_maker", "moderator", "administrator"]


def core(world):
    """The addresses on which the idea "vote" stands."""
    campaign, idea = f"/campaigns/{world.campaign['vote']}", f"/ideas/{world.idea['vote']}"
    return [
        "/",
        campaign,
        *(campaign + query for query in ("?order=supported", "?view=board", "?show=voted", "?show=unvoted")),
        idea,
        f"{idea}?order=newest",
        f"{idea}/edit",
        "/votes",
    ]


def pages(world, who):
    """Where the idea "vote" or the voter could come up: for those who see most, every address that there is."""
    if who not in ("author", "administrator"):
        return core(world)
    every = {
        filled(path, world) for route, (_, path) in GETS.items() if route not in ("/health", "/static/{path:path}")
    }
    return [*core(world), f"/ideas/{world.idea['vote']}/answer", *sorted(every - set(core(world)))]


async def seen_by(browsers, world):
    """Everything that the others see: status, headers, and the page with counts and machinery evened out."""
    seen = {}
    for who, browser in browsers.items():
        for path in pages(world, who):
            for htmx in (False, True) if path.startswith(PARTS) else (False,):
                response = await browser.get(path, htmx=htmx)
                text = COUNT.sub("#", MACHINERY.sub("", text_of(response)))
                headers = sorted((k, v) for k, v in response.headers.items() if k not in ("content-length", "date"))
                seen[who, path, htmx] = (response.status_code, headers, text)
    return seen


@pytest.mark.parametrize("method", ["support", "budget"])
async def test_the_pages_of_others_tell_nothing_but_the_count(as_, world, method):
    await execute("UPDATE campaign SET vote_method = {} WHERE id = {}", method, world.campaign_id["vote"])
    await execute("DELETE FROM cluster_item")  # its people would be one more, too
    # One that leads every list already, so that one more does not move it.
    await execute("UPDATE idea SET supporters = 7 WHERE id = {}", world.idea_id["vote"])
    browsers = {who: await as_(who) for who in (OTHERS if method == "support" else ["sponsor", "moderator"])}
    for browser in browsers.values():
        await browser.get("/")  # a first visit sets cookies
    before = await seen_by(browsers, world)
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/vote", {"weight": 3 if method == "budget" else 1})
    assert await fetch_value(GIVEN, world.person_id["administrator"]) == 1
    after = await seen_by(browsers, world)
    for key, was in before.items():
        assert after[key] == was, key
    assert sum("#</b>" in text for _, _, text in after.values()) > 10  # pages with the count on them were compared


async def test_the_same_comparison_finds_a_comment(as_, world):
    """The control: what everybody may know does show."""
    browsers = {"author": await as_("author")}
    await browsers["author"].get("/")
    before = await seen_by(browsers, world)
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/comments", {"body": "I am for it"})
    assert await seen_by(browsers, world) != before


@pytest.mark.parametrize(
    ("method", "days", "tables", "columns"),
    [
        ("support", 7, {"vote", "idea"}, {"supporters"}),
        ("budget", 7, {"vote", "idea", "budget"}, {"supporters", "votes"}),
        # A second count, of those whose account is younger than a week: theirs carries no post to its threshold yet.
        ("support", 6, {"vote", "idea"}, {"supporters", "young"}),
    ],
)
async def test_a_vote_changes_its_row_and_the_counts_and_nothing_else_in_the_database(
    as_, world, method, days, tables, columns
):
    """No event, no mail, no job, no trace in any other table; a budget knows how many were given, and not to what."""
    await execute("UPDATE campaign SET vote_method = {} WHERE id = {}", method, world.campaign_id["vote"])
    joined = NOW - timedelta(days=days)
    await execute("UPDATE person SET created_at = {} WHERE id = {}", joined, world.person_id["employee"])

    async def fingerprints():
        known = await execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        return {
            name: (await execute(f"SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} t"))[0]
            for (name,) in known
        }

    browser = await as_("employee")
    await browser.get("/")
    before = await fingerprints()
    idea = dict((await execute("SELECT * FROM idea WHERE id = {}", world.idea_id["vote"]))[0])
    await browser.post(f"/ideas/{world.idea['vote']}/vote")
    after = await fingerprints()
    assert {name for name in after if after[name] != before[name]} == tables
    now = (await execute("SELECT * FROM idea WHERE id = {}", world.idea_id["vote"]))[0]
    assert {name for name in idea if idea[name] != now[name]} == columns


async def test_the_voter_sees_her_own_support_and_nobody_else_does(as_, world):
    voter, page = await as_("employee"), f"/ideas/{world.idea['vote']}"
    await voter.post(f"{page}/vote")
    assert "You support this." in (await voter.get(page)).text
    for who in OTHERS:
        assert "You support this." not in (await (await as_(who)).get(page)).text


async def test_after_the_close_the_voter_still_sees_it(as_, world):
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        world.person_id["employee"],
        world.idea_id["decide"],
    )
    page = f"/ideas/{world.idea['decide']}"
    assert "You support this; only you see that." in (await (await as_("employee")).get(page)).text
    assert "You support this" not in (await (await as_("colleague")).get(page)).text
