"""Signing in: the same answer for a wrong password and an unknown address, and always a fresh session."""

import pytest

from portal.access.tokens import new_token, token_sha256
from portal.accounts import actions, passwords
from portal.accounts.queries import account_of_email
from portal.db import execute, fetch_value
from portal.events.kinds import Kind
from tests.client import text_of
from tests.pages.forms import form_of
from tests.world import PASSWORD, email_of


async def sign_in(browser, name="employee", password=PASSWORD, **fields):
    return await browser.post("/sign-in", {"email": email_of(name), "password": password} | fields)


def sids(response):
    """The session tokens that a response sets."""
    return [
        cookie.split(";")[0].split("=", 1)[1]
        for cookie in response.headers.get_list("set-cookie")
        if cookie.startswith("sid=")
    ]


async def test_the_right_password_opens_the_door(as_):
    browser = await as_(None)
    response = await sign_in(browser)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (await browser.get("/settings")).status_code == 200


@pytest.mark.parametrize("written", ["EMPLOYEE@world.example", "  employee@World.Example  "])
async def test_an_address_may_be_written_in_any_case(as_, written):
    browser = await as_(None)
    assert (await browser.post("/sign-in", {"email": written, "password": PASSWORD})).status_code == 303


async def test_wrong_password_unknown_address_and_deactivated_person_get_the_same_page(as_):
    pages = []
    for email, password in (
        (email_of("employee"), "not this one at all"),
        ("nobody@world.example", PASSWORD),
        (email_of("deactivated"), PASSWORD),
    ):
        response = await (await as_(None)).post("/sign-in", {"email": email, "password": password})
        assert sids(response) == []
        said = text_of(response).replace(email, "")
        pages.append((response.status_code, said.partition("<main")[2].split('name="csrf_token"')[0], _alert(said)))
    assert pages[0][0] == 422
    assert "belong together" in pages[0][2]
    assert pages[0] == pages[1] == pages[2]


def _alert(page):
    return page.partition('role="alert"')[2].partition("</p>")[0]


async def test_a_password_is_hashed_for_an_unknown_address_too(as_, monkeypatch):
    compared = []
    verify = passwords._hasher.verify

    def watched(given, stored):
        compared.append(stored)
        return verify(given, stored)

    monkeypatch.setattr(passwords, "_hasher", type("H", (), {"verify": staticmethod(watched)}))
    await sign_in(await as_(None), "nobody")
    assert compared == [passwords._unknown]
    assert passwords._unknown.startswith("$argon2id$v=19$m=19456,t=2,p=1$")  # as costly as a real one


async def test_nobody_knows_the_password_of_the_unknown(rollback):
    assert not await passwords.matches(PASSWORD, None)


async def test_what_was_typed_stays_but_the_password(as_):
    response = await sign_in(await as_(None), password="not this one at all")
    assert 'value="employee@world.example"' in response.text
    assert "not this one" not in response.text


async def test_both_fields_are_asked_for_at_once(as_):
    response = await (await as_(None)).post("/sign-in", {})
    assert response.status_code == 422
    assert "Give your e-mail address." in text_of(response)
    assert "Give your password." in text_of(response)


async def test_a_session_token_that_somebody_chose_is_never_taken_over(as_):
    browser = await as_(None)
    browser.http.cookies.set("sid", "chosen-by-an-attacker")
    response = await sign_in(browser)
    (token,) = sids(response)
    assert token != "chosen-by-an-attacker"
    assert len(token) >= 43  # 256 bits
    stranger = await as_(None)
    stranger.http.cookies.set("sid", "chosen-by-an-attacker")
    assert (await stranger.get("/")).headers["location"] == "/sign-in"


async def test_each_sign_in_has_a_token_of_its_own(as_):
    tokens = [*sids(await sign_in(await as_(None))), *sids(await sign_in(await as_(None)))]
    assert len(set(tokens)) == 2
    for token in tokens:
        assert await fetch_value("SELECT count(*) FROM session WHERE token_sha256 = {}", token_sha256(token)) == 1
    assert await fetch_value("SELECT count(*) FROM session WHERE token_sha256 = {}", tokens[0].encode()) == 0


async def test_an_anonymous_page_starts_no_session(as_):
    response = await (await as_(None)).get("/sign-in")
    assert "set-cookie" not in response.headers
    assert await fetch_value("SELECT count(*) FROM session") == 0


async def test_who_is_signed_in_needs_no_door(as_):
    response = await (await as_("employee")).get("/sign-in?next=/groups")
    assert (response.status_code, response.headers["location"]) == (303, "/groups")


async def test_one_comes_back_to_the_page_that_one_asked_for(as_):
    browser = await as_(None)
    response = await browser.get("/campaigns?order=newest&tag=a%20b")
    door = await browser.get(response.headers["location"])
    assert 'name="next" value="/campaigns?order=newest&amp;tag=a%20b"' in door.text
    response = await sign_in(browser, next="/campaigns?order=newest&tag=a%20b")
    assert response.headers["location"] == "/campaigns?order=newest&tag=a%20b"


async def test_signing_in_is_in_the_log(as_, world):
    await sign_in(await as_(None))
    assert await fetch_value(
        "SELECT count(*) FROM event WHERE kind = {} AND actor = {}", Kind.SIGNED_IN.value, world.person_id["employee"]
    )
    assert await fetch_value(
        "SELECT last_signed_in_at = plein_now() FROM person WHERE id = {}", world.person_id["employee"]
    )


async def test_a_password_hashed_with_weaker_parameters_is_hashed_anew(as_, world):
    weak = passwords._hasher.using(time_cost=1).hash(PASSWORD)
    await execute("UPDATE credential SET password_hash = {} WHERE person = {}", weak, world.person_id["employee"])
    assert (await sign_in(await as_(None))).status_code == 303
    now = await fetch_value("SELECT password_hash FROM credential WHERE person = {}", world.person_id["employee"])
    assert now != weak
    assert not passwords.outdated(now)
    assert await passwords.matches(PASSWORD, now)


async def test_somebody_deactivated_while_she_signs_in_gets_no_session(rollback, world):
    account = await account_of_email(email_of("employee"))
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["employee"])
    await actions.start_session(account, "a browser")
    assert await fetch_value("SELECT count(*) FROM session WHERE person = {}", world.person_id["employee"]) == 0


async def test_a_password_that_was_changed_while_she_signs_in_opens_nothing(rollback, world):
    account = await account_of_email(email_of("employee"))
    await execute(actions.END_ALL, world.person_id["employee"])
    assert await actions.start_session(account, "a browser") is None
    assert await fetch_value("SELECT count(*) FROM session WHERE person = {}", world.person_id["employee"]) == 0


def test_tokens_are_256_random_bits():
    assert len({new_token() for _ in range(100)}) == 100
    assert min(len(new_token()) for _ in range(100)) == 43


async def language_of(name):
    return await fetch_value("SELECT n.language FROM identity n WHERE lower(n.email) = lower({})", email_of(name))


async def test_the_language_that_was_chosen_on_the_way_in_is_ones_own(as_):
    browser = await as_(None)
    await browser.post("/preferences", {"language": "nl"})
    assert '<html lang="nl"' in text_of(await browser.get("/sign-in"))
    await sign_in(browser)
    assert await language_of("employee") == "nl"
    assert '<html lang="nl"' in text_of(await browser.get("/"))


async def test_the_language_of_who_sat_there_before_is_not_taken_over(as_):
    """Neither what she read in, nor what she chose on her own way in."""
    browser = await as_(None)
    await browser.post("/preferences", {"language": "nl"})
    await sign_in(browser)
    await browser.get("/")
    await browser.post("/sign-out")
    assert '<html lang="nl"' in text_of(await browser.get("/sign-in"))
    await sign_in(browser, "author")
    assert await language_of("author") == "en"


@pytest.mark.parametrize("way", ["/password-reset", "/sign-in/link"])
async def test_the_address_that_was_typed_goes_along_to_where_one_asks_for_mail_and_back(as_, way):
    """In forms and never in an address, which the browser and proxies keep."""
    browser, typed = await as_(None), {"email": "noor@x.example"}
    door = await browser.get("/sign-in?next=/campaigns")
    assert f'formaction="{way}"' in door.text
    hidden = {"next": form_of(door, "/sign-in")["next"]}
    asks = await browser.post(way, typed | hidden | {"password": "never shown", "preview": "1"})
    assert form_of(asks, way)["email"] == "noor@x.example"
    assert "never shown" not in asks.text
    assert 'formaction="/sign-in/kept"' in asks.text
    sent = await browser.post(way, form_of(asks, way))
    assert "Look in your mail" in text_of(sent)
    assert form_of(await browser.post(way, form_of(sent, way) | {"preview": "1"}), way)["email"] == "noor@x.example"
    for page in (asks, sent):
        back = form_of(await browser.post("/sign-in/kept", form_of(page, way)), "/sign-in")
        assert (back["email"], back["next"]) == ("noor@x.example", "/campaigns")
