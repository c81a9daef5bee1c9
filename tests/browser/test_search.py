"""The search box by keyboard, with suggestions and without scripts."""

import pytest

BOX = "search-box input"
OPTION = "#suggestions [role=option]"


async def test_suggestions_are_chosen_with_the_arrow_keys(open_page, site):
    page = await open_page("employee")
    await page.goto("/groups")
    await page.fill(BOX, "campaign collect")
    await page.wait_for_selector(OPTION)
    assert await page.get_attribute(BOX, "aria-expanded") == "true"
    await page.press(BOX, "ArrowDown")
    chosen = await page.get_attribute(BOX, "aria-activedescendant")
    assert await page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    await page.press(BOX, "Escape")
    assert await page.is_hidden("#suggestions")
    assert await page.get_attribute(BOX, "aria-activedescendant") == ""
    await page.fill(BOX, "campaign collec")
    await page.wait_for_selector(OPTION)
    await page.press(BOX, "ArrowDown")
    await page.press(BOX, "Enter")
    await page.wait_for_url(f"**/campaigns/{site.world.campaign['collect']}")


@pytest.mark.parametrize("javascript", [True, False])
async def test_the_form_is_sent_where_nothing_is_chosen(open_page, site, javascript):
    page = await open_page("employee", javascript=javascript)
    await page.goto("/groups")
    await page.fill(BOX, "collect")
    await page.press(BOX, "Enter")
    await page.wait_for_url("**/search?q=collect")
    assert await page.locator(f".result a[href='/ideas/{site.world.idea['collect']}']").count() == 1
    assert await page.locator("mark").count() > 0


async def test_what_takes_the_place_of_a_list_is_said_and_the_focus_stays(open_page, site):
    page = await open_page("employee")
    await page.goto("/search?q=idea")
    assert await page.text_content("#said") == ""
    await page.press("#kind-idea", "Enter")
    await page.wait_for_url("**/search?q=idea&kind=idea")
    await page.wait_for_selector("#said:has-text('found')", state="attached")
    assert await page.evaluate("document.activeElement.id") == "kind-idea"
