"""Leaks that other products had and that are about time and place: links that outlive their owner, what was moved away,
versions of what was taken down, judging next door, names that are taken out of sight, and what a photo knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from portal.access.tokens import token_sha256
from portal.db import execute, fetch_value
from tests.client import Browser
from tests.sitemap import GROUP
from tests.world import World, add_comment, picture

SignIn = Callable[[str | None], Awaitable[Browser]]
TOKEN = "a-link-that-was-sent-in-time"
LINKS = {"password_reset": "/password-reset/{}", "sign_in_link": "/sign-in/link/{}"}


@pytest.mark.parametrize("table", LINKS)
async def test_a_link_does_not_outlive_its_owner(as_: SignIn, world: World, table: str):
    """Not even where nobody thought of ending it."""
    browser, guest = await as_(None), world.person_id["guest_a"]
    await execute(
        f"INSERT INTO {table} (token_sha256, person, created_at, expires_at)"
        " VALUES ({}, {}, plein_now(), plein_now() + interval '1 hour')",
        token_sha256(TOKEN),
        guest,
    )
    address = LINKS[table].format(TOKEN)
    assert (await browser.get(address)).status_code == 200, "the control"
    await execute("UPDATE person SET active = FALSE WHERE id = {}", guest)
    gone = await browser.get(address)
    never = await browser.get(LINKS[table].format(TOKEN[::-1]))
    assert gone.status_code == never.status_code != 200
    sessions = await fetch_value("SELECT count(*) FROM session WHERE person = {}", guest)
    secret = await fetch_value("SELECT password_hash FROM credential WHERE person = {}", guest)
    await browser.post(address, {"password": "seven otters under ice"})
    assert await fetch_value("SELECT count(*) FROM session WHERE person = {}", guest) == sessions
    assert await fetch_value("SELECT password_hash FROM credential WHERE person = {}", guest) == secret


async def test_what_went_to_another_space_is_gone_from_its_old_address(as_: SignIn, world: World):
    """For whoever does not read the new space; with all that hangs under it."""
    guest = await as_("guest_a")
    addresses = [
        f"/ideas/{world.idea['closed_a']}",
        f"/ideas/{world.idea['closed_a']}/versions",
        f"/comments/{world.comment['closed_a']}/replies",
        f"/comments/{world.comment['closed_a']}/versions",
        f"/attachments/{world.attachment['closed_a']}",
    ]
    assert {(await guest.get(address)).status_code for address in addresses} == {200}, "the control"
    await execute(
        "UPDATE idea SET (campaign, space) = (SELECT id, space FROM campaign WHERE id = {}) WHERE id = {}",
        world.campaign_id["closed_b"],
        world.idea_id["closed_a"],
    )
    assert {(await guest.get(address)).status_code for address in addresses} == {404}
    assert "Idea closed_a" not in (await guest.get("/search?q=closed_a")).text
    assert (await (await as_("guest_b")).get(addresses[0])).status_code == 200


@pytest.mark.parametrize(("state", "left_to_its_author"), [("hidden", True), ("removed", False)])
async def test_versions_go_with_the_comment(as_: SignIn, world: World, state: str, left_to_its_author: bool):
    """Hidden, they are left to the author and the moderators; removed, to nobody."""
    address, words = f"/comments/{world.comment['closed_a']}/versions", "First words of closed_a"
    guest, insider = await as_("guest_a"), await as_("insider_a")
    assert words in (await guest.get(address)).text, "the control"
    await execute("UPDATE comment SET state = {} WHERE id = {}", state, world.comment_id["closed_a"])
    assert words not in (await guest.get(address)).text
    assert (words in (await insider.get(address)).text) is left_to_its_author


@pytest.mark.parametrize("who", ["insider_a", "administrator", "guest_b"])
async def test_nobody_judges_in_a_space_that_is_not_hers_to_look_after(as_: SignIn, world: World, who: str):
    """Owning a group, or running the portal, gives no say over what is reported elsewhere."""
    browser, item = await as_(who), world.item["vote"]
    before = await execute("SELECT * FROM moderation_item ORDER BY id")
    fields = {
        "action": "remove",
        "rule": "persons",
        "days": "3",
        "words": "Because.",
        "outcome": "granted",
        "reason": "x",
    }
    assert (await browser.get(f"/moderation/items/{item}")).status_code == 404
    assert (await browser.get(f"/spaces/{world.space['organisation']}/moderation")).status_code in (403, 404)
    for step in ("claim", "decision", "appeal"):
        assert (await browser.post(f"/moderation/items/{item}/{step}", fields)).status_code == 404, step
    undone = f"/moderation/decisions/{world.decision['decide']}/undo"
    assert (await browser.post(undone, fields)).status_code == 404
    assert await execute("SELECT * FROM moderation_item ORDER BY id") == before


async def test_no_name_is_taken_by_a_group_out_of_sight(as_: SignIn, world: World):
    """A group may be called as a closed one is; the form tells nothing about that, and neither does the new group."""
    browser = await as_("employee")
    taken = await browser.post("/groups", GROUP | {"name": "Night bus", "form_key": "one"})
    free = await browser.post("/groups", GROUP | {"name": "Kestrels", "form_key": "two"})
    assert taken.status_code == free.status_code
    for response in (taken, await browser.get(taken.headers.get("Location", "/groups"))):
        assert world.space["closed_b"] not in response.text
        assert "What Night bus is for" not in response.text


async def test_a_photo_tells_no_place_and_no_camera(as_: SignIn, world: World):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker of cameras", "Camera of Julie"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture("jpg", 300, 200, exif=exif)
    assert b"Camera of Julie" in sent, "the control"
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["guest_a"], world.idea_id["closed_a"])
    author = await as_("guest_a")
    response = await author.post(
        f"/ideas/{world.idea['closed_a']}/attachments", {"form_key": "photo"}, files={"files": ("quay.jpg", sent)}
    )
    assert response.status_code == 303
    made: Any = await fetch_value("SELECT public_id FROM attachment WHERE name = 'quay.jpg'")
    for address in (f"/attachments/{made}", f"/attachments/{made}/thumbnail"):
        shown = await (await as_("insider_a")).get(address)
        assert shown.status_code == 200
        assert b"Camera" not in shown.content
        assert not dict(Image.open(BytesIO(shown.content)).getexif())


async def test_who_wrote_there_and_was_let_out_reads_nothing_of_it(as_: SignIn, world: World):
    """Her own words stay, for others."""
    guest = await as_("guest_a")
    await add_comment(world, "of_guest", idea="closed_a", author="guest_a")
    addresses = [f"/comments/{world.comment['of_guest']}/replies", f"/ideas/{world.idea['closed_a']}"]
    assert {(await guest.get(address)).status_code for address in addresses} == {200}, "the control"
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
    assert {(await guest.get(address)).status_code for address in addresses} == {404}
    assert (await (await as_("insider_a")).get(addresses[0])).status_code == 200
