"""The demo: seeded once, with counts that are true."""

import pytest

from portal import db
from portal.accounts.actions import sign_in
from portal.db import execute, fetch_value
from portal.demo.seed import PASSWORD, seed, sign_ins
from portal.escalation.states import OWED
from portal.migrate import migrate
from tests.client import Browser
from tests.servers import drop_database, new_database

#: What is counted on a row, and what the count is in truth.
COUNTS = {
    "idea.supporters": "SELECT count(*) FROM vote v WHERE v.idea = t.id AND NOT v.guest",
    "idea.guest_supporters": "SELECT count(*) FROM vote v WHERE v.idea = t.id AND v.guest",
    "idea.comments": (
        "SELECT count(*) FROM comment c JOIN person p ON p.id = c.author"
        " WHERE c.idea = t.id AND c.state = 'published' AND p.kind <> 'guest'"
    ),
    "idea.guest_comments": (
        "SELECT count(*) FROM comment c JOIN person p ON p.id = c.author"
        " WHERE c.idea = t.id AND c.state = 'published' AND p.kind = 'guest'"
    ),
    "comment.replies": "SELECT count(*) FROM comment r WHERE r.root = t.id AND r.state <> 'hidden'",
    "campaign.ideas": "SELECT count(*) FROM idea i WHERE i.campaign = t.id AND i.state = 'published'",
}
TABLES = ("person", "space", "membership", "campaign", "idea", "comment", "vote", "answer", "event", "about_page")


@pytest.fixture(scope="module")
async def seeded(cluster):
    """A database with the demo in it."""
    name = await new_database(cluster)
    await db.open_pool(cluster.dsn(name), size=4)
    await migrate()
    assert await seed()
    await db.close_pool()
    yield cluster.dsn(name), cluster.dsn(name, user=f"{name}_guest")
    await drop_database(cluster, name)


@pytest.fixture(autouse=True)
async def pool(seeded):
    """A pool open on it."""
    await db.open_pool(seeded[0], size=4, guests=seeded[1])
    yield
    await db.close_pool()


async def sizes():
    return {table: await fetch_value(f"SELECT count(*) FROM {table}") for table in TABLES}


async def test_seeded_twice_it_is_the_same():
    before = await sizes()
    assert not await seed()
    assert await sizes() == before
    assert before["person"] >= 200
    assert min(before.values()) > 0


@pytest.mark.parametrize("counted", COUNTS)
async def test_every_count_is_that_of_the_rows(counted):
    table, column = counted.split(".")
    wrong = await execute(f"SELECT t.id, t.{column} FROM {table} t WHERE t.{column} <> ({COUNTS[counted]})")
    assert wrong == []


async def test_the_phases_can_be_tried_out():
    rows = await execute("SELECT DISTINCT plein_phase(c, plein_now()) AS phase FROM campaign c")
    assert {row["phase"] for row in rows} >= {"collect", "discuss", "vote", "done"}


async def test_nobody_wrote_before_the_phase_or_after_today():
    assert (
        await execute("SELECT 1 FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.created_at < c.collect_from")
        == []
    )
    for table in ("idea", "comment", "vote", "answer"):
        assert await fetch_value(f"SELECT count(*) FROM {table} WHERE created_at > plein_now()") == 0, table
    early = "SELECT count(*) FROM comment c JOIN idea i ON i.id = c.idea WHERE c.created_at < i.created_at"
    assert await fetch_value(early) == 0


async def test_what_waits_for_a_moderator_was_read_by_nobody_else():
    waiting = await execute("""
        SELECT i.supporters + i.guest_supporters + i.comments + i.guest_comments AS heard FROM moderation_item x
        JOIN idea i ON i.id = x.idea WHERE x.checks IS NOT NULL AND x.state = 'open'
    """)
    assert [row["heard"] for row in waiting] == [0]


async def test_nobody_supports_an_idea_of_her_own():
    assert await fetch_value("SELECT count(*) FROM vote v JOIN idea i ON i.id = v.idea WHERE v.person = i.author") == 0


async def test_everybody_wrote_where_she_can_read_or_has_left():
    for table in ("idea", "comment"):
        unread = f"""SELECT count(*) FROM {table} t WHERE NOT EXISTS
            (SELECT FROM readership r WHERE r.space = t.space
                AND r.person = coalesce((SELECT m.behind FROM mask m WHERE m.person = t.author), t.author))
            AND NOT EXISTS (SELECT FROM departure d WHERE d.person = t.author AND d.space = t.space)"""
        assert await fetch_value(unread) == 0


async def test_the_people_at_the_door_can_come_in(app):
    assert len(sign_ins()) >= 3
    for role in ("administrator", "moderator", "guest"):
        assert any(does.endswith(f"({role})") for _, _, does in sign_ins())
    for email, name, _ in sign_ins():
        signed_in = await sign_in(email, PASSWORD, "192.0.2.1", "a browser")
        assert signed_in, name
        browser = Browser(app)
        browser.http.cookies.set("sid", signed_in[1], domain="127.0.0.1")
        for path in ("/", "/campaigns", "/groups", "/settings"):
            assert (await browser.get(path)).status_code == 200
        await browser.http.aclose()


#: What is true today of what was supported before: a case is opened of it, whose duties are told.
STANDS = ("person.signed_in", "idea.threshold_reached", "idea.watched", "idea.heads_up")


async def test_nobody_is_mailed_about_the_past():
    assert await fetch_value("SELECT count(*) FROM mail") == 0
    waiting = await execute("SELECT DISTINCT e.kind FROM event_queue q JOIN event e ON e.id = q.event")
    assert {row["kind"] for row in waiting} <= set(STANDS)


async def test_whatever_escalates_has_somebody_who_is_here():
    """For every item, whatever it is about and wherever its author works; and not the author."""
    nobody = """SELECT i.title FROM idea i JOIN person p ON p.id = i.author
        WHERE plein_owner(i.topic, p.org_unit, ARRAY[i.author], plein_now()) IS NULL"""
    assert await execute(nobody) == []
    about = "SELECT DISTINCT t.name FROM idea i JOIN topic t ON t.id = i.topic"
    assert {row["name"] for row in await execute(about)} >= {"Travel", "Roosters"}
    owner = """SELECT n.name FROM topic t JOIN identity n ON n.person = plein_owner(t.id, NULL, NULL, plein_now())
        WHERE t.name = 'Equipment'"""
    assert await fetch_value(owner) == "Naomi Kartodikromo"  # whose colleague is on leave
    heads = "SELECT count(*) FROM org_unit u WHERE plein_in_office(u.head)"
    assert await fetch_value(heads) >= 15


async def test_nobody_stands_above_who_leads_the_organisation():
    above = """SELECT u.name FROM org_unit u CROSS JOIN LATERAL plein_chain(u.head) c WHERE u.parent IS NULL"""
    assert await execute(above) == []


async def test_what_is_late_is_counted_as_late():
    owed = [state.value for state in OWED]
    late = "SELECT count(*) FROM escalation WHERE state = ANY({}) AND due_at <= plein_now()"
    told = """SELECT count(*) FROM event v JOIN escalation e ON e.id = v.escalation
        WHERE v.kind = 'case.overdue' AND (v.particulars ->> 'step')::int = 1 AND v.occurred_at >= e.due_at"""
    assert await fetch_value(told) == await fetch_value(late, owed)
