"""A session that ends while somebody writes: whichever way she gets in again, her text comes along."""

import re
from html import unescape

import pytest

from portal.accounts.actions import new_reset_token, new_sign_in_token
from portal.db import execute
from tests.accounts.test_ended_session import HIDDEN, IDEA, hidden, kept, sign_in
from tests.client import text_of
from tests.world import PASSWORD, email_of

NEW = "seven otters under thin ice"


async def _ended(as_, world, name, place):
    """Somebody whose session ended while she wrote, and the door that keeps her text."""
    browser = await as_(name)
    address = f"/campaigns/{world.campaign[place]}/ideas"
    page = await browser.get(f"/campaigns/{world.campaign[place]}")
    typed = IDEA | {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]}
    await execute("DELETE FROM session")
    door = await browser.post(address, typed)
    assert (door.status_code, kept(door)) == (401, IDEA)
    return browser, address, door


def _carried(page):
    """The hidden fields of the form on a page that carries the text."""
    return {k: v for k, v in _form(page).items() if k.startswith("kept:") or k in ("next", "writer")}


def _form(page):
    forms = [f for f in re.findall(r"<form.*?</form>", page.text, re.S) if 'name="kept:' in f]
    return {unescape(name): unescape(value) for name, value in HIDDEN.findall(forms[-1])}


async def test_the_door_speaks_another_language_and_keeps_the_text(as_, world):
    browser, _, door = await _ended(as_, world, "employee", "collect")
    dutch = await browser.post("/sign-in/kept", _carried(door) | {"language": "nl"})
    assert (dutch.status_code, _carried(dutch)) == (200, _carried(door))
    assert "Je tekst is bewaard" in text_of(dutch)
    assert "Wachtwoord tonen" in text_of(dutch)
    again = await sign_in(browser, dutch, writer=_carried(dutch)["writer"])
    assert hidden(again)["title"] == IDEA["title"]
    assert 'lang="nl"' in (await browser.get("/")).text


async def test_a_forgotten_password_on_the_way_loses_nothing(as_, world):
    browser, address, door = await _ended(as_, world, "employee", "collect")
    typed = _carried(door) | {"email": email_of("employee"), "password": "what was it"}
    asks = await browser.post("/password-reset", typed | {"preview": "1"})
    assert (asks.status_code, _carried(asks)) == (200, _carried(door))
    assert email_of("employee") in asks.text
    assert "what was it" not in asks.text
    missing = await browser.post("/password-reset", _carried(asks) | {"email": ""})
    assert (missing.status_code, _carried(missing)) == (422, _carried(door))
    sent = await browser.post("/password-reset", _carried(asks) | {"email": email_of("employee")})
    assert (sent.status_code, _carried(sent)) == (200, _carried(door))
    link = f"/password-reset/{await new_reset_token(world.person_id['employee'])}"
    assert (await browser.post(link, {"password": NEW})).status_code == 303
    door = await browser.post("/sign-in/kept", _carried(sent))
    again = await sign_in(browser, door, password=NEW, writer=_carried(door)["writer"])
    assert f'action="{address}"' in again.text
    assert hidden(again)["body"] == IDEA["body"]


async def test_a_guest_who_comes_in_by_a_mailed_link_finds_her_text(as_, world):
    browser, address, door = await _ended(as_, world, "guest_a", "closed_a")
    asks = await browser.post("/sign-in/link", _carried(door) | {"email": email_of("guest_a"), "preview": "1"})
    assert (asks.status_code, _carried(asks)) == (200, _carried(door))
    sent = await browser.post("/sign-in/link", _carried(asks) | {"email": email_of("guest_a")})
    early = await browser.post("/sign-in/kept", _carried(sent))
    assert (early.status_code, _carried(early)) == (200, _carried(door))
    entered = await browser.post(f"/sign-in/link/{await new_sign_in_token(world.person_id['guest_a'])}")
    assert entered.status_code == 303
    assert "Your text waits on the page from which you asked" in text_of(await browser.get("/"))
    again = await browser.post("/sign-in/kept", _carried(sent) | {"csrf_token": "of-nobody"})
    assert again.status_code == 409
    assert "You are signed in again." in text_of(again)
    assert f'action="{address}"' in again.text
    assert hidden(again)["body"] == IDEA["body"]


async def test_a_guest_whose_mailbox_is_to_be_confirmed_keeps_her_text_although_her_password_is_right(as_, world):
    browser, address, door = await _ended(as_, world, "guest_a", "closed_a")
    await execute("UPDATE guest SET mailbox_confirmed_at = mailbox_confirmed_at - interval '40 days'")
    sent = await browser.post("/sign-in", _carried(door) | {"email": email_of("guest_a"), "password": PASSWORD})
    assert "Look in your mail" in text_of(sent)
    assert (sent.status_code, _carried(sent)) == (200, _carried(door))
    assert PASSWORD not in sent.text
    await browser.post(f"/sign-in/link/{await new_sign_in_token(world.person_id['guest_a'])}")
    assert "Your text waits on the page from which you asked" in text_of(await browser.get("/"))
    again = await browser.post("/sign-in/kept", _carried(sent) | {"csrf_token": "of-nobody"})
    assert f'action="{address}"' in again.text
    assert hidden(again)["body"] == IDEA["body"]


async def test_whoever_else_comes_in_by_then_does_not_read_it(as_, world):
    _, _, door = await _ended(as_, world, "employee", "collect")
    other = await as_("colleague")
    page = await other.post("/sign-in/kept", _carried(door) | {"csrf_token": "of-nobody"})
    assert page.status_code == 409
    assert IDEA["tags"] not in page.text


@pytest.mark.parametrize("address", ["/sign-in/link", "/password-reset"])
async def test_without_a_text_nothing_is_said_of_one(as_, address):
    browser = await as_(None)
    sent = await browser.post(address, {"email": email_of("guest_a"), "password": PASSWORD})
    assert "is kept" not in text_of(sent)
    assert "text-waits" not in sent.headers.get("set-cookie", "")
