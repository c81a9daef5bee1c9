"""Opening a campaign."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import email_of

DATES = ("collect_from", "discuss_from", "vote_from", "decide_from", "done_from")


async def filled(browser, space="", sponsor="sponsor", **other):
    """The form as it is offered, filled in."""
    offered = form_of(await browser.get("/campaigns/new"), "/campaigns")
    return (
        offered
        | {
            "title": "Fewer forms",
            "lead": "Which form can go?",
            "brief": "We have **41** forms.",
            "promise": "An answer in two weeks",
            "space": space,
            "sponsor_email": email_of(sponsor),
        }
        | other
    )


async def count():
    return await fetch_value("SELECT count(*) FROM campaign")


async def test_the_form_proposes_dates_from_now_on_and_ones_own_language(as_):
    offered = form_of(await (await as_("employee")).get("/campaigns/new"), "/campaigns")
    assert [offered[name] for name in DATES] == [
        "2026-06-17T15:00",
        "2026-07-08T15:00",
        "2026-07-22T15:00",
        "2026-08-05T15:00",
        "2026-08-26T15:00",
    ]
    assert offered["language"] == "en"


async def test_an_employee_opens_a_campaign_and_lands_on_it(as_, world):
    browser = await as_("employee")
    sent = await browser.post("/campaigns", await filled(browser, world.space["organisation"]))
    assert sent.status_code == 303, text_of(sent)
    page = text_of(await browser.get(sent.headers["Location"]))
    for words in (
        "Fewer forms",
        "Which form can go?",
        "<strong>41</strong>",
        "An answer in two weeks",
        "Yara Haddouch",
    ):
        assert words in page
    assert "Bring your idea" in page


async def test_opening_is_recorded_in_the_space(as_, world):
    browser = await as_("employee")
    await browser.post("/campaigns", await filled(browser, world.space["organisation"]))
    assert await fetch_value(
        "SELECT count(*) FROM event e JOIN campaign c ON c.id = e.campaign AND c.space = e.space"
        " WHERE e.kind = 'campaign.opened' AND e.actor = {} AND c.title = 'Fewer forms'",
        world.person_id["employee"],
    )


async def test_the_same_form_twice_opens_one(as_, world):
    browser = await as_("employee")
    form, before = await filled(browser, world.space["organisation"]), await count()
    first, second = [await browser.post("/campaigns", form) for _ in range(2)]
    assert first.headers["Location"] == second.headers["Location"]
    assert await count() == before + 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'campaign.opened'") == 1


async def test_the_same_key_of_another_person_opens_another(as_, world):
    for who in ("employee", "colleague"):
        browser = await as_(who)
        form = await filled(browser, world.space["organisation"], form_key="the same", title="By both")
        assert (await browser.post("/campaigns", form)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM campaign WHERE title = 'By both'") == 2


async def test_moments_are_the_readers_wall_clock(as_, world):
    browser = await as_("employee")
    await execute("UPDATE identity SET zone = 'America/New_York' WHERE person = {}", browser.person)
    form = await filled(browser, world.space["organisation"], done_from="2026-12-24T09:00")
    assert form["collect_from"] == "2026-06-17T09:00"
    await browser.post("/campaigns", form)
    stored = await fetch_value("SELECT done_from AT TIME ZONE 'UTC' FROM campaign WHERE title = 'Fewer forms'")
    assert stored.isoformat() == "2026-12-24T14:00:00"


async def test_an_empty_form_names_every_error_at_its_field(as_, world):
    browser, before = await as_("employee"), await count()
    empty = dict.fromkeys((*DATES, "title", "lead", "brief", "space", "sponsor_email"), "")
    sent = await browser.post("/campaigns", await filled(browser, **empty, language="fr"))
    assert sent.status_code == 422
    assert set(errors_of(sent)) == set(empty) | {"language"}
    assert await count() == before


async def test_what_was_typed_stays_when_something_is_wrong(as_, world):
    browser = await as_("employee")
    form = await filled(
        browser,
        world.space["organisation"],
        title="",
        lead='"Which" <form> & why?',
        brief="\n  One\n\nTwo",
        done_from="x",
    )
    sent = await browser.post("/campaigns", form)
    assert set(errors_of(sent)) == {"title", "done_from"}
    shown = form_of(sent, "/campaigns")
    assert shown | {"csrf_token": "", "brief": ""} == form | {"csrf_token": "", "brief": ""}
    assert shown["brief"] == "One\n\nTwo"


async def test_each_phase_that_begins_too_early_gets_its_error(as_, world):
    browser = await as_("employee")
    form = await filled(browser, world.space["organisation"])
    wrong = form | {"vote_from": form["collect_from"], "done_from": form["decide_from"]}
    sent = await browser.post("/campaigns", wrong)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"vote_from", "done_from"}
    assert [form_of(sent, "/campaigns")[name] for name in DATES] == [wrong[name] for name in DATES]


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("nobody@world.example", "no colleague with this address"),
        (email_of("guest_a"), "no colleague with this address"),
        (email_of("deactivated"), "no colleague with this address"),
    ],
)
async def test_the_sponsor_is_an_active_colleague(as_, world, email, words):
    browser = await as_("insider_a")
    form = await filled(browser, world.space["closed_a"], sponsor_email=email)
    sent = await browser.post("/campaigns", form)
    assert sent.status_code == 422
    assert words in errors_of(sent)["sponsor_email"]
    assert form_of(sent, "/campaigns")["sponsor_email"] == email


async def test_the_sponsor_must_be_able_to_read_a_closed_space(as_, world):
    browser = await as_("insider_a")
    sent = await browser.post("/campaigns", await filled(browser, world.space["closed_a"], sponsor="sponsor"))
    assert sent.status_code == 422
    assert "can’t read that space" in errors_of(sent)["sponsor_email"]
    sent = await browser.post("/campaigns", await filled(browser, world.space["closed_a"], sponsor="insider_a"))
    assert sent.status_code == 303


@pytest.mark.parametrize("space", ["closed_b", "open", "no such space"])
async def test_a_campaign_opens_only_where_one_belongs(as_, world, space):
    browser, before = await as_("insider_a"), await count()
    sent = await browser.post("/campaigns", await filled(browser, world.space.get(space, space), sponsor="insider_a"))
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"space"}
    assert await count() == before


async def test_guests_open_none_not_even_in_their_own_group(as_, world):
    insider, guest, before = await as_("insider_a"), await as_("guest_a"), await count()
    form = await filled(insider, world.space["closed_a"], sponsor="insider_a")
    del form["csrf_token"]
    assert (await guest.get("/campaigns/new")).status_code == 403
    assert (await guest.post("/campaigns", form)).status_code == 403
    assert (await guest.post("/campaigns", {})).status_code == 403
    assert await count() == before
