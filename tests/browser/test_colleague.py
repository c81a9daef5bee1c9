"""Naming a colleague by keyboard."""

FIELD = "#colleague"
OPTION = "colleague-field [role=option]"


async def test_a_colleague_is_taken_from_the_list_and_named_in_the_form(open_page, site):
    page = await open_page("author")
    await page.goto(f"/ideas/{site.world.idea['collect']}/co-authors")
    await page.focus(FIELD)
    assert await page.get_attribute(FIELD, "aria-expanded") == "false"
    await page.keyboard.type("joris")
    await page.wait_for_selector(OPTION)
    assert await page.get_attribute(FIELD, "aria-expanded") == "true"
    await page.keyboard.press("ArrowDown")
    chosen = await page.get_attribute(FIELD, "aria-activedescendant")
    name = await page.get_attribute(f"#{chosen}", "data-words")
    await page.keyboard.press("Enter")
    assert await page.input_value(FIELD) == name == "Joris van Heeswijk"
    assert await page.get_attribute(FIELD, "aria-expanded") == "false"
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#flash")
    assert "Joris van Heeswijk" in await page.inner_text("main")
