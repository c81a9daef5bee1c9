"""The inbox: by urgency, through the scope, with what is late in one's line, and what nobody owns yet."""

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.cases.inbox import PAGE, Wanted, inbox
from portal.db import execute, fetch_value
from portal.paging import Cursor
from tests.client import text_of
from tests.conftest import statements
from tests.world import NOW, add_case

COPIES = """
    WITH post AS (
        INSERT INTO idea (campaign, space, author, kind, state, title, body, body_html, excerpt, language)
        SELECT -i.space, i.space, i.author, 'discussion', 'published', 'Post ' || n, '', '', '', 'en'
        FROM idea i, generate_series(1, {}) n WHERE i.id = {} RETURNING id, space)
    INSERT INTO escalation (idea, space, setting, state, origin, owner, started_at, acknowledge_due_at,
        statement_due_at, due_at, half_at, soon_at, overdue2_at, overdue3_at)
    SELECT p.id, p.space, 1, 'acknowledged', 'threshold', {}, {}, m.at, m.at, m.at, m.at, m.at, m.at, m.at
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM post) p
    CROSS JOIN LATERAL (SELECT {}::timestamptz + p.n * interval '1 hour' AS at) m
"""


async def copies(world, number, owner="sponsor"):
    """So many more cases of somebody, each due an hour after the one before."""
    await execute(COPIES, number, world.idea_id["decide"], world.person_id[owner], NOW, NOW)


async def titles(actor, wanted):
    """What stands in a list."""
    return [row.title for row in (await inbox(actor, wanted))["listed"].rows]


async def above(world, who, boss):
    """`boss` leads the unit in which this person works: she stands above her on her cases from now on."""
    unit = await fetch_value("INSERT INTO org_unit (name, head) VALUES ('A unit', {}) RETURNING id", boss)
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, world.person_id[who])
    await execute("SELECT plein_staff_anew(ARRAY(SELECT id FROM escalation WHERE owner = {}))", world.person_id[who])


async def test_it_says_what_is_ones_own_with_the_clock_and_the_next_step(as_, world):
    page = await (await as_("sponsor")).get("/cases")
    assert page.status_code == 200
    assert "Idea decide" in text_of(page)
    assert "You own it" in text_of(page)
    assert f'href="/cases/{world.case["decide"]}/statement"' in page.text


async def test_who_has_nothing_to_do_with_cases_finds_none_and_no_entry(as_, world):
    browser = await as_("employee")
    page = await browser.get("/cases")
    assert "Nothing waits for you" in text_of(page)
    assert "Idea decide" not in page.text
    assert 'href="/cases"' not in (await browser.get("/")).text
    assert 'href="/cases"' in (await (await as_("sponsor")).get("/")).text


async def test_the_page_sends_few_statements(as_, world):
    browser = await as_("sponsor")
    await browser.get("/cases?list=line")
    async with statements() as sent:
        await browser.get("/cases?list=line")
    assert len(sent) == 3, sent


async def test_pages_follow_one_another_by_the_due_date_and_repeat_nothing(rollback, world):
    await copies(world, 2 * PAGE)
    actor = await actor_of_person(world.person_id["sponsor"])
    seen, wanted = [], Wanted()
    while True:
        listed = (await inbox(actor, wanted))["listed"]
        seen += [row.due_at for row in listed.rows]
        if not listed.more:
            break
        wanted = Wanted(after=Cursor.read(listed.more))
    assert len(seen) == 2 * PAGE + 1
    assert seen == sorted(seen)


async def test_a_clock_that_stands_still_comes_last_and_is_never_late(rollback, world):
    await copies(world, 1)
    await execute(
        "UPDATE escalation SET state = 'clarifying', clarify_from = {}, due_at = {} WHERE id = {}",
        NOW - timedelta(days=3),
        NOW - timedelta(days=1),
        world.case_id["decide"],
    )
    actor = await actor_of_person(world.person_id["sponsor"])
    groups = (await inbox(actor, Wanted()))["groups"]
    assert [group.name for group in groups] == ["today", "paused"]
    assert await titles(actor, Wanted(only="late")) == []


@pytest.mark.parametrize(("due", "late"), [(-1, ["Idea decide"]), (1, [])])
async def test_who_stands_above_finds_what_is_late_in_her_line(rollback, world, due, late):
    boss = world.person_id["employee"]
    await above(world, "sponsor", boss)
    await execute("UPDATE escalation SET due_at = {} WHERE id = {}", NOW + timedelta(days=due), world.case_id["decide"])
    actor = await actor_of_person(boss)
    assert await titles(actor, Wanted("line", "late")) == late
    assert await titles(actor, Wanted()) == []
    assert actor.has_cases
    other = await actor_of_person(world.person_id["colleague"])
    assert await titles(other, Wanted("line", "late")) == []


async def test_from_five_open_cases_on_an_owners_load_is_shown_to_her_line(rollback, world):
    boss = world.person_id["employee"]
    await copies(world, 3)
    await above(world, "sponsor", boss)
    actor = await actor_of_person(boss)
    assert (await inbox(actor, Wanted("line", "late")))["loads"] == []
    await copies(world, 1)
    loads = (await inbox(actor, Wanted("line", "late")))["loads"]
    assert [(load.public_id, load.cases) for load in loads] == [(world.person["sponsor"], 5)]
    other = await actor_of_person(world.person_id["colleague"])
    assert (await inbox(other, Wanted("line", "late")))["loads"] == []


async def test_moderators_find_what_nobody_owns_in_their_spaces_and_only_there(rollback, world):
    await execute("UPDATE escalation SET state = 'triage', owner = NULL WHERE id = {}", world.case_id["decide"])
    await add_case(world, "closed_a", idea="closed_a", state="triage")
    found = {}
    for who in ("moderator", "insider_a", "employee"):
        actor = await actor_of_person(world.person_id[who])
        found[who] = sorted(await titles(actor, Wanted("unowned"))), actor.has_cases
    assert found == {
        "moderator": (["Idea decide", "Idea discuss"], True),
        "insider_a": (["Idea closed_a"], True),
        "employee": ([], False),
    }


async def test_it_is_narrowed_to_a_topic_and_a_state(rollback, world):
    topic, public_id = (
        await execute("INSERT INTO topic (name, state) VALUES ('Leave', 'draft') RETURNING id, public_id")
    )[0]
    await copies(world, 1)
    await execute("UPDATE escalation SET topic = {} WHERE id = {}", topic, world.case_id["decide"])
    actor = await actor_of_person(world.person_id["sponsor"])
    assert await titles(actor, Wanted.asked({"topic": public_id})) == ["Idea decide"]
    assert len(await titles(actor, Wanted.asked({"topic": ""}))) == 2
    assert "Idea decide" not in await titles(actor, Wanted.asked({"only": "answered"}))
    await execute("UPDATE escalation SET state = 'answered' WHERE id = {}", world.case_id["decide"])
    assert "Idea decide" in await titles(actor, Wanted.asked({"only": "answered"}))
    assert Wanted.asked({"only": "x", "list": "y"}) == Wanted()


async def test_what_is_out_of_sight_is_neither_listed_nor_counted(rollback, world):
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["decide"])
    actor = await actor_of_person(world.person_id["sponsor"])
    found = await inbox(actor, Wanted())
    assert found["listed"].rows == []
    assert not found["numbers"]["mine"]


async def test_the_briefing_begins_with_what_is_very_late_in_ones_line(as_, world):
    boss = world.person_id["employee"]
    await copies(world, 1)
    await above(world, "sponsor", boss)
    week_ago = NOW - timedelta(days=20)
    await execute("UPDATE escalation SET due_at = {} WHERE id = {}", week_ago, world.case_id["decide"])
    await execute("UPDATE idea SET heads_up_at = {} WHERE id = {}", NOW, world.idea_id["vote"])
    page = text_of(await (await as_("employee")).get("/cases/briefing"))
    order = ["Very late", "Idea decide", "Due within seven days", "Post 1", "What grows", "Idea vote"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    page = text_of(await (await as_("colleague")).get("/cases/briefing"))
    assert "Idea decide" not in page
    assert "Laat" not in page


async def test_home_says_what_one_owes(as_, world):
    page = await (await as_("sponsor")).get("/")
    assert f'href="/cases/{world.case["decide"]}"' in page.text
    assert "You owe an answer by" in text_of(page)
    assert "You owe an answer by" not in text_of(await (await as_("employee")).get("/"))


async def test_guests_have_no_inbox_and_no_briefing(as_, world):
    """They decide nothing; a case of a post that they read stays open to them."""
    guest = await as_("guest_a")
    assert (await guest.get("/cases")).status_code == 404
    assert (await guest.get("/cases/briefing")).status_code == 404
