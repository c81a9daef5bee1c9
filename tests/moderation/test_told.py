"""What the desk, authors and hosts are told: by which keys one decides, what became of words, and where guests are."""

import re

import pytest

from portal.db import execute
from portal.text.decisions import DECISIONS
from tests.client import text_of
from tests.moderation.desk import decide, newest, receipt_of
from tests.world import add_comment, add_report

KEY = re.compile(r'data-key="(\w)"')
HINTS = re.compile(r"<kbd>(.*?)</kbd>")


@pytest.fixture
async def reported(rollback, world):
    """Two comments of guest A, both reported in her space."""
    for name in ("first", "second"):
        await add_comment(world, name, idea="closed_a", author="guest_a", text=f"The {name} of them")
        await add_report(world, name, comment=name, reporter="insider_b")
    return f"/moderation/items/{world.item['first']}"


async def test_only_keys_that_work_are_named_and_each_stands_on_what_it_presses(as_, world, reported):
    moderator = await as_("insider_a")
    queue = f"/spaces/{world.space['closed_a']}/moderation"
    page = await moderator.get(reported)
    assert HINTS.findall(page.text) == ["J", "K", f"1–{len(DECISIONS)}", "C", "S"]
    assert KEY.findall(page.text) == ["c", *"123456"[: len(DECISIONS)], "s"]
    assert 'aria-hidden="true">6</kbd>' in page.text
    for name in ("first", "second"):
        await decide(moderator, world, name, "remove")
    done = await moderator.get(f"{queue}?view=decided")
    assert HINTS.findall(done.text) == ["J", "K", "U"]
    assert set(KEY.findall(done.text)) == {"u"}
    empty = await moderator.get(queue)
    assert "Nothing to review" in text_of(empty)
    assert (KEY.findall(empty.text), HINTS.findall(empty.text)) == (["u"], ["U"])


async def test_an_appeal_is_decided_by_keys_too(as_, world, reported):
    await decide(await as_("insider_a"), world, "first", "remove")
    await (await as_("guest_a")).post(f"{await receipt_of(world, 'first')}/appeal", {"words": "It was a quotation."})
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        *(world.space_id["closed_a"], world.person_id["employee"]),
    )
    page = await (await as_("employee")).get(reported)
    assert "Decide on the appeal" in text_of(page)
    assert KEY.findall(page.text)[-3:] == ["1", "2", "s"]
    assert HINTS.findall(page.text)[-3:] == ["1–2", "C", "S"]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("remove", "Removed by a moderator"),
        ("hide", "Hidden by a moderator"),
        ("send back", "Sent back by a moderator"),
    ],
)
async def test_what_was_done_is_called_by_its_name_in_the_thread_and_at_the_desk(as_, world, reported, action, words):
    await decide(await as_("insider_a"), world, "first", action)
    thread = text_of(await (await as_("guest_a")).get(f"/ideas/{world.idea['closed_a']}"))
    assert [said for said in ("Removed", "Hidden", "Sent back") if f"{said} by a moderator" in thread] == [
        words.removesuffix(" by a moderator")
    ]
    desk = text_of(await (await as_("insider_a")).get(reported))
    assert ("Hidden from readers" in desk) == (action != "remove")


async def test_what_waits_is_called_waiting_at_home_and_let_through_once_it_was(as_, world):
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", world.space_id["closed_a"])
    guest, host = await as_("guest_a"), await as_("insider_a")
    text = {"title": "A second crane", "body": "We could lend you ours", "language": "en"}
    await guest.post(f"/campaigns/{world.campaign['closed_a']}/ideas", text)
    item = await newest("moderation_item")
    world.item["check"] = item["public_id"]
    assert "A moderator reads it first" in text_of(await guest.get("/"))
    await decide(host, world, "check", "allow", words="")
    home = text_of(await guest.get("/"))
    assert "A moderator reads it first" not in home
    assert "A second crane" in home
    assert ": Let through, “A second crane”" in text_of(await host.get(f"/spaces/{world.space['closed_a']}/moderation"))
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", item["idea"])
    assert "Hidden" in text_of(await guest.get("/"))


async def test_where_guests_are_is_said_where_a_file_is_given_and_a_space_chosen(as_, world):
    host = await as_("insider_a")
    assert 'class="has-guests"' in (await host.get(f"/file-wishes/{world.file_wish['closed_a']}")).text
    started = await host.post(
        "/campaigns/new", {"title": "Which gate?", "lead": "One", "brief": "Two", "language": "en"}
    )
    people = f"{started.headers['Location'].rpartition('/')[0]}/people"
    options = re.findall(r'<option value="(\w+)"[^>]*>([^<]+)</option>', (await host.get(people)).text)
    named = dict(options)[world.space["closed_a"]]
    assert named.endswith("(Guest space)")
    assert not dict(options)[world.space["organisation"]].endswith(")")
    chosen = await host.get(f"{people}?space={world.space['closed_a']}", htmx=True)
    assert "Guests will read this" in text_of(chosen)


async def test_domains_are_not_counted_by_their_letters(as_, world):
    page = await (await as_("administrator")).get("/partners")
    assert 'id="name-count"' in page.text
    assert 'id="domains-count"' not in page.text
