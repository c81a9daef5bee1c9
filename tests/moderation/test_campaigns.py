"""A campaign that moderators hide is gone for its readers, with all that hangs under it; and it all comes back."""

import pytest

from portal.campaigns.jobs import move_campaigns_on
from portal.db import execute, fetch_value
from tests.client import text_of
from tests.moderation.desk import decide, newest, receipt_of

VOTES = "SELECT count(*) FROM vote WHERE idea = {}"


@pytest.fixture
async def reported(as_, world):
    """The campaign in which people vote, reported by an employee."""
    await (await as_("employee")).post(f"/campaigns/{world.campaign['vote']}/report", {"rule": "persons"})
    item = await newest("moderation_item")
    world.item["campaign"], world.item_id["campaign"] = item["public_id"], item["id"]


def pages(world):
    idea, comment = world.idea["vote"], world.comment["vote"]
    campaign = f"/campaigns/{world.campaign['vote']}"
    return (campaign, f"/ideas/{idea}", f"/ideas/{idea}/versions", f"/comments/{comment}", f"{campaign}/report")


async def seen(browser, world):
    """The pages of it that somebody sees."""
    return {page for page in pages(world) if (await browser.get(page)).status_code != 404}


@pytest.mark.parametrize("action", ["hide", "remove"])
async def test_it_goes_with_all_that_is_in_it_and_comes_back(as_, world, reported, action):
    employee, moderator, author = await as_("employee"), await as_("moderator"), await as_("campaign_owner")
    vote = f"/ideas/{world.idea['vote']}/vote"
    assert await seen(employee, world) == set(pages(world))
    assert world.idea["vote"] in (await employee.get("/search?q=vote")).text
    assert (await decide(moderator, world, "campaign", action)).status_code == 303
    assert await seen(employee, world) == set()
    assert (await employee.post(vote)).status_code == 404
    for page in ("/", "/campaigns", "/search?q=vote", f"/spaces/{world.space['organisation']}"):
        shown = (await employee.get(page)).text
        assert not {world.campaign["vote"], world.idea["vote"], world.comment["vote"]} & set(
            shown.replace('"', "/").split("/")
        )
    for browser in (moderator, author):
        assert "A moderator hid this campaign" in text_of(await browser.get(pages(world)[0]))
        given = await fetch_value(VOTES, world.idea_id["vote"])
        assert (await browser.post(vote)).is_redirect
        assert await fetch_value(VOTES, world.idea_id["vote"]) == given, "nothing happens in it meanwhile"
    assert await fetch_value("SELECT count(*) FROM mail m JOIN person p ON p.id = m.recipient") == 0
    receipt = text_of(await author.get(await receipt_of(world, "campaign")))
    assert "Your campaign was" in receipt
    if action == "hide":
        assert (await decide(moderator, world, "campaign", "allow")).status_code == 303
    else:
        decision = (await receipt_of(world, "campaign")).split("/")[-1]
        assert (await moderator.post(f"/moderation/decisions/{decision}/undo")).status_code == 303
    assert await seen(employee, world) == set(pages(world))
    assert (await employee.post(vote)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", world.idea_id["vote"]) == 1


async def test_an_appeal_brings_it_back(as_, world, reported):
    await decide(await as_("moderator"), world, "campaign", "remove")
    address = await receipt_of(world, "campaign")
    assert (await (await as_("campaign_owner")).post(f"{address}/appeal", {"words": "It is fair"})).status_code == 303
    space = world.space_id["organisation"]
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')", space, world.person_id["author"]
    )
    path = f"/moderation/items/{world.item['campaign']}/appeal"
    judged = await (await as_("author")).post(path, {"outcome": "granted", "reason": "It is."})
    assert judged.status_code == 303
    assert await seen(await as_("employee"), world) == set(pages(world))


async def test_it_is_not_sent_back_and_while_it_is_hidden_nobody_is_told_of_phases(as_, world, reported):
    moderator = await as_("moderator")
    assert (await decide(moderator, world, "campaign", "send back")).status_code == 422
    await move_campaigns_on()
    await decide(moderator, world, "campaign", "hide")
    await move_campaigns_on()
    await decide(moderator, world, "campaign", "allow")
    await move_campaigns_on()
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'campaign.moved_on'") == 0
