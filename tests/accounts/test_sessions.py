"""Sessions: how long they last, and everything that ends them."""

import asyncio
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from portal.access.actor import actor_of_session
from portal.access.tokens import token_sha256
from portal.accounts.actions import END_ALL
from portal.accounts.jobs import sweep_accounts
from portal.app import create_app
from portal.db import execute, fetch_value, transaction
from portal.web import guards
from tests.client import Browser, text_of
from tests.world import NOW, PASSWORD, email_of, set_clock

STAFF_IDLE, STAFF_LONGEST = timedelta(hours=8), timedelta(hours=24)
GUEST_IDLE, GUEST_LONGEST = timedelta(hours=1), timedelta(hours=12)
SECOND = timedelta(seconds=1)


async def signed_in(as_, name):
    browser = await as_(None)
    response = await browser.post("/sign-in", {"email": email_of(name), "password": PASSWORD})
    assert response.status_code == 303
    return browser


async def is_in(browser):
    response = await browser.get("/settings/sessions")
    assert response.status_code in (200, 303)
    return response.status_code == 200


@pytest.mark.parametrize(("name", "idle"), [("employee", STAFF_IDLE), ("guest_a", GUEST_IDLE)])
async def test_an_unused_session_ends_after_its_idle_time(as_, name, idle):
    early, late = await signed_in(as_, name), await signed_in(as_, name)
    await set_clock(NOW + idle - SECOND)
    assert await is_in(early)
    await set_clock(NOW + idle)
    assert not await is_in(late)


@pytest.mark.parametrize(
    ("name", "idle", "longest"), [("employee", STAFF_IDLE, STAFF_LONGEST), ("guest_a", GUEST_IDLE, GUEST_LONGEST)]
)
async def test_a_session_in_use_goes_on_but_not_for_ever(as_, name, idle, longest):
    browser = await signed_in(as_, name)
    at = NOW
    while at + idle - SECOND < NOW + longest:
        at += idle - SECOND
        await set_clock(at)
        assert await is_in(browser)
    await set_clock(NOW + longest - SECOND)
    assert await is_in(browser)
    await set_clock(NOW + longest)
    assert not await is_in(browser)


async def test_when_a_session_was_used_last_is_written_at_most_once_a_minute(as_):
    browser = await signed_in(as_, "employee")
    seen = "SELECT last_seen_at FROM session"
    await set_clock(NOW + timedelta(seconds=60))
    await browser.get("/settings/sessions")
    assert await fetch_value(seen) == NOW
    await set_clock(NOW + timedelta(seconds=61))
    await browser.get("/settings/sessions")
    assert await fetch_value(seen) == NOW + timedelta(seconds=61)
    assert await fetch_value("SELECT idle_until FROM session") == NOW + timedelta(seconds=61) + STAFF_IDLE


async def test_after_signing_out_the_old_cookie_opens_nothing(as_):
    browser = await signed_in(as_, "employee")
    old = browser.http.cookies["sid"]
    response = await browser.post("/sign-out")
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    assert "sid" not in browser.http.cookies
    browser.http.cookies.set("sid", old)
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    assert "You are signed out." in text_of(await browser.get("/sign-in"))


async def test_a_request_under_way_does_not_bring_a_session_back(fresh_db, world):
    """The request has found its session; while it writes when that was used last, the person signs out."""
    browser = Browser(create_app(own_pool=False), world.person_id["employee"])
    await browser.start_session()
    await set_clock(NOW + timedelta(minutes=5))  # so that the request writes to the session
    token = browser.http.cookies["sid"]
    async with transaction():
        await execute("DELETE FROM session WHERE token_sha256 = {}", token_sha256(token))
        under_way = asyncio.create_task(_without_transaction(browser.get("/settings/sessions")))
        while not await _somebody_waits() and not under_way.done():  # for the row that is being removed
            await asyncio.sleep(0.01)
    assert (await under_way).status_code == 200
    assert await fetch_value("SELECT count(*) FROM session") == 0
    assert (await browser.get("/settings/sessions")).status_code == 303
    await browser.http.aclose()


@pytest.mark.parametrize("ends", ["DELETE FROM session", "UPDATE person SET epoch = epoch + 1"])
async def test_a_form_that_is_sent_slowly_does_not_outlive_its_session(as_, world, ends):
    """Rights are looked at once the whole form is there, not when its first byte came."""
    browser = await as_("employee")
    path = f"/ideas/{world.idea['collect']}/comments"
    fields = urlencode({"body": "Written by nobody any more", "csrf_token": browser.csrf_token()}).encode()

    async def body():
        yield fields[:5]
        await execute(ends)
        yield fields[5:]

    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    assert (await browser.http.post(path, content=body(), headers=headers)).status_code == 401
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'Written by nobody any more'") == 0


async def _without_transaction(request):
    from portal.db import DB

    DB.current_transaction.set(None)
    return await request


async def _somebody_waits():
    return await fetch_value("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")


async def test_raising_the_epoch_ends_every_session_at_once(as_, world):
    first, second, other = [await signed_in(as_, n) for n in ("employee", "employee", "colleague")]
    await execute(END_ALL, world.person_id["employee"])
    assert [await is_in(b) for b in (first, second, other)] == [False, False, True]


async def test_deactivation_ends_every_session_at_once(as_, world):
    browser = await signed_in(as_, "employee")
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["employee"])
    assert not await is_in(browser)


async def test_one_sees_ones_own_sessions_only(as_):
    browser = await signed_in(as_, "employee")
    await signed_in(as_, "employee")
    await signed_in(as_, "colleague")
    said = text_of(await browser.get("/settings/sessions"))
    assert said.count('action="/settings/sessions/') == 2  # end the other one, end all others
    assert said.count("This browser") == 1


async def test_sessions_that_ended_are_not_listed(as_, world):
    browser = await signed_in(as_, "employee")
    await (await as_("employee")).get("/settings/sessions")
    await execute("UPDATE session SET idle_until = plein_now() WHERE user_agent = ''")
    assert (await browser.get("/settings/sessions")).text.count('/end"') == 0


async def test_one_can_end_one_session_elsewhere(as_, world):
    here, there, third = [await signed_in(as_, "employee") for _ in range(3)]
    theirs = await _public_id(there)
    response = await here.post(f"/settings/sessions/{theirs}/end")
    assert response.headers["location"] == "/settings/sessions"
    assert [await is_in(b) for b in (here, there, third)] == [True, False, True]


async def test_one_can_end_all_other_sessions(as_):
    here, there, third = [await signed_in(as_, "employee") for _ in range(3)]
    colleague = await signed_in(as_, "colleague")
    await here.post("/settings/sessions/end-others")
    assert [await is_in(b) for b in (here, there, third, colleague)] == [True, False, False, True]


async def test_somebody_elses_session_is_not_there(as_):
    colleague = await signed_in(as_, "colleague")
    browser = await signed_in(as_, "administrator")
    assert (await browser.post(f"/settings/sessions/{await _public_id(colleague)}/end")).status_code == 404
    assert await is_in(colleague)


async def _public_id(browser):
    return await fetch_value(
        "SELECT public_id FROM session WHERE token_sha256 = {}", token_sha256(browser.http.cookies["sid"])
    )


async def test_the_sweep_removes_ended_sessions_and_no_others(as_):
    await signed_in(as_, "employee")
    await signed_in(as_, "guest_a")
    await set_clock(NOW + GUEST_IDLE + SECOND)
    await sweep_accounts()
    assert await fetch_value("SELECT array_agg(p.kind) FROM session z JOIN person p ON p.id = z.person") == ["employee"]


async def test_only_the_hash_of_a_token_is_stored(as_):
    browser = await signed_in(as_, "employee")
    token = browser.http.cookies["sid"]
    row = await fetch_value("SELECT session::text FROM session")
    assert token not in row
    assert token.encode().hex() not in row
    assert await actor_of_session(token_sha256(token), guards.UNREAD) is not None


def test_a_token_of_any_bytes_can_be_looked_up():
    assert len(token_sha256("\udcff\x00é")) == 32


async def test_a_strange_cookie_is_nobody(as_):
    for value in ("", "x", "%00", "a" * 5000, "é", '"', "null"):
        browser = await as_(None)
        response = await browser.get("/", Cookie=f"sid={value}".encode())
        assert response.headers["location"] == "/sign-in"


async def test_what_is_plain_asks_nobody():
    assert guards.PLAIN["plain"]
