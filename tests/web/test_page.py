"""Pages: whole or a part, what they say once, and what may be kept of them."""

import pytest

from portal.web.flashes import FLASHES
from portal.web.page import own_address
from tests.client import text_of


async def test_htmx_gets_the_part_and_everybody_else_the_page(as_, world):
    browser = await as_("employee")
    path = f"/campaigns/{world.campaign['vote']}"
    whole, part = await browser.get(path), await browser.get(path, htmx=True)
    assert whole.text.startswith("<!DOCTYPE html>")
    assert "<!DOCTYPE" not in part.text
    assert 'id="results"' in part.text
    assert (await browser.get(path, htmx=True, HX_Request_Type="full")).text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("code", FLASHES)
async def test_what_was_done_is_said_once(as_, code):
    browser = await as_("employee")
    browser.http.cookies.set("flash", code, domain="127.0.0.1")
    assert str(FLASHES[code]) in text_of(await browser.get("/groups"))
    assert str(FLASHES[code]) not in text_of(await browser.get("/groups"))


async def test_nobody_can_put_words_into_our_mouth(as_):
    browser = await as_("employee")
    browser.http.cookies.set("flash", "<script>your password, please", domain="127.0.0.1")
    assert "your password" not in (await browser.get("/groups")).text


async def test_a_part_does_not_use_the_message_up(as_, world):
    browser = await as_("employee")
    browser.http.cookies.set("flash", "page-saved", domain="127.0.0.1")
    await browser.get(f"/campaigns/{world.campaign['vote']}", htmx=True)
    assert "The page is saved." in text_of(await browser.get("/groups"))


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("/", "/"),
        ("/a/b?c=d#e", "/a/b?c=d#e"),
        ("//evil", "/"),
        ("/\\evil", "/"),
        ("https://evil", "/"),
        ("/a\nb", "/"),
        ("", "/"),
        ("/%0d%0aX: y", "/%0d%0aX:%20y"),
    ],
)
def test_an_address_is_ours_or_home(given, taken):
    assert own_address(given) == taken


@pytest.mark.parametrize("theme", ["light", "dark", ""])
async def test_the_theme_is_kept_for_everybody(as_, theme):
    anonymous, signed_in = await as_(None), await as_("employee")
    for browser, page in ((anonymous, "/sign-in"), (signed_in, "/")):
        await browser.post("/preferences", {"theme": "dark"})
        await browser.post("/preferences", {"theme": theme})
        assert f'data-theme="{theme}"' in (await browser.get(page)).text


async def test_the_language_is_kept_for_everybody(as_):
    anonymous, signed_in = await as_(None), await as_("employee")
    for browser, page in ((anonymous, "/sign-in"), (signed_in, "/")):
        await browser.post("/preferences", {"language": "nl"})
        assert '<html lang="nl"' in (await browser.get(page, Accept_Language="en")).text


@pytest.mark.parametrize("fields", [{"language": "xx"}, {"theme": "pink"}, {"language": "../../etc"}])
async def test_other_preferences_change_nothing(as_, fields):
    browser = await as_("employee")
    response = await browser.post("/preferences", fields)
    assert response.status_code == 303
    assert "set-cookie" not in response.headers
    assert '<html lang="en" data-theme=""' in (await browser.get("/")).text
