"""A label governs what leaves a space: by mail, by one's own data, as a file (tests/access/test_rights.py)."""

from __future__ import annotations

from typing import Any

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.mydata.queries import everything
from portal.notifications.mails import write
from portal.notifications.queries import label_of
from tests.client import Browser, text_of
from tests.world import World, add_comment, add_idea

LABEL = "UPDATE space SET label = {} WHERE id = {}"


async def mentioned(browser: Browser, world: World) -> int:
    """The host mentions the guest in a comment; gives the event."""
    words = "The crane of @Julie Mercadier stands still"
    posted = await browser.post(f"/ideas/{world.idea['closed_a']}/comments", {"body": words})
    assert posted.status_code == 303, text_of(posted)
    return int(await fetch_value("SELECT max(id) FROM event WHERE kind = 'comment.added'"))


@pytest.mark.parametrize("label", ["internal", "confidential", "secret"])
async def test_a_mail_says_what_there_is_only_where_it_is_internal(as_: Any, world: World, label: str):
    await execute(LABEL, label, world.space_id["closed_a"])
    event = await mentioned(await as_("insider_a"), world)
    message = await write("mention", world.person_id["guest_a"], event)
    assert message is not None
    text = f"{message['Subject']} {message.get_content()}"
    told = [words for words in ("Idea closed_a", "crane", "Bram Kuipersma", "Overwater") if words in text]
    assert bool(told) == (label == "internal"), told
    assert "/comments/" in text  # where it is to be read


async def test_mail_about_what_was_moved_is_as_confidential_as_where_it_stands_now(as_: Any, world: World):
    comment = await fetch_value(
        "SELECT comment FROM event WHERE id = {}", await mentioned(await as_("insider_a"), world)
    )
    async with transaction():
        event = await record(Kind.COMMENT_ADDED, space=world.space_id["organisation"], comment=comment)
    assert await label_of(event) == "internal"
    await execute(LABEL, "confidential", world.space_id["closed_a"])
    assert await label_of(event) == "confidential"


@pytest.mark.parametrize("label", ["internal", "confidential", "secret"])
async def test_ones_own_data_hold_what_the_label_lets_out(rollback: Any, world: World, label: str):
    async with transaction():
        await add_idea(world, "hers", campaign="closed_a", author="guest_a", comments=False, title="Cranes by night")
        await add_comment(world, "of_hers", idea="closed_a", author="guest_a", text="Louder than a heron")
    await execute(LABEL, label, world.space_id["closed_a"])
    guest = await actor_of_person(world.person_id["guest_a"])
    assert guest is not None
    data = await everything(guest)
    (idea,) = data["ideas"]
    (comment,) = data["comments"]
    assert (idea["title"] == "Cranes by night") == (label != "secret")
    assert ("heron" in str(comment)) == (label != "secret")
    assert ("Campaign closed_a" in str(idea)) == (label == "internal")
    assert ("Idea closed_a" in str(comment)) == (label == "internal")


async def test_the_page_says_how_confidential_it_is(as_: Any, world: World):
    await execute(LABEL, "secret", world.space_id["closed_a"])
    assert "Secret" in text_of(await (await as_("guest_a")).get(f"/spaces/{world.space['closed_a']}"))
