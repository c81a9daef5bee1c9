"""Odd, broken and huge input, at every route: refused with a message or stored exactly, never an error of ours."""

import re
import time
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from portal.db import fetch_value
from portal.web.request import MOST_FIELDS
from tests.client import text_of
from tests.sitemap import FILES, GETS, IDEA, LEAD_ON, NOT_THERE, POSTS, filled, form, routes

#: Right-to-left with an override, letters under a heap of accents, emoji with joiners, every bracket.
ODD_TEXTS = [
    "\u202eمرحبا بالعالم\u202c",
    "Z̷̢̛͓̈a̸͙͝l̵̡̛g̸̰̈́o̶̢̚",
    "👩🏽‍🚒🏳️‍🌈 e\u0301 \u200b \ufeff",
    "<b>&amp;'\"`{{ 7*7 }}{% raw %}${x}</b>",
    "\U0010ffff\ue000",
]
#: Values as they go over the wire; of the first, the bytes alone are no text.
NO_TEXT = ["%00", "%FF%FE", "%ED%A0%80"]
ODD_VALUES = [
    *NO_TEXT,
    str(2**70),
    "-1",
    "9" * 5000,
    "%F0%9F%A6%A6%E2%80%AE",
    "%0D%0AX-Evil:%201",
    "{{7*7}}",
]
#: What a name may end with instead of the number of a row: too long a number, and digits that `int` reads, or doesn't.
ODD_ENDINGS = ["9" * 4301, "²", "٣", "-1", "١" * 2000]
QUERY = ("order", "after", "start", "reply", "next", "language", "tag", "theme", "csrf_token", "public_id")


@asynccontextmanager
async def undone(connection, browser):
    """What a request does is taken back; a statement that PostgreSQL refused spoils nothing after it."""
    point, cookies = connection.transaction(), httpx.Cookies(browser.http.cookies)
    await point.start()
    try:
        yield
    finally:
        await point.rollback()
        browser.http.cookies = cookies


def check(response, route):
    assert response.status_code < 500, (route, response.request.url)
    if response.status_code >= 400 and route != "/health":
        assert "<h1" in response.text
        assert "Traceback" not in response.text


async def send(browser, path, body, kind="application/x-www-form-urlencoded"):
    """Sends bytes, as a form of this session."""
    if kind.startswith("application/x-www-form-urlencoded"):
        body = f"csrf_token={browser.csrf_token()}&".encode() + body
    return await browser.http.post(path, content=body, headers={"Sec-Fetch-Site": "same-origin", "Content-Type": kind})


def refused(response, status=400):
    """Refused with this status, before anything else is looked at."""
    return response.status_code == status


def test_every_route_is_in_these_tests(app):
    assert routes(app, "POST") == set(POSTS)
    assert routes(app, "GET") == set(GETS)
    assert routes(app, "PUT") | routes(app, "PATCH") | routes(app, "DELETE") == set()


@pytest.mark.parametrize("route", GETS)
async def test_each_address_opens(as_, world, route):
    name, path = GETS[route]
    response = await (await as_(name)).get(filled(path, world))
    assert response.status_code == (
        404 if "no-such" in path or route in NOT_THERE else 303 if route in LEAD_ON else 200
    )


@pytest.mark.parametrize("route", POSTS)
async def test_each_form_that_is_right_is_taken(as_, world, route, rollback):
    name, path, _ = POSTS[route]
    fields = form(route, world)
    if route == "/about/{slug:str}/edit":
        fields["version"] = str(
            await fetch_value("SELECT max(id) FROM about_page WHERE slug = 'help' AND language = 'en'")
        )
    response = await (await as_(name)).post(filled(path, world), fields, files=FILES.get(route))
    unconfirmed = dict.fromkeys((f"/{kind}s/{{public_id:str}}/move" for kind in ("idea", "campaign")), 422)
    expected = {"/sign-in": 422, "/password-reset": 200, "/sign-in/link": 200, "/sign-in/kept": 200, **unconfirmed}.get(
        route, 404 if "no-such" in filled(path, world) or route in NOT_THERE else 303
    )
    assert response.status_code == expected, text_of(response)[-3000:]


@pytest.mark.parametrize("route", POSTS)
async def test_no_value_of_a_field_is_an_error_of_ours(as_, world, route, rollback):
    name, path, _ = POSTS[route]
    browser = await as_(name)
    fields = form(route, world) | {"form_key": "k", "resumed": "", "preview": ""}
    for field in fields:
        kept = {k: v for k, v in fields.items() if k != field and k not in ("resumed", "preview")}
        for value in ODD_VALUES[len(NO_TEXT) :]:
            async with undone(rollback, browser):
                response = await send(browser, filled(path, world), f"{urlencode(kept)}&{field}={value}".encode())
                check(response, route)
                assert "x-evil" not in response.headers
    for value in NO_TEXT:  # whatever the field, before one is looked at
        response = await send(browser, filled(path, world), f"{urlencode(fields)}&form_key={value}".encode())
        assert refused(response), value


@pytest.mark.parametrize("route", POSTS)
async def test_no_name_of_a_field_is_an_error_of_ours(as_, world, route, rollback):
    name, path, _ = POSTS[route]
    browser, fields = await as_(name), form(route, world)
    stems = sorted({re.sub(r"_?[0-9]*$", "_", field, count=1) for field in fields})
    for ending in ODD_ENDINGS:
        for some in (stems[n : n + 4] for n in range(0, len(stems), 4)):
            async with undone(rollback, browser):
                odd = urlencode(fields | {stem + ending: "x" for stem in some})
                check(await send(browser, filled(path, world), odd.encode()), route)


@pytest.mark.parametrize("route", POSTS)
async def test_a_body_that_is_no_form_is_refused(as_, world, route, rollback):
    name, path, _ = POSTS[route]
    browser = await as_(name)
    for kind, body in (
        ("application/json", b'{"title": "x"}'),
        ("application/json", b"[" * 50_000),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--x--'),
        ("multipart/form-data", b"--x"),
        ("text/plain", b"title=x"),
        ("application/xml", b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>"),
        ("", b"title=x"),
        ("; charset=utf-16", b"title=x"),
        ("application/x-www-form-urlencoded; charset=utf-16", "title=é".encode("utf-16")),
        ("application/x-www-form-urlencoded", b"title=\xff\xfe"),
    ):
        if kind.endswith("boundary=x") and route in FILES:
            continue
        async with undone(rollback, browser):
            response = await send(browser, filled(path, world), body, kind)
            assert refused(response), kind
            check(response, route)


@pytest.mark.parametrize("route", POSTS)
async def test_a_body_that_is_too_large_is_refused_at_once(as_, world, route):
    name, path, _ = POSTS[route]
    browser = await as_(name)
    began = time.monotonic()
    response = await browser.post(filled(path, world), form(route, world) | {"body": "x" * 100_000})
    assert time.monotonic() - began < 10
    assert refused(response, 413)
    check(response, route)


@pytest.mark.parametrize("route", POSTS)
async def test_a_thousand_fields_are_refused(as_, world, route):
    name, path, _ = POSTS[route]
    browser = await as_(name)
    many = "&".join(f"f{n}=x" for n in range(1000)).encode()
    assert refused(await send(browser, filled(path, world), many))


async def test_the_same_field_many_times_counts_as_many(as_):
    browser = await as_("employee")
    assert (await send(browser, "/preferences", b"&".join([b"theme=dark"] * (MOST_FIELDS - 1)))).status_code == 303
    assert (await send(browser, "/preferences", b"&".join([b"theme=dark"] * MOST_FIELDS))).status_code == 400


@pytest.mark.parametrize("route", GETS)
async def test_no_query_is_an_error_of_ours(as_, world, route, rollback):
    name, path = GETS[route]
    browser = await as_(name)
    values = (*ODD_VALUES, "", "x" * 5000, "../..", "//evil.example", world.comment["closed_a"], world.idea["done"])
    for number, value in enumerate(values):
        async with undone(rollback, browser):
            query = "&".join(f"{key}={quote(value, safe='%/')}" for key in QUERY)
            check(await browser.get(f"{filled(path, world)}?{query}", htmx=bool(number % 2)), route)
    for query in (
        "&&&===",
        "%",
        "%zz=%zz",
        "&".join(f"a{n}=1" for n in range(2000)),
        "order=newest&order=x",
        "?" * 100,
    ):
        async with undone(rollback, browser):
            check(await browser.get(f"{filled(path, world)}?{query}"), route)


@pytest.mark.parametrize("route", [r for r in (*GETS, *POSTS) if "{" in r])
async def test_no_address_is_an_error_of_ours(as_, world, route, rollback):
    if route in POSTS:
        browser = await as_(POSTS[route][0])
    else:
        browser = await as_(GETS[route][0])
    for odd in (
        *ODD_VALUES[:-2],
        "x" * 30_000,
        "%2e%2e%2f",
        "🦦",
        "%E2%80%AE",
        "%20",
        "%3Cscript%3E",
        ";--",
        "%C3%A9" * 50,
    ):
        path = route.replace("{public_id:str}", odd).replace("{slug:str}", odd).replace("{token:str}", odd)
        path = path.replace("{path:path}", odd)
        async with undone(rollback, browser):
            if route in POSTS:
                response = await browser.post(path, form(route, world))
            else:
                response = await browser.get(path)
            check(response, route)
            assert response.status_code in (400, 403, 404), path[:80]


@pytest.mark.parametrize("text", ODD_TEXTS)
async def test_whatever_people_write_is_kept_exactly(as_, world, text):
    browser = await as_("employee")
    path = f"/campaigns/{world.campaign['collect']}/ideas"
    assert (await browser.post(path, IDEA | {"title": text, "body": f"{text}\n\n{text}"})).status_code == 303
    assert await fetch_value("SELECT body FROM idea WHERE title = {}", text) == f"{text}\n\n{text}"
    await browser.post(f"/ideas/{world.idea['vote']}/comments", {"body": text})
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = {}", text) == 1
    assert (await browser.get(f"/ideas/{world.idea['vote']}")).status_code == 200
    page = await browser.get(f"/campaigns/{world.campaign['collect']}")
    assert text in text_of(page)
    assert "<b>&amp;'" not in page.text


@pytest.mark.parametrize("key", ["", "x" * 41, "x" * 10_000, "\u202e", "'; DROP TABLE idea; --", "a b"])
async def test_a_form_key_may_be_anything(as_, world, key):
    browser = await as_("employee")
    path = f"/campaigns/{world.campaign['collect']}/ideas"
    assert (await browser.post(path, IDEA | {"form_key": key})).status_code == 303
    kept = await fetch_value("SELECT form_key FROM idea WHERE title = {}", IDEA["title"])
    assert 0 < len(kept) <= 40


async def test_lines_end_as_one_expects(as_, world):
    browser = await as_("employee")
    await browser.post(f"/ideas/{world.idea['vote']}/comments", {"body": "one\r\ntwo\nthree"})
    assert (
        await fetch_value("SELECT body FROM comment WHERE author = {}", world.person_id["employee"])
        == "one\ntwo\nthree"
    )


@pytest.mark.parametrize("language", ["nl,en;q=0.5", "fr-FR, nl-BE;q=0.8", "NL", "de,*;q=0.1", "", "x" * 5000, "\xe9"])
async def test_any_accept_language_gets_one_of_ours(as_, language):
    response = await (await as_(None)).get("/sign-in", Accept_Language=language.encode("latin-1"))
    assert f'<html lang="{"nl" if "nl" in language.lower() else "en"}"' in response.text


# --- where a request comes from ------------------------------------------------------------------------------


@pytest.fixture
def address_of(monkeypatch):
    """The address that a request is taken to come from."""
    from portal.settings import settings
    from portal.web.request import Request, _is_known_proxy

    def ask(peer, forwarded, trusted=""):
        monkeypatch.setenv("TRUSTED_PROXIES", trusted)
        settings.cache_clear()
        _is_known_proxy.cache_clear()
        headers = [(b"x-forwarded-for", line.encode()) for line in forwarded.split("\n") if line]
        scope: Any = {"type": "http", "headers": headers, "client": (peer, 1) if peer else None}
        return Request(scope).address

    yield ask
    settings.cache_clear()
    _is_known_proxy.cache_clear()


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("192.0.2.1", "203.0.113.9", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "10.0.0.0/8", "192.0.2.1"),
        ("10.1.2.3", "203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.66, 203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.66\n198.51.100.67, 203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.66\nnonsense", "10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3", "::ffff:203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("::ffff:10.1.2.3", "203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("::ffff:192.0.2.1", "203.0.113.9", "10.0.0.0/8", "192.0.2.1"),
        ("10.1.2.3", "nonsense", "10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3", "", "10.0.0.0/8", "10.1.2.3"),
        ("::1", "2001:DB8::1", "::1", "2001:db8::1"),
        ("unix", "203.0.113.9", "10.0.0.0/8", "unix"),
        (None, "203.0.113.9", "10.0.0.0/8", ""),
    ],
)
def test_a_forwarded_address_counts_from_a_known_proxy_only(address_of, peer, forwarded, trusted, expected):
    assert address_of(peer, forwarded, trusted) == expected
