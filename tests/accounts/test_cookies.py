"""The cookies: out of reach of scripts and of other sites, and bound to this host wherever there is https."""

import pytest

from portal.app import create_app
from portal.settings import settings
from tests.client import Browser
from tests.world import PASSWORD, email_of


@pytest.fixture
async def over_https(rollback, monkeypatch):
    """A browser at a Plein with https in front."""
    monkeypatch.setenv("BASE_URL", "https://plein.example")
    settings.cache_clear()
    browser = Browser(create_app(own_pool=False), base="https://plein.example")
    yield browser
    await browser.http.aclose()
    settings.cache_clear()


def cookies(response):
    """The cookies that a response sets: name -> value and attributes in lower case."""
    found = {}
    for line in response.headers.get_list("set-cookie"):
        (name, _, value), *attributes = [part.strip().partition("=") for part in line.split(";")]
        found[name] = {"": value} | {key.lower(): content.lower() for key, _, content in attributes}
    return found


async def sign_in(browser):
    return await browser.post("/sign-in", {"email": email_of("employee"), "password": PASSWORD})


async def test_on_this_machine_the_session_has_a_plain_name(as_):
    session = cookies(await sign_in(await as_(None)))["sid"]
    assert session.pop("")
    assert session == {"httponly": "", "path": "/", "samesite": "lax"}


async def test_over_https_the_session_is_bound_to_this_host(over_https):
    response = await sign_in(over_https)
    assert set(cookies(response)) == {"__Host-sid"}
    session = cookies(response)["__Host-sid"]
    assert session.pop("")
    assert session == {"httponly": "", "path": "/", "samesite": "lax", "secure": ""}  # and no Domain
    assert (await over_https.get("/settings")).status_code == 200


async def test_over_https_the_plain_name_is_worth_nothing(over_https):
    await sign_in(over_https)
    token = over_https.http.cookies["__Host-sid"]
    over_https.http.cookies.clear()
    over_https.http.cookies.set("sid", token)
    assert (await over_https.get("/settings")).status_code == 303


async def test_signing_out_removes_the_cookie(over_https):
    """A browser takes no change of a __Host- cookie without Secure and Path=/."""
    await sign_in(over_https)
    gone = cookies(await over_https.post("/sign-out"))["__Host-sid"]
    assert (gone["path"], gone["max-age"]) == ("/", "0")
    assert "secure" in gone
    assert "domain" not in gone


async def test_all_other_cookies_are_as_careful(over_https, as_):
    for browser, secure in ((over_https, True), (await as_(None), False)):
        await sign_in(browser)
        said = cookies(await browser.post("/preferences", {"language": "nl", "theme": "dark"}))
        said |= {"flash": cookies(await browser.post("/sign-out"))["flash"]}
        assert {name: cookie[""] for name, cookie in said.items()} == {
            "language": "nl",
            "theme": "dark",
            "flash": "signed-out",
        }
        for cookie in said.values():
            assert ("httponly" in cookie, cookie["samesite"], cookie["path"]) == (True, "lax", "/")
            assert ("secure" in cookie) == secure
        if secure:
            break
    assert int(said["flash"]["max-age"]) <= 60


async def test_strict_transport_security_is_sent_over_https_only(over_https):
    assert "max-age=" in (await over_https.get("/sign-in")).headers["strict-transport-security"]


async def test_over_plain_http_it_is_not_sent(as_):
    assert "strict-transport-security" not in (await (await as_(None)).get("/sign-in")).headers
