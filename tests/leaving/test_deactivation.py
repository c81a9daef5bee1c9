"""Letting people out and in again: at once, with what she led handed over, and never the last administrator."""

import asyncio
import re
from contextvars import Context

import asyncpg
import pytest

from portal import db
from portal.access.actor import actor_of_person
from portal.admin import roles
from portal.admin.people import get_person
from portal.db import execute, fetch_value
from portal.leaving import deactivation
from portal.leaving.waiting import MOST
from tests.cases.test_inbox import copies
from tests.client import text_of
from tests.pages.locks import until_waiting
from tests.world import email_of


async def person(name):
    row = await execute(
        "SELECT p.* FROM person p JOIN identity n ON n.person = p.id WHERE n.email = {}", email_of(name)
    )
    return row[0]


async def last_event():
    return await fetch_value("SELECT kind FROM event WHERE kind NOT LIKE 'idea%' ORDER BY id DESC LIMIT 1")


async def deactivate(browser, world, name, **fields):
    return await browser.post(f"/admin/people/{world.person[name]}/deactivation", fields)


async def test_who_is_deactivated_is_out_at_once(as_, world):
    theirs, browser = await as_("colleague"), await as_("administrator")
    await execute(
        "INSERT INTO password_reset (token_sha256, person, created_at, expires_at)"
        " VALUES ('x', {}, plein_now(), plein_now() + interval '1 hour')",
        world.person_id["colleague"],
    )
    assert (await theirs.get("/")).status_code == 200
    assert (await deactivate(browser, world, "colleague")).status_code == 303
    assert (await theirs.get("/")).status_code == 303
    row = await person("colleague")
    assert (row["active"], row["epoch"]) == (False, 1)
    assert row["deactivated_at"] is not None
    assert await fetch_value("SELECT count(*) FROM session WHERE person = {}", world.person_id["colleague"]) == 0
    assert await fetch_value("SELECT used_at FROM password_reset") is not None
    assert await last_event() == "person.deactivated"


async def test_who_is_activated_again_signs_in_and_no_old_session_comes_back(as_, world):
    browser = await as_("administrator")
    await deactivate(browser, world, "colleague")
    response = await browser.post(f"/admin/people/{world.person['colleague']}/activation")
    assert response.status_code == 303
    row = await person("colleague")
    assert (row["active"], row["deactivated_at"], row["epoch"]) == (True, None, 2)
    assert await fetch_value("SELECT count(*) FROM session WHERE person = {}", world.person_id["colleague"]) == 0
    assert await last_event() == "person.activated"


async def test_what_would_have_nobody_is_named_and_handed_over(as_, world):
    browser = await as_("administrator")
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')",
        world.space_id["open"],
        world.person_id["sponsor"],
    )
    page = text_of(await browser.get(f"/admin/people/{world.person['sponsor']}/deactivation"))
    assert "Bridge data" in page
    assert "Campaign decide" in page
    assert "Campaign done" not in page
    refused = await deactivate(browser, world, "sponsor", successor="")
    assert refused.status_code == 422
    assert "Name a colleague who takes over." in text_of(refused)
    assert (await person("sponsor"))["active"]
    assert (await deactivate(browser, world, "sponsor", successor=email_of("sponsor"))).status_code == 422  # herself
    assert (await deactivate(browser, world, "sponsor", successor=email_of("employee"))).status_code == 303
    heir = world.person_id["employee"]
    assert await fetch_value("SELECT sponsor FROM campaign WHERE id = {}", world.campaign_id["decide"]) == heir
    assert await fetch_value("SELECT role FROM membership WHERE person = {} AND role = 'owner'", heir) == "owner"


async def test_what_she_led_in_a_group_that_is_archived_is_handed_over_to_who_does_not_read_it(as_, world):
    space, leaver = world.space_id["closed_a"], world.person_id["insider_a"]
    campaign = world.campaign_id["closed_a"]
    await execute("UPDATE campaign SET sponsor = {} WHERE id = {}", leaver, campaign)
    await execute("UPDATE space SET archived_at = plein_now() WHERE id = {}", space)
    done = await deactivate(await as_("administrator"), world, "insider_a", successor=email_of("employee"))
    assert done.status_code == 303
    heir = world.person_id["employee"]
    assert await fetch_value("SELECT sponsor FROM campaign WHERE id = {}", campaign) == heir
    assert await fetch_value("SELECT role FROM membership WHERE space = {} AND person = {}", space, heir) == "member"


async def test_every_unit_and_topic_that_would_name_nobody_is_named_before_and_after(as_, world):
    browser, head = await as_("administrator"), world.person_id["employee"]
    address = f"/admin/people/{world.person['employee']}/deactivation"
    await execute("UPDATE org_unit SET head = NULL")
    assert "leads nothing that would have nobody" in text_of(await browser.get(address))
    for name in ("Depot of the lock", "Night shift"):
        await execute("INSERT INTO org_unit (name, head) VALUES ({}, {})", name, head)
    topic = await fetch_value("INSERT INTO topic (name, neutral) VALUES ('Rosters', {}) RETURNING id", head)
    await execute("INSERT INTO topic_rule (topic, owner) VALUES ({}, {})", topic, head)
    await execute("UPDATE topic SET state = 'published' WHERE id = {}", topic)
    page = text_of(await browser.get(address))
    assert "leads nothing that would have nobody" not in page
    listed = re.findall(r"<span>([^<]+) <a href=\"/admin/[^\"]+\">([^<]+)</a></span></li>", page)
    assert listed == [
        ("Head of the unit", "Depot of the lock"),
        ("Head of the unit", "Night shift"),
        ("The neutral of the topic", "Rosters"),
        ("Answers for the topic", "Rosters"),
    ]
    assert "has left: name another" not in text_of(await browser.get("/admin"))
    assert (await deactivate(browser, world, "employee")).status_code == 303
    after = await browser.get("/admin")
    for left in ("Depot of the lock", "Night shift"):
        assert f"The head of the unit “{left}” has left: name another." in text_of(after)
    assert "Whoever answers for “Rosters” has left." in text_of(after)
    unit = await fetch_value("SELECT public_id FROM org_unit WHERE name = 'Night shift'")
    assert f'href="/admin/units/{unit}"' in after.text


async def test_of_a_closed_group_only_is_told_that_there_is_one(as_, world):
    browser = await as_("administrator")
    page = text_of(await browser.get(f"/admin/people/{world.person['insider_a']}/deactivation"))
    assert "whose names you don’t see" in page
    assert "Overwater lock" not in page
    response = await deactivate(browser, world, "insider_a", successor=email_of("employee"))
    assert response.status_code == 303
    assert (await (await as_("employee")).get(f"/spaces/{world.space['closed_a']}")).status_code == 200
    assert (await browser.get(f"/spaces/{world.space['closed_a']}")).status_code == 404


async def test_the_last_administrator_stays(as_, world):
    response = await deactivate(await as_("administrator"), world, "administrator")
    assert response.status_code == 422
    assert "Nobody else is an administrator." in text_of(response)
    assert (await person("administrator"))["active"]


async def test_who_lets_out_an_administrator_waits_for_another_who_does_the_same(fresh_db, world):
    """In the middle of it nobody else decides who is the last one."""
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator')",
        world.space_id["organisation"],
        world.person_id["employee"],
    )
    watcher = await asyncpg.connect(fresh_db)
    async with db.transaction():
        await deactivation.deactivate(None, world.person_id["administrator"], None)
        other = asyncio.create_task(deactivation.deactivate(None, world.person_id["employee"], None), context=Context())
        await until_waiting(watcher, other)
        assert not other.done()
    with pytest.raises(roles.WithoutAdministrator):
        await other
    assert await fetch_value(ADMINISTRATORS) == 1
    await watcher.close()


async def naive_deactivate(person_id, all_looked):
    """The control: looks first, and changes afterwards."""
    if not await roles.is_last_administrator(None, person_id):
        await all_looked.wait()
        await execute("UPDATE person SET active = FALSE WHERE id = {}", person_id)


ADMINISTRATORS = """
    SELECT count(*) FROM membership m JOIN person p ON p.id = m.person AND p.active WHERE m.role = 'administrator'
"""


@pytest.mark.parametrize("careful", [True, False], ids=["product", "control"])
async def test_of_administrators_who_let_each_other_out_one_is_left(fresh_db, world, careful):
    names = ("administrator", "employee", "colleague")
    for name in names[1:]:
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator')",
            world.space_id["organisation"],
            world.person_id[name],
        )
    actor = await actor_of_person(world.person_id["administrator"])
    rows = [await get_person(actor, world.person[name]) for name in names]

    all_looked = asyncio.Barrier(len(rows))

    async def out(row):
        if not careful:
            await naive_deactivate(row.id, all_looked)
            return
        await deactivation.deactivate(actor, row.id, None)

    done = await asyncio.gather(*(out(row) for row in rows), return_exceptions=True)
    left = await fetch_value(ADMINISTRATORS)
    if careful:
        assert left == 1
        assert [type(e) for e in done if e] == [roles.WithoutAdministrator]
    else:
        assert left == 0


async def test_the_page_says_to_whom_cases_pass_and_what_else_waits_for_her(as_, world):
    case = world.case_id["decide"]
    await execute(
        "UPDATE campaign SET decision_owner = {} WHERE title = 'Campaign decide'", world.person_id["colleague"]
    )
    browser = await as_("administrator")
    page = text_of(await browser.get(f"/admin/people/{world.person['sponsor']}/deactivation"))
    waiting = page.partition('id="waiting"')[2].partition("</section>")[0]
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["colleague"])
    assert f'href="/cases/{world.case["decide"]}"' in waiting
    assert f"the case passes to {name} at once" in waiting
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", world.person_id["colleague"], case)
    asked = text_of(await browser.get(f"/admin/people/{world.person['decision_maker']}/deactivation"))
    assert "advice, a yes or a take-over is asked for here" in asked
    gone = text_of(await browser.get(f"/admin/people/{world.person['sponsor']}/deactivation"))
    assert f'href="/cases/{world.case["decide"]}"' not in gone


async def test_a_case_that_the_administrator_does_not_read_is_counted_only(as_, world):
    move = "UPDATE idea SET space = {}, campaign = {}, kind = 'discussion' WHERE id = (SELECT idea FROM escalation WHERE id = {})"
    there, case = world.space_id["closed_b"], world.case_id["decide"]
    await execute(move, there, -there, case)
    await execute("UPDATE escalation SET space = {} WHERE id = {}", there, case)
    page = text_of(await (await as_("administrator")).get(f"/admin/people/{world.person['sponsor']}/deactivation"))
    waiting = page.partition('id="waiting"')[2].partition("</section>")[0]
    assert "that you don’t read" in waiting
    assert world.case["decide"] not in waiting
    assert "Idea decide" not in waiting


async def test_of_many_cases_the_first_due_are_named_and_the_others_counted(as_, world):
    await copies(world, 2 * MOST)
    hand_over = "UPDATE escalation SET handed_to = {} WHERE owner = {}"
    await execute(hand_over, world.person_id["colleague"], world.person_id["sponsor"])
    page = text_of(await (await as_("administrator")).get(f"/admin/people/{world.person['sponsor']}/deactivation"))
    waiting = page.partition('id="waiting"')[2].partition("</section>")[0]
    first = "SELECT public_id FROM escalation WHERE owner = {} ORDER BY due_at LIMIT {}"
    named = [row["public_id"] for row in await execute(first, world.person_id["sponsor"], MOST)]
    assert re.findall(r'href="/cases/(\w+)"', waiting) == named
    assert waiting.count("the case passes to Joris van Heeswijk at once") == MOST
    everything = (
        "SELECT (SELECT count(*) FROM escalation WHERE owner = {} AND ended_at IS NULL)"
        " + (SELECT count(*) FROM promise WHERE owner = {} AND state = 'open')"
    )
    number = await fetch_value(everything, world.person_id["sponsor"], world.person_id["sponsor"])
    assert number > 2 * MOST
    assert f"and {number - MOST} more" in waiting
    assert "that you don’t read" not in waiting
