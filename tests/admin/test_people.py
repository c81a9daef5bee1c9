"""Managing people: the list, adding, editing, letting out and in again."""

import asyncio
import re
from contextvars import Context
from html import unescape

import asyncpg
import pytest

from portal import db
from portal.access.actor import actor_of_person
from portal.admin import deactivation, roles
from portal.admin.people import get_person
from portal.admin.waiting import MOST
from portal.db import execute, fetch_value
from tests.cases.test_inbox import copies
from tests.client import text_of
from tests.pages.locks import until_waiting
from tests.world import CAST, email_of

NEW = {"name": "Ada Bruin", "email": "ada@world.example", "title": "Clerk", "unit": "Unit roads", "number": "P-7"}
NOT_ALLOWED = [name for name in CAST if name not in ("administrator", "deactivated")]
SENDS_TO = [
    "/admin/people",
    "/admin/people/{person[employee]}",
    "/admin/people/{person[employee]}/deactivation",
    "/admin/people/{person[deactivated]}/activation",
    "/admin/people/{person[deactivated]}/erasure",
    "/admin/roles/entry",
    "/admin/roles/{space[organisation]}",
    "/admin/roles/{space[organisation]}/end",
    "/admin/units",
    "/admin/units/{unit[roads]}",
    "/admin/units/{unit[roads]}/merger",
    "/admin/units/{unit[roads]}/removal",
]


async def person(name):
    row = await execute(
        "SELECT p.*, n.* FROM person p JOIN identity n ON n.person = p.id WHERE n.email = {}", email_of(name)
    )
    return row[0]


async def kinds():
    return [row["kind"] for row in await execute("SELECT kind FROM event WHERE kind NOT LIKE 'idea%' ORDER BY id")]


async def test_somebodys_page_tells_her_roles_and_leads_to_giving_one(as_, world):
    browser = await as_("administrator")
    page = (await browser.get(f"/admin/people/{world.person['moderator']}")).text
    assert re.search(r"<li><b>Moderator</b> <span[^>]*>[^<]+</span></li>", page)
    assert "None in a space that you read." not in page
    page = (await browser.get(f"/admin/people/{world.person['author']}")).text
    assert "None in a space that you read." in page
    way = unescape(re.search(r'href="(/admin/roles\?[^"]+)"', page)[1])
    assert f'value="{email_of("author")}"' in (await browser.get(way)).text


@pytest.mark.parametrize("path", SENDS_TO)
async def test_only_administrators_manage_anything(as_, world, path):
    for name in ("employee", "moderator", "guest_a"):
        assert (await (await as_(name)).post(path.format(**vars(world)), NEW)).status_code == 403
    assert (await (await as_(None)).post(path.format(**vars(world)), NEW)).status_code == 401
    assert "person.added" not in await kinds()


async def test_nobody_there_is_404(as_, world):
    browser = await as_("administrator")
    for path in (
        "/admin/people/{}",
        "/admin/people/{}/deactivation",
        "/admin/people/{}/activation",
        "/admin/people/{}/erasure",
    ):
        assert (await browser.post(path.format(world.idea["vote"]), NEW)).status_code == 404
    assert (await browser.post("/admin/roles/" + world.space["closed_a"], {})).status_code == 404
    assert (await browser.post("/admin/units/" + world.person["employee"], {})).status_code == 404


# --- the list ---


async def found(browser, query):
    """The people whom the list names."""
    page = (await browser.get(f"/admin/people?{query}")).text
    return set(re.findall(r'href="/admin/people/(\w{12})"', page))


async def test_the_list_is_searched_and_narrowed_down(as_, world):
    browser = await as_("administrator")
    ids = world.person
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", world.unit_id["water"], world.person_id["author"])
    await execute("UPDATE org_unit SET parent = {} WHERE id = {}", world.unit_id["roads"], world.unit_id["water"])
    await execute("UPDATE person SET last_signed_in_at = NULL WHERE id = {}", world.person_id["sponsor"])
    await execute("INSERT INTO personnel (person, number) VALUES ({}, 'Q99')", world.person_id["author"])
    everybody = await found(browser, "")
    assert ids["guest_a"] in everybody
    assert ids["deactivated"] not in everybody
    assert await found(browser, "wanted=DIJK") == {ids["employee"]}
    assert await found(browser, "wanted=insider-b%40") == {ids["insider_b"]}
    assert await found(browser, "wanted=Q99") == {ids["author"]}
    assert await found(browser, "show=deactivated") == {ids["deactivated"]}
    assert await found(browser, "show=never") == {ids["sponsor"]}
    assert await found(browser, "show=guests") == {ids["guest_a"], ids["guest_b"]}
    assert await found(browser, f"unit={world.unit['roads']}") == {ids["author"]}  # what lies under it, too
    assert await found(browser, "wanted=%25") == set()


async def test_pages_follow_each_other_without_a_gap(as_, world, monkeypatch):
    monkeypatch.setattr("portal.admin.people.PAGE", 5)
    browser = await as_("administrator")
    seen: list[str] = []
    path = "/admin/people?show=all"
    while path:
        page = text_of(await browser.get(path))
        seen += dict.fromkeys(re.findall(r'href="/admin/people/(\w{12})"', page))
        following = re.search(r'href="(/admin/people\?[^"]*after=[^"]*)"', page)
        path = following[1] if following else ""
    assert sorted(seen) == sorted(world.person.values())


async def test_the_list_shows_neither_votes_nor_activity(as_, world):
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        world.person_id["employee"],
        world.idea_id["vote"],
    )
    page = text_of(await (await as_("administrator")).get(f"/admin/people/{world.person['employee']}"))
    assert "Idea vote" not in page
    assert not re.search(r"(?i)last (used|seen|signed)|votes|ideas", page.split("<main")[1].split("</main")[0])


# --- adding and editing ---


async def test_a_person_is_added_with_a_mail_to_choose_a_password(as_, world):
    response = await (await as_("administrator")).post("/admin/people", NEW | {"language": "nl", "invite": "y"})
    assert response.status_code == 303
    row = (await execute("SELECT * FROM identity n JOIN person p ON p.id = n.person WHERE email = {}", NEW["email"]))[0]
    assert response.headers["Location"] == f"/admin/people/{row['public_id']}"
    assert (row["name"], row["language"], row["org_unit"]) == ("Ada Bruin", "nl", world.unit_id["roads"])
    assert await fetch_value("SELECT number FROM personnel WHERE person = {}", row["person"]) == "P-7"
    assert (
        await fetch_value("SELECT args ->> 'email' FROM procrastinate_jobs WHERE task_name = 'send_reset'")
        == NEW["email"]
    )
    assert (await kinds())[-1] == "person.added"


async def test_all_that_is_wrong_with_a_person_is_said_at_once(as_, world):
    browser = await as_("administrator")
    before = await fetch_value("SELECT count(*) FROM person")
    wrong = {"name": "", "email": "ada@world", "unit": "Nowhere", "number": "1", "language": "en"}
    response = await browser.post("/admin/people", wrong)
    assert response.status_code == 422
    for words in ("colleagues know her by", "no complete e-mail address", "no unit with this name"):
        assert words in text_of(response)
    assert 'value="Nowhere"' in response.text
    taken = await browser.post("/admin/people", NEW | {"email": email_of("employee").upper(), "language": "en"})
    assert taken.status_code == 422
    assert "has this address already" in text_of(taken)
    assert await fetch_value("SELECT count(*) FROM person") == before


async def test_another_address_ends_the_links_that_went_to_the_old_one(as_, world):
    await execute(
        "INSERT INTO password_reset (token_sha256, person, created_at, expires_at)"
        " VALUES ('x', {}, plein_now(), plein_now() + interval '1 hour')",
        world.person_id["employee"],
    )
    browser = await as_("administrator")
    fields = {"name": "Noor Dijkman", "title": "", "unit": "", "number": ""}
    path = f"/admin/people/{world.person['employee']}"
    assert (await browser.post(path, fields | {"email": email_of("employee")})).status_code == 303
    assert await fetch_value("SELECT used_at FROM password_reset") is None
    assert (await browser.post(path, fields | {"email": "noor@elsewhere.example"})).status_code == 303
    assert await fetch_value("SELECT used_at FROM password_reset") is not None


async def test_a_guest_becomes_an_employee_and_signs_in_anew(as_, world):
    guest = await as_("guest_a")
    fields = {"name": "Julie", "email": email_of("guest_a"), "employee": "y"}
    path = f"/admin/people/{world.person['guest_a']}"
    assert (await (await as_("administrator")).post(path, fields)).status_code == 303
    assert (await person("guest_a"))["kind"] == "employee"
    assert (await guest.get("/")).status_code == 303


# --- letting out and in ---


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
    assert (await kinds())[-1] == "person.deactivated"


async def test_who_is_activated_again_signs_in_and_no_old_session_comes_back(as_, world):
    browser = await as_("administrator")
    await deactivate(browser, world, "colleague")
    response = await browser.post(f"/admin/people/{world.person['colleague']}/activation")
    assert response.status_code == 303
    row = await person("colleague")
    assert (row["active"], row["deactivated_at"], row["epoch"]) == (True, None, 2)
    assert await fetch_value("SELECT count(*) FROM session WHERE person = {}", world.person_id["colleague"]) == 0
    assert (await kinds())[-1] == "person.activated"


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
    await execute("UPDATE campaign SET sponsor = {} WHERE space = {}", leaver, space)
    await execute("UPDATE space SET archived_at = plein_now() WHERE id = {}", space)
    done = await deactivate(await as_("administrator"), world, "insider_a", successor=email_of("employee"))
    assert done.status_code == 303
    heir = world.person_id["employee"]
    assert await fetch_value("SELECT sponsor FROM campaign WHERE space = {}", space) == heir
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


async def test_units_without_a_head_are_named_in_one_line(as_, world):
    browser = await as_("administrator")
    await execute("UPDATE org_unit SET head = NULL")
    assert "No unit has a head" in text_of(await browser.get("/admin"))
    await execute("INSERT INTO org_unit (name, head) VALUES ('Led', {})", world.person_id["employee"])
    await execute("UPDATE org_unit SET head = {} WHERE name <> 'Led'", world.person_id["employee"])
    assert "no head" not in text_of(await browser.get("/admin"))
    await execute("INSERT INTO org_unit (name) SELECT 'Depot ' || n FROM generate_series(1, 6) n")
    named = "Depot 1, Depot 2, Depot 3, Depot 4, Depot 5, Depot 6"
    assert f"These units have no head: {named}." in text_of(await browser.get("/admin"))
    await execute("INSERT INTO org_unit (name) VALUES ('Depot 7'), ('Depot 8')")
    assert f"These units have no head: {named}, and 2 more." in text_of(await browser.get("/admin"))


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


async def test_a_person_of_a_sister_organisation_is_added_by_hand(as_, world):
    browser = await as_("administrator")
    assert "Waterway board" not in (await browser.get("/admin/people/new")).text  # a space that she does not read
    join = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')"
    await execute(join, world.space_id["sisters"], world.person_id["administrator"])
    person = {"name": "Ada Bruin", "email": "ada@x.example", "language": "en", "sister": world.space["sisters"]}
    assert (await browser.post("/admin/people", person)).status_code == 303
    [row] = await execute(
        "SELECT p.kind, p.home, p.public_id FROM person p JOIN identity n ON n.person = p.id WHERE n.name = 'Ada Bruin'"
    )
    assert (row["kind"], row["home"]) == ("sister", world.space_id["sisters"])
    assert "Waterway board" in (await browser.get(f"/admin/people/{row['public_id']}")).text
    assert "Ada Bruin" in (await browser.get("/admin/people?show=sisters")).text
    forged = person | {"email": "bo@x.example", "sister": world.space["closed_a"]}
    assert (await browser.post("/admin/people", forged)).status_code == 422


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
