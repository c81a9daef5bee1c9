"""Editing a campaign."""

import pytest

from portal.campaigns.queries import CampaignText
from portal.db import execute, fetch_one, fetch_value
from tests.pages.forms import errors_of, form_of
from tests.world import email_of


def address_of(world, name):
    return f"/campaigns/{world.campaign[name]}/edit"


async def form_for(browser, address):
    return form_of(await browser.get(address), address)


async def title_of(world, name):
    return await fetch_value("SELECT title FROM campaign WHERE id = {}", world.campaign_id[name])


@pytest.mark.parametrize("who", ["campaign_owner", "sponsor", "administrator"])
async def test_who_opened_it_its_sponsor_and_an_administrator_edit_it(as_, world, who):
    browser, address = await as_(who), address_of(world, "discuss")
    form = await form_for(browser, address)
    sent = await browser.post(address, form | {"title": f"Better, says {who}", "sponsor_email": email_of("colleague")})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/campaigns/{world.campaign['discuss']}")
    page = await browser.get(sent.headers["Location"])
    assert f"Better, says {who}" in page.text
    assert "Joris van Heeswijk" in page.text


async def test_saving_it_as_it_is_changes_nothing_but_the_version(as_, world):
    columns = "title, lead, brief, promise, language, '' AS sponsor_email, " + ", ".join(
        f"{phase}_from" for phase in ("collect", "discuss", "vote", "decide", "done")
    )
    sql = f"SELECT {columns} FROM campaign WHERE id = {{}}"
    before = await fetch_one(CampaignText, sql, world.campaign_id["vote"])
    browser, address = await as_("sponsor"), address_of(world, "vote")
    assert (await browser.post(address, await form_for(browser, address))).status_code == 303
    assert await fetch_one(CampaignText, sql, world.campaign_id["vote"]) == before
    assert await fetch_value("SELECT version FROM campaign WHERE id = {}", world.campaign_id["vote"]) == 2


@pytest.mark.parametrize("who", ["employee", "moderator", "decision_maker"])
async def test_others_who_read_it_may_not(as_, world, who):
    owner, browser, address = await as_("campaign_owner"), await as_(who), address_of(world, "discuss")
    form = await form_for(owner, address)
    del form["csrf_token"]
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, form | {"title": "Taken over"})).status_code == 403
    assert await title_of(world, "discuss") == "Campaign discuss"


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    owner, browser, address = await as_("insider_a"), await as_(who), address_of(world, "closed_a")
    form = await form_for(owner, address)
    del form["csrf_token"]
    assert (await browser.get(address)).status_code == 404
    assert (await browser.post(address, form | {"title": "Taken over"})).status_code == 404
    assert await title_of(world, "closed_a") == "Campaign closed_a"


async def test_all_errors_stand_at_their_fields_and_the_text_is_kept(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "discuss")
    form = await form_for(browser, address) | {
        "title": "t" * 91,
        "lead": "",
        "sponsor_email": "nobody@world.example",
        "vote_from": "soon",
        "promise": "Kept",
    }
    sent = await browser.post(address, form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"title", "lead", "sponsor_email", "vote_from"}
    assert form_of(sent, address) | {"csrf_token": ""} == form | {"csrf_token": ""}


async def test_saved_by_somebody_else_meanwhile_nothing_is_lost_and_saving_again_works(as_, world):
    first, second, address = await as_("campaign_owner"), await as_("sponsor"), address_of(world, "discuss")
    of_first, of_second = await form_for(first, address), await form_for(second, address)
    assert (await first.post(address, of_first | {"title": "The first"})).status_code == 303
    stale = await second.post(address, of_second | {"title": "The second", "lead": "My own words"})
    assert stale.status_code == 422
    assert "meanwhile" in errors_of(stale)["title"]
    assert await title_of(world, "discuss") == "The first"
    again = form_of(stale, address)
    assert (again["title"], again["lead"]) == ("The second", "My own words")
    assert (await second.post(address, again)).status_code == 303
    assert await title_of(world, "discuss") == "The second"


async def test_moving_the_dates_moves_the_phase(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "vote")
    sent = await browser.post(address, await form_for(browser, address) | {"decide_from": "2026-06-17T15:00"})
    assert sent.status_code == 303
    assert "Now it is up to the sponsor" in (await browser.get(sent.headers["Location"])).text


async def test_it_stays_in_its_space(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "discuss")
    form = await form_for(browser, address)
    assert "space" not in form
    await browser.post(address, form | {"space": world.space["open"]})
    space = await fetch_value("SELECT space FROM campaign WHERE id = {}", world.campaign_id["discuss"])
    assert space == world.space_id["organisation"]


async def test_one_that_is_always_open_keeps_its_dates(as_, world):
    await execute(
        "UPDATE campaign SET always_open = TRUE, discuss_from = NULL, vote_from = NULL, decide_from = NULL,"
        " done_from = NULL WHERE id = {}",
        world.campaign_id["collect"],
    )
    dates = "SELECT (collect_from, discuss_from, done_from)::text FROM campaign WHERE id = {}"
    before = await fetch_value(dates, world.campaign_id["collect"])
    browser, address = await as_("sponsor"), address_of(world, "collect")
    form = await form_for(browser, address)
    assert not [name for name in form if name.endswith("_from")]
    sent = await browser.post(address, form | {"title": "Any time", "collect_from": "2030-01-01T00:00"})
    assert sent.status_code == 303
    assert await title_of(world, "collect") == "Any time"
    assert await fetch_value(dates, world.campaign_id["collect"]) == before
