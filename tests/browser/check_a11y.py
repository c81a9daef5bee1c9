"""The whole grid: every page in both languages, light and dark, at three widths. `make check-a11y` runs it.

A page is loaded once in each language; it is then made narrower and darker under axe's eyes.
"""

import pytest

from portal.db import close_pool, execute, open_pool
from tests.browser.axe import problems_of_all


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_axe_finds_nothing(open_page, site, language):
    await open_pool(site.dsn, size=1)
    await execute("UPDATE identity SET language = {}", language)
    await close_pool()
    assert await problems_of_all(open_page, site, widths=(1280, 390, 320), dark=True, language=language) == {}
