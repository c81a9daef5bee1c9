"""Changing a campaign that is open; and two people who write the same at once."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.proposals.steps import facts, offered, send, written
from tests.world import email_of


def address_of(world, name, step="question"):
    return f"/campaigns/{world.campaign[name]}/edit/{step}"


async def title_of(world, name):
    return await fetch_value("SELECT title FROM campaign WHERE id = {}", world.campaign_id[name])


@pytest.mark.parametrize("who", ["campaign_owner", "sponsor", "administrator"])
async def test_who_leads_it_and_an_administrator_edit_it(as_, world, who):
    browser = await as_(who)
    sent = await send(browser, address_of(world, "discuss"), title=f"Better, says {who}")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/campaigns/{world.campaign['discuss']}")
    await send(browser, address_of(world, "discuss", "people"), sponsor_called=email_of("colleague"))
    page = text_of(await browser.get(sent.headers["Location"]))
    assert f"Better, says {who}" in page
    assert "Joris van Heeswijk" in page


@pytest.mark.parametrize("who", ["employee", "moderator", "decision_maker"])
async def test_others_who_read_it_may_not(as_, world, who):
    owner, browser, address = await as_("campaign_owner"), await as_(who), address_of(world, "discuss")
    form = await offered(owner, address)
    del form["csrf_token"]
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, form | {"title": "Taken over"})).status_code == 403
    assert await title_of(world, "discuss") == "Campaign discuss"


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    owner, browser, address = await as_("insider_a"), await as_(who), address_of(world, "closed_a")
    form = await offered(owner, address)
    del form["csrf_token"]
    assert (await browser.get(address)).status_code == 404
    assert (await browser.post(address, form | {"title": "Taken over"})).status_code == 404
    assert await title_of(world, "closed_a") == "Campaign closed_a"


@pytest.mark.parametrize("step", ["question", "purpose", "people", "voting", "form"])
async def test_saving_a_step_as_it_is_changes_nothing_but_the_version(as_, world, step):
    row = "SELECT to_jsonb(c) - 'version' FROM campaign c WHERE id = {}"
    before = await fetch_value(row, world.campaign_id["collect"])
    assert (await send(await as_("sponsor"), address_of(world, "collect", step))).status_code == 303
    assert await fetch_value(row, world.campaign_id["collect"]) == before
    assert await fetch_value("SELECT version FROM campaign WHERE id = {}", world.campaign_id["collect"]) == 2


async def test_what_it_opened_with_stays_named(as_, world):
    browser = await as_("sponsor")
    sent = await send(browser, address_of(world, "discuss"), lead="", brief="")
    assert set(errors_of(sent)) == {"lead", "brief"}
    sent = await send(browser, address_of(world, "discuss", "purpose"), need="", goal="", measure="")
    assert set(errors_of(sent)) == {"need", "goal", "measure"}
    sent = await send(browser, address_of(world, "discuss", "people"), sponsor_called="")
    assert set(errors_of(sent)) == {"sponsor_called"}


async def test_space_and_decision_owner_stand_and_dates_are_extended_only(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "discuss", "people")
    form = await offered(browser, address)
    assert "space" not in form
    assert "decision_owner_called" not in form
    forged = {"space": world.space["open"], "decision_owner_called": email_of("author")}
    assert (await browser.post(address, form | forged)).status_code == 303
    row = (await execute("SELECT space, decision_owner FROM campaign WHERE id = {}", world.campaign_id["discuss"]))[0]
    assert tuple(row) == (world.space_id["organisation"], world.person_id["sponsor"])
    assert (await browser.get(address_of(world, "discuss", "dates"))).status_code == 404
    assert (await browser.post(address_of(world, "discuss", "dates"), {})).status_code == 404
    assert (await browser.get(address_of(world, "planned", "dates"))).status_code == 200


async def test_saved_by_somebody_else_meanwhile_the_difference_is_shown_and_nothing_lost(as_, world):
    first, second, address = await as_("campaign_owner"), await as_("sponsor"), address_of(world, "discuss")
    of_first, of_second = await offered(first, address), await offered(second, address)
    assert (await first.post(address, of_first | {"title": "The first", "brief": "Their brief"})).status_code == 303
    stale = await second.post(address, of_second | {"title": "The second", "lead": "My own words"})
    assert stale.status_code == 422
    assert "meanwhile" in errors_of(stale)["title"]
    changed = stale.text[stale.text.index('id="changed"') : stale.text.index("novalidate")]
    assert "The brief</h3>" in changed
    assert "Their brief" in changed
    assert "The first<" in changed
    assert await title_of(world, "discuss") == "The first"
    again = form_of(stale, address)
    assert (again["title"], again["lead"]) == ("The second", "My own words")
    assert (await second.post(address, again)).status_code == 303
    assert await title_of(world, "discuss") == "The second"


async def test_who_writes_another_step_is_in_nobodys_way(as_, world):
    first, second = await as_("campaign_owner"), await as_("sponsor")
    form = await offered(second, address_of(world, "discuss", "purpose"))
    assert (await send(first, address_of(world, "discuss"), title="The first")).status_code == 303
    sent = await second.post(address_of(world, "discuss", "purpose"), form | {"goal": "Another"})
    assert sent.status_code == 303
    assert await title_of(world, "discuss") == "The first"


async def test_saved_between_reading_and_writing_it_is_a_conflict_too(as_, world):
    first, second, address = await as_("campaign_owner"), await as_("sponsor"), address_of(world, "discuss")
    of_first, of_second = await offered(first, address), await offered(second, address)

    async def meanwhile():
        assert (await first.post(address, of_first | {"title": "The first"})).status_code == 303

    sent = await post_slowly(second, address, of_second | {"title": "The second"}, meanwhile)
    assert sent.status_code == 422
    assert await title_of(world, "discuss") == "The first"


async def test_one_that_is_always_open_has_neither_dates_nor_a_vote_that_ends(as_, world):
    await execute(
        "UPDATE campaign SET always_open = TRUE, discuss_from = NULL, vote_from = NULL, decide_from = NULL,"
        " done_from = NULL WHERE id = {}",
        world.campaign_id["collect"],
    )
    browser = await as_("sponsor")
    assert (await send(browser, address_of(world, "collect"), title="Any time")).status_code == 303
    for step in ("dates", "voting"):
        assert (await browser.get(address_of(world, "collect", step))).status_code == 404
    for path in ("extension", "cancellation"):
        assert (await browser.get(f"/campaigns/{world.campaign['collect']}/{path}")).status_code == 403


async def test_a_budget_is_chosen_before_the_first_vote_only(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "collect", "voting")
    wrong = await send(browser, address, vote_method="budget", votes_each="4", votes_per_idea="5")
    assert set(errors_of(wrong)) == {"votes_per_idea"}
    assert set(errors_of(await send(browser, address, votes_each="many", votes_per_idea="0"))) == {
        "votes_each",
        "votes_per_idea",
    }
    sent = await send(browser, address, vote_method="budget", votes_each="4", votes_per_idea="2", hide_counts="y")
    assert sent.status_code == 303
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        world.person_id["employee"],
        world.idea_id["collect"],
    )
    sent = await send(browser, address, vote_method="support")
    assert "Votes have been given" in errors_of(sent)["vote_method"]


async def test_the_top_is_a_number_or_nothing_and_stands_in_the_whole(as_, world):
    browser = await as_("employee")
    home = await written(browser, world)
    wrong = await send(browser, f"{home}/edit/voting", top="many")
    assert set(errors_of(wrong)) == {"top"}
    assert set(errors_of(await send(browser, f"{home}/edit/voting", top="101"))) == {"top"}
    await send(browser, f"{home}/edit/voting", top="20", hide_counts="y")
    assert (await facts(home, "top"), await facts(home, "hide_counts")) == ("20", "true")
    whole = text_of(await browser.get(home))
    assert "The top 20, then all others" in whole
    assert "Hidden until voting ends, from everybody" in whole
    await send(browser, f"{home}/edit/voting", top="")
    assert await facts(home, "top") in (None, "null")
    assert "What most people support" in text_of(await browser.get(home))
