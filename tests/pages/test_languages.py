"""Every page opens in both languages, whole and as a fragment, and says which language it is in."""

import re

import pytest

from portal.db import execute

PAGES = [
    "/",
    "/campaigns",
    "/campaigns/new",
    *(f"/campaigns/{{campaign[{phase}]}}" for phase in ("planned", "collect", "discuss", "vote", "decide", "done")),
    "/campaigns/{campaign[collect]}?order=supported&tag=tag%20collect",
    "/campaigns/{campaign[vote]}/edit",
    "/campaigns/{campaign[collect]}/ideas/new",
    "/ideas/new",
    *(f"/ideas/{{idea[{phase}]}}" for phase in ("collect", "discuss", "vote", "decide", "done")),
    "/ideas/{idea[vote]}?reply={comment[vote]}",
    "/ideas/{idea[collect]}/edit",
    "/ideas/{idea[decide]}/answer",
    "/comments/{comment[vote]}/replies",
    "/comments/{comment[vote]}/edit",
    "/groups",
    "/groups/new",
    "/spaces/{space[organisation]}",
    "/spaces/{space[open]}",
    "/spaces/{space[open]}/members/new",
    "/settings",
    "/settings/password",
    "/settings/sessions",
    "/about/help",
    "/about/help/edit",
    "/admin",
    "/nowhere",
]
PUBLIC = ["/sign-in", "/password-reset", "/about/privacy", "/nowhere"]
#: Addresses that are no pages, or whose page is another test's.
NO_PAGES = {
    "/comments/{public_id:str}": "leads on",
    "/password-reset/{token:str}": "tests/accounts",
    "/health": "for machines",
    "/static/{path:path}": "files",
}


@pytest.fixture
async def everywoman(as_, world):
    """Somebody who may open every page: administrator, sponsor, author of everything."""
    person = world.person_id["administrator"]
    await execute("UPDATE campaign SET sponsor = {}, author = {}", person, person)
    await execute("UPDATE idea SET author = {}", person)
    await execute("UPDATE comment SET author = {}", person)
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')", world.space_id["open"], person
    )
    return await as_("administrator")


def test_every_page_is_in_the_list(app):
    addresses = [re.sub(r"\{[^}]*\}", "x", path).split("?")[0] for path in PAGES + PUBLIC]
    addresses = [address.replace("/about/help", "/about/x") for address in addresses]
    routes = {route.path for route in app.routes if "GET" in getattr(route, "methods", ())}
    assert len(routes) > 25
    missing = {route for route in routes - set(NO_PAGES) if re.sub(r"\{[^}]*\}", "x", route) not in addresses}
    assert not missing


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("path", PAGES)
async def test_it_opens_and_says_its_language(everywoman, world, path, language):
    await execute("UPDATE identity SET language = {} WHERE person = {}", language, everywoman.person)
    page = await everywoman.get(path.format(**vars(world)))
    assert page.status_code == (404 if path == "/nowhere" else 200)
    assert f'<html lang="{language}"' in page.text
    part = await everywoman.get(path.format(**vars(world)), htmx=True)
    assert part.status_code == page.status_code


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("path", PUBLIC)
async def test_for_nobody_in_particular_it_follows_the_browser(as_, path, language):
    page = await (await as_(None)).get(path, Accept_Language=f"{language},de;q=0.5")
    assert page.status_code == (404 if path == "/nowhere" else 200)
    assert f'<html lang="{language}"' in page.text
    assert re.search(r"<title>.+ – Plein</title>", page.text)


@pytest.mark.parametrize("path", ["/admin", "/about/help/edit"])
async def test_administrators_pages_open_to_administrators_only(as_, path):
    assert (await (await as_("administrator")).get(path)).status_code == 200
    assert (await (await as_("employee")).get(path)).status_code == 403
