"""Asking for a file that one sees and may not open: who answers for the space gives it, to this person and no other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.notifications.work import work
from tests.world import World, email_of, stored_picture

WHY = {"words": "To plan the cranes."}


@pytest.fixture
async def held(rollback: Any, world: World) -> str:
    """The address of a file in the guest space A, where its guest may download nothing; nobody asked for it yet."""
    await execute("DELETE FROM file_wish")
    await execute("UPDATE membership SET may_download = FALSE WHERE person = {}", world.person_id["guest_a"])
    return f"/attachments/{world.attachment['closed_a']}"


async def wish() -> Any:
    """The address at which it is answered."""
    return "/file-wishes/" + await fetch_value("SELECT public_id FROM file_wish ORDER BY id DESC LIMIT 1")


async def test_who_may_not_open_a_file_is_shown_how_to_ask(as_: Any, world: World, held: str):
    guest = await as_("guest_a")
    refused = await guest.get(held)
    assert refused.status_code == 403
    assert f'action="{held}/wish"' in refused.text
    idea = (await guest.get(f"/ideas/{world.idea['closed_a']}")).text
    assert f'href="{held}/wish"' in idea
    assert f'href="{held}"' not in idea
    assert f'href="{held}/wish"' in (await guest.get(f"/ideas/{world.idea['closed_a']}/attachments")).text
    assert f'href="{held}/wish"' not in (await (await as_("insider_a")).get(f"/ideas/{world.idea['closed_a']}")).text


async def test_what_is_given_opens_for_who_asked_and_nobody_else(as_: Any, world: World, held: str, smtp: Any):
    await execute(
        "INSERT INTO membership (space, person, role, may_download) VALUES ({}, {}, 'member', FALSE)",
        world.space_id["closed_a"],
        world.person_id["guest_b"],
    )
    stored_picture("closed_a")  # where this test keeps its files
    guest, host = await as_("guest_a"), await as_("insider_a")
    for _ in range(2):  # twice is once
        assert (await guest.post(f"{held}/wish", WHY)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM file_wish") == 1
    await work()
    assert smtp.recipients == [email_of("insider_a")]
    assert "To plan the cranes." in smtp.messages[0].get_content()
    listed = text_of(await host.get(f"/spaces/{world.space['closed_a']}/file-wishes"))
    assert "To plan the cranes." in listed
    assert "Julie Mercadier" in listed
    assert (await host.post(await wish(), {"answer": "give"})).status_code == 303
    assert (await guest.get(held)).status_code == (await guest.get(f"{held}/thumbnail")).status_code == 200
    assert (await (await as_("guest_b")).get(held)).status_code == 403
    await work()
    assert smtp.recipients[1:] == [email_of("guest_a")]
    assert (await host.post(await wish(), {"answer": "refuse", "reason": "No"})).status_code == 403


async def test_a_refusal_says_why_and_she_may_ask_again(as_: Any, world: World, held: str, smtp: Any):
    guest, host = await as_("guest_a"), await as_("insider_a")
    await guest.post(f"{held}/wish", WHY)
    empty = await host.post(await wish(), {"answer": "refuse"})
    assert empty.status_code == 422
    assert "Say why" in text_of(empty)
    assert (await host.post(await wish(), {"answer": "refuse", "reason": "It names the town."})).status_code == 303
    await work()
    assert "It names the town." in smtp.messages[-1].get_content()
    page = await guest.get(held)
    assert page.status_code == 403
    assert "It names the town." in text_of(page)
    assert (await guest.post(f"{held}/wish", WHY)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM file_wish") == 2


async def test_who_opens_it_has_nothing_to_ask_for_and_a_secret_is_given_to_nobody(as_: Any, world: World, held: str):
    assert (await (await as_("insider_a")).post(f"{held}/wish", WHY)).status_code == 403
    assert (await (await as_("guest_b")).post(f"{held}/wish", WHY)).status_code == 404
    await execute("UPDATE space SET label = 'secret' WHERE id = {}", world.space_id["closed_a"])
    guest = await as_("guest_a")
    assert (await guest.post(f"{held}/wish", WHY)).status_code == 403
    assert f'"{held}/wish"' not in (await guest.get(held)).text


async def test_only_who_answers_for_the_space_answers(as_: Any, world: World, held: str):
    guest = await as_("guest_a")
    await guest.post(f"{held}/wish", WHY)
    address = await wish()
    assert (await guest.post(address, {"answer": "give"})).status_code == 403
    for name in ("guest_b", "employee", "administrator"):
        assert (await (await as_(name)).post(address, {"answer": "give"})).status_code == 404
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["employee"],
    )
    assert (await (await as_("employee")).get(address)).status_code == 404
    assert "Julie" not in text_of(await (await as_("employee")).get(f"/spaces/{world.space['closed_a']}/file-wishes"))
    assert await fetch_value("SELECT state FROM file_wish") == "waiting"


async def test_two_who_answer_at_once_answer_once(as_: Any, world: World, held: str):
    await (await as_("guest_a")).post(f"{held}/wish", WHY)
    host, address = await as_("insider_a"), await wish()
    answers = [{"answer": "give"}, {"answer": "refuse", "reason": "No"}]
    sent = await asyncio.gather(*(host.post(address, answer) for answer in answers))
    assert 303 in {response.status_code for response in sent}
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'attachment.answered'") == 1
