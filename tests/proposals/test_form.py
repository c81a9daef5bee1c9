"""The questions of the form: what is asked, and its versions."""

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of
from tests.proposals.steps import begin, offered, send

OF = "SELECT label FROM question WHERE campaign = {} AND version = {} ORDER BY position"


async def labels(campaign, version):
    return [row["label"] for row in await execute(OF, campaign, version)]


async def id_of(home):
    return await fetch_value("SELECT id FROM campaign WHERE public_id = {}", home[11:])


async def test_a_new_campaign_asks_whose_need_need_insight_and_value_in_its_own_language(as_):
    browser = await as_("employee")
    english, dutch = await begin(browser), await begin(browser, language="nl")
    assert await labels(await id_of(english), 1) == [
        "Whose need is it?",
        "What is needed?",
        "What did you learn?",
        "What does it bring?",
    ]
    assert (await labels(await id_of(dutch), 1))[0] == "Wiens behoefte is het?"


async def test_questions_are_added_taken_away_and_moved(as_):
    browser = await as_("employee")
    home = await begin(browser)
    sent = await send(
        browser,
        f"{home}/edit/form",
        label_2="",
        label_5="How many minutes a week?",
        kind_5="number",
        position_5="1",
        position_1="2",
        required_5="y",
        tags="depots, night",
    )
    assert sent.status_code == 303, errors_of(sent)
    campaign = await id_of(home)
    assert await labels(campaign, 1) == [
        "How many minutes a week?",
        "Whose need is it?",
        "What did you learn?",
        "What does it bring?",
    ]
    row = (await execute("SELECT kind, required FROM question WHERE campaign = {} AND position = 1", campaign))[0]
    assert (row["kind"], row["required"]) == ("number", True)
    asks = text_of(await browser.get(home)).partition("What the form asks")[2]
    assert [words in asks.partition("</li>")[0] for words in ("A number", "optional")] == [True, False]
    assert "optional" in asks.partition("</li>")[2].partition("</li>")[0]
    assert await fetch_value("SELECT tags FROM campaign WHERE id = {}", campaign) == ["depots", "night"]


async def test_a_choice_needs_something_to_choose_from(as_):
    browser = await as_("employee")
    home = await begin(browser)
    values = {
        "label_5": "Which?",
        "kind_5": "choice",
        "options_5": "One\n one ",
        "label_2": "x" * 121,
        "kind_3": "code",
    }
    sent = await send(browser, f"{home}/edit/form", **values)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"options_5", "label_2", "kind_3"}
    sent = await send(browser, f"{home}/edit/form", label_5="Which?", kind_5="choice", options_5="One\n One ")
    assert set(errors_of(sent)) == {"options_5"}


async def test_a_change_once_it_is_open_makes_a_new_version_and_saving_as_it_is_does_not(as_, world):
    browser, campaign = await as_("campaign_owner"), world.campaign_id["collect"]
    address = f"/campaigns/{world.campaign['collect']}/edit/form"
    assert (await send(browser, address)).status_code == 303
    assert await fetch_value("SELECT form_version FROM campaign WHERE id = {}", campaign) == 1
    before = await fetch_value("SELECT id FROM question WHERE campaign = {}", campaign)
    assert (await send(browser, address, label_1="Asked otherwise")).status_code == 303
    assert await fetch_value("SELECT form_version FROM campaign WHERE id = {}", campaign) == 2
    assert await labels(campaign, 1) == ["Question of collect"]
    assert await labels(campaign, 2) == ["Asked otherwise"]
    assert await fetch_value("SELECT id FROM question WHERE campaign = {} AND version = 1", campaign) == before


async def test_the_form_stands_once_people_vote(as_, world):
    browser = await as_("campaign_owner")
    for name, expected in (("discuss", 200), ("vote", 404), ("done", 404)):
        assert (await browser.get(f"/campaigns/{world.campaign[name]}/edit/form")).status_code == expected
    assert "tags" in await offered(browser, f"/campaigns/{world.campaign['discuss']}/edit/form")
