"""Managing people: the list, adding, editing."""

import re
from html import unescape

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
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
