"""The whole grid: every page in both languages, light and dark, at three widths. `make check-a11y` runs it."""

import pytest

from portal.db import close_pool, execute, open_pool
from tests.browser.addresses import addresses
from tests.browser.axe import problems


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_axe_finds_nothing(app, open_page, site, language, scheme, width):
    await open_pool(site.dsn, size=1)
    await execute("UPDATE identity SET language = {}", language)
    await close_pool()
    people = {who for _, who in addresses(app, site.world)}
    options = {"width": width, "color_scheme": scheme, "locale": language}
    pages = {who: await open_page(who, **options) for who in people}
    found = {}
    for address, who in addresses(app, site.world):
        await pages[who].goto(address)
        if wrong := await problems(pages[who]):
            found[address, who] = wrong
    assert not found, found
