"""Roles in spaces: given and taken, never down to nobody; a closed group hears of whoever comes in."""

import asyncio

import asyncpg
import pytest

from portal.access.actor import Role, actor_of_person
from portal.admin import roles
from portal.colleagues.queries import colleague_of_address
from portal.db import execute, fetch_value, transaction
from portal.leaving import deactivation
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from portal.spaces import owners
from portal.spaces.queries import get_space
from portal.stewards import actions as stewards
from tests.client import text_of
from tests.pages.locks import until_waiting
from tests.world import email_of


async def held(world, space, name):
    rows = await execute(
        "SELECT role FROM membership WHERE space = {} AND person = {}", world.space_id[space], world.person_id[name]
    )
    return {row["role"] for row in rows}


async def last_event():
    return (await execute("SELECT * FROM event ORDER BY id DESC LIMIT 1"))[0]


async def test_a_role_is_given_once_and_taken_away(as_, world):
    browser, path = await as_("administrator"), f"/admin/roles/{world.space['open']}"
    fields = {"colleague": email_of("employee"), "role": "owner"}
    for _ in range(2):
        assert (await browser.post(path, fields)).status_code == 303
    assert await held(world, "open", "employee") == {"owner"}
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'space.role_given'") == 1
    assert "Noor Dijkman" in (await browser.get(f"/admin/roles?space={world.space['open']}")).text
    refused = await browser.post(f"{path}/end", fields)
    assert refused.status_code == 422
    assert "Nobody else owns this group." in text_of(refused)
    await browser.post(path, {"colleague": email_of("author"), "role": "owner"})
    assert (await browser.post(f"{path}/end", fields)).status_code == 303
    assert await held(world, "open", "employee") == set()
    assert (await last_event())["kind"] == "space.role_taken"


async def test_a_new_administrator_signs_in_anew(as_, world):
    theirs, browser = await as_("employee"), await as_("administrator")
    path = f"/admin/roles/{world.space['organisation']}"
    fields = {"colleague": email_of("employee"), "role": "administrator"}
    assert (await browser.post(path, fields)).status_code == 303
    assert (await theirs.get("/")).status_code == 303
    assert (await last_event())["kind"] == "person.administrator_made"
    await theirs.start_session()
    assert (await theirs.get("/admin")).status_code == 200
    assert (await browser.post(f"{path}/end", fields)).status_code == 303
    assert (await theirs.get("/admin")).status_code == 303
    assert (await last_event())["kind"] == "person.administrator_ended"


async def test_the_last_administrator_keeps_the_role(as_, world):
    fields = {"colleague": email_of("administrator"), "role": "administrator"}
    response = await (await as_("administrator")).post(f"/admin/roles/{world.space['organisation']}/end", fields)
    assert response.status_code == 422
    assert "Nobody else is an administrator." in text_of(response)
    assert f'value="{email_of("administrator")}"' not in response.text.split('id="give"')[1]  # another form's field
    assert await held(world, "organisation", "administrator") == {"administrator"}


@pytest.mark.parametrize(
    ("space", "fields"),
    [
        ("organisation", {"colleague": email_of("employee"), "role": "owner"}),
        ("open", {"colleague": email_of("employee"), "role": "administrator"}),
        ("open", {"colleague": email_of("guest_a"), "role": "owner"}),
        ("open", {"colleague": email_of("deactivated"), "role": "owner"}),
        ("open", {"colleague": "", "role": ""}),
    ],
)
async def test_a_role_that_there_is_not_or_for_nobody_is_refused(as_, world, space, fields):
    before = await fetch_value("SELECT count(*) FROM membership")
    response = await (await as_("administrator")).post(f"/admin/roles/{world.space[space]}", fields)
    assert response.status_code == 422
    assert await fetch_value("SELECT count(*) FROM membership") == before


async def test_an_administrator_goes_into_a_closed_group_and_all_its_members_hear_of_it(as_, world):
    browser = await as_("administrator")
    assert (await browser.get(f"/spaces/{world.space['closed_a']}")).status_code == 404
    assert "Overwater lock" not in (await browser.get("/admin/roles")).text
    fields = {"address": f"http://127.0.0.1:8000/spaces/{world.space['closed_a']}/", "role": "member"}
    response = await browser.post("/admin/roles/entry", fields)
    assert response.headers["Location"] == f"/spaces/{world.space['closed_a']}"
    assert (await browser.get(f"/spaces/{world.space['closed_a']}")).status_code == 200
    event = await last_event()
    assert (event["kind"], event["space"]) == ("space.role_given", world.space_id["closed_a"])
    await tell_of(event["id"])
    await tell_of(event["id"])  # twice tells once
    told = {row["recipient"] for row in await execute("SELECT recipient FROM mail WHERE kind = 'role'")}
    assert told == {world.person_id["insider_a"], world.person_id["guest_a"]}
    message = (await write("role", world.person_id["insider_a"], event["id"])).get_content()
    assert "Priya Raghunath, an administrator, went into a group" in message
    assert "Overwater lock" in message
    assert await write("role", world.person_id["insider_b"], event["id"]) is None


async def test_in_an_open_group_nobody_is_mailed(as_, world):
    fields = {"colleague": email_of("employee"), "role": "moderator"}
    await (await as_("administrator")).post(f"/admin/roles/{world.space['open']}", fields)
    await tell_of((await last_event())["id"])
    assert await fetch_value("SELECT count(*) FROM mail") == 0


@pytest.mark.parametrize("address", ["nowhere", "/spaces/{organisation}", ""])
async def test_an_address_of_no_group_leads_nowhere(as_, world, address):
    fields = {"address": address.format(**world.space), "role": "member"}
    assert (await (await as_("administrator")).post("/admin/roles/entry", fields)).status_code == 422


async def naive_take(space, person):
    """The control: looks first, and takes afterwards."""
    if await fetch_value(owners.OTHER, space.id, person):
        await asyncio.sleep(0.05)
        await execute(roles.TAKE, space.id, person, "owner")


@pytest.mark.parametrize("careful", [True, False], ids=["product", "control"])
async def test_of_owners_who_lose_their_role_at_once_one_is_left(fresh_db, world, careful):
    space = await roles.space_by_address(None, world.space["open"])
    people = [world.person_id[name] for name in ("employee", "author", "colleague")]
    for person in people:
        await roles.give_role(None, space, person, Role.OWNER)
    take = (lambda p: roles.take_role(None, space, p, Role.OWNER)) if careful else lambda p: naive_take(space, p)
    done = await asyncio.gather(*(take(person) for person in people), return_exceptions=True)
    left = await fetch_value("SELECT count(*) FROM membership WHERE space = {} AND role = 'owner'", space.id)
    assert left == (1 if careful else 0)
    if careful:
        assert [type(e) for e in done if e] == [owners.WithoutOwner]


async def by_an_owner(world, space):
    """As an owner does it who looks after the space: she steps down."""
    owner = await actor_of_person(world.person_id["author"])
    herself = await colleague_of_address(email_of("author"))
    await stewards.take_role(owner, await get_space(owner, space.public_id), herself, Role.OWNER)


async def by_an_administrator(world, space):
    """As an administrator does it to the other."""
    await roles.take_role(None, space, world.person_id["employee"], Role.OWNER)


async def by_letting_out(world, space):
    """As it ends for the other who is deactivated."""
    await deactivation.deactivate(None, world.person_id["employee"], None)


@pytest.mark.parametrize("careful", [True, False], ids=["product", "control"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (by_an_owner, by_an_administrator),
        (by_an_administrator, by_an_owner),
        (by_an_owner, by_letting_out),
        (by_letting_out, by_an_owner),
    ],
)
async def test_of_two_owners_who_go_at_once_by_different_ways_one_is_left(
    fresh_db, world, monkeypatch, first, second, careful
):
    space = await roles.space_by_address(None, world.space["open"])
    for name in ("employee", "author"):
        await roles.give_role(None, space, world.person_id[name], Role.OWNER)
    if not careful:
        monkeypatch.setattr(owners, "HOLD", "SELECT {}::bigint")
        monkeypatch.setattr(owners, "HOLD_OWNED", "SELECT {}::bigint[]")
    done, go_on = asyncio.Event(), asyncio.Event()

    async def hold():
        async with transaction():
            await first(world, space)
            done.set()
            await go_on.wait()

    holder = asyncio.create_task(hold())
    await done.wait()
    other = asyncio.create_task(second(world, space))
    watcher = await asyncpg.connect(fresh_db)
    await until_waiting(watcher, other)
    go_on.set()
    ended = await asyncio.gather(holder, other, return_exceptions=True)
    await watcher.close()
    assert await fetch_value(OWNERS, space.id) == (1 if careful else 0)
    refused = deactivation.SuccessorNeeded if second is by_letting_out else owners.WithoutOwner
    assert [type(error) for error in ended if error] == ([refused] if careful else [])


OWNERS = """
    SELECT count(*) FROM membership m JOIN person p ON p.id = m.person AND p.active
    WHERE m.space = {} AND m.role = 'owner'
"""


async def test_whose_time_as_an_owner_is_over_takes_over_nothing(rollback, world):
    space = await roles.space_by_address(None, world.space["open"])
    for name in ("employee", "author"):
        await roles.give_role(None, space, world.person_id[name], Role.OWNER)
    over = "UPDATE membership SET until = plein_now() WHERE space = {} AND person = {}"
    await execute(over, space.id, world.person_id["author"])
    with pytest.raises(deactivation.SuccessorNeeded):
        await deactivation.deactivate(None, world.person_id["employee"], None)
