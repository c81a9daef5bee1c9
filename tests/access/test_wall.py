"""The second wall: what PostgreSQL keeps a guest's request from, whatever our code asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from piccolo.table import Table

from portal import db
from portal import tables as t
from portal.access.wall import GATES
from portal.access.wall_build import build_wall
from portal.app import create_app
from portal.db import QueryString, execute, fetch_one, fetch_value, leave_connection, stand_behind_wall, transaction
from portal.run.postgres import EmbeddedPostgres
from portal.settings import BadSetting, settings
from portal.spaces.queries import AUDIENCE, Audience
from tests.access.sights import actors_of, should_be_seen
from tests.access.variety import something_of_everything
from tests.access.walls import GUESTS, wrong_roles, wrong_walls
from tests.client import Browser
from tests.servers import drop_database, new_database
from tests.world import World, add_comment, add_decision, add_idea, add_report


def test_every_table_has_a_gate_or_is_closed():
    named: set[type[Table]] = {getattr(t, name) for name in t.__all__}
    assert set(GATES) == named


@pytest.fixture
async def guest(rollback: asyncpg.Connection, world: World) -> AsyncIterator[World]:
    """Statements are those of a guest in the closed group A from here on; the wall alone refuses them."""
    await rollback.execute("ALTER TABLE comment DISABLE TRIGGER comment_of_a_member")
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    yield world
    await leave_connection()


async def test_statements_run_as_a_role_that_owns_nothing(guest: World):
    assert str(await fetch_value("SELECT current_user")).endswith("_guest")
    assert await fetch_value("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0


async def test_nothing_of_another_space_is_read(guest: World):
    spaces = [guest.space_id["closed_a"]]
    for table, gate in GATES.items():
        if gate is None or "space" not in {column._meta.name for column in table._meta.columns}:
            continue
        name = table._meta.tablename
        assert await execute(f"SELECT space FROM {name} WHERE space <> ALL({{}})", spaces) == [], name
    assert await fetch_value("SELECT count(*) FROM idea") > 0
    assert await fetch_value("SELECT count(*) FROM space") == 1
    assert await fetch_value("SELECT count(*) FROM readership WHERE space <> ALL({})", spaces) == 0
    names = {row["name"] for row in await execute("SELECT name FROM identity")}
    assert "Julie Mercadier" in names
    assert "Mei-Ling Tjon" not in names


async def test_guests_reach_what_the_rules_in_words_say(
    rollback: asyncpg.Connection, world: World, template: tuple[str, World]
):
    """Every row of every table, what each may change of it, and every row that the first wall shows."""
    async with transaction():
        await something_of_everything(world)
    guests = {name: world.person_id[name] for name in GUESTS}
    should, actors = await should_be_seen(rollback, guests), await actors_of(guests)
    wrong = [line async for line in wrong_walls(rollback, f"{template[0]}_guest", actors, should)]
    assert not wrong, wrong[:20]


async def test_a_guest_is_told_the_same_audience(rollback: asyncpg.Connection, world: World):
    """Of a closed space, and of an open section, where everybody at the organisation reads along."""
    add = "INSERT INTO space (kind, parent, name, language, open) VALUES ('section', $1, 'X', 'en', TRUE) RETURNING id"
    spaces = [world.space_id["closed_a"], await rollback.fetchval(add, world.space_id["organisation"])]
    join = "INSERT INTO membership (space, person, role) VALUES ($1, $2, 'member')"
    await rollback.execute(join, spaces[1], world.person_id["guest_a"])
    told = [await fetch_one(Audience, AUDIENCE, space, QueryString("TRUE")) for space in spaces]
    assert told[1].colleagues > 5
    await stand_behind_wall(world.person_id["guest_a"], spaces)
    assert [await fetch_one(Audience, AUDIENCE, space, QueryString("TRUE")) for space in spaces] == told
    await leave_connection()


CLOSED = sorted(table._meta.tablename for table, gate in GATES.items() if gate is None)


@pytest.mark.parametrize("name", [*CLOSED, "procrastinate_jobs", "migration"])
async def test_what_is_closed_is_not_read_at_all(guest: World, name: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(f"SELECT * FROM {name}")


FORGED = {
    "a comment elsewhere": "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
    " SELECT {idea}, {space}, {guest}, 'published', 'x', 'x', 'en'",
    "a vote in another name": "INSERT INTO vote (person, idea, space, guest) VALUES ({other}, {own_idea}, {own}, FALSE)",
    "a comment in another name": "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
    " VALUES ({own_idea}, {own}, {other}, 'published', 'x', 'x', 'en')",
    "a correction in another name": "INSERT INTO correction (idea, space, author, body, body_html, language)"
    " VALUES ({own_idea}, {own}, {other}, 'x', 'x', 'en')",
    "an invitation between others": "INSERT INTO co_author (idea, space, person, invited_by)"
    " VALUES ({own_idea}, {own}, {other}, {other})",
    "a membership": "INSERT INTO membership (space, person, role) VALUES ({space}, {guest}, 'member')",
    "a leader's post": "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, kind)"
    " VALUES (-{own}, {own}, {guest}, 'published', 'x', 'x', 'x', 'x', 'en', 'leader')",
    "an idea moved out": "UPDATE idea SET space = {space}, campaign = {campaign} WHERE id = {own_idea}",
    "a campaign": "UPDATE campaign SET title = 'x' WHERE space = {own}",
    "a table": "CREATE TABLE x (y int)",
}


@pytest.mark.parametrize("forged", FORGED)
async def test_nothing_is_written_outside(guest: World, forged: str):
    ids = {
        "idea": guest.idea_id["collect"],
        "own_idea": guest.idea_id["closed_a"],
        "own": guest.space_id["closed_a"],
        "space": guest.space_id["organisation"],
        "campaign": guest.campaign_id["collect"],
        "guest": guest.person_id["guest_a"],
        "other": guest.person_id["employee"],
    }
    sql = FORGED[forged].format(**{name: str(value) for name, value in ids.items()})
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(sql)


async def test_what_others_wrote_in_her_own_space_is_not_changed(rollback: asyncpg.Connection, world: World):
    her, space = world.person_id["guest_a"], world.space_id["closed_a"]
    await add_comment(world, "theirs", idea="closed_a", author="insider_a")
    await add_comment(world, "hers", idea="closed_a", author="guest_a")
    await stand_behind_wall(her, [space])
    changed = await execute("UPDATE comment SET body = 'x' WHERE space = {} RETURNING author", space)
    assert {row["author"] for row in changed} == {her}
    for sql in (
        "UPDATE attachment SET description = 'x' WHERE author <> {} RETURNING id",
        "DELETE FROM attachment WHERE author <> {} RETURNING id",
        "DELETE FROM co_author WHERE {} NOT IN (person, invited_by) RETURNING id",
    ):
        assert await execute(sql, her) == []
    await leave_connection()


async def test_nobody_elses_name_or_session_is_in_reach(guest: World):
    other = guest.person_id["employee"]
    for sql in (
        "UPDATE identity SET title = 'x' WHERE person = {} RETURNING person",
        "UPDATE session SET idle_until = plein_now() WHERE person = {} RETURNING id",
        "DELETE FROM session WHERE person = {} RETURNING id",
    ):
        assert await execute(sql, other) == []
    assert await execute("DELETE FROM membership WHERE person <> {} RETURNING id", guest.person_id["guest_a"]) == []
    own = guest.person_id["guest_a"]
    assert await execute("DELETE FROM membership WHERE person = {} RETURNING id", own)
    assert await execute("UPDATE identity SET title = 'x' WHERE person = {} RETURNING person", own)


async def test_of_people_a_guest_reads_what_is_for_everybody(rollback: asyncpg.Connection, world: World):
    """Whatever she asks by her own SQL: nobody's address, phone or place, and of the rest what its person gave to all."""
    her, other, stranger = (world.person_id[name] for name in ("guest_a", "insider_a", "insider_b"))
    await execute("DELETE FROM profile")
    for person in (her, other, stranger):
        await execute(
            "INSERT INTO profile (person, phone, place, skills, about, hours, status, status_until, about_for, skills_for,"
            " hours_for, status_for) VALUES ({}, '4711', 'Here', '{{x}}', 'About', 'Hours', 'Away', plein_now(), 'everyone',"
            " 'circle', 'colleagues', 'me')",
            person,
        )
    await stand_behind_wall(her, [world.space_id["closed_a"]])
    fields = ("phone", "place", "skills", "about", "hours", "status", "status_until", "folded_place", "folded_skills")
    for column in fields:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction():
                await execute(f"SELECT {column} FROM profile")
    for sql in ("SELECT email FROM identity", "SELECT person FROM identity WHERE email LIKE '%a%'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction():
                await execute(sql)
    told = f"SELECT person, {', '.join(fields)} FROM wall_profile ORDER BY person"
    read = {row["person"]: tuple(row)[1:] for row in await execute(told)}
    assert read.keys() == {her, other}
    assert read[other] == (None, None, None, "About", None, None, None, None, None)
    assert None not in read[her]
    await leave_connection()
    assert all(None not in tuple(row) for row in await execute(told))


async def test_the_brakes_on_guessing_are_out_of_reach_and_brake_her_all_the_same(as_: Any, world: World):
    browser = await as_("guest_a")
    for attempt in range(6):
        form = {"current_password": f"guess number {attempt}", "password": "a heron below the sluice"}
        sent = await browser.post("/settings/password", form)
    assert "You tried often" in sent.text
    assert await fetch_value("SELECT count(*) FROM throttle") > 0
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    for forged in ("SELECT key FROM throttle", "DELETE FROM throttle", "UPDATE throttle SET failures = 0"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction():
                await execute(forged)
    await leave_connection()


async def test_what_others_reported_and_offered_is_not_in_reach(rollback: asyncpg.Connection, world: World):
    idea, space = world.idea_id["closed_a"], world.space_id["closed_a"]
    await add_report(world, "x", idea="closed_a", reporter="insider_a")
    again = "INSERT INTO report (item, space, reporter, rule, title, body_html) SELECT item, space, {}, rule, '', '' FROM report WHERE space = {}"
    await execute(again, world.person_id["guest_a"], space)
    offer = "INSERT INTO help_offer (idea, space, person, body) VALUES ({}, {}, {}, 'x')"
    await execute(offer, idea, space, world.person_id["insider_a"])
    await stand_behind_wall(world.person_id["guest_a"], [space])
    read = await execute("SELECT reporter FROM report")
    assert [row["reporter"] for row in read] == [world.person_id["guest_a"]]
    assert await execute("DELETE FROM help_offer RETURNING id") == []
    await leave_connection()


@pytest.mark.parametrize("who", ["guest_a", "insider_a"])
async def test_a_file_is_sent_while_nothing_is_held_of_the_database(fresh_db: str, world: World, who: str):
    app, pool = create_app(own_pool=False), db.DB.guest_pool if who == "guest_a" else db.DB.pool
    assert pool is not None
    free = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def look(message: Any) -> None:
            free.append(pool.get_idle_size() == pool.get_size())
            await send(message)

        await app(scope, receive, look)

    browser = Browser(watched, world.person_id[who])
    await browser.start_session()
    for path, expected in (
        (f"/ideas/{world.idea['closed_a']}", False),  # so that one sees what is held
        (f"/attachments/{world.attachment['closed_a']}", True),
    ):
        free.clear()
        assert (await browser.get(path)).status_code == 200
        assert set(free) == {expected}
        assert pool.get_idle_size() == pool.get_size()
    await browser.http.aclose()


async def test_the_guests_login_takes_no_other_role_and_makes_no_table(fresh_db: str, world: World):
    await build_wall(await fetch_value("SELECT current_database() || '_guest'"), "")
    await stand_behind_wall(world.person_id["guest_a"], [])
    for sql in ("SET ROLE plein", "CREATE TEMPORARY TABLE x (y int)", "CREATE TABLE x (y int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(sql)
    await leave_connection()


async def test_without_a_guest_the_guests_login_reads_nothing(fresh_db: str, world: World):
    assert db.DB.guest_pool is not None
    async with db.DB.guest_pool.acquire() as connection:
        for table, gate in GATES.items():
            if gate is not None and gate.rows != "TRUE":
                assert await connection.fetchval(f"SELECT count(*) FROM {table._meta.tablename}") == 0


async def test_a_connection_forgets_whose_it_was(fresh_db: str, world: World):
    for _ in range(3):
        await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
        assert await fetch_value("SELECT count(*) FROM idea") > 0
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with transaction():
                await execute("SELECT 1 / 0")
        await leave_connection()
    assert db.DB.guest_pool is not None
    async with db.DB.guest_pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM idea") == 0


async def test_a_guests_page_is_made_behind_the_wall_and_everybody_elses_is_not(fresh_db: str, world: World):
    app = create_app(own_pool=False)
    assert db.DB.guest_pool is not None
    browsers = {name: Browser(app, world.person_id[name]) for name in ("guest_a", "insider_a")}
    address = f"/ideas/{world.idea['closed_a']}"
    for browser in browsers.values():
        await browser.start_session()
        assert (await browser.get(address)).status_code == 200
    await db.DB.guest_pool.close()  # without it guests get nothing, and nobody else misses it
    db.DB.guest_pool = None
    assert (await browsers["guest_a"].get(address)).status_code == 500
    assert (await browsers["insider_a"].get(address)).status_code == 200
    for browser in browsers.values():
        await browser.http.aclose()


async def test_a_guest_offers_help_and_puts_back_what_was_sent_back(fresh_db: str, world: World):
    """What one statement of the product does must be granted in whole, also where it touches what others did."""
    async with transaction():
        await add_idea(world, "mine", campaign="closed_a", author="guest_a")
        await add_report(world, "mine", reporter="insider_a", idea="mine")
        await add_decision(world, "mine", "mine", moderator="insider_a", action="send back")
    mine, guest = world.idea_id["mine"], world.person_id["guest_a"]
    before = "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
    await execute(
        f"{before} SELECT id, space, 1, title, body, tags, author, created_at FROM idea WHERE id = {{}}", mine
    )
    browser = Browser(create_app(own_pool=False), guest)
    await browser.start_session()
    for words in ("I can drive", "I can drive on Mondays"):
        offered = await browser.post(f"/ideas/{world.idea['closed_a']}/help", {"body": words})
        assert offered.status_code == 303
    text = {"title": "Another title", "body": "Another text"}
    assert (await browser.post(f"/receipts/{world.decision['mine']}/text", text)).status_code == 303
    await browser.http.aclose()
    assert await fetch_value("SELECT body FROM help_offer WHERE person = {}", guest) == "I can drive on Mondays"
    assert await fetch_value("SELECT title FROM idea WHERE id = {}", mine) == "Another title"
    assert await fetch_value("SELECT count(*) FROM idea_version WHERE idea = {}", mine) == 0


async def test_where_the_role_cannot_be_made_the_start_says_how(fresh_db: str):
    with pytest.raises(BadSetting, match='CREATE ROLE "no one" LOGIN PASSWORD'):
        await build_wall("no one", "secret")


async def test_a_role_that_passes_by_the_policies_is_refused(fresh_db: str):
    for role in ("postgres", "plein"):
        with pytest.raises(BadSetting, match="GUEST_DATABASE_URL"):
            await build_wall(role, "")


async def test_only_a_role_without_might_serves_guests(cluster: EmbeddedPostgres, fresh_db: str):
    name = await fetch_value("SELECT current_database()")
    superuser = await asyncpg.connect(cluster.dsn(name, user="postgres"))
    try:
        await superuser.transaction().start()
        assert [line async for line in wrong_roles(superuser, f"{name}_guest")] == []
    finally:
        await superuser.close()


class Undone(Exception):
    """Ends a transaction."""


async def _made_and_undone(role: str) -> None:
    async with transaction():
        await build_wall(role, "it's a secret")
        assert await fetch_value("SELECT rolcanlogin AND NOT rolsuper FROM pg_roles WHERE rolname = {}", role)
        raise Undone


async def test_an_owner_that_may_make_roles_makes_it(cluster: EmbeddedPostgres, template: tuple[str, World]):
    name = await new_database(cluster, template[0])
    await db.open_pool(cluster.dsn(name, user="postgres"), size=2)
    try:
        with pytest.raises(Undone):
            await _made_and_undone("a role")
    finally:
        await db.close_pool()
        await drop_database(cluster, name)


def test_the_guests_address_is_the_same_database_with_a_login_of_its_own(monkeypatch: pytest.MonkeyPatch):
    one = settings().guests_dsn("postgresql://plein:secret@db.example:5433/portal?sslmode=require")
    assert one.startswith("postgresql://portal_guest:")
    assert one.endswith("@db.example:5433/portal?sslmode=require")
    assert "secret" not in one
    assert settings().guests_dsn("postgresql://plein@/plein?host=/run/x").startswith("postgresql://plein_guest:")
