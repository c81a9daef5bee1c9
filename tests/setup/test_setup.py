"""The first run with its one-time code, and the end of the demo."""

import asyncio
import re

import pytest

from portal import db
from portal.db import execute, fetch_value
from portal.migrate import migrate
from portal.setup.actions import NobodyLeft, new_code, remove_demo, set_up
from tests.client import Browser, text_of
from tests.servers import drop_database, new_database
from tests.world import add_appeal, add_decision, add_report, email_of

GOOD = "seven otters under ice"
ANSWERS = {
    "organisation": "X Works",
    "language": "en",
    "zone": "Europe/Amsterdam",
    "name": "Bo",
    "email": "bo@x.example",
}


@pytest.fixture
async def empty(cluster, template, app):
    """A browser at an installation without an organisation."""
    name = await new_database(cluster)
    await db.open_pool(cluster.dsn(name), size=8)
    await migrate()
    browser = Browser(app)
    yield browser
    await browser.http.aclose()
    await db.close_pool()
    await drop_database(cluster, name)


async def test_an_empty_installation_is_set_up_with_its_code_once_and_signs_in(empty):
    assert (await empty.get("/")).headers["Location"] == "/sign-in"
    assert (await empty.get("/sign-in")).headers["Location"] == "/set-up"
    assert (await empty.get("/set-up")).status_code == 200
    first = await new_code()
    code = await new_code()
    for wrong in ("", "abcd-efgh", first):  # the one before it stopped working
        response = await empty.post("/set-up", ANSWERS | {"code": wrong, "password": GOOD})
        assert response.status_code == 422
        assert await fetch_value("SELECT count(*) FROM person") == 0
    nothing = await empty.post("/set-up", {})
    listed = re.findall(r'<li><a href="#(\w+)">', nothing.text)
    assert listed == ["code", "organisation", "name", "email", "password"]  # as they stand on the page
    wrong = await empty.post("/set-up", {"code": "abcd-efgh", "password": "short"})
    assert re.findall(r'<li><a href="#(\w+)">', wrong.text) == listed, "the code is told with the rest"
    assert "not the code of the terminal" in text_of(wrong)
    poor = text_of(await empty.post("/set-up", ANSWERS | {"code": code, "password": "x works bo", "email": "bo"}))
    assert "no complete e-mail address" in poor
    assert "at least 15 characters" in poor
    assert "not the code of the terminal" not in poor
    response = await empty.post("/set-up", ANSWERS | {"code": f" {code.replace('-', ' ')} ", "password": GOOD})
    assert response.headers["Location"] == "/admin"
    empty.http.cookies.set("sid", response.cookies["sid"], domain="127.0.0.1")
    missing = text_of(await empty.get("/admin"))
    for gap in ("No topic is published", "No unit has a head"):
        assert gap in missing  # what has to be there before anything escalates
    assert await fetch_value("SELECT name FROM organisation") == "X Works"
    assert await fetch_value("SELECT count(*) FROM campaign WHERE kind = 'campaign' AND always_open") == 1
    kinds = {row["kind"] for row in await execute("SELECT kind FROM event")}
    assert kinds >= {"portal.set_up", "person.administrator_made"}
    assert (await empty.get("/set-up")).status_code == 404
    assert await new_code() is None


async def naive_set_up(code):
    """The control: looks whether the code is unused, and uses it afterwards."""
    if await fetch_value("SELECT 1 FROM set_up WHERE used_at IS NULL"):
        await asyncio.sleep(0.05)
        await execute("UPDATE set_up SET used_at = plein_now()")
        return True
    return False


@pytest.mark.parametrize("careful", [True, False], ids=["product", "control"])
async def test_of_many_who_use_the_code_at_once_one_is_let_in(empty, careful):
    code = await new_code()

    async def use(n):
        if not careful:
            return await naive_set_up(code)
        answers = ANSWERS | {"email": f"b{n}@x.example", "password": GOOD}
        return await set_up(code, f"10.0.0.{n}", **answers)

    done = await asyncio.gather(*(use(n) for n in range(3)))
    if careful:
        assert sorted(done) == [False, False, True]
        assert await fetch_value("SELECT count(*) FROM membership WHERE role = 'administrator'") == 1
    else:
        assert done == [True, True, True]


@pytest.mark.parametrize("rest", [ANSWERS | {"password": GOOD}, {}], ids=["with all else right", "with nothing else"])
async def test_the_code_is_braked_like_a_password(empty, rest):
    code = await new_code()
    for _ in range(6):
        response = await empty.post("/set-up", rest | {"code": "wrong"})
    assert "tried too often" in text_of(response)
    held = text_of(await empty.post("/set-up", rest | {"code": code}))  # and nothing is told of the right one
    assert "tried too often" in held


async def test_who_has_the_code_mends_the_rest_as_often_as_it_takes(empty):
    code = await new_code()
    for _ in range(9):
        poor = text_of(await empty.post("/set-up", {"code": code}))
        assert "Give the organisation’s name." in poor
        assert "tried too often" not in poor


async def test_what_is_set_up_has_no_set_up_page(as_):
    for name in (None, "employee", "administrator"):
        browser = await as_(name)
        assert (await browser.get("/set-up")).status_code == 404
        assert (await browser.post("/set-up", ANSWERS)).status_code == 404


# --- the demo ---

REMOVE = {"organisation": "Real Works", "language": "nl", "zone": "Europe/Amsterdam", "confirmation": "Lowland Works"}


async def make_it_a_demo(world, *real):
    await execute("UPDATE organisation SET demo_since = plein_now()")
    await execute("UPDATE person SET demo = id <> ALL({})", [world.person_id[name] for name in real])
    await execute("UPDATE org_unit SET demo = id <> {}", world.unit_id["water"])
    await execute("UPDATE org_unit SET parent = {} WHERE NOT demo", world.unit_id["roads"])


TABLES = """
    SELECT tablename AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename !~ '^(procrastinate_.*|migration|test_clock|throttle)$'
"""
#: What has rows when the demo is gone: real people with what they told of themselves, and what is begun anew.
STAYING = {"organisation", "space", "person", "identity", "credential", "session", "profile", "membership", "org_unit"}
STAYING |= {"about_page", "service", "campaign", "event", "event_queue", "search_document", "search_fresh"}
STAYING |= {"working_hours", "calendar_day", "topic", "topic_rule", "absence", "escalation_setting"}


async def test_the_demo_goes_and_real_people_stay(as_, world):
    browser = await as_("administrator")
    await make_it_a_demo(world, "administrator", "employee")
    await execute("UPDATE person SET org_unit = {}", world.unit_id["roads"])
    await browser.post(f"/ideas/{world.idea['vote']}/comments", {"body": "Mine."})
    await execute("DELETE FROM service")
    await execute("INSERT INTO service (name) VALUES ('Lantern line')")
    await execute("INSERT INTO service (name, created_at) VALUES ('Invented', plein_now() - interval '1 day')")
    for k1, author in ((2, "moderator"), (3, "administrator"), (4, "moderator")):
        await execute("INSERT INTO escalation_setting (k1, author) VALUES ({}, {})", k1, world.person_id[author])
    await execute("UPDATE org_unit SET head = {}", world.person_id["employee"])
    await execute("INSERT INTO topic (name, neutral) VALUES ('Mine', {})", world.person_id["moderator"])
    await execute(
        "INSERT INTO topic_rule (topic, owner, deputy) SELECT id, {}, {} FROM topic WHERE name = 'Mine'",
        world.person_id["employee"],
        world.person_id["moderator"],
    )
    await execute("UPDATE topic SET state = 'published' WHERE name = 'Mine'")
    await execute("UPDATE absence SET person = {}", world.person_id["employee"])
    await add_report(world, "vote", reporter="employee", idea="vote")
    await add_decision(world, "vote", "vote", moderator="moderator", action="hide")
    await add_appeal(world, "vote")
    await execute(
        "INSERT INTO follow (person, space, campaign) SELECT {}, space, id FROM campaign LIMIT 1",
        world.person_id["employee"],
    )
    filled = [row["name"] for row in await execute(TABLES) if await fetch_value(f"SELECT 1 FROM {row['name']} LIMIT 1")]
    assert {"workshop", "capture", "report", "decision", "appeal", "follow", "profile", "attachment"} <= set(filled)
    page = text_of(await browser.get("/admin/demo"))
    assert "One comment" in page
    assert "First make a real person administrator" not in page
    assert (await browser.post("/admin/demo", REMOVE | {"confirmation": "lowland"})).status_code == 422
    assert await fetch_value("SELECT count(*) FROM idea") > 0
    assert (await browser.post("/admin/demo", REMOVE)).status_code == 303
    left = {row["email"] for row in await execute("SELECT email FROM identity")}
    assert left == {email_of("administrator"), email_of("employee")}
    holding = {row["name"]: await fetch_value(f"SELECT count(*) FROM {row['name']}") for row in await execute(TABLES)}
    assert {name for name, rows in holding.items() if rows} == STAYING
    assert holding["profile"] == 2
    assert await fetch_value("SELECT name FROM service") == "Lantern line"
    rules = [row["k1"] for row in await execute("SELECT k1 FROM escalation_setting ORDER BY id")]
    assert rules[-1] == 3
    assert not {2, 4} & set(rules)  # what invented people made of them
    known = {row["person"] for row in await execute("SELECT person FROM search_document WHERE person IS NOT NULL")}
    assert known == {world.person_id["administrator"], world.person_id["employee"]}
    assert [row["name"] for row in await execute("SELECT name FROM org_unit")] == ["Unit water"]
    assert await fetch_value("SELECT count(*) FROM person WHERE org_unit IS NULL") == 2
    assert [row["kind"] for row in await execute("SELECT kind FROM event")] == ["portal.demo_removed"]
    assert await fetch_value("SELECT name FROM organisation") == "Real Works"
    assert (
        await fetch_value("SELECT count(*) FROM campaign WHERE kind = 'campaign'") == 1
    )  # the one that is always open
    for address in ("/admin", "/", "/answers", "/charter", "/campaigns", "/people", "/groups", "/policies"):
        assert (await browser.get(address)).status_code == 200, address  # still signed in
    assert (await browser.get("/admin/demo")).status_code == 404
    assert await fetch_value("SELECT head FROM org_unit") == world.person_id["employee"]
    rules = await execute(
        "SELECT t.name, t.state, r.owner, r.deputy FROM topic_rule r LEFT JOIN topic t ON t.id = r.topic"
    )
    assert sorted((tuple(rule) for rule in rules), key=str) == [
        ("Mine", "published", world.person_id["employee"], None),
        (None, None, world.person_id["administrator"], None),
    ]
    assert await fetch_value("SELECT state FROM topic WHERE name = 'Topic leave'") == "draft"  # its owner was invented
    with pytest.raises(Exception, match="append-only"):
        async with db.transaction():
            await execute("TRUNCATE event CASCADE")


async def test_where_there_is_no_demo_nothing_is_removed(as_, world):
    browser = await as_("administrator")
    assert (await browser.get("/admin/demo")).status_code == 404
    assert (await browser.post("/admin/demo", REMOVE)).status_code == 404
    with pytest.raises(Exception, match="there is no demo"):
        async with db.transaction():
            await execute("SELECT plein_remove_demo('x', 'nl', 'Europe/Amsterdam')")
    assert await fetch_value("SELECT count(*) FROM idea") > 0


@pytest.mark.parametrize("without", ["nobody real", "no password"])
async def test_a_demo_whose_administrators_are_all_invented_or_never_got_in_stays(as_, world, without):
    browser = await as_("administrator")
    await make_it_a_demo(world, "employee", *(["administrator"] if without == "no password" else []))
    await execute("DELETE FROM credential WHERE person = {}", world.person_id["administrator"])
    before, refused = await browser.get("/admin/demo"), await browser.post("/admin/demo", REMOVE)
    assert (before.status_code, refused.status_code) == (200, 422)
    for page in (before, refused):
        assert "First make a real person administrator" in text_of(page)
        assert "/admin/people/new" in page.text
        assert 'action="/admin/demo"' not in page.text
    with pytest.raises(NobodyLeft):
        await remove_demo(None, "X", "nl", "Europe/Amsterdam")


@pytest.mark.parametrize("name", ["employee", "moderator", "guest_a"])
async def test_only_administrators_remove_the_demo(as_, world, name):
    await make_it_a_demo(world, "administrator")
    browser = await as_(name)
    assert (await browser.get("/admin/demo")).status_code == 403
    assert (await browser.post("/admin/demo", REMOVE)).status_code == 403
    assert await fetch_value("SELECT count(*) FROM idea") > 0


async def test_an_invented_administrator_removes_the_demo_with_herself_once_somebody_real_is_one(as_, world):
    await make_it_a_demo(world, "employee")
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator')",
        world.space_id["organisation"],
        world.person_id["employee"],
    )
    browser = await as_("administrator")
    assert (await browser.post("/admin/demo", REMOVE)).status_code == 303
    assert (await browser.get("/admin")).status_code == 303  # she is gone, and so is her session
    assert await fetch_value("SELECT count(*) FROM identity") == 1
    assert await fetch_value("SELECT actor FROM event WHERE kind = 'portal.demo_removed'") is None
