"""Groups: starting, joining and leaving one, and taking colleagues in. Works, member, outsider 404, role 403."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from portal.db import execute, fetch_value
from tests.client import Browser, text_of
from tests.world import World, email_of

SignIn = Callable[[str | None], Awaitable[Browser]]

GROUP = {
    "name": "Bicycle shed",
    "purpose": "A dry place for bicycles",
    "nature": "social",
    "access": "open",
    "second_owner": email_of("colleague"),
    "label": "internal",
    "preset": "open floor",
    "language": "en",
}
JOIN, LEAVE, MEMBERS = "/spaces/{}/membership", "/spaces/{}/membership/end", "/spaces/{}/members"


async def roles(world: World, space: str, name: str) -> set[str]:
    """What somebody of the cast is in a space."""
    rows = await execute(
        "SELECT role FROM membership WHERE space = {} AND person = {}", world.space_id[space], world.person_id[name]
    )
    return {row["role"] for row in rows}


async def events(kind: str) -> list[Any]:
    """What the log holds of a kind."""
    return await execute("SELECT * FROM event WHERE kind = {} ORDER BY id", kind)


# --- starting ---


@pytest.mark.parametrize(("access", "opened"), [("open", True), ("closed", False)])
async def test_who_starts_a_group_owns_it_and_belongs_to_it(as_: SignIn, world: World, access: str, opened: bool):
    response = await (await as_("employee")).post("/groups", GROUP | {"access": access})
    assert response.status_code == 303
    space = await execute(
        "SELECT * FROM space WHERE public_id = {}", response.headers["Location"].removeprefix("/spaces/")
    )
    assert (space[0]["name"], space[0]["open"], space[0]["kind"]) == ("Bicycle shed", opened, "group")
    world.space_id["new"] = space[0]["id"]
    for owner in ("employee", "colleague"):
        assert await roles(world, "new", owner) == {"owner", "member"}
    assert [event["space"] for event in await events("space.started")] == [space[0]["id"]]


async def test_a_new_closed_group_is_out_of_sight_for_everybody_else(as_: SignIn):
    address = (await (await as_("employee")).post("/groups", GROUP | {"access": "closed"})).headers["Location"]
    assert (await (await as_("employee")).get(address)).status_code == 200
    assert (await (await as_("colleague")).get(address)).status_code == 200  # the second owner
    for other in ("author", "administrator", "guest_a"):
        assert (await (await as_(other)).get(address)).status_code == 404


async def test_a_guest_starts_no_group(as_: SignIn):
    browser = await as_("guest_a")
    assert (await browser.get("/groups/new")).status_code == 403
    assert (await browser.post("/groups", GROUP)).status_code == 403


async def test_a_guest_who_sends_an_incomplete_form_is_refused_all_the_same(as_: SignIn):
    assert (await (await as_("guest_a")).post("/groups", {"name": ""})).status_code == 403


async def test_an_incomplete_group_comes_back_with_what_was_typed(as_: SignIn):
    response = await (await as_("employee")).post("/groups", GROUP | {"name": ""})
    assert response.status_code == 422
    assert "A dry place for bicycles" in response.text
    assert "Give it a name." in text_of(response)


@pytest.mark.parametrize("where", ["/groups", "/projects"])
async def test_what_is_missing_is_told_in_the_order_of_the_page(as_: SignIn, where: str):
    page = (await (await as_("employee")).post(where, {"name": ""})).text
    told = re.findall(r'<li><a href="#(\w+)">', page)
    assert told[0] == "name"
    assert told[-1] == "preset"
    assert told == sorted(told, key=lambda name: page.index(f'id="{name}-error"'))


# --- joining ---


async def test_a_colleague_joins_an_open_group_once(as_: SignIn, world: World):
    browser = await as_("employee")
    response = await browser.post(JOIN.format(world.space["open"]))
    assert response.status_code == 303
    assert response.headers["Location"] == f"/spaces/{world.space['open']}"
    assert await roles(world, "open", "employee") == {"member"}
    assert (await browser.post(JOIN.format(world.space["open"]))).status_code == 403
    assert len(await events("space.joined")) == 1


@pytest.mark.parametrize("name", ["employee", "insider_b", "administrator", "guest_b"])
async def test_a_closed_group_is_out_of_sight_for_who_would_join_it(as_: SignIn, world: World, name: str):
    assert (await (await as_(name)).post(JOIN.format(world.space["closed_a"]))).status_code == 404
    assert await roles(world, "closed_a", name) == set()


async def test_a_guest_does_not_even_see_an_open_group(as_: SignIn, world: World):
    assert (await (await as_("guest_a")).post(JOIN.format(world.space["open"]))).status_code == 404


async def test_nobody_joins_the_organisation(as_: SignIn, world: World):
    assert (await (await as_("employee")).post(JOIN.format(world.space["organisation"]))).status_code == 403


async def test_who_is_not_signed_in_is_asked_to_sign_in(as_: SignIn, world: World):
    assert (await (await as_(None)).post(JOIN.format(world.space["open"]))).status_code == 401
    assert (await (await as_(None)).post("/groups", GROUP)).status_code == 401


# --- leaving ---


async def test_a_member_leaves_and_the_closed_group_is_gone_for_her(as_: SignIn, world: World):
    browser = await as_("guest_a")
    response = await browser.post(LEAVE.format(world.space["closed_a"]))
    assert response.status_code == 303
    assert response.headers["Location"] == "/", "her own home: groups are for colleagues"
    assert await roles(world, "closed_a", "guest_a") == set()
    assert (await browser.get(f"/spaces/{world.space['closed_a']}")).status_code == 404
    assert (await browser.get(f"/ideas/{world.idea['closed_a']}")).status_code == 404
    assert len(await events("space.left")) == 1


async def test_what_a_member_wrote_stays_with_her_name_when_she_leaves(as_: SignIn, world: World):
    guest = await as_("guest_a")
    written = await guest.post(f"/ideas/{world.idea['closed_a']}/comments", {"body": "The lock leaks"})
    assert written.status_code == 303
    await guest.post(LEAVE.format(world.space["closed_a"]))
    page = await (await as_("insider_a")).get(f"/ideas/{world.idea['closed_a']}")
    assert "The lock leaks" in page.text
    assert "Julie Mercadier" in page.text


async def test_an_owner_cannot_leave(as_: SignIn, world: World):
    assert (await (await as_("insider_a")).post(LEAVE.format(world.space["closed_a"]))).status_code == 403
    assert "owner" in await roles(world, "closed_a", "insider_a")


async def test_who_does_not_belong_to_a_group_cannot_leave_it(as_: SignIn, world: World):
    assert (await (await as_("employee")).post(LEAVE.format(world.space["open"]))).status_code == 403
    assert (await (await as_("employee")).post(LEAVE.format(world.space["closed_a"]))).status_code == 404


async def test_nobody_leaves_the_organisation_with_her_roles(as_: SignIn, world: World):
    response = await (await as_("administrator")).post(LEAVE.format(world.space["organisation"]))
    assert response.status_code == 403
    assert await roles(world, "organisation", "administrator") == {"administrator"}


# --- taking colleagues in ---


async def test_an_owner_takes_a_colleague_in_who_then_reads_the_group(as_: SignIn, world: World):
    owner, colleague = await as_("insider_a"), await as_("colleague")
    assert (await owner.get(f"/spaces/{world.space['closed_a']}/members/new")).status_code == 200
    for _ in range(2):  # twice has one effect
        fields = {"colleague": email_of("colleague").upper()}
        response = await owner.post(MEMBERS.format(world.space["closed_a"]), fields)
        assert response.status_code == 303
    assert await roles(world, "closed_a", "colleague") == {"member"}
    assert (await colleague.get(f"/ideas/{world.idea['closed_a']}")).status_code == 200
    (added,) = await events("space.member_added")
    assert (added["actor"], added["space"]) == (world.person_id["insider_a"], world.space_id["closed_a"])


@pytest.mark.parametrize(
    ("name", "space", "status"),
    [
        ("guest_a", "closed_a", 403),  # a member
        ("employee", "open", 403),  # a reader
        ("administrator", "open", 403),
        ("employee", "closed_a", 404),  # outsiders
        ("insider_b", "closed_a", 404),
        ("administrator", "closed_a", 404),
        ("guest_b", "closed_a", 404),
        ("insider_a", "organisation", 403),
    ],
)
async def test_nobody_but_an_owner_takes_anybody_in(as_: SignIn, world: World, name: str, space: str, status: int):
    browser = await as_(name)
    assert (await browser.get(f"/spaces/{world.space[space]}/members/new")).status_code == status
    fields = {"colleague": email_of("colleague")}
    assert (await browser.post(MEMBERS.format(world.space[space]), fields)).status_code == status
    assert await roles(world, space, "colleague") == set()


@pytest.mark.parametrize("email", ["nobody@world.example", email_of("deactivated"), email_of("guest_b"), "no address"])
async def test_an_address_of_no_colleague_comes_back_with_what_was_typed(as_: SignIn, world: World, email: str):
    before = await fetch_value("SELECT count(*) FROM membership")
    response = await (await as_("insider_a")).post(MEMBERS.format(world.space["closed_a"]), {"colleague": email})
    assert response.status_code == 422
    assert f'value="{email}"' in response.text
    assert "There is no colleague with this name or address." in text_of(response)
    assert await fetch_value("SELECT count(*) FROM membership") == before


async def test_no_address_at_all_is_told_apart(as_: SignIn, world: World):
    response = await (await as_("insider_a")).post(MEMBERS.format(world.space["closed_a"]), {"colleague": " "})
    assert response.status_code == 422
    assert "Name a colleague." in text_of(response)
    assert "There is no colleague" not in text_of(response)


# --- lists ---


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("employee", {"open"}),
        ("insider_a", {"open", "closed_a"}),
        ("guest_a", {"closed_a"}),
        ("guest_b", {"closed_b"}),
        ("administrator", {"open"}),
    ],
)
async def test_the_list_holds_the_groups_that_one_reads(as_: SignIn, world: World, name: str, seen: set[str]):
    page = (await (await as_(name)).get("/groups")).text
    assert {space for space in ("open", "closed_a", "closed_b") if f"/spaces/{world.space[space]}" in page} == seen


async def test_a_group_shows_its_members_to_its_readers(as_: SignIn, world: World):
    page = (await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}")).text
    assert "Bram Kuipersma" in page
    assert "Julie Mercadier" in page
    assert "Mei-Ling Tjon" not in page
