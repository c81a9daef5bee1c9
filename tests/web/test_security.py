"""No form from elsewhere is carried out, and every response says what a browser may do with it."""

import pytest

from portal.app import create_app
from portal.db import fetch_value
from portal.web.assets import assets
from tests.client import Browser
from tests.sitemap import GETS, POSTS, filled, form

OWN = "http://127.0.0.1:8000"
SANDBOX = "default-src 'none'; sandbox"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "SAME-ORIGIN, cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "https://127.0.0.1:8000"},
    {},
]


async def send(browser, path, data, headers):
    """Sends a form with these headers alone."""
    return await browser.http.post(path, data=data, headers=headers)


@pytest.mark.parametrize("route", POSTS)
async def test_a_form_from_elsewhere_is_refused(as_, world, route):
    name, path, _ = POSTS[route]
    browser = await as_(name or "employee")
    before = await fetch_value("SELECT count(*) FROM event")
    data = form(route, world) | {"csrf_token": browser.csrf_token()}
    for headers in FOREIGN:
        response = await send(browser, filled(path, world), data, headers)
        assert response.status_code == 403, headers
    assert await fetch_value("SELECT count(*) FROM event") == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": OWN}])
async def test_a_form_of_our_own_is_taken(as_, headers):
    browser = await as_("employee")
    response = await send(browser, "/preferences", {"csrf_token": browser.csrf_token()}, headers)
    assert response.status_code == 303


async def test_signing_somebody_in_from_elsewhere_is_refused(as_, world):
    browser = await as_(None)
    for headers in FOREIGN[:-1]:
        assert (await send(browser, "/sign-in", form("/sign-in", world), headers)).status_code == 403


def tokens(browser, other):
    """Tokens that do not belong to this session."""
    good = browser.csrf_token()
    return [
        "",
        "x",
        "é中🦦",
        "\udce9",
        "%00",
        "====",
        good[:-8],
        good + "AAAA",
        ("A" if good[0] != "A" else "B") + good[1:],
        good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB"),
        other.csrf_token(),
        "A" * 20_000,
    ]


async def test_no_other_token_than_this_sessions_is_taken(as_, world):
    browser, other = await as_("employee"), await as_("employee")
    for token in tokens(browser, other):
        fields = {"theme": "dark", "csrf_token": token.encode("utf-8", "surrogateescape")}
        response = await send(browser, "/preferences", fields, {"Sec-Fetch-Site": "same-origin"})
        assert response.status_code in (400, 409), token
    for token in (b"x", "é".encode(), "é".encode("latin-1"), b"\xff", other.csrf_token().encode()):
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": token}
        assert (await send(browser, "/preferences", {"theme": "dark"}, headers)).status_code == 409, token
    assert 'data-theme="dark"' not in (await browser.get("/")).text


@pytest.mark.parametrize("route", POSTS)
async def test_a_form_without_this_sessions_token_is_not_carried_out(as_, world, route):
    name, path, _ = POSTS[route]
    browser, other = await as_(name or "employee"), await as_(name or "employee")
    before = await fetch_value("SELECT count(*) FROM event")
    data, site = form(route, world), {"Sec-Fetch-Site": "same-origin"}
    for fields, header in (
        (data, {}),
        (data | {"csrf_token": other.csrf_token()}, {}),
        (data | {"csrf_token": browser.csrf_token()[:-8]}, {}),
        (data, {"X-CSRF-Token": other.csrf_token()}),
    ):
        assert (await send(browser, filled(path, world), fields, site | header)).status_code == 409
    assert await fetch_value("SELECT count(*) FROM event") == before


async def test_htmx_sends_the_token_in_a_header(as_):
    browser = await as_("employee")
    page = await browser.get("/groups/new")
    assert 'hx-headers:inherited=\'{"X-CSRF-Token": "' in page.text
    response = await browser.post("/preferences", csrf=False, X_CSRF_Token=browser.csrf_token())
    assert response.status_code == 303


async def test_the_token_is_another_on_each_page_and_always_good(as_):
    browser = await as_("employee")
    several = {browser.csrf_token() for _ in range(20)}
    assert len(several) == 20
    for token in several:
        assert (await browser.post("/preferences", {"csrf_token": token})).status_code == 303


async def test_a_token_does_not_outlive_its_session(as_):
    first = await as_("employee")
    token = first.csrf_token()
    second = await as_("employee")
    assert (await second.post("/preferences", {"csrf_token": token})).status_code == 409


# --- headers -----------------------------------------------------------------------------------------------


def check_headers(response, csp=CSP):
    headers = response.headers
    assert headers["content-security-policy"] == csp
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    for name in ("server", "x-powered-by", "access-control-allow-origin"):
        assert name not in headers


#: What people put there, or is made of it, opens in a sandbox.
DOWNLOADS = ("/attachments/", "/people/", "/case-files/", "/case-records/")


@pytest.mark.parametrize("route", GETS)
async def test_every_page_carries_the_headers(as_, world, route):
    name, path = GETS[route]
    for browser in (await as_(name), await as_(None)):
        response = await browser.get(filled(path, world))
        file = response.headers["content-type"].startswith(("image/", "application/", "text/csv", "text/plain"))
        downloads = file and response.status_code == 200 and path.startswith(DOWNLOADS)
        check_headers(response, SANDBOX if downloads else CSP)
        if not path.startswith("{asset}"):
            assert response.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing/here", 404), ("/ideas/nothing", 404), ("/admin", 403), ("/sign-out", 405)]
)
async def test_errors_carry_the_headers(as_, path, status):
    response = await (await as_("employee")).get(path)
    assert response.status_code == status
    check_headers(response)
    assert response.headers["cache-control"] == "private, no-store"


async def test_refusals_redirects_and_forms_to_mend_carry_the_headers(as_, world):
    browser = await as_("employee")
    for response in (
        await browser.post("/groups", {}),
        await browser.post("/groups", {}, csrf=False),
        await browser.post("/groups", {"name": "x" * 100_000}),
        await browser.post("/preferences"),
        await browser.http.post("/groups"),
    ):
        check_headers(response)
        assert response.headers["cache-control"] == "private, no-store"


async def test_static_files_may_be_kept_for_good_and_need_no_session(as_):
    response = await (await as_(None)).get(assets().url("css/app.css"))
    check_headers(response)
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["vary"] == "Accept-Encoding"
    assert "set-cookie" not in response.headers


async def test_static_files_need_no_database(cluster):
    """The page that says that the database is gone has to look like something."""
    from portal import db

    assert db.DB.pool is None
    browser = Browser(create_app(own_pool=False))
    assert (await browser.get(assets().url("css/app.css"), Cookie="sid=x")).status_code == 200
    assert (await browser.get("/static/../portal/settings.py")).status_code == 404
    await browser.http.aclose()


async def test_a_page_says_what_it_depends_on(as_):
    vary = (await (await as_("employee")).get("/groups")).headers["vary"]
    assert {part.strip() for part in vary.split(",")} == {"Accept-Encoding", "HX-Request"}


async def test_a_page_is_compressed_for_who_takes_it(as_):
    browser = await as_("employee")
    packed = await browser.get("/groups", Accept_Encoding="gzip")
    plain = await browser.get("/groups", Accept_Encoding="identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text.count("<li") == plain.text.count("<li")


async def test_no_page_needs_more_than_the_policy_allows(as_, world):
    """Nothing inline and nothing from elsewhere: it would not run, and would only fill the console."""
    for name, path in GETS.values():
        response = await (await as_(name)).get(filled(path, world))
        if "text/html" not in response.headers["content-type"]:
            continue
        for forbidden in (" style=", "<style", " onclick", "javascript:", "hx-on", "hx-vals='js", 'src="http', "eval("):
            assert forbidden not in response.text, (path, forbidden)
        for script in response.text.split("<script")[1:]:
            assert 'src="/static/' in script.split(">")[0], path
