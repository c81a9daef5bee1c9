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
    await page.click("#composer button[type=submit]")
    await page.locator(".comment", has_text=words).wait_for()
    await page.reload()
    assert words in await page.inner_text("#thread")
