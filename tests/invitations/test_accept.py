"""Coming in by an invitation: once, in time, as oneself; one address is one person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.actions import sign_in_by_link
from portal.db import execute, fetch_value
from tests.client import text_of
from tests.notifications.work import work
from tests.world import NOW, PASSWORD, add_invitation, email_of, set_clock

LINK = "/invitations/invitation-a"


async def accept(browser, link=LINK, **facts):
    return await browser.post(link, {"name": "Rosalie Dubois"} | facts)


async def test_the_page_says_what_it_is_about_and_opening_it_changes_nothing(as_, world):
    browser = await as_(None)
    for _ in range(3):
        response = await browser.get(LINK)
        assert response.status_code == 200
    said = text_of(response)
    for words in ("Bram Kuipersma invites you to Overwater lock", "rosalie@overwater.example", "Read, write and vote."):
        assert words in said
    assert "For each file you ask, and Bram Kuipersma decides." in said
    assert "1 colleague · 1 guest from Overwater" in said
    assert response.headers["referrer-policy"] == "same-origin"
    assert '<meta name="referrer" content="no-referrer">' in response.text
    assert await fetch_value("SELECT state FROM invitation WHERE id = {}", world.invitation_id["a"]) == "open"


async def test_who_accepts_is_in_and_nowhere_else(as_, world, mailbox):
    browser = await as_(None)
    response = await accept(browser)
    assert (response.status_code, response.headers["location"]) == (303, f"/spaces/{world.space['closed_a']}")
    row = (
        await execute(
            "SELECT p.*, n.name, n.email, n.language FROM person p JOIN identity n ON n.person = p.id"
            " WHERE n.email = 'rosalie@overwater.example'"
        )
    )[0]
    assert (row["kind"], row["name"], row["language"]) == ("guest", "Rosalie Dubois", "en")
    member = (await execute("SELECT * FROM membership WHERE person = {}", row["id"]))[0]
    assert (member["space"], member["role"]) == (world.space_id["closed_a"], "member")
    assert (member["may_write"], member["may_vote"], member["may_download"]) == (True, True, False)
    assert member["until"] == NOW + timedelta(days=90)
    assert member["sponsor"] == world.person_id["insider_a"]
    assert member["partner"] == world.partner_id["overwater"]
    kept = (await execute("SELECT * FROM invitation WHERE id = {}", world.invitation_id["a"]))[0]
    assert kept["accepted_by"] == row["id"]
    slugs = await execute("SELECT slug FROM about_page WHERE id IN ({}, {})", kept["house_rules"], kept["privacy"])
    assert {slug["slug"] for slug in slugs} == {"house-rules", "privacy"}
    session = (await execute("SELECT idle_until, expires_at FROM session WHERE person = {}", row["id"]))[0]
    assert (session["idle_until"], session["expires_at"]) == (NOW + timedelta(hours=1), NOW + timedelta(hours=12))
    assert "Welcome" in text_of(await browser.get(f"/spaces/{world.space['closed_a']}"))
    assert (await browser.get(f"/spaces/{world.space['organisation']}")).status_code == 404
    await work()
    (message,) = mailbox()
    assert (message["to"], message["subject"]) == (email_of("insider_a"), "Rosalie Dubois is in")


async def test_it_works_once(as_, world):
    assert (await accept(await as_(None))).status_code == 303
    again = await as_(None)
    assert (await again.get(LINK)).status_code == 404
    assert (await accept(again)).status_code == 404
    assert await fetch_value("SELECT count(*) FROM identity WHERE email = 'rosalie@overwater.example'") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invitation SET expires_at = plein_now()",
        "UPDATE invitation SET state = 'revoked'",
        "UPDATE invitation SET until = plein_now()",
        "UPDATE space SET archived_at = plein_now()",
        "UPDATE person SET active = FALSE WHERE id = (SELECT invited_by FROM invitation ORDER BY id LIMIT 1)",
    ],
)
async def test_late_or_taken_back_or_of_nobody_who_invites_any_more_it_opens_nothing(as_, world, sql):
    await execute(sql)
    browser = await as_(None)
    assert (await browser.get(LINK)).status_code == 404
    assert (await accept(browser)).status_code == 404
    assert await fetch_value("SELECT count(*) FROM identity WHERE email = 'rosalie@overwater.example'") == 0


async def test_it_ends_with_the_role_of_who_sent_it(as_, world):
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["insider_a"])
    await execute("UPDATE space SET host = NULL")
    assert (await (await as_(None)).get(LINK)).status_code == 404


@pytest.mark.parametrize("who", ["employee", "guest_b", "guest_a"])
async def test_nobody_accepts_it_as_somebody_else(as_, world, who):
    browser = await as_(who)
    response = await accept(browser, email=email_of(who))
    assert response.status_code == 403
    assert 'role="alert"' in response.text
    assert await fetch_value("SELECT state FROM invitation WHERE id = {}", world.invitation_id["a"]) == "open"
    assert await fetch_value("SELECT count(*) FROM identity WHERE email = 'rosalie@overwater.example'") == 0


async def test_one_address_in_two_organisations_and_spaces_is_one_person(as_, world):
    email = email_of("guest_a").upper()
    await add_invitation(world, "other", space="closed_b", partner="nightbus", email=email)
    browser = await as_(None)
    page = text_of(await browser.get("/invitations/invitation-other"))
    assert "Julie Mercadier" in page
    assert 'name="name"' not in page
    assert (await browser.post("/invitations/invitation-other", {})).status_code == 303
    rows = await execute(
        "SELECT space, partner FROM membership WHERE person = {} ORDER BY space", world.person_id["guest_a"]
    )
    assert [(row["space"], row["partner"]) for row in rows] == [
        (world.space_id["closed_a"], world.partner_id["overwater"]),
        (world.space_id["closed_b"], world.partner_id["nightbus"]),
    ]


async def test_a_guest_who_is_signed_in_stays_so(as_, world):
    await add_invitation(world, "other", space="closed_b", partner="nightbus", email=email_of("guest_a"))
    browser = await as_("guest_a")
    sessions = "SELECT count(*) FROM session WHERE person = {}"
    before = await fetch_value(sessions, browser.person)
    assert (await browser.post("/invitations/invitation-other", {})).status_code == 303
    assert await fetch_value(sessions, browser.person) == before
    assert (await browser.get(f"/spaces/{world.space['closed_b']}")).status_code == 200


async def test_a_colleague_comes_in_as_herself_only_and_as_a_member(as_, world):
    """Somebody who became a colleague meanwhile: no link signs her in."""
    await add_invitation(world, "staff", space="closed_a", partner="overwater", email=email_of("employee"))
    anonymous = await as_(None)
    response = await anonymous.post("/invitations/invitation-staff", {})
    assert response.status_code == 403
    assert "account as a colleague" in text_of(response)
    assert "set-cookie" not in response.headers or "sid=" not in response.headers["set-cookie"]
    browser = await as_("employee")
    assert (await browser.post("/invitations/invitation-staff", {})).status_code == 303
    member = (await execute("SELECT * FROM membership WHERE person = {}", browser.person))[0]
    assert (member["until"], member["sponsor"], member["may_download"]) == (None, None, True)


async def test_a_closed_account_stays_closed(as_, world):
    await add_invitation(world, "closed", space="closed_a", partner="overwater", email=email_of("deactivated"))
    response = await (await as_(None)).post("/invitations/invitation-closed", {"name": "Owen"})
    assert response.status_code == 403
    assert "is closed" in text_of(response)


async def test_a_name_is_asked_for_and_what_was_typed_stays(as_, world):
    browser = await as_(None)
    assert (await accept(browser, name="  ")).status_code == 422
    response = await accept(browser, name="R" * 121)
    assert response.status_code == 422
    assert "R" * 121 in response.text
    assert (await accept(browser)).status_code == 303


async def test_who_does_not_come_says_so_and_is_forgotten(as_, world, mailbox):
    browser = await as_(None)
    assert "Thank you" in text_of(await browser.post(f"{LINK}/refusal"))
    assert (await browser.post(f"{LINK}/refusal")).status_code == 404
    assert (await accept(browser)).status_code == 404
    await work()
    assert mailbox()[0]["subject"] == "Invited a does not come"
    from portal.invitations.jobs import look_after_guests

    await set_clock(NOW + timedelta(days=8))
    await look_after_guests()
    assert await fetch_value("SELECT count(*) FROM invitation WHERE id = {}", world.invitation_id["a"]) == 0


# --- the brake on guessing ---


async def test_after_twenty_misses_from_one_address_it_answers_429_there_and_works_elsewhere(as_, world):
    guesser, elsewhere = await as_(None), await as_(None)
    guesser.http._transport.client = ("192.0.2.7", 1)
    elsewhere.http._transport.client = ("192.0.2.8", 1)
    for number in range(20):
        assert (await guesser.get(f"/invitations/guess-{number}")).status_code == 404
    response = await guesser.get("/invitations/guess-20")
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) >= 60
    assert (await guesser.get(LINK)).status_code == 429
    assert (await accept(guesser)).status_code == 429
    assert (await elsewhere.get(LINK)).status_code == 200
    assert (await accept(elsewhere)).status_code == 303


async def test_links_that_open_are_no_misses(as_, world):
    browser = await as_(None)
    for _ in range(25):
        assert (await browser.get(LINK)).status_code == 200


# --- signing in by a link ---


async def test_a_guest_signs_in_by_a_link_once(as_, world, mailbox):
    browser = await as_(None)
    answers = []
    for email in (email_of("guest_a"), email_of("employee"), "nobody@world.example", email_of("deactivated")):
        response = await browser.post("/sign-in/link", {"email": email})
        answers.append((response.status_code, "Look in your mail" in text_of(response)))
    assert answers == [(200, True)] * 4
    await work()
    (message,) = mailbox()
    assert message["to"] == email_of("guest_a")
    from tests.invitations.conftest import link_in

    link = link_in(message)
    for _ in range(2):
        assert (await browser.get(link)).status_code == 200
    await execute("UPDATE guest SET mailbox_confirmed_at = {}", NOW - timedelta(days=40))
    assert (await browser.post(link)).headers["location"] == "/"
    confirmed = "SELECT mailbox_confirmed_at FROM guest WHERE person = {}"
    assert await fetch_value(confirmed, world.person_id["guest_a"]) == NOW
    assert (await browser.get("/settings")).status_code == 200
    for response in (await (await as_(None)).get(link), await (await as_(None)).post(link)):
        assert response.status_code == 404


async def test_a_link_is_out_of_date_after_half_an_hour_or_once_she_is_no_guest(as_, world):
    for number, change in enumerate(
        (
            "SELECT 1",
            "UPDATE person SET kind = 'employee' WHERE kind = 'guest'",
            "UPDATE person SET active = FALSE",
        )
    ):
        await execute(
            "INSERT INTO sign_in_link (token_sha256, person, created_at, expires_at)"
            " VALUES (sha256({}::bytea), {}, plein_now(), plein_now() + interval '30 minutes')",
            f"token {number}".encode(),
            world.person_id["guest_a"],
        )
        if number == 0:
            await set_clock(NOW + timedelta(minutes=31))
        await execute(change)
        assert await sign_in_by_link(f"token {number}", "a browser") is None
        await set_clock(NOW)


async def test_whoever_uses_a_link_at_the_same_moment_comes_too_late(as_, world):
    """Both have looked it up; one statement uses it up."""
    await execute(
        "INSERT INTO sign_in_link (token_sha256, person, created_at, expires_at)"
        " VALUES (sha256('twice'), {}, plein_now(), plein_now() + interval '30 minutes')",
        world.person_id["guest_a"],
    )
    assert await sign_in_by_link("twice", "a browser")
    assert await sign_in_by_link("twice", "a browser") is None


async def test_a_password_serves_while_the_mailbox_was_shown_within_30_days(as_, world, mailbox):
    form = {"email": email_of("guest_a"), "password": PASSWORD, "next": "/"}
    assert (await (await as_(None)).post("/sign-in", form)).status_code == 303
    await execute("UPDATE guest SET mailbox_confirmed_at = {}", NOW - timedelta(days=30))
    browser = await as_(None)
    response = await browser.post("/sign-in", form)
    assert response.status_code == 200
    assert "Look in your mail" in text_of(response)
    assert (await browser.get("/settings")).status_code == 303
    await work()
    assert mailbox()[0]["to"] == email_of("guest_a")
    assert (await browser.post("/sign-in", form | {"password": "wrong"})).status_code == 422


async def test_a_new_password_is_no_way_around_the_mailbox(as_, world):
    """Nobody stays in by choosing a password every ten hours."""
    browser = await as_("guest_a")
    fields = {"current_password": PASSWORD, "password": "a heron beside the sluice"}
    assert (await browser.post("/settings/password", fields)).headers["location"] == "/settings/sessions"
    await execute("UPDATE guest SET mailbox_confirmed_at = {}", NOW - timedelta(days=30))
    fields = {"current_password": fields["password"], "password": "a heron beside another sluice"}
    assert (await browser.post("/settings/password", fields)).headers["location"] == "/sign-in"
    assert (await browser.get("/settings")).status_code == 303
    assert "Look in your mail" in text_of(await browser.post("/sign-in", fields | {"email": email_of("guest_a")}))


async def test_another_address_is_another_mailbox(as_, world):
    edited = {"name": "Julie Mercadier", "email": "julie@elsewhere.example"}
    page = f"/admin/people/{world.person['guest_a']}"
    assert (await (await as_("administrator")).post(page, edited)).status_code == 303
    response = await (await as_(None)).post("/sign-in", {"email": edited["email"], "password": PASSWORD})
    assert "Look in your mail" in text_of(response)


async def test_whoever_switches_the_language_stays_at_her_invitation(as_, world):
    browser = await as_(None)
    page = await browser.get(LINK)
    assert page.text.count(f'<input type="hidden" name="next" value="{LINK}">') == 2
    response = await browser.post("/preferences", {"language": "nl", "next": LINK})
    assert response.headers["location"] == LINK
    assert "nodigt je uit" in text_of(await browser.get(LINK))
