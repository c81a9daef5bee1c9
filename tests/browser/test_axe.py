"""axe finds nothing on any page; the whole grid of languages, schemes and widths is `make check-a11y`."""

from tests.browser.axe import bring_axe, problems, problems_of_all


async def test_axe_finds_nothing_on_any_page(open_page, site):
    assert await problems_of_all(open_page, site) == {}


async def test_axe_finds_nothing_on_error_pages_and_refused_forms(open_page, site):
    page = await open_page("employee", width=390)
    await bring_axe(page)
    for address in ("/ideas/nothing", "/nothing-at-all", "/admin"):
        await page.goto(address)
        assert await problems(page) == []
    await page.goto(f"/campaigns/{site.world.campaign['collect']}/ideas/new")
    await page.click("main form button.btn-primary[type=submit]")
    await page.wait_for_selector("#error-summary")
    assert await problems(page) == []
