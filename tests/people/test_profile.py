"""Profiles: what one tells, for whom each field is, and what becomes of a photo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from portal.access.actor import actor_of_person
from portal.access.fields import FIELDS
from portal.db import execute, fetch_value, leave_connection, stand_behind_wall, transaction
from portal.files.store import path_of
from portal.people import queries
from portal.people.forms import PERSONNEL
from portal.people.queries import Filters, facets, get_person, people
from tests.client import text_of
from tests.conftest import statements
from tests.pages.forms import form_of
from tests.sitemap import PROFILE
from tests.world import NOW, World, picture, set_clock

#: Who is asked: she herself, one of her unit, one of her group, any colleague, a guest of her group.
READERS = ("insider_a", "author", "moderator", "employee", "guest_a")
#: For whom a field is, and who of them reads it then.
LEVELS = {
    "me": "insider_a",
    "circle": "insider_a author moderator",
    "colleagues": "insider_a author moderator employee",
    "everyone": "insider_a author moderator employee guest_a",
}


async def actor(world: World, name: str) -> Any:
    """Somebody of the cast."""
    return await actor_of_person(world.person_id[name])


async def _circle(world: World) -> None:
    """The author is of the insider's unit, the moderator of her group; the employee is neither."""
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Locks') RETURNING id")
    ids = [world.person_id["insider_a"], world.person_id["author"]]
    await execute("UPDATE person SET org_unit = {} WHERE id = ANY({})", unit, ids)
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["moderator"],
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("field", FIELDS)
async def test_each_field_is_for_whom_its_owner_chose(rollback: Any, world: World, field: str, level: str):
    if field in PERSONNEL and level == "everyone":
        return await _refused_by_the_database(world, field)
    await _circle(world)
    owner = world.person_id["insider_a"]
    await execute(f"UPDATE profile SET {field}_for = {{}} WHERE person = {{}}", level, owner)
    reads = set()
    for name in READERS:
        row = await get_person(await actor(world, name), world.person["insider_a"])
        assert row is not None
        if getattr(row, field):
            reads.add(name)
    assert reads == set(LEVELS[level].split())
    return None


async def _refused_by_the_database(world: World, field: str) -> None:
    import asyncpg

    with pytest.raises(asyncpg.CheckViolationError):
        await execute(f"UPDATE profile SET {field}_for = 'everyone'")


async def test_personnel_fields_and_units_never_reach_a_guest(rollback: Any, world: World):
    """The database keeps nobody's phone or place for everyone; with all the rest open to everyone a guest reads it."""
    await _circle(world)
    for field in PERSONNEL:
        with pytest.raises(asyncpg.CheckViolationError):
            async with transaction():
                await execute(f"UPDATE profile SET {field}_for = 'everyone'")
    await execute("UPDATE profile SET phone_for = 'colleagues', place_for = 'colleagues', hours_for = 'everyone'")
    row = await get_person(await actor(world, "guest_a"), world.person["insider_a"])
    assert row is not None
    assert (row.phone, row.place, row.unit, row.hours) == ("", "", "", "Mornings")
    row = await get_person(await actor(world, "employee"), world.person["insider_a"])
    assert row is not None
    assert (row.phone, row.place, row.unit) == ("4423", "Depot of insider_a", "Locks")


async def test_a_hidden_field_is_not_found_by_either(rollback: Any, world: World):
    """Neither by words, nor by a facet, nor by the filter."""
    employee = await actor(world, "employee")

    async def found(filters: Filters) -> set[str]:
        return {row.public_id for row in (await people(employee, filters)).rows}

    hers = world.person["insider_a"]
    asked = [Filters("Depot of insider"), Filters("skill of insider_a"), Filters(skill="skill of insider a")]
    for filters in asked:
        assert hers in await found(filters), filters
    owner = world.person_id["insider_a"]
    await execute("UPDATE profile SET place_for = 'me', skills_for = 'me' WHERE person = {}", owner)
    for filters in asked:
        assert hers not in await found(filters), filters
    assert "skill of insider a" not in {
        facet.value for facet in (await facets(employee, Filters("Kuipersma")))["skill"]
    }
    assert hers in await found(Filters("kuipersma"))


async def test_a_status_goes_away_by_itself(rollback: Any, world: World):
    await execute("UPDATE profile SET status_until = {}", NOW + timedelta(hours=1))
    for hours, status in ((0, "On the road"), (2, "")):
        await set_clock(NOW + timedelta(hours=hours))
        row = await get_person(await actor(world, "employee"), world.person["author"])
        assert row is not None
        assert row.status == status


async def test_what_is_saved_is_shown(as_: Any, world: World):
    browser = await as_("employee")
    response = await browser.post("/settings/profile", PROFILE)
    assert (response.status_code, response.headers["location"]) == (303, "/settings/profile")
    kept = (await execute("SELECT * FROM profile WHERE person = {}", world.person_id["employee"]))[0]
    assert (kept["skills"], kept["phone_for"]) == (["night closures", "traffic plans"], "circle")
    assert kept["status_until"].isoformat() == "2026-06-30T22:00:00+00:00"  # the end of that day in Amsterdam
    form = text_of(await browser.get("/settings/profile"))
    assert 'value="2026-06-30"' in form
    assert 'value="night closures, traffic plans"' in form
    page = text_of(await (await as_("author")).get(f"/people/{world.person['employee']}"))
    assert "On the road" in page
    assert "night closures" in page
    assert "Depot North" not in page  # only for herself
    assert "5550" not in page  # for her circle
    own = text_of(await browser.get(f"/people/{world.person['employee']}"))
    assert 'href="tel:+31655500142"' in own


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("name", "", "Give the name"),
        ("phone", "call me", "Give a number such as"),
        ("phone", "1" * 31, "keep it to 30"),
        ("status_line", "x" * 61, "keep it to 60"),
        ("status_day", "tomorrow", "Give a date"),
        ("status_day", "2026-06-16", "still to come"),
        ("skills", ",".join(f"skill {n}" for n in range(13)), "Name at most 12"),
        ("skills", "<b>", "odd characters"),
        ("about", "x" * 501, "keep it to 500"),
        ("phone_for", "everyone", "Not a valid choice"),
        ("skills_for", "nobody", "Not a valid choice"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(as_: Any, world: World, field: str, value: str, problem: str):
    browser = await as_("employee")
    before = await fetch_value("SELECT about FROM profile WHERE person = {}", world.person_id["employee"])
    response = await browser.post("/settings/profile", PROFILE | {field: value})
    said = text_of(response)
    assert response.status_code == 422
    assert problem in said
    sent = PROFILE | {field: value}
    assert form_of(response, "/settings/profile")["about"] == sent["about"]
    assert await fetch_value("SELECT about FROM profile WHERE person = {}", world.person_id["employee"]) == before


async def test_the_page_of_who_is_out_of_sight_is_a_404(as_: Any, world: World):
    assert (await (await as_("guest_b")).get(f"/people/{world.person['insider_a']}")).status_code == 404
    assert (await (await as_("employee")).get(f"/people/{world.person['guest_a']}")).status_code == 404
    assert (await (await as_("employee")).get(f"/people/{world.person['deactivated']}")).status_code == 404
    assert (await (await as_("guest_a")).get(f"/people/{world.person['insider_a']}")).status_code == 200


async def test_a_page_shows_the_ideas_that_its_reader_reads(as_: Any, world: World):
    await execute("UPDATE idea SET author = {}", world.person_id["insider_a"])
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["vote"])
    address = f"/people/{world.person['insider_a']}"
    seen = {name: text_of(await (await as_(name)).get(address)) for name in ("employee", "guest_a", "moderator")}
    assert "Idea collect" in seen["employee"]
    assert "Idea closed_a" not in seen["employee"]
    assert "Idea closed_a" in seen["guest_a"]
    assert "Idea collect" not in seen["guest_a"]
    assert all("Idea vote" not in page for page in seen.values())  # hidden: not here, whoever may read it


# --- photos ---


async def _photo(as_: Any, name: str = "employee") -> Any:
    return await (await as_(name)).post("/settings/photo", files={"photo": ("me.png", picture("png", 300, 200))})


async def test_a_photo_stands_wherever_the_name_does(as_: Any, world: World):
    assert (await _photo(as_, "author")).status_code == 303
    file = await fetch_value("SELECT photo FROM profile WHERE person = {}", world.person_id["author"])
    address = f"/people/{world.person['author']}/photo/small?v={file}"
    reader = await as_("employee")
    for path in (f"/ideas/{world.idea['collect']}", "/people", f"/campaigns/{world.campaign['collect']}"):
        assert f'src="{address}"' in text_of(await reader.get(path)), path
    shown = await reader.get(address)
    assert shown.headers["content-type"] == "image/webp"
    assert shown.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (await reader.get(address.split("?")[0])).headers["cache-control"] == "private, no-store"
    assert (await (await as_("guest_a")).get(address)).status_code == 404
    for end in ("photo", "photo/small"):
        assert (await reader.get(f"/people/{world.person['guest_a']}/{end}")).status_code == 404
        assert (await (await as_("insider_a")).get(f"/people/{world.person['guest_a']}/{end}")).status_code == 200


async def test_a_page_of_faces_asks_for_none_of_them(as_: Any, world: World):
    await _photo(as_, "author")
    browser = await as_("employee")
    await browser.get("/people")
    async with statements() as sent:
        await browser.get("/people")
    assert sum("photo" in sql and "photo_changes" not in sql for sql in sent) == 0
    assert len(sent) == 3


async def test_a_new_photo_takes_the_place_of_the_old_one_and_goes_again(as_: Any, world: World):
    files = []
    for _ in range(2):
        await _photo(as_)
        files.append(await fetch_value("SELECT photo FROM profile WHERE person = {}", world.person_id["employee"]))
    assert files[0] != files[1]
    assert path_of(files[1]).exists()
    browser = await as_("employee")
    assert files[1] in (await browser.get("/")).text
    assert (await browser.post("/settings/photo/removal")).status_code == 303
    assert files[1] not in (await browser.get("/")).text
    assert (await browser.get(f"/people/{world.person['employee']}/photo")).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("me.svg", b"<svg/>", "is of a kind"),
        ("me.png", b"<html>", "not what its name says"),
        ("", b"", "Choose a picture"),
    ],
)
async def test_what_is_no_photo_is_refused_at_its_field(
    as_: Any, world: World, name: str, content: bytes, problem: str
):
    response = await (await as_("employee")).post("/settings/photo", files={"photo": (name, content)})
    assert response.status_code == 422
    assert problem in text_of(response)
    assert 'id="photo-error"' in response.text


# --- guests ---


async def test_where_what_guests_bring_is_looked_at_first_they_tell_nothing_new(as_: Any, world: World):
    """She keeps what she told before, and takes it away; in the form and by her own login."""
    guest, space = world.person_id["guest_a"], world.space_id["closed_a"]
    browser = await as_("guest_a")
    assert (await browser.post("/settings/profile", PROFILE)).status_code == 303
    assert (await _photo(as_, "guest_a")).status_code == 303
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", space)
    before = (await execute("SELECT * FROM profile WHERE person = {}", guest))[0]
    assert (await browser.post("/settings/profile", PROFILE)).status_code == 303
    for field in ("title", "status_line", "phone", "place", "hours", "skills", "about"):
        refused = await browser.post("/settings/profile", PROFILE | {field: "0612345678"})
        assert refused.status_code == 422, field
        assert "and this can’t be" in text_of(refused)
    assert (await _photo(as_, "guest_a")).status_code == 422
    assert (await execute("SELECT * FROM profile WHERE person = {}", guest))[0] == before
    assert await fetch_value("SELECT title FROM identity WHERE person = {}", guest) == "Planner"
    assert (
        await browser.post("/settings/profile", PROFILE | {"about": "", "skills": "", "title": ""})
    ).status_code == 303
    assert (await browser.post("/settings/photo/removal")).status_code == 303


async def test_where_it_is_looked_at_first_since_a_moment_she_is_told_at_the_field(
    as_: Any, world: World, monkeypatch: pytest.MonkeyPatch
):
    """The space turned after her page asked, and before it was written."""
    browser = await as_("guest_a")
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", world.space_id["closed_a"])
    own_profile = queries.own_profile

    async def a_moment_ago(actor: Any) -> Any:
        own = await own_profile(actor)
        assert own is not None
        return msgspec.structs.replace(own, checked_first=False)

    monkeypatch.setattr(queries, "own_profile", a_moment_ago)
    refused = await browser.post("/settings/profile", PROFILE)
    assert refused.status_code == 422
    assert "and this can’t be" in text_of(refused)
    assert 'value="Planner"' in refused.text
    refused = await _photo(as_, "guest_a")
    assert refused.status_code == 422
    assert 'id="photo-error"' in refused.text


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [("identity", "title", "'x'"), ("profile", "skills", "ARRAY['x']")]
    + [("profile", column, "'4423'") for column in ("phone", "place", "about", "hours", "status", "photo")],
)
async def test_by_her_own_sql_a_guest_tells_nothing_that_nobody_looked_at(
    rollback: Any, world: World, table: str, column: str, words: str
):
    guest, space = world.person_id["guest_a"], world.space_id["closed_a"]
    tell = f"UPDATE {table} SET {column} = {words} WHERE person = {{}} RETURNING person"
    for checks in ("none", "all"):
        await execute("UPDATE space SET checks = {} WHERE id = {}", checks, space)
        await execute("DELETE FROM profile WHERE person = {}", guest)
        await execute("INSERT INTO profile (person) VALUES ({})", guest)
        await stand_behind_wall(guest, [space])
        try:
            if checks == "none":
                assert await execute(tell, guest)
            else:
                with pytest.raises(asyncpg.CheckViolationError, match="looked at first"):
                    async with transaction():
                        await execute(tell, guest)
        finally:
            await leave_connection()
            await execute("UPDATE identity SET title = '' WHERE person = {}", guest)


async def test_a_guest_keeps_the_name_with_which_she_came_in(as_: Any, world: World):
    browser = await as_("guest_a")
    assert 'name="name"' not in (await browser.get("/settings/profile")).text
    assert (await browser.post("/settings/profile", PROFILE | {"name": "Noor Dijkman"})).status_code == 303
    assert (
        await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["guest_a"])
        == "Julie Mercadier"
    )
