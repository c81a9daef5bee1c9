"""What stays of guests who left: their name as the space says, and their data for a while."""

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.leaving.jobs import erase_guests, let_guests_go
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.client import text_of
from tests.leaving.test_removal import count, removal
from tests.world import NOW, set_clock

NAME = "Julie Mercadier"


async def left(as_, world, rule="name", keep_days=30):
    """The guest of closed_a wrote an idea and a comment, and was removed."""
    for table in ("idea", "comment"):
        await execute(
            f"UPDATE {table} SET author = {{}} WHERE id = {{}}",
            world.person_id["guest_a"],
            getattr(world, f"{table}_id")["closed_a"],
        )
    await execute(
        "UPDATE space SET leavers = {}, keep_days = {} WHERE id = {}", rule, keep_days, world.space_id["closed_a"]
    )
    owner = await as_("insider_a")
    assert (await owner.post(removal(world))).status_code == 303
    return owner


@pytest.mark.parametrize(("rule", "word"), [("name", NAME), ("former", "Former guest")])
async def test_what_a_guest_wrote_stays_under_the_name_that_the_space_says(as_, world, rule, word):
    owner = await left(as_, world, rule)
    for address in (
        f"/ideas/{world.idea['closed_a']}",
        f"/campaigns/{world.campaign['closed_a']}",
        "/search?q=closed",
        f"/comments/{world.comment['closed_a']}/replies",
    ):
        shown = text_of(await owner.get(address))
        assert word in shown, address
        assert (NAME in shown) == (rule == "name"), address


async def test_a_former_guest_is_one_in_dutch_too(as_, world):
    owner = await left(as_, world, "former")
    await execute("UPDATE identity SET language = 'nl' WHERE person = {}", world.person_id["insider_a"])
    assert "Voormalige gast" in text_of(await owner.get(f"/ideas/{world.idea['closed_a']}"))


async def test_her_data_go_after_the_host_was_told_and_what_she_wrote_stays(as_, world):
    guest = world.person_id["guest_a"]
    await left(as_, world)
    await erase_guests()
    assert await count("event", kind="space.guest_data_ending") == 0, "too early to tell"
    await set_clock(NOW + timedelta(days=24))
    for _ in range(2):
        await erase_guests()
        assert await count("event", kind="space.guest_data_ending") == 1
    event = await fetch_value("SELECT id FROM event WHERE kind = 'space.guest_data_ending'")
    await execute("UPDATE person SET last_signed_in_at = plein_now() WHERE id = {}", world.person_id["insider_a"])
    await tell_of(event)
    assert await count("mail", kind="guest_data", recipient=world.person_id["insider_a"]) == 1
    message = await write("guest_data", world.person_id["insider_a"], event)
    assert NAME in message.get_content()
    assert "17 July" in message.get_content()
    await set_clock(NOW + timedelta(days=29))
    await erase_guests()
    assert await count("identity", person=guest) == 1
    await set_clock(NOW + timedelta(days=30, seconds=1))
    await erase_guests()
    assert await count("identity", person=guest) == 0
    assert await count("idea", author=guest) == 1
    assert await fetch_value("SELECT particulars::text FROM event WHERE kind = 'person.erased'") == "{}"
    assert await write("guest_data", world.person_id["insider_a"], event) is None


async def test_data_go_never_unannounced(as_, world):
    await left(as_, world, keep_days=0)
    await set_clock(NOW + timedelta(seconds=1))
    await erase_guests()
    await erase_guests()
    assert await count("event", kind="space.guest_data_ending") == 1
    assert await count("identity", person=world.person_id["guest_a"]) == 1
    await set_clock(NOW + timedelta(days=1, seconds=2))
    await erase_guests()
    assert await count("identity", person=world.person_id["guest_a"]) == 0


async def test_who_belongs_somewhere_keeps_her_data(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role, until) VALUES ({}, {}, 'member', {})",
        world.space_id["closed_b"],
        world.person_id["guest_a"],
        NOW + timedelta(days=90),
    )
    await left(as_, world, keep_days=1)
    for days in (50, 52):
        await set_clock(NOW + timedelta(days=days))
        await erase_guests()
    assert await count("identity", person=world.person_id["guest_a"]) == 1
    await set_clock(NOW + timedelta(days=91))
    await let_guests_go()
    for days in (114, 119):
        await set_clock(NOW + timedelta(days=days))
        await erase_guests()
    assert await count("identity", person=world.person_id["guest_a"]) == 1, "closed_b keeps them for 30 days"
    assert await count("event", kind="space.guest_data_ending") == 2
    await set_clock(NOW + timedelta(days=121))
    await erase_guests()
    assert await count("identity", person=world.person_id["guest_a"]) == 0
