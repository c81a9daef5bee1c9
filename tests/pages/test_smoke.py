"""Every page that an employee reads opens, whole and as a fragment."""

import pytest

PAGES = [
    "/",
    "/campaigns",
    "/campaigns/new",
    "/campaigns/{campaign[vote]}",
    "/campaigns/{campaign[collect]}?order=supported",
    "/campaigns/{campaign[collect]}/ideas/new",
    "/ideas/new",
    "/ideas/{idea[done]}",
    "/groups",
    "/groups/new",
    "/spaces/{space[open]}",
    "/settings",
    "/settings/password",
    "/settings/sessions",
    "/about/help",
    "/comments/{comment[vote]}/replies",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("htmx", [False, True])
async def test_it_opens(as_, world, path, htmx):
    browser = await as_("employee")
    response = await browser.get(path.format(**vars(world)), htmx=htmx)
    assert response.status_code == 200, response.text[:2000]


@pytest.mark.parametrize("path", ["/admin", "/about/help/edit"])
async def test_administrators_pages_open(as_, path):
    assert (await (await as_("administrator")).get(path)).status_code == 200
    assert (await (await as_("employee")).get(path)).status_code == 403
