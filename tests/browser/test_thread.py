"""The main job, as a person does it: sign in, propose an idea, support one, comment; with and without JavaScript."""

import re

import pytest


@pytest.mark.parametrize("javascript", [True, False])
async def test_sign_in_idea_vote_comment(open_page, site, javascript):
    page = await open_page("employee", javascript=javascript)
    await page.goto(f"/campaigns/{site.world.campaign['collect']}")
    await page.click("main >> a[href$='/ideas/new']")
    title = f"Softer lamps at the lock ({javascript})"
    await page.fill("#title", title)
    await page.fill("#body", "At night the **white** lamps blind the skippers.")
    await page.click("button[name=preview]")
    await page.wait_for_selector("#preview strong")
    assert await page.input_value("#title") == title
    await page.click("main form button.btn-primary[type=submit]")
    await page.wait_for_url(re.compile("/ideas/"))
    assert title in await page.inner_text("h1")

    await page.goto(f"/ideas/{site.world.idea['vote']}")
    panel = page.locator(f"#vote-panel-{site.world.idea['vote']}")
    before = int(await panel.locator(".figure").inner_text())
    await panel.locator("button[type=submit]").first.click()
    await page.locator(f"#vote-panel-{site.world.idea['vote']} .figure", has_text=str(before + 1)).wait_for()
    await page.locator(f"#vote-panel-{site.world.idea['vote']} button[type=submit]").first.click()
    await page.locator(f"#vote-panel-{site.world.idea['vote']} .figure", has_text=re.compile(f"^{before}$")).wait_for()

    words = f"Amber would do, I tried it ({javascript})."
    await page.fill("#composer textarea[name=body]", words)
    await page.click("#composer button.btn-primary[type=submit]")
    await page.locator(".comment", has_text=words).wait_for()
    await page.reload()
    assert words in await page.inner_text("#thread")


async def test_changing_language_or_theme_loses_nothing_that_is_being_typed(open_page, site):
    page = await open_page("employee")
    await page.goto(f"/campaigns/{site.world.campaign['collect']}/ideas/new")
    await page.fill("#title", "Half a title")
    await page.fill("#body", "Half a text,\nwith two lines")
    await page.check("input[name=language][value=nl]")
    await page.click("footer button[name=language]")
    await page.wait_for_selector("html[lang=nl]")
    assert await page.input_value("#title") == "Half a title"
    await page.click("footer button[value=dark]")
    await page.wait_for_selector("html[data-theme=dark]")
    assert await page.input_value("#body") == "Half a text,\nwith two lines"
    assert await page.is_checked("input[name=language][value=nl]")
    assert await page.evaluate("sessionStorage.getItem('typed')") is None
    await page.check("input[name=language][value=en]")  # it is hers from then on, and other tests read English
    await page.click("footer button[name=language]")
    await page.wait_for_selector("html[lang=en]")
