"""Errors as pages: in the product's style, in the reader's language, and without a word too much."""

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import asyncpg
import pytest
import structlog
from litestar import Response, get, post
from structlog.testing import LogCapture

from portal import db
from portal.app import create_app
from portal.routes import ROUTES
from portal.web import errors
from portal.web.guards import PUBLIC
from portal.web.page import page
from portal.web.request import Request
from tests.client import Browser, text_of


def check_page(response, status, *, signed_in):
    """An error page: heading, a way on, and the navigation of who is signed in."""
    assert response.status_code == status
    assert f'<p class="code">{status}</p>' in response.text
    assert "<h1" in response.text
    assert ('<nav class="mainnav' in response.text) == signed_in
    assert ('href="/sign-in"' in response.text) == (not signed_in)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/nothing/at/all",
        "/ideas/nothing",
        "/ideas/x/y/z",
        "/about/nothing",
        "/favicon.ico",
        "/.env",
        "/schema",
        "/%2e%2e/",
    ],
)
async def test_an_unknown_address_is_a_404(as_, path):
    response = await (await as_("employee")).get(path)
    check_page(response, 404, signed_in=True)
    assert "There is nothing at this address" in text_of(response)


async def test_a_stranger_sees_the_page_without_navigation(as_):
    browser = await as_(None)
    check_page(await browser.get("/nothing"), 404, signed_in=False)
    check_page(await browser.get("/about/nothing"), 404, signed_in=False)


async def test_an_address_that_is_not_there_and_one_that_is_not_for_me_look_alike(as_, world):
    browser = await as_("employee")
    pages = [text_of(await browser.get(f"/ideas/{idea}")) for idea in ("nothing", world.idea["closed_a"])]
    assert pages[0].split("<h1")[1].split("</section>")[0] == pages[1].split("<h1")[1].split("</section>")[0]


async def test_what_one_may_see_but_not_do_is_a_403(as_):
    response = await (await as_("employee")).get("/admin")
    check_page(response, 403, signed_in=True)
    assert "This is not yours to do" in text_of(response)


async def test_a_method_that_is_not_taken(as_):
    browser = await as_("employee")
    response = await browser.get("/sign-out")
    check_page(response, 405, signed_in=True)
    assert response.headers["allow"]
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        assert (await browser.http.request(method, "/groups")).status_code == 405


async def test_a_form_that_is_too_large_is_refused_with_a_way_back(as_):
    response = await (await as_("employee")).post("/groups", {"purpose": "x" * 70_000})
    check_page(response, 413, signed_in=True)
    assert "your text is still there" in text_of(response)


async def test_a_nul_is_refused_in_a_form_and_in_an_address(as_):
    browser = await as_("employee")
    response = await browser.post("/groups", {"name": "a\0b"})
    check_page(response, 400, signed_in=True)
    assert "NUL" in text_of(response)
    dutch = await (await as_("colleague")).post("/groups", {"name": "a\0b"})
    assert "een teken dat we niet kunnen bewaren" in text_of(dutch)
    check_page(await browser.get("/ideas/%00"), 400, signed_in=True)


async def test_an_error_is_told_in_the_readers_language(as_):
    dutch, english = [await (await as_(name)).get("/nothing") for name in ("colleague", "employee")]
    assert '<html lang="nl"' in dutch.text
    assert '<html lang="en"' in english.text
    assert "There is nothing at this address" in text_of(english)
    assert "Op dit adres is niets" in text_of(dutch)


# --- our own faults --------------------------------------------------------------------------------------------


@get("/test/bug", opt=PUBLIC)
async def bug(request: Request) -> Response[str]:
    """A handler that has a bug."""
    secret = "a secret of this frame"
    raise RuntimeError(secret)


@get("/test/template", opt=PUBLIC)
async def template(request: Request) -> Response[bytes]:
    """A page without a template."""
    return page(request, "no/such.html")


@post("/test/full", opt=PUBLIC)
async def full(request: Request) -> None:
    """The disk is full."""
    raise asyncpg.DiskFullError("could not extend file")


@get("/test/deep", opt=PUBLIC)
async def deep(request: Request) -> None:
    """Something nested too deeply."""
    raise RecursionError


@post("/test/meeting", opt=PUBLIC)
async def meeting(request: Request) -> None:
    """Two transactions that wait for each other, or that can't both be."""
    await request.typed()
    code = request.query_params["code"]
    await db.execute("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '" + code + "'; END $$")


@post("/test/slow", opt=PUBLIC)
async def slow(request: Request) -> None:
    """A statement that takes longer than it may."""
    await request.typed()
    async with db.transaction():
        await db.execute("SET LOCAL statement_timeout = 1")
        await db.execute("SELECT pg_sleep(5)")


@get("/test/clash", opt=PUBLIC)
async def clash(request: Request) -> None:
    """A constraint that no form foresaw."""
    raise asyncpg.UniqueViolationError("duplicate key value")


@pytest.fixture
def with_faults(monkeypatch):
    """The application with routes that fail."""
    monkeypatch.setattr("portal.app.ROUTES", [*ROUTES, bug, template, full, deep, clash, meeting, slow])
    return create_app(own_pool=False)


@pytest.fixture
async def faulty(with_faults, rollback, world):
    browser = Browser(with_faults, world.person_id["employee"])
    await browser.start_session()
    yield browser
    await browser.http.aclose()


@pytest.fixture
def noting(monkeypatch):
    """What is logged of errors."""
    noting = LogCapture()
    monkeypatch.setattr(errors, "log", structlog.wrap_logger(None, processors=[noting]))
    return noting


@pytest.mark.parametrize("path", ["/test/bug", "/test/template", "/test/clash"])
async def test_a_bug_is_noted_and_tells_nothing(faulty, path, noting):
    response = await faulty.get(path)
    check_page(response, 500, signed_in=True)
    said = text_of(response)
    reference = said.partition("Reference ")[2][:8]
    assert int(reference, 16) >= 0
    for word in ("Traceback", "RuntimeError", "secret", "Template", "duplicate", "portal/", ".py"):
        assert word not in said.replace("/static/", "")
    assert [(said["reference"], said["path"]) for said in noting.entries] == [(reference, path)]
    assert isinstance(noting.entries[0]["exc_info"], Exception)


async def test_a_full_disk_has_words_of_its_own(faulty):
    response = await faulty.post("/test/full")
    check_page(response, 507, signed_in=True)
    assert "The disk is full" in text_of(response)


@pytest.mark.parametrize("code", ["deadlock_detected", "serialization_failure"])
async def test_what_met_somebody_elses_is_tried_again_and_what_was_typed_is_kept(faulty, code, noting):
    response = await faulty.post(f"/test/meeting?code={code}", {"body": "Three lamps, all of them out."})
    check_page(response, 503, signed_in=True)
    assert "Try it again" in text_of(response)
    assert "Three lamps, all of them out." in text_of(response)
    assert response.headers["retry-after"] == "5"
    assert [said["event"] for said in noting.entries] == ["transactions collided"]


async def test_a_statement_that_takes_too_long_says_so_and_keeps_what_was_typed(faulty, noting):
    response = await faulty.post("/test/slow", {"body": "Three lamps, all of them out."})
    check_page(response, 503, signed_in=True)
    assert "That took too long" in text_of(response)
    assert "Three lamps, all of them out." in text_of(response)
    assert response.headers["retry-after"] == "5"
    assert [said["event"] for said in noting.entries] == ["statement took too long"]


async def test_what_is_nested_too_deeply_is_not_our_fault(faulty):
    check_page(await faulty.get("/test/deep"), 400, signed_in=True)


# --- PostgreSQL gone ---------------------------------------------------------------------------------------


async def check_unavailable(browser):
    english, dutch = "We are sweeping the square", "We vegen het plein even aan"
    for response, words in (
        (await browser.get("/"), english),
        (await browser.get("/sign-in"), english),
        (await browser.post("/sign-in", {"email": "x", "password": "y"}), english),
        (await browser.get("/campaigns", Accept_Language="nl"), dutch),
    ):
        assert response.status_code == 503
        assert response.headers["retry-after"] == "5"
        assert response.headers["cache-control"] == "private, no-store"
        assert words in text_of(response)
        assert "asyncpg" not in response.text
    health = await browser.get("/health")
    assert (health.status_code, health.json()) == (503, {"status": "database unreachable"})
    assert (await browser.get("/nothing")).status_code == 503


async def test_a_closed_pool_is_a_friendly_503(fresh_db):
    browser = Browser(create_app(own_pool=False))
    browser.http.cookies.set("sid", "somebody", domain="127.0.0.1")
    pool = db.DB.pool
    await pool.close()
    await check_unavailable(browser)
    await browser.http.aclose()


class Wire:
    """A wire to PostgreSQL that can be cut."""

    def __init__(self, socket):
        self.socket = socket
        self.writers = []

    async def lay(self):
        self.server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def connect(self, reader, writer):
        there_reader, there_writer = await asyncio.open_unix_connection(self.socket)
        self.writers += [writer, there_writer]
        await asyncio.gather(self.pump(reader, there_writer), self.pump(there_reader, writer))

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except OSError:
            pass
        writer.close()

    async def cut(self):
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def test_a_server_that_is_gone_is_a_friendly_503(cluster, fresh_db):
    """Every connection is lost, and no new one can be made; then it is back."""
    browser = Browser(create_app(own_pool=False))
    browser.http.cookies.set("sid", "somebody", domain="127.0.0.1")
    await db.close_pool()
    wire = Wire(cluster.sockets / ".s.PGSQL.5432")
    port = await wire.lay()
    await db.open_pool(f"postgresql://plein@127.0.0.1:{port}{urlsplit(fresh_db).path}")
    assert (await browser.get("/")).status_code == 303
    await wire.cut()
    await check_unavailable(browser)
    wire.server = await asyncio.start_server(wire.connect, "127.0.0.1", port)
    assert (await browser.get("/")).status_code == 303
    await db.close_pool()
    await wire.cut()
    await browser.http.aclose()


FAREWELL = b"SFATAL\0VFATAL\0C57P02\0Mterminating connection because of crash of another server process\0\0"


async def test_a_farewell_between_two_statements_is_a_friendly_503_once(cluster, fresh_db):
    """A server that is killed says so on idle connections; asyncpg can't use such a one for anything."""
    browser = Browser(create_app(own_pool=False))
    await db.close_pool()
    wire = Wire(cluster.sockets / ".s.PGSQL.5432")
    port = await wire.lay()
    await db.open_pool(f"postgresql://plein@127.0.0.1:{port}{urlsplit(fresh_db).path}")
    assert (await browser.get("/sign-in")).status_code == 200
    wire.writers[0].write(b"E" + (len(FAREWELL) + 4).to_bytes(4, "big") + FAREWELL)
    await asyncio.sleep(0.05)
    statuses = [(await browser.get("/sign-in")).status_code for _ in range(3)]
    assert statuses[0] in (200, 503)
    assert statuses[1:] == [200, 200]
    await db.close_pool()
    await wire.cut()
    await browser.http.aclose()


async def test_a_pool_whose_connections_are_all_taken_is_a_friendly_503(fresh_db, monkeypatch):
    browser = Browser(create_app(own_pool=False))
    monkeypatch.setattr(db, "PATIENCE", 0.1)
    async with AsyncExitStack() as taken:
        for _ in range(10):
            await taken.enter_async_context(db.DB.pool.acquire())
        assert (await browser.get("/sign-in")).status_code == 503
    assert (await browser.get("/sign-in")).status_code == 200
    await browser.http.aclose()


async def test_a_commit_that_fails_leaks_no_connection(fresh_db):
    await db.script("CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    for _ in range(15):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with db.transaction():
                await db.execute("INSERT INTO late VALUES (1), (1)")
    assert await asyncio.wait_for(db.fetch_value("SELECT 1"), 5) == 1
