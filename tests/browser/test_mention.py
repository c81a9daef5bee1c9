"""Mentioning somebody by keyboard."""

FIELD = "#composer mention-field textarea"
OPTION = "#composer [role=option]"


async def test_a_name_is_taken_from_the_list_with_enter_and_the_focus_stays(open_page, site):
    page = await open_page("employee")
    await page.goto(f"/ideas/{site.world.idea['vote']}")
    await page.focus(FIELD)
    await page.keyboard.type("Ask @wim")
    await page.wait_for_selector(OPTION)
    chosen = await page.get_attribute(FIELD, "aria-activedescendant")
    assert await page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    name = await page.get_attribute(f"#{chosen}", "data-words")
    await page.keyboard.press("Enter")
    assert await page.input_value(FIELD) == f"Ask @{name} "
    assert await page.locator(OPTION).first.is_hidden()
    await page.keyboard.type("please")
    assert await page.input_value(FIELD) == f"Ask @{name} please"
