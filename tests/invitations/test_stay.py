"""Staying longer, sponsors who leave, and wishes for colleagues."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.invitations.jobs import look_after_guests
from tests.client import text_of
from tests.notifications.work import work
from tests.world import NOW, email_of, set_clock


async def end_at(world, until, guest="guest_a", joined=NOW - timedelta(days=90)):
    await execute(
        "UPDATE membership SET until = {}, created_at = {} WHERE person = {}", until, joined, world.person_id[guest]
    )


async def until_of(world, guest="guest_a"):
    return await fetch_value("SELECT until FROM membership WHERE person = {}", world.person_id[guest])


async def sponsor_of(world, guest="guest_a"):
    return await fetch_value("SELECT sponsor FROM membership WHERE person = {}", world.person_id[guest])


def heard(mailbox):
    return sorted((message["to"], message["subject"]) for message in mailbox())


async def renew(browser, world, **fields):
    return await browser.post(f"/spaces/{world.space['closed_a']}/guests/renewal", fields)


async def test_guest_and_sponsor_hear_of_the_end_once_four_weeks_before(as_, world, mailbox):
    await end_at(world, NOW + timedelta(days=29))
    await look_after_guests()
    await work()
    assert mailbox() == []
    await set_clock(NOW + timedelta(days=2))
    for _ in range(2):
        await look_after_guests()
        await work()
    assert heard(mailbox) == [
        (email_of("guest_a"), "Your time in Overwater lock ends"),
        (email_of("insider_a"), "The time of a guest of Overwater lock ends"),
    ]
    to_sponsor = next(m for m in mailbox() if m["to"] == email_of("insider_a")).get_content()
    assert "Julie Mercadier · 16 July 2026" in to_sponsor
    assert f"/spaces/{world.space['closed_a']}/guests" in to_sponsor


async def test_who_is_invited_for_a_week_is_not_reminded_at_once(rollback, world):
    await end_at(world, NOW + timedelta(days=7), joined=NOW)
    await look_after_guests()
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'guest.ending'") == 0


async def test_who_was_renewed_meanwhile_gets_no_mail(as_, world, mailbox):
    await end_at(world, NOW + timedelta(days=5))
    await look_after_guests()
    await renew(await as_("insider_a"), world)
    await work()
    assert mailbox() == []


async def test_one_button_lets_all_stay_whose_time_ends_soon(as_, world):
    browser = await as_("insider_a")
    await end_at(world, NOW + timedelta(days=5))
    page = text_of(await browser.get(f"/spaces/{world.space['closed_a']}/guests"))
    assert "Let the one whose time ends soon stay" in page
    assert (await renew(browser, world)).status_code == 303
    assert await until_of(world) == NOW + timedelta(days=90)
    assert (await renew(browser, world)).status_code == 303  # nothing ends soon any more
    assert await until_of(world) == NOW + timedelta(days=90)


async def test_one_guest_stays_also_after_her_time_ended(as_, world):
    await end_at(world, NOW - timedelta(hours=1))
    assert (await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}")).status_code == 404
    await renew(await as_("insider_a"), world, guest=world.person["guest_b"])
    await renew(await as_("insider_a"), world)
    assert await until_of(world) == NOW - timedelta(hours=1)
    await renew(await as_("insider_a"), world, guest=world.person["guest_a"])
    assert await until_of(world) == NOW + timedelta(days=90)
    assert (await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}")).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("insider_b", 404), ("employee", 404), ("guest_a", 403), (None, 401)])
async def test_nobody_else_lets_guests_stay(as_, world, who, status):
    await end_at(world, NOW + timedelta(days=5))
    assert (await renew(await as_(who), world, guest=world.person["guest_a"])).status_code == status
    assert await until_of(world) == NOW + timedelta(days=5)


# --- sponsors who leave ---


async def leave(world, name="insider_a"):
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id[name])


async def give(world, name, role, space="closed_a"):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})",
        world.space_id[space],
        world.person_id[name],
        role,
    )


async def test_the_next_owner_answers_for_the_guests_of_who_left(as_, world, mailbox):
    await give(world, "colleague", "owner")
    await give(world, "employee", "owner")
    await execute("UPDATE identity SET language = 'en'")
    await leave(world)
    for _ in range(2):
        await look_after_guests()
        await work()
    assert await sponsor_of(world) == world.person_id["colleague"]
    assert (
        await fetch_value("SELECT host FROM space WHERE id = {}", world.space_id["closed_a"])
        == (world.person_id["colleague"])
    )
    assert heard(mailbox) == [(email_of("colleague"), "You answer for guests of Overwater lock")]
    assert await sponsor_of(world, "guest_b") == world.person_id["insider_b"]


async def test_without_an_owner_a_host_of_the_unit_takes_over(as_, world, mailbox):
    unit = world.unit_id["water"]
    await give(world, "author", "host", "organisation")
    await give(world, "employee", "host", "organisation")
    await execute(
        "UPDATE person SET org_unit = {} WHERE id IN ({}, {})",
        unit,
        *(world.person_id[name] for name in ("insider_a", "employee")),
    )
    await leave(world)
    await look_after_guests()
    await work()
    assert await sponsor_of(world) == world.person_id["employee"]
    assert (await (await as_("employee")).get(f"/spaces/{world.space['closed_a']}/guests")).status_code == 200
    assert (email_of("employee"), "You answer for guests of Overwater lock") in heard(mailbox)


async def test_where_nobody_is_left_administrators_are_asked_once_and_read_nothing(as_, world, mailbox):
    await leave(world)
    for _ in range(2):
        await look_after_guests()
        await work()
    assert await sponsor_of(world) is None
    assert heard(mailbox) == [(email_of("administrator"), "Somebody has to answer for guests")]
    assert "Overwater lock" not in mailbox()[0].get_content()


# --- wishes ---

WISH = {"name": "Ada Brouwer", "guest_email": "ada@overwater.example", "words": "She knows the lock."}


async def wish(browser, world, **facts):
    return await browser.post(f"/spaces/{world.space['closed_a']}/wishes", WISH | facts)


async def test_a_guest_asks_for_a_colleague_and_the_host_invites(as_, world, mailbox):
    guest, host = await as_("guest_a"), await as_("insider_a")
    assert (await wish(guest, world)).status_code == 303
    assert (await wish(guest, world)).status_code == 303  # twice is once
    assert await fetch_value("SELECT count(*) FROM colleague_wish WHERE name = 'Ada Brouwer'") == 1
    await work()
    assert heard(mailbox) == [(email_of("insider_a"), "Julie Mercadier asks for a colleague")]
    assert "She knows the lock." in mailbox()[0].get_content()
    public_id = await fetch_value("SELECT public_id FROM colleague_wish WHERE name = 'Ada Brouwer'")
    guests = f"/spaces/{world.space['closed_a']}/guests"
    page = await host.get(f"{guests}/new?wish={public_id}")
    assert 'value="ada@overwater.example"' in page.text
    sent = await host.post(
        guests,
        WISH | {"wish": public_id, "partner": world.partner["overwater"], "until": "2026-08-01", "language": "en"},
    )
    assert sent.status_code == 303
    await work()
    assert (email_of("guest_a"), "Ada Brouwer is invited") in heard(mailbox)
    invitation = next(m for m in mailbox() if m["to"] == "ada@overwater.example")
    welcome = text_of(await (await as_(None)).get(invitation.get_content().partition(":8000")[2].split()[0]))
    assert "Julie Mercadier, Overwater" in welcome
    assert (await host.post(f"/wishes/{public_id}/refusal", {"reason": "Late"})).status_code == 403


async def test_the_host_says_no_and_the_guest_reads_why(as_, world, mailbox):
    host = await as_("insider_a")
    path = f"/wishes/{world.wish['a']}/refusal"
    assert (await host.post(path, {"reason": ""})).status_code == 422
    assert (await host.post(path, {"reason": "We are enough."})).status_code == 303
    await work()
    assert heard(mailbox) == [(email_of("guest_a"), "About Wished by a")]
    assert "We are enough." in mailbox()[0].get_content()


@pytest.mark.parametrize(("who", "status"), [("insider_a", 403), ("guest_b", 404), ("employee", 404), (None, 401)])
async def test_only_guests_of_the_space_wish(as_, world, who, status):
    assert (await wish(await as_(who), world)).status_code == status


@pytest.mark.parametrize(("who", "status"), [("guest_a", 403), ("guest_b", 404), ("insider_b", 404), ("employee", 404)])
async def test_only_who_invites_there_decides(as_, world, who, status):
    response = await (await as_(who)).post(f"/wishes/{world.wish['a']}/refusal", {"reason": "No"})
    assert response.status_code == status


async def test_a_shared_address_is_not_wished_for(as_, world):
    response = await wish(await as_("guest_a"), world, guest_email="info@overwater.example")
    assert response.status_code == 422
    assert "several people read" in text_of(response)
