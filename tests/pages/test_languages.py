"""Every page opens in both languages, whole and as a fragment, and says which language it is in."""

import re

import pytest

from portal.db import execute
from tests.sitemap import PAGES, filled


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(("who", "path"), [*PAGES, ("employee", "/nowhere"), (None, "/nowhere")])
async def test_a_page_opens_and_says_its_language(as_, world, who, path, language):
    """That of the reader's settings, or of the browser of somebody who is not signed in."""
    browser = await as_(who)
    await execute("UPDATE identity SET language = {} WHERE person = {}", language, browser.person)
    wish = {} if who else {"Accept_Language": f"{language},de;q=0.5"}
    page = await browser.get(filled(path, world), **wish)
    assert page.status_code == (404 if path == "/nowhere" else 200)
    assert f'<html lang="{language}"' in page.text
    assert re.search(r"<title>.+ – \w+.*</title>", page.text)
    part = await browser.get(filled(path, world), htmx=True, **wish)
    assert part.status_code == page.status_code


@pytest.mark.parametrize("path", ["/admin", "/about/help/edit"])
async def test_administrators_pages_open_to_administrators_only(as_, path):
    assert (await (await as_("administrator")).get(path)).status_code == 200
    assert (await (await as_("employee")).get(path)).status_code == 403
