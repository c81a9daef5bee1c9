"""Guests become employees and back: one person throughout, with nothing left over of what she was."""

import pytest

from portal.db import execute, fetch_value
from portal.imports.jobs import run_import
from portal.leaving import turning
from tests.client import text_of
from tests.imports.test_imports import hand_in
from tests.leaving.test_removal import count
from tests.world import PASSWORD, email_of

LEFT_OVER = """
    SELECT count(*) FROM membership m WHERE m.person = {} AND
        (m.until IS NOT NULL OR m.sponsor IS NOT NULL OR m.partner IS NOT NULL OR NOT m.may_write OR NOT m.may_vote
            OR NOT m.may_download)
"""


@pytest.fixture
async def guest(rollback, world):
    """A guest with all that guests have, who wrote, voted and follows."""
    person, idea = world.person_id["guest_a"], world.idea_id["closed_a"]
    await execute(
        "UPDATE membership SET until = plein_now() + interval '9 days', sponsor = {}, may_vote = FALSE, partner = ("
        "SELECT min(id) FROM partner) WHERE person = {}",
        world.person_id["insider_a"],
        person,
    )
    await execute("INSERT INTO guest (person, mailbox_confirmed_at) VALUES ({}, now()) ON CONFLICT DO NOTHING", person)
    await execute("INSERT INTO departure (person, space) VALUES ({}, {})", person, world.space_id["closed_b"])
    await execute("UPDATE comment SET author = {} WHERE id = {}", person, world.comment_id["closed_a"])
    await execute(
        "INSERT INTO vote (idea, space, person, guest) SELECT id, space, {}, TRUE FROM idea WHERE id = {}", person, idea
    )
    await execute("INSERT INTO follow (idea, space, person) SELECT id, space, {} FROM idea WHERE id = {}", person, idea)
    return person


async def is_employee_with_nothing_left_over(world, guest):
    """One person, her things, and nothing of the guest."""
    assert await fetch_value("SELECT kind FROM person WHERE id = {}", guest) == "employee"
    assert await fetch_value(LEFT_OVER, guest) == 0
    for table in ("guest", "departure", "session"):
        assert await count(table, person=guest) == 0, table
    for table in ("vote", "follow", "membership"):
        assert await count(table, person=guest) == 1, table
    assert await count("comment", author=guest, id=world.comment_id["closed_a"]) == 1
    counted = await execute("SELECT supporters, guest_supporters FROM idea WHERE id = {}", world.idea_id["closed_a"])
    assert tuple(counted[0].values()) == (0, 1), "what was counted as a guest's stays so"


async def test_an_administrator_makes_a_guest_an_employee(as_, world, guest):
    signed_in, browser = await as_("guest_a"), await as_("administrator")
    assert (await browser.post(f"/admin/people/{world.person['guest_a']}/employee", {})).status_code == 303
    await is_employee_with_nothing_left_over(world, guest)
    assert (await signed_in.get("/")).status_code == 303
    event = await fetch_value("SELECT particulars::text FROM event WHERE kind = 'person.turned'")
    assert event == '{"into": "employee"}'
    assert (await (await as_("guest_a")).get(f"/ideas/{world.idea['vote']}")).status_code == 200


async def test_who_votes_later_counts_as_a_colleague(as_, world, guest):
    await execute("DELETE FROM vote WHERE person = {}", guest)
    await turning.become_employee(None, guest)
    await (await as_("guest_a")).post(f"/ideas/{world.idea['closed_a']}/vote", {"next": "/"})
    counted = await execute("SELECT supporters, guest_supporters FROM idea WHERE id = {}", world.idea_id["closed_a"])
    assert tuple(counted[0].values()) == (1, 0)


async def test_an_import_with_her_address_makes_a_guest_an_employee(as_, world, guest):
    browser = await as_("administrator")
    line = f"name;email;number\nJulie Mercadier;{email_of('guest_a')};E77\n"
    number, address = await hand_in(browser, line)
    assert "is a guest, and an employee from then on" in text_of(await browser.get(address))
    await execute("UPDATE people_import SET state = 'running' WHERE id = {}", number)
    await run_import(number)
    await is_employee_with_nothing_left_over(world, guest)
    assert await count("personnel", person=guest, number="E77") == 1


async def test_a_time_that_is_over_is_not_begun_anew(world, guest):
    await execute("UPDATE membership SET until = plein_now() - interval '1 hour' WHERE person = {}", guest)
    await turning.become_employee(None, guest)
    assert await count("membership", person=guest) == 0


async def test_an_employee_becomes_a_guest_of_chosen_spaces(as_, world):
    person, page = world.person_id["insider_b"], f"/admin/people/{world.person['insider_b']}/guest"
    browser, herself = await as_("administrator"), await as_("insider_b")
    await execute("INSERT INTO personnel (person, number) VALUES ({}, 'E1')", person)
    chosen = {"spaces": f"http://plein.example/spaces/{world.space['closed_a']}\n"}
    assert (await browser.post(page, {"spaces": f"/spaces/{world.space['open']}"})).status_code == 422
    refused = await browser.post(page, chosen)
    assert refused.status_code == 422, "she alone owns closed_b"
    assert world.space["closed_a"] in refused.text
    done = await browser.post(page, chosen | {"successor": email_of("employee")})
    assert done.status_code == 303
    assert await fetch_value("SELECT kind FROM person WHERE id = {}", person) == "guest"
    seats = await execute("SELECT space, role, until IS NOT NULL AS ends FROM membership WHERE person = {}", person)
    assert [tuple(seat.values()) for seat in seats] == [(world.space_id["closed_a"], "member", True)]
    for table in ("personnel", "session"):
        assert await count(table, person=person) == 0
    assert (await herself.get("/")).status_code == 303
    form = {"email": email_of("insider_b"), "password": PASSWORD}
    assert "Look in your mail" in text_of(await (await as_(None)).post("/sign-in", form)), "nobody saw her mailbox yet"
    again = await as_("insider_b")
    assert (await again.get(f"/ideas/{world.idea['vote']}")).status_code == 404
    assert (await again.get(f"/ideas/{world.idea['closed_a']}")).status_code == 200
    assert await count("membership", space=world.space_id["closed_b"], role="owner") == 1
    assert (await browser.get(page)).status_code == 404, "who is a guest cannot become one"


@pytest.mark.parametrize(("who", "status"), [("employee", 403), ("guest_a", 403)])
async def test_only_administrators_do_it(as_, world, who, status):
    page = f"/admin/people/{world.person['colleague']}/guest"
    browser = await as_(who)
    assert (await browser.get(page)).status_code == status
    assert (await browser.post(page, {"spaces": f"/spaces/{world.space['closed_a']}"})).status_code == status


async def test_the_last_administrator_stays_an_employee(as_, world):
    page = f"/admin/people/{world.person['administrator']}/guest"
    answer = await (await as_("administrator")).post(page, {"spaces": f"/spaces/{world.space['closed_a']}"})
    assert answer.status_code == 422
    assert await fetch_value("SELECT kind FROM person WHERE id = {}", world.person_id["administrator"]) == "employee"
