"""The whole grid: every page in both languages, light and dark, at three widths. `make check-a11y` runs it."""

import pytest

from portal.db import close_pool, execute, open_pool
from tests.browser.axe import problems_of_all


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_axe_finds_nothing(open_page, site, language, scheme, width):
    await open_pool(site.dsn, size=1)
    await execute("UPDATE identity SET language = {}", language)
    await close_pool()
    assert await problems_of_all(open_page, site, width=width, color_scheme=scheme, locale=language) == {}
