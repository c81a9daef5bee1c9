"""A forgotten password: a link by mail, which works once, and tells nobody who has an account."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from portal.access.tokens import token_sha256
from portal.accounts import actions
from portal.accounts.jobs import sweep_accounts
from portal.db import execute, fetch_value
from portal.settings import settings
from tests.client import text_of
from tests.notifications.work import work
from tests.world import NOW, PASSWORD, email_of, set_clock

NEW = "seven otters under ice"


@pytest.fixture
def mailbox(monkeypatch, tmp_path):
    """Reads what was delivered into the folder."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield lambda: [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((tmp_path / "mail").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns)
    ]
    settings.cache_clear()


async def ask(browser, email=email_of("employee")):
    return await browser.post("/password-reset", {"email": email})


async def link(browser, mailbox):
    """Asks for a link, and gives its path and token out of the mail."""
    await ask(browser)
    await work()
    token = re.search(r"http://127\.0\.0\.1:8000(/password-reset/(\S+))", mailbox()[-1].get_content())
    return token[1], token[2]


async def test_the_answer_is_the_same_whether_there_is_an_account_or_not(as_, mailbox):
    answers = []
    for email in (email_of("employee"), "nobody@world.example", email_of("deactivated")):
        response = await ask(await as_(None), email)
        said = text_of(response).partition("<main")[2].replace(email, "…")
        answers.append((response.status_code, re.sub(r'value="[^"]*"', "", said)))
    assert answers[0][0] == 200
    assert answers[0] == answers[1] == answers[2]
    await work()
    assert await fetch_value("SELECT count(*) FROM mail") == 1


async def test_a_mail_brings_a_link_that_works_once(as_, mailbox):
    browser = await as_(None)
    path, _ = await link(browser, mailbox)
    assert mailbox()[0]["to"] == email_of("employee")
    assert (await browser.get(path)).status_code == 200
    response = await browser.post(path, {"password": NEW})
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    assert (await browser.post("/sign-in", {"email": email_of("employee"), "password": NEW})).status_code == 303
    assert (await (await as_(None)).post(path, {"password": "eight otters under ice"})).status_code == 404
    assert (await (await as_(None)).get(path)).status_code == 404


async def test_looking_at_the_link_does_not_use_it_up(as_, mailbox):
    browser = await as_(None)
    path, _ = await link(browser, mailbox)
    for _ in range(3):
        assert (await browser.get(path)).status_code == 200
    assert (await browser.post(path, {"password": NEW})).status_code == 303


async def test_a_password_that_is_refused_does_not_use_the_link_up(as_, mailbox):
    browser = await as_(None)
    path, _ = await link(browser, mailbox)
    for bad, says in (("", "Choose a new password."), ("short", "at least 15"), ("Noor Dijkman 123", "too easily")):
        response = await browser.post(path, {"password": bad})
        assert response.status_code == 422
        assert says in text_of(response)
    assert (await browser.post(path, {"password": NEW})).status_code == 303


async def test_a_link_lasts_an_hour(as_, mailbox):
    browser = await as_(None)
    path, _ = await link(browser, mailbox)
    await set_clock(NOW + timedelta(minutes=60) - timedelta(seconds=1))
    assert (await browser.get(path)).status_code == 200
    await set_clock(NOW + timedelta(minutes=60))
    assert (await browser.get(path)).status_code == 404
    assert (await browser.post(path, {"password": NEW})).status_code == 404


async def test_only_the_hash_of_a_link_is_stored(as_, mailbox):
    _, token = await link(await as_(None), mailbox)
    assert len(token) == 43
    assert await fetch_value("SELECT token_sha256 FROM password_reset") == token_sha256(token)
    for table in ("password_reset", "mail", "event", "procrastinate_jobs"):
        for row in await execute(f"SELECT t::text AS t FROM {table} t"):
            assert token not in row["t"]


async def test_a_new_password_ends_every_session_and_every_other_link(as_, mailbox):
    signed_in = await as_("employee")
    browser = await as_(None)
    first, _ = await link(browser, mailbox)
    second, _ = await link(browser, mailbox)
    await browser.post(first, {"password": NEW})
    assert (await signed_in.get("/settings")).status_code == 303
    assert (await browser.get(second)).status_code == 404


async def test_changing_ones_password_ends_an_open_link(as_, mailbox):
    path, _ = await link(await as_(None), mailbox)
    await (await as_("employee")).post("/settings/password", {"current_password": PASSWORD, "password": NEW})
    assert (await (await as_(None)).get(path)).status_code == 404


async def test_the_link_of_somebody_deactivated_opens_nothing(as_, mailbox, world):
    path, _ = await link(await as_(None), mailbox)
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["employee"])
    assert (await (await as_(None)).get(path)).status_code == 404
    assert (await (await as_(None)).post(path, {"password": NEW})).status_code == 404


async def test_used_up_meanwhile_it_changes_nothing(rollback, world):
    token = await actions.new_reset_token(world.person_id["employee"])
    assert await actions.use_reset(token, NEW)
    assert not await actions.use_reset(token, "eight otters under ice")


async def test_who_asks_too_often_waits(as_, mailbox):
    browser = await as_(None)
    for _ in range(5):
        assert (await ask(browser)).status_code == 200
    response = await ask(browser)
    assert response.status_code == 429
    assert "You tried often." in text_of(response)
    await work()
    assert await fetch_value("SELECT count(*) FROM mail") == 5
    assert (await ask(browser, email_of("colleague"))).status_code == 200


async def test_asking_for_links_does_not_slow_signing_in(as_):
    browser = await as_(None)
    for _ in range(6):
        await ask(browser)
    assert (await browser.post("/sign-in", {"email": email_of("employee"), "password": PASSWORD})).status_code == 303


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "%ff", "é", "..%2f.."])
async def test_a_made_up_link_is_not_there(as_, token):
    assert (await (await as_(None)).get(f"/password-reset/{token}")).status_code in (400, 404)


async def test_the_mail_is_in_its_readers_language_and_names_its_own_house(as_, mailbox):
    await link(await as_(None), mailbox)
    (mail,) = mailbox()
    assert "Lowland Works" in mail["from"]
    assert mail["auto-submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert "60" in mail.get_content()


async def test_the_sweep_removes_old_links(as_, mailbox):
    await link(await as_(None), mailbox)
    await set_clock(NOW + timedelta(days=8))
    await sweep_accounts()
    assert await fetch_value("SELECT count(*) FROM password_reset") == 0
