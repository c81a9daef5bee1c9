"""Writing a campaign step by step."""

import json
from datetime import datetime, timedelta

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, pressed_by_enter
from tests.proposals.steps import PURPOSE, QUESTION, begin, facts, offered, send, written
from tests.world import NOW, email_of, set_clock

DATES = ("collect_from", "discuss_from", "vote_from", "decide_from", "done_from")
STEPS = ("question", "purpose", "people", "dates", "voting", "form")


async def count():
    return await fetch_value("SELECT count(*) FROM campaign")


async def stored(home, column):
    return json.loads(await facts(home, column))


async def test_the_first_step_is_kept_as_a_draft_that_nobody_else_finds(as_):
    browser = await as_("employee")
    home = await begin(browser)
    assert await stored(home, "state") == "draft"
    assert "Fewer forms" in (await browser.get("/")).text
    for other in ("sponsor", "moderator", "administrator"):
        assert (await (await as_(other)).get(home)).status_code == 404
        assert "Fewer forms" not in (await (await as_(other)).get("/campaigns")).text
    assert not await fetch_value("SELECT count(*) FROM event WHERE kind LIKE 'campaign.%'")


async def test_the_same_form_twice_begins_one(as_):
    browser = await as_("employee")
    form, before = await offered(browser, "/campaigns/new") | QUESTION, await count()
    first, second = [await browser.post("/campaigns/new", form) for _ in range(2)]
    assert first.headers["Location"] == second.headers["Location"]
    assert await count() == before + 1


async def test_the_steps_can_be_visited_in_any_order_and_hold_what_was_saved(as_, world):
    browser = await as_("employee")
    home = await written(browser, world, title="Any order")
    for step in reversed(STEPS):
        page = await browser.get(f"{home}/edit/{step}")
        assert page.status_code == 200
        assert all(f"{home}/edit/{other}" in page.text for other in STEPS)
    assert (await offered(browser, f"{home}/edit/purpose"))["goal"] == PURPOSE["goal"]
    people = await offered(browser, f"{home}/edit/people")
    assert (people["space"], people["sponsor_called"]) == (world.space["organisation"], "Yara Haddouch")
    assert (await browser.get(f"{home}/edit/nonsense")).status_code == 404
    sent = await browser.get(f"{home}/edit")
    assert sent.headers["Location"] == f"{home}/edit/question"


async def test_enter_saves_and_takes_no_prompt(as_, world):
    browser = await as_("employee")
    assert not pressed_by_enter(await browser.get("/campaigns/new"), "/campaigns/new")
    address = f"{await begin(browser)}/edit/question"
    assert not pressed_by_enter(await browser.get(address), address)


async def test_saving_leads_on_to_the_next_step_or_to_the_whole(as_):
    browser = await as_("employee")
    home = await begin(browser)
    sent = await send(browser, f"{home}/edit/purpose", **PURPOSE)
    assert sent.headers["Location"] == f"{home}/edit/people"
    sent = await send(browser, f"{home}/edit/purpose", overview="1")
    assert sent.headers["Location"] == home
    assert (await send(browser, f"{home}/edit/form")).headers["Location"] == home


async def test_only_a_title_is_needed_to_begin_and_the_whole_says_all_that_is_missing(as_):
    browser = await as_("employee")
    home = await begin(browser, lead="", brief="")
    page = text_of(await browser.get(home))
    for words in (
        "two lines what you ask",
        "Write the brief",
        "what the need is",
        "different afterwards",
        "how you will know",
        "Choose who takes part",
        "who will answer the ideas",
        "who decides about them",
        "when collecting begins",
        "when discussing begins",
        "when voting begins",
        "deciding begins",
        "all ideas are answered",
    ):
        assert words in page
    assert "13 things are still missing" in page
    sent = await browser.post(f"{home}/proposal")
    assert sent.status_code == 422
    assert await stored(home, "state") == "draft"


async def test_an_empty_first_step_names_its_errors_and_keeps_what_was_typed(as_):
    browser, before = await as_("employee"), await count()
    form = await offered(browser, "/campaigns/new") | QUESTION | {"title": "", "lead": "l" * 301, "language": "fr"}
    sent = await browser.post("/campaigns/new", form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"title", "lead", "language"}
    again = form_of(sent, "/campaigns/new")
    assert (again["lead"], again["brief"]) == (form["lead"], form["brief"])
    assert await count() == before


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_a_question_of_the_library_takes_the_fields_place_in_the_language_chosen(as_, language):
    browser, before = await as_("employee"), await count()
    page = text_of(await browser.get("/campaigns/new"))
    assert "What is the best specific tip you can give a colleague?" in page
    assert "Wat is de beste concrete tip die je een collega kunt geven?" in page
    form = await offered(browser, "/campaigns/new") | {"title": "Kept", "language": language, "prompt": "tip"}
    sent = await browser.post("/campaigns/new", form)
    assert sent.status_code == 200
    again = form_of(sent, "/campaigns/new")
    assert (again["title"], again["lead"][:5]) == ("Kept", {"en": "What ", "nl": "Wat i"}[language])
    assert await count() == before


async def test_dates_are_proposed_from_a_week_ahead_in_the_readers_zone_which_is_named(as_):
    browser = await as_("employee")
    await execute("UPDATE identity SET zone = 'America/New_York' WHERE person = {}", browser.person)
    home = await begin(browser)
    page = await browser.get(f"{home}/edit/dates")
    assert "America/New York" in page.text
    form = form_of(page, f"{home}/edit/dates")
    assert [form[name][:16] for name in DATES[:2]] == ["2026-06-24T03:00", "2026-07-15T03:00"]
    await send(browser, f"{home}/edit/dates", done_from="2026-12-24T09:00")
    assert (await stored(home, "done_from"))[:16] == "2026-12-24T14:00"


@pytest.mark.parametrize("ahead", [3, 4, 5])
async def test_phases_are_proposed_by_the_working_calendar(as_, ahead):
    """They begin when work does; voting and answering end when it ends."""
    await set_clock(NOW + timedelta(days=ahead))  # Saturday, Sunday, Monday
    await execute("UPDATE working_hours SET opens = '08:15', closes = '16:45'")
    await execute("INSERT INTO calendar_day (day, name, country) VALUES ('2026-07-20', 'Founding day', '')")
    browser = await as_("employee")
    form = await offered(browser, f"{await begin(browser)}/edit/dates")
    moments = [datetime.fromisoformat(form[name]) for name in DATES]
    assert moments[0].strftime("%A %H:%M %d") == "Monday 08:15 29"
    assert moments[1].strftime("%A %H:%M %d") == "Tuesday 08:15 21"
    assert [f"{moment:%H:%M}" for moment in moments] == ["08:15", "08:15", "08:15", "16:45", "16:45"]
    assert {moment.weekday() for moment in moments} == {0, 1}


async def test_where_nothing_is_worked_no_dates_are_proposed(as_):
    await execute(
        "INSERT INTO calendar_day (day, name, country) SELECT {}::date + n, 'Closed', '' FROM generate_series(0, 150) n"
        " ON CONFLICT DO NOTHING",
        NOW,
    )
    browser = await as_("employee")
    form = await offered(browser, f"{await begin(browser)}/edit/dates")
    assert {form[name] for name in DATES} == {""}


async def test_a_phase_that_begins_too_early_gets_its_error_and_a_date_left_open_is_kept_open(as_):
    browser = await as_("employee")
    home = await begin(browser)
    form = await offered(browser, f"{home}/edit/dates")
    wrong = form | {"vote_from": form["collect_from"], "done_from": "soon"}
    sent = await browser.post(f"{home}/edit/dates", wrong)
    assert set(errors_of(sent)) == {"vote_from", "done_from"}
    sent = await browser.post(f"{home}/edit/dates", form | {"done_from": ""})
    assert sent.status_code == 303
    assert await stored(home, "done_from") is None


@pytest.mark.parametrize("who", ["nobody@world.example", email_of("guest_a"), email_of("deactivated")])
async def test_who_is_named_is_an_active_colleague(as_, world, who):
    browser = await as_("insider_a")
    home = await begin(browser)
    values = {"space": world.space["closed_a"], "sponsor_called": who, "decision_owner_called": who}
    sent = await send(browser, f"{home}/edit/people", **values)
    assert set(errors_of(sent)) == {"sponsor_called", "decision_owner_called"}
    assert form_of(sent, f"{home}/edit/people")["sponsor_called"] == who


async def test_who_is_named_must_be_able_to_read_the_space(as_, world):
    browser = await as_("insider_a")
    home = await begin(browser)
    values = {"space": world.space["closed_a"], "sponsor_called": email_of("sponsor"), "decision_owner_called": ""}
    sent = await send(browser, f"{home}/edit/people", **values)
    assert "can’t read that space" in errors_of(sent)["sponsor_called"]
    sent = await send(browser, f"{home}/edit/people", **values | {"sponsor_called": email_of("insider_a")})
    assert sent.status_code == 303


@pytest.mark.parametrize("space", ["closed_b", "open", "no such space"])
async def test_a_campaign_is_written_only_where_one_belongs(as_, world, space):
    browser = await as_("insider_a")
    home = await begin(browser)
    sent = await send(browser, f"{home}/edit/people", space=world.space.get(space, space))
    assert set(errors_of(sent)) == {"space"}
    assert await stored(home, "space") == world.space_id["organisation"]


async def test_the_audience_is_counted_by_the_relation_and_its_questions_move_along(as_, world):
    browser = await as_("insider_a")
    home = await begin(browser)
    query = f"{home}/edit/people?space={world.space['closed_a']}"
    part = await browser.get(query, htmx=True)
    assert "1 colleague can read this" in part.text
    assert "and 1 guest" in part.text
    assert "<h1" not in part.text
    await send(browser, f"{home}/edit/people", space=world.space["closed_a"])
    assert await stored(home, "expected_readers") == 2
    moved = "SELECT count(*) FROM question q JOIN campaign c ON c.id = q.campaign AND c.space = q.space"
    assert await fetch_value(moved + " WHERE c.public_id = {}", home[11:]) == 4


async def test_guests_propose_none(as_):
    guest = await as_("guest_a")
    assert (await guest.get("/campaigns/new")).status_code == 403
    assert (await guest.post("/campaigns/new", QUESTION)).status_code == 403


async def test_a_draft_can_be_thrown_away_by_its_author(as_, world):
    browser = await as_("employee")
    home = await begin(browser)
    assert (await (await as_("administrator")).post(f"{home}/removal")).status_code == 404
    assert (await browser.post(f"{home}/removal")).headers["Location"] == "/campaigns"
    assert (await browser.get(home)).status_code == 404
    owner = await as_("campaign_owner")
    assert (await owner.post(f"/campaigns/{world.campaign['proposed']}/removal")).status_code == 403
    assert await fetch_value("SELECT 1 FROM campaign WHERE id = {}", world.campaign_id["proposed"])


async def test_the_brief_is_previewed_as_it_will_look_and_nothing_is_saved(as_, world):
    browser, before = await as_("employee"), await count()
    typed = QUESTION | {"brief": "What we **know**", "preview": "1"}
    shown = await browser.post("/campaigns/new", typed)
    assert shown.status_code == 200
    assert "<strong>know</strong>" in text_of(shown)
    assert "What we **know**" in text_of(shown), "what was typed stays"
    assert await count() == before
    home = await begin(browser)
    part = await browser.post(f"{home}/edit/question", typed, htmx=True)
    assert part.text.strip().startswith('<section class="preview" id="preview"')
    assert "<strong>know</strong>" in part.text
    assert await facts(home, "brief") != '"What we **know**"'
    other = await browser.post(f"{home}/edit/purpose", PURPOSE | {"preview": "1"}, htmx=True)
    assert other.status_code == 200, "a step without a brief is shown as it is"
