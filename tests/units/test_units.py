"""The tree of units: what is written finds a unit, changes are refused when they make a circle, by the database."""

import asyncio
import re

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import JustLeft
from portal.db import execute, fetch_value, transaction
from portal.units.actions import Circle, add_unit, edit_unit
from portal.units.paths import Unit, UnitPaths
from portal.units.queries import MOST_SHOWN, all_units, tree
from tests.client import text_of
from tests.world import email_of

PATHS = UnitPaths(
    [
        Unit(1, "a", "Lowland", "LOW", None),
        Unit(2, "b", "North", None, 1),
        Unit(3, "c", "South", None, 1),
        Unit(4, "d", "Team 1", None, 2),
        Unit(5, "e", "Team 1", "S1", 3),
        Unit(6, "f", "Bikes/Boats", None, None),
        Unit(7, "g", "South", None, None),
    ]
)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Lowland > North > Team 1", [4]),
        ("north > TEAM 1", [4]),
        ("South / Team 1", [5]),
        ("South\\Team 1", [5]),
        ("s1", [5]),
        ("Team 1", [4, 5]),
        ("Bikes/Boats", [6]),
        ("Lowland > Team 1", []),
        ("South", [7]),  # the whole path of one, the end of another
        ("Lowland > South", [3]),
        (" > ", []),
        ("", []),
    ],
)
def test_what_is_written_finds_units(written, found):
    assert PATHS.found(written) == found


def test_a_path_finds_its_unit_again():
    assert [PATHS.found(PATHS.path(unit)) for unit in range(1, 8)] == [[unit] for unit in range(1, 8)]


def said(page):
    """What is to be read there."""
    return " ".join(re.sub("<[^>]*>", " ", text_of(page)).split())


async def rows():
    return {row["name"]: row for row in await execute("SELECT * FROM org_unit")}


async def test_a_unit_is_added_renamed_and_moved(as_, world):
    browser = await as_("administrator")
    response = await browser.post("/admin/units", {"name": "Team 1", "code": "T1", "parent": "Unit roads"})
    assert response.headers["Location"] == f"/admin/units?at={world.unit['roads']}"
    unit = (await rows())["Team 1"]
    assert (unit["parent"], unit["code"]) == (world.unit_id["roads"], "T1")
    path = f"/admin/units/{unit['public_id']}"
    assert (await browser.post(path, {"name": "Team one", "code": "", "parent": "Unit water"})).status_code == 303
    unit = (await rows())["Team one"]
    assert (unit["parent"], unit["code"]) == (world.unit_id["water"], None)
    page = text_of(await browser.get("/admin/units"))
    assert page.index("Unit water") < page.index("Team one")
    kinds = [row["kind"] for row in await execute("SELECT kind FROM event ORDER BY id DESC LIMIT 2")]
    assert kinds == ["unit.edited", "unit.added"]


async def test_what_cannot_be_is_said_at_its_field(as_, world):
    browser, roads = await as_("administrator"), f"/admin/units/{world.unit['roads']}"
    assert "of this name or code already" in text_of(await browser.post("/admin/units", {"name": "UNIT ROADS"}))
    assert "Give the unit a name." in text_of(await browser.post("/admin/units", {"name": ""}))
    assert "no unit with this name" in text_of(await browser.post(roads, {"name": "R", "parent": "Nowhere"}))
    await browser.post(f"/admin/units/{world.unit['water']}", {"name": "Unit water", "parent": "Unit roads"})
    circle = await browser.post(roads, {"name": "Unit roads", "parent": "Unit water"})
    assert circle.status_code == 422
    assert "they would go in a circle" in text_of(circle)
    assert (await rows())["Unit roads"]["parent"] is None


async def test_a_unit_has_a_head_who_stands_above_its_people(as_, world):
    browser, ids = await as_("administrator"), world.person_id
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", world.unit_id["roads"], ids["employee"])
    team = {"name": "Team 1", "parent": "Unit roads", "head": email_of("sponsor")}
    assert (await browser.post("/admin/units", team)).status_code == 303
    assert (await rows())["Team 1"]["head"] == ids["sponsor"]
    roads = f"/admin/units/{world.unit['roads']}"
    changed = await browser.post(roads, {"name": "Unit roads", "head": "Joris van Heeswijk"})
    assert changed.status_code == 303
    assert [row["person"] for row in await execute("SELECT person FROM plein_chain({})", ids["employee"])] == [
        ids["colleague"]
    ]
    assert 'value="Joris van Heeswijk"' in (await browser.get(roads)).text
    assert "Unit roads Head: Joris van Heeswijk" in said(await browser.get("/admin/units"))
    people = f"/people?unit={world.unit['roads']}"
    assert "Head of this unit: Joris van Heeswijk" in said(await (await as_("employee")).get(people))
    assert (await browser.post(roads, {"name": "Unit roads"})).status_code == 303
    assert (await rows())["Unit roads"]["head"] is None
    assert "Head of this unit" not in text_of(await browser.get(people))


@pytest.mark.parametrize("who", ["deactivated", "guest_a", "nobody"])
async def test_only_a_colleague_who_is_here_leads_a_unit(as_, world, who):
    browser, named = await as_("administrator"), email_of(who)
    for path, name in (("/admin/units", "Team 1"), (f"/admin/units/{world.unit['roads']}", "Other")):
        refused = await browser.post(path, {"name": name, "parent": "Nowhere", "head": named})
        assert refused.status_code == 422
        assert "There is no colleague with this name or address." in text_of(refused)
        assert "no unit with this name" in text_of(refused)  # all that is wrong, at once
        assert named in refused.text
    assert set(await rows()) == {"Unit roads", "Unit water"}


async def test_a_head_who_left_is_shown_as_such_and_named_no_more(as_, world):
    browser, roads = await as_("administrator"), f"/admin/units/{world.unit['roads']}"
    await browser.post(roads, {"name": "Unit roads", "head": email_of("colleague")})
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["colleague"])
    assert "Head: Joris van Heeswijk has left" in said(await browser.get("/admin/units"))
    assert "Joris van Heeswijk" not in (await browser.get(roads)).text
    assert "Head of this unit" not in text_of(await browser.get(f"/people?unit={world.unit['roads']}"))


async def test_who_leaves_in_that_minute_is_refused_by_the_database(rollback, world):
    actor = await actor_of_person(world.person_id["administrator"])
    unit = (await all_units(actor)).units[world.unit_id["roads"]]
    with pytest.raises(JustLeft):
        await edit_unit(actor, unit, unit.name, "", None, head=world.person_id["deactivated"], seen=unit.seen)
    with pytest.raises(JustLeft):
        await add_unit(actor, "Team 1", "", None, world.person_id["guest_a"])


async def test_only_administrators_say_who_leads(as_, world):
    fields = {"name": "Unit roads", "head": email_of("sponsor")}
    for who in ("employee", "guest_a"):
        answer = await (await as_(who)).post(f"/admin/units/{world.unit['roads']}", fields)
        assert answer.status_code in (403, 404)
    assert (await rows())["Unit roads"]["head"] is None


async def test_a_merged_unit_brings_along_who_answers_in_it(as_, world):
    """Where both have a rule for a topic, that of the unit that stays holds."""
    ids, unit, topic = world.person_id, world.unit_id, world.topic_id["leave"]
    for of_topic, of_unit, owner in (
        (topic, "roads", "employee"),
        (None, "roads", "colleague"),
        (None, "water", "sponsor"),
    ):
        await execute(
            "INSERT INTO topic_rule (topic, unit, owner) VALUES ({}, {}, {})", of_topic, unit[of_unit], ids[owner]
        )
    await execute("UPDATE person SET active = FALSE WHERE id = {}", ids["employee"])  # even so
    browser = await as_("administrator")
    assert (await browser.post(f"/admin/units/{world.unit['roads']}/merger", {"into": "Unit water"})).status_code == 303
    kept = await execute("SELECT topic, unit, owner FROM topic_rule WHERE unit IS NOT NULL ORDER BY topic NULLS LAST")
    assert [tuple(row) for row in kept] == [
        (topic, unit["water"], ids["employee"]),
        (None, unit["water"], ids["sponsor"]),
    ]


async def test_a_unit_is_removed_when_it_is_empty_and_merged_when_not(as_, world):
    browser, roads = await as_("administrator"), f"/admin/units/{world.unit['roads']}"
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", world.unit_id["roads"], world.person_id["employee"])
    refused = await browser.post(f"{roads}/removal")
    assert refused.status_code == 422
    assert "Say which unit takes them up." in text_of(refused)
    assert (await browser.post(f"{roads}/merger", {"into": "Unit roads"})).status_code == 422
    assert (await browser.post(f"{roads}/merger", {"into": "Unit water"})).status_code == 303
    unit = await fetch_value("SELECT org_unit FROM person WHERE id = {}", world.person_id["employee"])
    assert unit == world.unit_id["water"]
    assert "Unit roads" not in await rows()
    await execute("UPDATE person SET org_unit = NULL")
    assert (await browser.post(f"/admin/units/{world.unit['water']}/removal")).status_code == 303
    assert await rows() == {}


async def test_three_thousand_units_make_a_page_that_can_be_read(as_, world):
    await execute(
        "INSERT INTO org_unit (name, parent) SELECT 'Team ' || n, {} FROM generate_series(1, 200) n",
        world.unit_id["roads"],
    )
    await execute(
        "INSERT INTO org_unit (name, parent) SELECT u.name || '.' || n, u.id FROM org_unit u, generate_series(1, 15) n"
        " WHERE u.parent IS NOT NULL"
    )
    actor = await actor_of_person(world.person_id["administrator"])
    top = await tree(actor, await all_units(actor))

    def shown(branches):
        return sum(1 + shown(branch.children) for branch in branches)

    assert 200 < shown(top) <= MOST_SHOWN
    assert max(branch.below for branch in top) == 200 * 16
    browser = await as_("administrator")
    page = await browser.get("/admin/units")
    assert len(page.text) < 250_000
    assert "15 units below" in text_of(page)
    unit = await fetch_value("SELECT public_id FROM org_unit WHERE name = 'Team 7'")
    assert "Team 7.15" in (await browser.get(f"/admin/units?at={unit}")).text


# --- circles ---


async def test_the_database_itself_refuses_a_circle(rollback, world):
    await execute("UPDATE org_unit SET parent = {} WHERE id = {}", world.unit_id["roads"], world.unit_id["water"])
    with pytest.raises(asyncpg.CheckViolationError):
        await execute("UPDATE org_unit SET parent = {} WHERE id = {}", world.unit_id["water"], world.unit_id["roads"])


async def test_a_tree_may_be_turned_upside_down_in_one_statement(rollback, world):
    roads, water = world.unit_id["roads"], world.unit_id["water"]
    await execute("UPDATE org_unit SET parent = {} WHERE id = {}", roads, water)
    await execute("UPDATE org_unit SET parent = CASE WHEN id = {} THEN {}::bigint END", roads, water)
    assert await fetch_value("SELECT parent FROM org_unit WHERE id = {}", roads) == water


async def naive_move(unit, under):
    """The control: asks whether it would be a circle, and moves afterwards."""
    async with transaction():
        if await fetch_value("SELECT parent FROM org_unit WHERE id = {}", under) != unit:
            await asyncio.sleep(0.05)
            await execute("UPDATE org_unit SET parent = {} WHERE id = {}", under, unit)


@pytest.mark.parametrize("careful", [True, False], ids=["product", "control"])
async def test_two_who_move_units_under_each_other_make_no_circle(fresh_db, world, careful):
    if not careful:
        await execute("DROP TRIGGER org_unit_tree ON org_unit")
    actor = await actor_of_person(world.person_id["administrator"])
    units = (await all_units(actor)).units
    pair = [units[world.unit_id["roads"]], units[world.unit_id["water"]]]

    async def move(unit, under):
        if careful:
            await edit_unit(actor, unit, unit.name, "", under.id, head=None, seen=unit.seen)
        else:
            await naive_move(unit.id, under.id)

    done = await asyncio.gather(move(*pair), move(*reversed(pair)), return_exceptions=True)
    circle = await fetch_value("SELECT count(*) = 2 FROM org_unit WHERE parent IS NOT NULL")
    assert circle == (not careful)
    if careful:
        assert [type(e) for e in done if e] == [Circle]
