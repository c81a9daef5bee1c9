"""Inviting: who may, whom, and what the mail says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.tokens import token_sha256
from portal.db import execute, fetch_value
from tests.client import text_of
from tests.invitations.conftest import link_in
from tests.notifications.work import work
from tests.world import NOW, email_of, set_clock

GUESTS = "/spaces/{}/guests"


def form(world, **facts):
    return {
        "guest_email": "ada@overwater.example",
        "name": "Ada",
        "partner": world.partner["overwater"],
        "may_write": "y",
        "until": "2026-08-01",
        "language": "nl",
        "words": "Kom kijken.",
    } | facts


async def invite(browser, world, **facts):
    return await browser.post(GUESTS.format(world.space["closed_a"]), form(world, **facts))


async def state_of(email):
    return await fetch_value("SELECT state FROM invitation WHERE email = {} ORDER BY id DESC LIMIT 1", email)


async def test_an_owner_invites_and_the_mail_brings_a_link(as_, world, mailbox):
    response = await invite(await as_("insider_a"), world)
    assert (response.status_code, response.headers["location"]) == (303, f"/spaces/{world.space['closed_a']}/guests")
    await work()
    (message,) = mailbox()
    assert message["to"] == "ada@overwater.example"
    assert message["subject"] == "Bram Kuipersma nodigt je uit voor Overwater lock"
    said = message.get_content()
    assert "Kom kijken." in said
    token = link_in(message).rpartition("/")[2]
    assert len(token) == 43  # 256 bits
    row = (await execute("SELECT * FROM invitation WHERE email = 'ada@overwater.example'"))[0]
    assert (row["may_write"], row["may_vote"], row["may_download"]) == (True, False, False)
    assert row["expires_at"] == NOW + timedelta(days=7)
    assert row["until"].isoformat() == "2026-08-01T22:00:00+00:00"  # the end of that day in Amsterdam
    kept = await fetch_value("SELECT token_sha256 FROM invitation_link WHERE invitation = {}", row["id"])
    assert kept == token_sha256(token)
    everything = await execute(
        "SELECT particulars::text AS said FROM event UNION ALL SELECT args::text FROM procrastinate_jobs"
    )
    assert not any(token in said["said"] for said in everything)


@pytest.mark.parametrize(("who", "status"), [("employee", 404), ("insider_b", 404), ("guest_a", 403), (None, 401)])
async def test_nobody_else_invites(as_, world, who, status):
    assert (await invite(await as_(who), world)).status_code == status
    assert await state_of("ada@overwater.example") is None


async def test_a_member_does_not_invite_and_a_community_manager_does(as_, world):
    space, person = world.space_id["closed_a"], world.person_id["employee"]
    await execute("INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')", space, person)
    assert (await invite(await as_("employee"), world)).status_code == 403
    await execute("INSERT INTO membership (space, person, role) VALUES ({}, {}, 'community_manager')", space, person)
    assert (await invite(await as_("employee"), world)).status_code == 303


async def test_nobody_is_invited_to_a_group(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')",
        world.space_id["open"],
        world.person_id["employee"],
    )
    response = await (await as_("employee")).post(GUESTS.format(world.space["open"]), form(world))
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("ada@evil-overwater.example", "end in @overwater.example"),
        ("ada@overwater.example.evil", "end in @overwater.example"),
        ("ada@sub.overwater.example", "end in @overwater.example"),
        ("ada@overwаter.example", "end in @overwater.example"),  # a Cyrillic а
        ("ada@ｏverwater.example", "no complete e-mail address"),  # a full-width o
        ("ada@overwater。example", "no complete e-mail address"),
        ("adá@overwater.example", "letters before the @"),
        ("adá@overwater", "no complete e-mail address"),
        ("ada@overwater.example\nBcc: eve@evil.example", "one line"),
        ("ada@overwater.example,eve@evil.example", "no complete e-mail address"),
        ("ada@evil.example@overwater.example", "no complete e-mail address"),
        ('"ada@evil.example "@overwater.example', "no complete e-mail address"),
        ("info@overwater.example", "several people read"),
        ("Info+north@Overwater.example", "several people read"),
        ("", "Give the e-mail address"),
    ],
)
async def test_what_is_no_address_of_somebody_of_the_organisation_is_refused(as_, world, email, words):
    response = await invite(await as_("insider_a"), world, guest_email=email)
    assert response.status_code == 422
    assert words in text_of(response)
    assert await fetch_value("SELECT count(*) FROM mail WHERE invitation IS NOT NULL") == 0


async def test_a_domain_is_compared_in_small_letters(as_, world):
    assert (await invite(await as_("insider_a"), world, guest_email="Ada@OverWater.Example")).status_code == 303
    assert await state_of("Ada@overwater.example") == "open"


async def test_all_errors_come_at_once_and_what_was_typed_stays(as_, world):
    facts = {"guest_email": "ada@evil.example", "until": "2036-01-01", "words": "x" * 1001, "name": "Ada & co"}
    response = await invite(await as_("insider_a"), world, **facts)
    said = text_of(response)
    assert "3 things need your attention" in said
    assert 'value="Ada & co"' in said


async def test_a_colleague_is_named_and_an_address_out_of_sight_is_like_none(as_, world, mailbox):
    """The deactivated one, the guest of another space and the sister colleague exist; who invites learns nothing."""
    browser = await as_("insider_a")
    await execute(
        "INSERT INTO partner_domain (partner, domain) VALUES ({}, 'world.example')", world.partner_id["overwater"]
    )
    response = await invite(browser, world, guest_email=email_of("colleague"))
    assert response.status_code == 422
    assert "Joris van Heeswijk is a colleague" in text_of(response)
    assert f"/spaces/{world.space['closed_a']}/members/new" in response.text
    for email in (email_of("deactivated"), email_of("guest_b"), email_of("sister"), "nobody@world.example"):
        response = await invite(browser, world, guest_email=email)
        assert (response.status_code, response.headers["location"]) == (
            303,
            f"/spaces/{world.space['closed_a']}/guests",
        )
    await work()
    assert len(mailbox()) == 4


async def test_who_is_there_or_invited_already_is_said(as_, world):
    browser = await as_("insider_a")
    await execute(
        "INSERT INTO partner_domain (partner, domain) VALUES ({}, 'world.example')", world.partner_id["overwater"]
    )
    assert "in this space already" in text_of(await invite(browser, world, guest_email=email_of("guest_a")))
    response = await invite(browser, world, guest_email="ROSALIE@overwater.example")
    assert response.status_code == 422
    assert "is invited already" in text_of(response)


async def test_sending_again_makes_a_new_link_and_ends_the_old_one(as_, world, mailbox):
    browser, guest = await as_("insider_a"), await as_(None)
    await set_clock(NOW + timedelta(days=8))
    browser = await as_("insider_a")
    assert (await guest.get("/invitations/invitation-a")).status_code == 404
    assert "too late" in text_of(await browser.get(GUESTS.format(world.space["closed_a"])))
    sent = await browser.post(f"/sent-invitations/{world.invitation['a']}/mail")
    assert sent.status_code == 303
    await work()
    assert (await guest.get(link_in(mailbox()[0]))).status_code == 200
    assert (await guest.get("/invitations/invitation-a")).status_code == 404


async def test_what_is_taken_back_opens_nothing_and_mail_that_waits_stays(as_, world, mailbox):
    browser = await as_("insider_a")
    await invite(browser, world)
    public_id = await fetch_value("SELECT public_id FROM invitation WHERE email = 'ada@overwater.example'")
    for invitation in (public_id, world.invitation["a"]):
        assert (await browser.post(f"/sent-invitations/{invitation}/revocation")).status_code == 303
    await work()
    assert mailbox() == []
    assert (await (await as_(None)).get("/invitations/invitation-a")).status_code == 404
    assert (await browser.post(f"/sent-invitations/{public_id}/revocation")).status_code == 403
    assert (await (await as_("insider_b")).post(f"/sent-invitations/{public_id}/mail")).status_code == 404
    assert (await (await as_("guest_a")).post(f"/sent-invitations/{public_id}/mail")).status_code == 404


async def test_a_label_keeps_the_name_of_the_space_out_of_the_mail(as_, world, mailbox):
    await execute("UPDATE space SET label = 'confidential' WHERE id = {}", world.space_id["closed_a"])
    await invite(await as_("insider_a"), world, language="en")
    await work()
    (message,) = mailbox()
    assert "Overwater lock" not in message.as_string()
    assert message["subject"] == "Bram Kuipersma invites you to a space at Lowland Works"


# --- many at once ---

LIST = """Naam;E-mail;Organisatie;Tot
Ada;ada@overwater.example;;31-12-2026
Bo;bo@nightbus.example;Nightbus;2027-01-31
"""


def listed(world, text, **facts):
    return form(world) | {"list": text, "tried": ""} | facts


async def send_list(browser, world, text, **facts):
    return await browser.post(f"{GUESTS.format(world.space['closed_a'])}/list", listed(world, text, **facts))


async def test_a_list_is_tried_out_first_and_then_carried_out(as_, world, mailbox):
    browser = await as_("insider_a")
    response = await send_list(browser, world, LIST)
    assert response.status_code == 200
    assert "2 people can be invited" in text_of(response)
    assert await state_of("ada@overwater.example") is None
    tried = response.text.partition('name="tried"')[2].partition('value="')[2].partition('"')[0]
    assert (await send_list(browser, world, LIST + "Cy;cy@overwater.example;;\n", tried=tried)).status_code == 200
    assert (await send_list(browser, world, LIST, tried=tried)).status_code == 303
    rows = await execute(
        "SELECT email, partner, until::date AS until FROM invitation WHERE name IN ('Ada', 'Bo') ORDER BY 1"
    )
    assert [(row["email"], row["partner"]) for row in rows] == [
        ("ada@overwater.example", world.partner_id["overwater"]),
        ("bo@nightbus.example", world.partner_id["nightbus"]),
    ]
    assert [str(row["until"]) for row in rows] == ["2026-12-31", "2027-01-31"]
    await work()
    assert len(mailbox()) == 2


async def test_each_bad_line_is_named_and_nothing_is_sent(as_, world):
    bad = LIST + "\n".join(
        [
            ";info@overwater.example;;",
            ";eve@evil-overwater.example;;",
            ";ada@overwater.example;;",
            ";x@overwater.example;Nobody Ltd;",
            ";y@overwater.example;;yesterday",
            ";no address;;",
            ";;;2026-09-01",
            ";z@overwater.example;;;;more",
            ";rosalie@overwater.example;;",
            f";{email_of('employee')};;",
        ]
    )
    response = await send_list(await as_("insider_a"), world, bad, tried="whatever")
    assert response.status_code == 422
    said = text_of(response)
    found = [line for line in range(1, 20) if f':">{line}</th>' in said]
    assert found == list(range(4, 14))
    for words in (
        "several people read",
        "end in @overwater.example",
        "stands on line 2",
        "no organisation “Nobody Ltd”",
        "“yesterday” is no day",
        "“no address” is no complete",
        "The address is missing",
        "more cells than headings",
        "is invited already",
        "Noor Dijkman is a colleague",
    ):
        assert words in said
    assert await fetch_value("SELECT count(*) FROM mail WHERE invitation IS NOT NULL") == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG", "no CSV file"),
        (b"one,two\n1,2\n", "what each column is"),
        (b"", "Type or paste"),
        ("E-mail\tName\nada@overwater.example\tAda\n".encode("utf-16"), "1 person can be invited"),
    ],
)
async def test_a_file_is_read_in_whatever_dialect(as_, world, content, words):
    browser = await as_("insider_a")
    response = await browser.post(
        f"{GUESTS.format(world.space['closed_a'])}/list", listed(world, ""), files={"file": ("guests.csv", content)}
    )
    assert words in text_of(response)


# --- organisations ---


@pytest.mark.parametrize(("who", "status"), [("employee", 403), ("insider_b", 403), ("guest_a", 403)])
async def test_only_hosts_and_administrators_keep_organisations(as_, world, who, status):
    browser = await as_(who)
    assert (await browser.get("/partners")).status_code == status
    assert (await browser.post("/partners", {"name": "X", "domains": "x.example"})).status_code == status


async def test_an_organisation_has_a_name_of_its_own_and_domains_in_ascii(as_, world):
    browser = await as_("administrator")
    response = await browser.post("/partners", {"name": "nightBUS", "domains": "overwater"})
    assert response.status_code == 422
    assert "“overwater” is no domain" in text_of(response)
    response = await browser.post("/partners", {"name": "nightBUS", "domains": "nb.example"})
    assert "of this name already" in text_of(response)
    response = await browser.post("/partners", {"name": "München", "domains": "@Bücher.example, bus.example"})
    assert response.status_code == 303
    domains = await execute(
        "SELECT domain FROM partner_domain d JOIN partner p ON p.id = d.partner WHERE p.name = 'München'"
    )
    assert {row["domain"] for row in domains} == {"xn--bcher-kva.example", "bus.example"}
    partner = world.partner["overwater"]
    assert (await browser.post(f"/partners/{partner}", {"name": "Over", "domains": "o.example"})).status_code == 303
    assert "o.example" in text_of(await browser.get(f"/partners/{partner}"))
