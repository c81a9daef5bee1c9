"""A guest who accepted older house rules is asked once about the newer ones, and goes on where she was."""

import pytest

from portal.db import execute, fetch_value
from tests.accounts.test_ended_session import HIDDEN
from tests.client import text_of


@pytest.fixture
async def newer(rollback, world) -> int:
    """Guest A came in by the house rules of then; those that hold now are newer."""
    old = await fetch_value("SELECT id FROM about_page WHERE slug = 'house-rules' AND language = 'en'")
    await execute(
        "UPDATE invitation SET accepted_by = {}, house_rules = {}, state = 'accepted' WHERE id = {}",
        *(world.person_id["guest_a"], old, world.invitation_id["a"]),
    )
    new: int = await fetch_value(
        "INSERT INTO about_page (slug, language, title, body, body_html)"
        " VALUES ('house-rules', 'en', 'House rules', 'x', '<p>Leave the lock as it was.</p>') RETURNING id"
    )
    return new


async def test_she_reads_them_accepts_and_goes_on_where_she_was(as_, world, newer):
    browser, address = await as_("guest_a"), f"/ideas/{world.idea['closed_a']}?order=newest"
    asked = await browser.get(address)
    assert asked.status_code == 409
    assert "Leave the lock as it was." in text_of(asked)
    assert "Idea closed_a" not in asked.text
    form = dict(HIDDEN.findall(asked.text))
    assert form["page"] == str(newer)
    answer = await browser.post("/house-rules/acceptance", {"page": form["page"], "next": address})
    assert answer.headers["location"] == address
    assert (await browser.get(address)).status_code == 200
    assert await fetch_value("SELECT count(*) FROM rules_acceptance WHERE page = {}", newer) == 1


async def test_what_she_was_writing_is_kept_and_not_sent(as_, world, newer):
    browser, address = await as_("guest_a"), f"/ideas/{world.idea['closed_a']}/comments"
    before = await fetch_value("SELECT count(*) FROM comment")
    asked = await browser.post(address, {"body": "Three ideas\nabout locks"})
    assert asked.status_code == 409
    assert 'name="kept:body" value="Three ideas\nabout locks"' in asked.text
    sent = {"page": str(newer), "next": address, "kept:body": "Three ideas\nabout locks"}
    again = await browser.post("/house-rules/acceptance", sent)
    assert f'action="{address}"' in again.text
    assert 'name="body" value="Three ideas\nabout locks"' in again.text
    assert await fetch_value("SELECT count(*) FROM comment") == before
    shown = await browser.post(address, {"body": "Three ideas\nabout locks", "resumed": "1"})
    assert "Three ideas\nabout locks</textarea>" in shown.text


async def test_another_page_than_the_house_rules_is_nothing_to_accept(as_, world, newer):
    browser = await as_("guest_a")
    privacy = await fetch_value("SELECT max(id) FROM about_page WHERE slug = 'privacy'")
    for page in (privacy, 10**9, "x"):
        await browser.post("/house-rules/acceptance", {"page": str(page)})
    assert await fetch_value("SELECT count(*) FROM rules_acceptance") == 0
    assert (await browser.get("/")).status_code == 409


@pytest.mark.parametrize("address", ["/about/house-rules", "/about/privacy"])
async def test_the_pages_of_the_organisation_stay_open_and_so_does_the_door(as_, newer, address):
    browser = await as_("guest_a")
    assert (await browser.get(address)).status_code == 200
    assert (await browser.post("/sign-out")).headers["location"] == "/sign-in"


@pytest.mark.parametrize("name", ["guest_b", "employee", "insider_a"])
async def test_nobody_else_is_asked(as_, newer, name):
    assert (await (await as_(name)).get("/")).status_code == 200


async def test_rules_that_changed_in_another_language_ask_nobody(as_, newer):
    await execute("UPDATE about_page SET language = 'nl' WHERE id = {}", newer)
    assert (await (await as_("guest_a")).get("/")).status_code == 200
