"""axe finds nothing on any page; the whole grid of languages, schemes and widths is `make check-a11y`."""

from tests.browser.addresses import addresses
from tests.browser.axe import problems


async def test_axe_finds_nothing_on_any_page(app, open_page, site):
    found = {}
    pages = {who: await open_page(who, width=390) for who in {who for _, who in addresses(app, site.world)}}
    for address, who in addresses(app, site.world):
        response = await pages[who].goto(address)
        assert response is not None
        assert response.status == 200, (address, who, response.status)
        if wrong := await problems(pages[who]):
            found[address, who] = wrong
    assert not found, found


async def test_axe_finds_nothing_on_error_pages_and_refused_forms(open_page, site):
    page = await open_page("employee", width=390)
    for address in ("/ideas/nothing", "/nothing-at-all", "/admin"):
        await page.goto(address)
        assert await problems(page) == []
    await page.goto(f"/campaigns/{site.world.campaign['collect']}/ideas/new")
    await page.click("main form button.btn-primary[type=submit]")
    await page.wait_for_selector("#error-summary")
    assert await problems(page) == []
