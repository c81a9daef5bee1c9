"""The brake on guessing: a few free failures, then a growing delay, never a lock."""

import asyncio
from datetime import timedelta

import pytest

from portal.accounts import actions, passwords, throttle
from portal.app import create_app
from portal.db import execute, fetch_value
from tests.client import Browser, text_of
from tests.world import NOW, PASSWORD, email_of, set_clock

WRONG = "not this one at all"


async def attempt(email=email_of("employee"), password=WRONG, address="192.0.2.1"):
    """The token, None for a wrong password, or how many seconds one has to wait."""
    try:
        signed_in = await actions.sign_in(email, password, address, "a browser")
    except throttle.Wait as wait:
        return wait.seconds
    return signed_in and signed_in[1]


@pytest.fixture
def counted(monkeypatch):
    """The passwords that were really compared; comparing costs nothing here."""
    compared = []

    async def quick(password, stored):
        compared.append(password)
        await asyncio.sleep(0.02)
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(actions, "matches", quick)
    return compared


async def test_five_failures_are_free_then_the_delay_doubles(rollback, counted):
    at = NOW
    for _ in range(5):
        assert await attempt() is None
    waits = []
    for _ in range(12):
        waits.append(await attempt())
        at += timedelta(seconds=waits[-1])
        await set_clock(at)
        assert await attempt() is None
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


async def test_while_one_waits_no_password_is_compared(rollback, counted):
    for _ in range(20):
        await attempt()
    assert len(counted) == 5
    assert isinstance(await attempt(password=PASSWORD), int)
    assert len(counted) == 5


async def test_after_the_delay_the_right_password_opens_the_door(rollback, counted, world):
    """Never a lock: after a hundred failures the owner waits a quarter of an hour at the most."""
    await execute(
        "INSERT INTO throttle VALUES ({}, 100, plein_now(), plein_now() + interval '900 s')",
        f"account:{email_of('employee')}",
    )
    assert await attempt(password=PASSWORD) == 900
    await set_clock(NOW + timedelta(seconds=900))
    assert isinstance(await attempt(password=PASSWORD), str)


async def test_success_forgets_the_failures_of_the_account(rollback, counted):
    for _ in range(4):
        await attempt()
    assert isinstance(await attempt(password=PASSWORD), str)
    for _ in range(5):
        assert await attempt() is None


async def test_an_hour_without_a_failure_forgets_them(rollback, counted):
    for _ in range(5):
        await attempt()
    await set_clock(NOW + timedelta(seconds=throttle.FORGET_AFTER + 1))
    for _ in range(5):
        assert await attempt() is None
    assert await attempt() == 1


async def test_one_account_slows_no_other(rollback, counted):
    for _ in range(6):
        await attempt()
    assert isinstance(await attempt(email_of("colleague"), PASSWORD), str)


async def test_an_account_is_slowed_wherever_the_guesses_come_from(rollback, counted):
    for n in range(5):
        await attempt(address=f"192.0.2.{n}")
    assert await attempt(address="198.51.100.1") == 1


async def test_an_address_has_a_hundred_free_failures(rollback, counted):
    for n in range(100):
        assert await attempt(f"somebody{n}@world.example") is None
    assert await attempt("another@world.example") == 1
    assert await attempt("another@world.example", address="198.51.100.1") is None


async def test_people_who_come_in_use_up_nothing_of_their_address(rollback, counted):
    for name in ["employee", "colleague", "author", "sponsor"] * 8:
        assert isinstance(await attempt(email_of(name), PASSWORD), str)
    assert await attempt() is None
    key = "address:192.0.2.1"
    assert await fetch_value("SELECT failures FROM throttle WHERE key = {}", key) == 1


async def test_an_unknown_account_is_slowed_as_well(rollback, counted):
    for _ in range(5):
        assert await attempt("nobody@world.example") is None
    assert await attempt("nobody@world.example") == 1


async def test_the_case_of_an_address_opens_no_way_around(rollback, counted):
    for email in ("employee@world.example", "EMPLOYEE@world.example", "Employee@World.example") * 2:
        await attempt(email)
    assert len(counted) == 5


async def test_no_way_of_writing_one_address_opens_a_way_around(rollback, counted, world):
    """PostgreSQL and Python lower some letters differently: a Turkish capital İ is an i for the one alone."""
    await execute("UPDATE identity SET email = 'i.i@world.example' WHERE person = {}", world.person_id["employee"])
    for email in ("i.i@world.example", "\u0130.i@world.example", "i.\u0130@world.example") * 3:
        await attempt(email)
    assert len(counted) == 5


@pytest.mark.parametrize("path", ["/sign-in", "/password-reset", "/sign-in/link"])
async def test_no_brake_tells_whether_there_is_such_an_account(as_, path, counted):
    """A long s is an s for Python's casefold(), and none where accounts are looked up: misses of an address that nobody
    has brake the same others, whoever has those."""

    async def statuses(email):
        browser = await as_(None)
        tried = [email.replace("s", "\u017f")] * 6 + [email]
        return [(await browser.post(path, {"email": each, "password": WRONG})).status_code for each in tried]

    assert await statuses(email_of("sponsor")) == await statuses("nobodys@world.example")


@pytest.mark.parametrize("many", [40])
async def test_in_parallel_no_more_than_the_free_ones_get_through(fresh_db, counted, many):
    answers = await asyncio.gather(*(attempt() for _ in range(many)))
    assert len(counted) == throttle.FREE_BY_ACCOUNT
    assert answers.count(None) == throttle.FREE_BY_ACCOUNT


async def test_in_parallel_an_address_gets_no_more_than_its_free_ones(fresh_db, counted, monkeypatch):
    monkeypatch.setattr(throttle, "FREE_BY_ADDRESS", 10)
    await asyncio.gather(*(attempt(f"somebody{n}@world.example") for n in range(40)))
    assert len(counted) == 10


async def test_the_page_says_how_long_to_wait_and_keeps_what_was_typed(as_, counted):
    browser = await as_(None)
    fields = {"email": email_of("employee"), "password": WRONG, "kept:title": "Mind the <gap>"}
    for _ in range(5):
        assert (await browser.post("/sign-in", fields)).status_code == 422
    response = await browser.post("/sign-in", fields)
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert "Wait 1 second, then try again." in text_of(response)
    assert 'name="kept:title" value="Mind the &lt;gap&gt;"' in response.text


async def test_the_sweep_forgets_what_slows_nobody(rollback, counted, world):
    await attempt()
    await set_clock(NOW + timedelta(seconds=throttle.FORGET_AFTER + 1))
    await attempt(email_of("colleague"), address="198.51.100.7")
    await throttle.forget_old_failures()
    assert await fetch_value("SELECT array_agg(key ORDER BY key) FROM throttle") == [
        f"account:{email_of('colleague')}",
        "address:198.51.100.7",
    ]


async def test_the_address_is_the_one_that_the_connection_comes_from(rollback, counted, world):
    browser = Browser(create_app(own_pool=False))
    await browser.post("/sign-in", {"email": "x@world.example", "password": WRONG}, X_Forwarded_For="203.0.113.9")
    assert await fetch_value("SELECT array_agg(key) FROM throttle WHERE key LIKE 'address:%'") == ["address:127.0.0.1"]
    await browser.http.aclose()


async def test_comparing_takes_a_slot_of_two(rollback):
    """So that a flood of sign-ins leaves the processor to everybody else."""
    assert passwords._two_at_a_time._value == 2


async def test_what_counted_against_an_address_is_taken_back_however_it_is_written(rollback, counted):
    for _ in range(3):
        assert isinstance(await attempt(password=PASSWORD, address="Proxy-East"), str)
    assert await fetch_value("SELECT failures FROM throttle WHERE key = 'address:proxy-east'") == 0
