"""What is being written is kept by itself: as a draft, and in the tab while the network is away."""

import re

import pytest

PAUSE, RETRY = 1500, 5000  # milliseconds, as in static/js/draft-saver.js


async def lose_the_answer(route):
    """The form arrives, and nobody hears that it did."""
    await route.fetch()
    await route.abort("internetdisconnected")


async def lose_the_form(route):
    """Nothing arrives."""
    await route.abort("internetdisconnected")


@pytest.mark.parametrize("lose", [lose_the_answer, lose_the_form])
async def test_a_draft_saves_itself_and_survives_a_lost_network(open_page, site, lose):
    page, title = await open_page("employee"), f"A shelf for wet gloves ({lose.__name__})"
    await page.clock.install()
    await page.goto(f"/campaigns/{site.world.campaign['collect']}/ideas/new")
    state = page.locator("#draft_state")
    await page.fill("#title", title)
    await page.clock.run_for(PAUSE)
    await state.filter(has_text="Draft saved").wait_for()
    await page.wait_for_url(re.compile("/ideas/[^/]+/edit$"))
    await page.get_by_role("link", name="Attach files").wait_for()
    form = re.compile("/edit$")

    await page.route(form, lose)
    await page.fill("#body", "Above the heater")
    await page.clock.run_for(PAUSE)
    await state.filter(has_text="cannot be reached").wait_for()
    await page.unroute(form)
    await page.clock.run_for(RETRY)
    await state.filter(has_text="Draft saved").wait_for()

    await page.route(form, lose)
    await page.fill("#body", "Beside the heater")
    await page.clock.run_for(PAUSE)
    await state.filter(has_text="cannot be reached").wait_for()
    await page.unroute(form)
    await page.reload()
    assert await page.input_value("#body") == "Beside the heater"
    await page.clock.run_for(PAUSE)
    await state.filter(has_text="Draft saved").wait_for()

    await page.reload()
    assert await page.input_value("#body") == "Beside the heater", "what was saved is there, not an empty form"

    await page.goto("/ideas/drafts")
    draft = page.get_by_role("link", name=title)
    assert await draft.count() == 1, "one draft, however often it was sent"
    await draft.click()
    await page.wait_for_url(re.compile("/edit$"))
    assert await page.input_value("#body") == "Beside the heater"


async def test_who_types_nothing_saves_nothing_by_choosing_another_language(open_page, site):
    page = await open_page("employee")
    await page.clock.install()
    await page.goto(f"/campaigns/{site.world.campaign['collect']}/ideas/new")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    await page.get_by_role("button", name="Nederlands").click()
    await page.locator("html[lang=nl] #draft_state").wait_for(state="attached")
    await page.clock.run_for(PAUSE + RETRY)
    assert [url.rpartition("/")[2] for url in sent] == ["preferences"]
    await page.get_by_role("button", name="English").click()  # other tests read English
    await page.wait_for_selector("html[lang=en]")


async def test_a_session_that_ends_while_one_types_leaves_the_form_there(open_page, site):
    page = await open_page("employee")
    await page.clock.install()
    await page.goto(f"/campaigns/{site.world.campaign['collect']}/ideas/new")
    await page.context.clear_cookies()
    await page.fill("#title", "A shelf for wet gloves, once more")
    await page.fill("#body", "Above the heater")
    await page.clock.run_for(PAUSE)
    await page.locator("#toasts").filter(has_text="not signed in any more").wait_for()
    await page.locator("#draft_state").filter(has_text="signed out").wait_for()
    assert await page.input_value("#title") == "A shelf for wet gloves, once more"
    await page.get_by_role("button", name="Post your idea").click()
    await page.get_by_text("Your text is kept").wait_for()
