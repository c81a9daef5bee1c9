"""The list of services: kept by administrators, with what would improve each, as far as its reader sees that."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of
from tests.world import World

HOW_MANY = "SELECT count(*) FROM service"


async def test_an_administrator_adds_one_that_a_form_sent_twice_adds_once(as_):
    browser, before = await as_("administrator"), await fetch_value(HOW_MANY)
    form = {"name": "Bicycle sheds", "description": "Where one parks.", "form_key": "sheds"}
    sent = [await browser.post("/services", form) for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    assert await fetch_value(HOW_MANY) == before + 1
    page = text_of(await browser.get(sent[0].headers["Location"]))
    assert "Bicycle sheds" in page
    assert "Where one parks." in page


async def test_a_name_that_is_taken_is_told_at_its_field_in_capitals_too(as_):
    browser, taken = await as_("administrator"), await fetch_value("SELECT name FROM service ORDER BY id LIMIT 1")
    sent = await browser.post("/services", {"name": taken.upper(), "description": "Kept as it was typed."})
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"name"}
    assert "Kept as it was typed." in sent.text


@pytest.mark.parametrize("who", ["employee", "moderator", "guest_a"])
async def test_nobody_else_keeps_the_list(as_, world: World, who):
    browser, before = await as_(who), await fetch_value(HOW_MANY)
    service = await fetch_value("SELECT public_id FROM service ORDER BY id LIMIT 1")
    for address in ("/services", f"/services/{service}/edit"):
        assert (await browser.post(address, {"name": "Mine", "description": ""})).status_code in (403, 404), address
    assert await fetch_value(HOW_MANY) == before
    assert await fetch_value("SELECT count(*) FROM service WHERE name = 'Mine'") == 0


async def test_its_page_has_the_ideas_that_its_reader_sees_and_no_others(as_, world: World):
    service = await fetch_value("SELECT public_id FROM service ORDER BY id LIMIT 1")
    await execute(
        "UPDATE idea SET service = (SELECT min(id) FROM service) WHERE id IN ({}, {})",
        world.idea_id["collect"],
        world.idea_id["closed_a"],
    )
    outside = text_of(await (await as_("employee")).get(f"/services/{service}"))
    assert ("Idea collect" in outside, "Idea closed_a" in outside) == (True, False)
    assert "Idea closed_a" in text_of(await (await as_("insider_a")).get(f"/services/{service}"))


async def test_one_that_is_no_more_is_offered_no_longer_and_stays_to_be_read(as_, world: World):
    browser = await as_("administrator")
    service = await fetch_value("SELECT public_id FROM service ORDER BY id LIMIT 1")
    name, form = (
        await fetch_value("SELECT name FROM service ORDER BY id LIMIT 1"),
        f"/campaigns/{world.campaign['collect']}/ideas/new",
    )
    assert name in text_of(await browser.get(form))
    sent = await browser.post(f"/services/{service}/edit", {"name": name, "description": "", "archived": "y"})
    assert sent.status_code == 303
    assert name not in text_of(await browser.get(form))
    assert name in text_of(await browser.get(f"/services/{service}"))
