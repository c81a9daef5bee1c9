"""Moving an idea, a post or a campaign: rights in both places, a confirmed audience, and nothing left behind."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from portal.access.scope import VISIBILITY
from portal.db import execute, fetch_value
from portal.notifications.mails import write
from tests.access.canary import canaries_in, plant
from tests.client import Browser, text_of
from tests.pages.forms import form_of
from tests.world import World, add_report, take_name_off


@pytest.fixture
async def both(rollback: Any, world: World) -> None:
    """The author belongs to the guest space A, and voted, follows and reads there like everybody around her idea."""
    join = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')"
    await execute(join, world.space_id["closed_a"], world.person_id["author"])
    await execute("DELETE FROM capture")
    idea, space = world.idea_id["collect"], world.space_id["organisation"]
    for name in ("employee", "insider_a"):
        who = world.person_id[name]
        await execute("INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, FALSE)", who, idea, space)
        await execute("INSERT INTO follow (person, idea, space) VALUES ({}, {}, {})", who, idea, space)
        await execute("INSERT INTO read_mark (person, idea, space, comment) VALUES ({}, {}, {}, 1)", who, idea, space)
        await execute("INSERT INTO help_offer (idea, space, person, body) VALUES ({}, {}, {}, 'H')", idea, space, who)
    await execute("UPDATE idea SET supporters = 2 WHERE id = {}", idea)


async def move(browser: Browser, address: str, to: str, **changed: str) -> Any:
    """Looks who reads it then, and confirms it."""
    page = (await browser.get(f"{address}?to={to}")).text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    return await browser.post(address, {"to": to, "seen": seen, "sure": "y"} | changed)


async def test_an_idea_goes_to_another_space_with_all_that_hangs_under_it(as_: Any, world: World, both: None):
    author, address = await as_("author"), f"/ideas/{world.idea['collect']}"
    shown = text_of(await author.get(f"{address}/move?to={world.campaign['closed_a']}"))
    assert "These lose sight of it: 8 colleagues · 0 guests" in " ".join(shown.replace("<b>", "").split())
    assert "People from outside will read it" in shown
    assert (await (await as_("guest_a")).get(address)).status_code == 404
    response = await move(author, f"{address}/move", world.campaign["closed_a"])
    assert (response.status_code, response.headers["location"]) == (303, address)
    statuses = {name: (await (await as_(name)).get(address)).status_code for name in ("guest_a", "insider_a", "author")}
    assert set(statuses.values()) == {200}
    for name in ("employee", "moderator", "administrator", "guest_b"):
        for path in ("", "/comments", "/attachments", "/versions", "/report"):
            assert (await (await as_(name)).get(address + path)).status_code == 404, (name, path)
        assert (await (await as_(name)).get(f"/comments/{world.comment['collect']}")).status_code == 404
        assert (await (await as_(name)).get(f"/attachments/{world.attachment['collect']}")).status_code == 404
    idea, insider = world.idea_id["collect"], world.person_id["insider_a"]
    assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", idea) == 0
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", idea) == 0
    for table in ("follow", "read_mark", "help_offer"):
        kept = {row["person"] for row in await execute(f"SELECT person FROM {table} WHERE idea = {{}}", idea)}
        assert insider in kept, table
        assert world.person_id["employee"] not in kept, table
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'idea.moved'") == 1


async def test_no_row_of_it_is_left_in_the_space_before(as_: Any, world: World, both: None):
    idea, space = world.idea_id["collect"], world.space_id["organisation"]
    await move(await as_("author"), f"/ideas/{world.idea['collect']}/move", world.campaign["closed_a"])
    for table in VISIBILITY:
        name, columns = table._meta.tablename, {column._meta.name for column in table._meta.columns}
        if {"idea", "space"} <= columns and name != "event":
            left = await fetch_value(f"SELECT count(*) FROM {name} WHERE idea = {{}} AND space = {{}}", idea, space)
            assert left == 0, name


async def test_who_lost_sight_of_it_finds_no_word_of_it(as_: Any, world: World, both: None, rollback: Any):
    await execute("UPDATE idea SET title = 'Xylophone for lockkeepers' WHERE id = {}", world.idea_id["collect"])
    await execute("INSERT INTO search_word (space, word) VALUES ({}, 'xylophon')", world.space_id["organisation"])
    employee = await as_("employee")
    assert "Xylophone" in (await employee.get("/search?q=xylophone")).text
    await move(await as_("author"), f"/ideas/{world.idea['collect']}/move", world.campaign["closed_a"])
    assert "lockkeepers" not in (await employee.get("/search?q=xylophone")).text
    assert "lockkeepers" in (await (await as_("guest_a")).get("/search?q=xylophone")).text
    assert not await fetch_value("SELECT count(*) FROM search_word WHERE word = 'xylophon' AND space = 1")
    await plant(rollback)
    seen = {
        canary
        for path in ("/", "/campaigns", f"/campaigns/{world.campaign['collect']}", "/search?q=Canary", "/votes")
        for canary in canaries_in((await employee.get(path)).text)
    }
    assert seen
    assert not {c for c in seen if (c.table, c.row) == ("idea", world.idea_id["collect"])}


async def test_a_campaign_goes_to_another_space_with_its_ideas(as_: Any, world: World, both: None):
    for name in ("campaign_owner", "sponsor"):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
            world.space_id["closed_a"],
            world.person_id[name],
        )
    address = f"/campaigns/{world.campaign['collect']}"
    response = await move(await as_("campaign_owner"), f"{address}/move", world.space["closed_a"])
    assert response.status_code == 303
    for name, status in (("guest_a", 200), ("insider_a", 200), ("employee", 404), ("guest_b", 404)):
        browser = await as_(name)
        for path in (address, f"/ideas/{world.idea['collect']}", f"/comments/{world.comment['collect']}"):
            assert (await browser.get(path)).status_code in (status, 303 if status == 200 else 404), (name, path)


async def test_it_takes_rights_here_and_there_and_a_confirmation(as_: Any, world: World, both: None):
    address, to = f"/ideas/{world.idea['collect']}/move", world.campaign["closed_a"]
    for name, status in (("employee", 403), ("guest_a", 404), ("guest_b", 404)):
        assert (await (await as_(name)).get(address)).status_code == status
        assert (await (await as_(name)).post(address, {"to": to, "sure": "y"})).status_code == status
    author = await as_("author")
    assert (await move(author, address, to, sure="")).status_code == 422
    assert (await move(author, address, to, seen="1.0.1.0.0.0.0.0")).status_code == 422
    # she reads the other space, and may not write there
    await execute("UPDATE membership SET may_write = FALSE WHERE person = {}", world.person_id["author"])
    assert world.campaign["closed_a"] not in (await author.get(address)).text
    assert (await author.post(address, {"to": to, "sure": "y", "seen": "x"})).status_code == 200
    # where she is nobody, there is nothing
    assert (await author.post(address, {"to": world.campaign["closed_b"], "sure": "y"})).status_code == 200
    assert await fetch_value("SELECT space FROM idea WHERE id = {}", world.idea_id["collect"]) == 1


async def test_who_wrote_it_keeps_sight_of_it_and_what_is_judged_stays(as_: Any, world: World, both: None):
    address, to = f"/ideas/{world.idea['collect']}/move", world.campaign["closed_a"]
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}",
        world.person_id["employee"],
        world.idea_id["collect"],
    )
    author = await as_("author")
    refused = await move(author, address, to)
    assert refused.status_code == 422
    assert "would lose sight of it" in text_of(refused)
    await execute("DELETE FROM co_author WHERE idea = {}", world.idea_id["collect"])
    await add_report(world, "moving", comment="collect", reporter="employee")
    refused = await move(author, address, to)
    assert "still have something in it to judge" in text_of(refused)
    await execute("UPDATE moderation_item SET state = 'closed' WHERE id = {}", world.item_id["moving"])
    assert (await move(author, address, to)).status_code == 303


async def test_who_took_part_hears_that_support_is_gone_and_the_words_tell_of_no_vote(
    as_: Any, world: World, both: None
):
    colleague, space = world.person_id["colleague"], world.space_id
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')", space["closed_a"], colleague
    )
    idea = world.idea_id["collect"]
    await execute(
        "INSERT INTO follow (person, idea, space) VALUES ({}, {}, {})", colleague, idea, space["organisation"]
    )
    await move(await as_("author"), f"/ideas/{world.idea['collect']}/move", world.campaign["closed_a"])
    mails = await execute("SELECT recipient, event FROM mail WHERE kind = 'moved' ORDER BY recipient")
    # the insider had voted, the colleague only follows; who reads it no more is told nothing, and who moved it knows
    assert [mail["recipient"] for mail in mails] == [colleague, world.person_id["insider_a"]]
    await execute("UPDATE identity SET language = 'en', name = 'Reader' WHERE person = {}", colleague)
    await execute("UPDATE identity SET name = 'Reader' WHERE person = {}", world.person_id["insider_a"])
    texts = {(await write("moved", mail["recipient"], mail["event"])).get_content() for mail in mails}
    assert len(texts) == 1
    assert "Idea collect" in texts.pop()


async def test_a_move_that_keeps_support_tells_nobody(as_: Any, world: World, both: None):
    await execute(
        "UPDATE campaign SET space = {} WHERE id = {}", world.space_id["organisation"], world.campaign_id["open"]
    )
    await move(await as_("author"), f"/ideas/{world.idea['collect']}/move", world.campaign["open"])
    assert (
        await fetch_value("SELECT campaign FROM idea WHERE id = {}", world.idea_id["collect"])
        == world.campaign_id["open"]
    )
    assert await fetch_value("SELECT count(*) FROM mail WHERE kind = 'moved'") == 0


async def posted(world: World, **changed: Any) -> str:
    """The address of the author's discussion in the organisation's space, supported and followed by two."""
    post, space = world.idea_id["post"], world.space_id["organisation"]
    for name in ("employee", "insider_a"):
        who = world.person_id[name]
        await execute(
            "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, FALSE) ON CONFLICT DO NOTHING",
            who,
            post,
            space,
        )
        await execute("INSERT INTO follow (person, idea, space) VALUES ({}, {}, {})", who, post, space)
    for column, value in changed.items():
        await execute(f"UPDATE idea SET {column} = {{}} WHERE id = {{}}", value, post)
    return f"/ideas/{world.idea['post']}/move"


async def test_a_post_goes_to_another_space_and_its_old_readers_find_nothing(as_: Any, world: World, both: None):
    address, post = await posted(world), world.idea_id["post"]
    author = await as_("author")
    shown = text_of(await author.get(f"{address}?to={world.space['closed_a']}"))
    assert "To another space, with its comments and files" in shown
    assert "These lose sight of it" in shown
    response = await move(author, address, world.space["closed_a"])
    assert (response.status_code, response.headers["location"]) == (303, f"/ideas/{world.idea['post']}")
    for name, status in (("guest_a", 200), ("insider_a", 200), ("author", 200), ("employee", 404), ("guest_b", 404)):
        assert (await (await as_(name)).get(f"/posts/{world.idea['post']}")).status_code == status, name
    history = text_of(await (await as_("insider_a")).get(f"/posts/{world.idea['post']}"))
    assert "Moved to this space" in history
    assert "The text was changed" not in history
    row = (await execute("SELECT space, campaign, kind, supporters, version FROM idea WHERE id = {}", post))[0]
    there = world.space_id["closed_a"]
    assert (row["space"], row["campaign"], row["kind"], row["supporters"]) == (there, -there, "discussion", 0)
    assert await fetch_value("SELECT count(*) FROM idea_version WHERE idea = {}", post) == row["version"] - 1
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", post) == 0
    followers = {row["person"] for row in await execute("SELECT person FROM follow WHERE idea = {}", post)}
    assert world.person_id["insider_a"] in followers
    assert world.person_id["employee"] not in followers
    mail = (await execute("SELECT recipient, event FROM mail WHERE kind = 'moved'"))[0]
    assert mail["recipient"] == world.person_id["insider_a"]
    assert "This post stands in another space now" in (await write("moved", *mail.values())).get_content()
    # what owes it an answer is reckoned by who reads it there
    active = await fetch_value("SELECT (plein_readers({}, plein_now())).readers", there)
    assert await fetch_value("SELECT t1_at_count IS NULL OR audience <= {} FROM idea WHERE id = {}", active, post)
    assert f"/posts/{world.idea['post']}" in (await author.get(f"/spaces/{world.space['closed_a']}/posts")).text


@pytest.mark.parametrize(
    "made",
    [
        "UPDATE idea SET t1_at = plein_now() WHERE id = {}",
        "INSERT INTO action_request (idea, space, person, reason) SELECT id, space, 1, 'R' FROM idea WHERE id = {}",
    ],
)
async def test_a_post_that_is_owed_an_answer_or_waits_for_one_stays(as_: Any, world: World, both: None, made: str):
    address, author = await posted(world), await as_("author")
    await execute(made, world.idea_id["post"])
    assert (await move(author, address, world.space["closed_a"])).status_code == 422
    assert await fetch_value("SELECT space FROM idea WHERE id = {}", world.idea_id["post"]) == 1


async def test_a_post_without_a_name_goes_where_one_may_post_without(as_: Any, world: World, both: None):
    address, author = await posted(world, anonymous=True), await as_("author")
    await execute("UPDATE space SET anonymous = FALSE WHERE id = {}", world.space_id["closed_a"])
    assert world.space["closed_a"] not in (await author.get(address)).text
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", world.space_id["closed_a"])
    assert world.space["closed_a"] in (await author.get(address)).text


EVERYBODY = """
    INSERT INTO membership (space, person, role) SELECT {}, r.person, 'member' FROM readership r
    JOIN person p ON p.id = r.person AND p.kind <> 'guest' WHERE r.space = {} AND r.person <> ALL({})
    ON CONFLICT DO NOTHING
"""


@pytest.mark.parametrize("out", ["colleague", "employee", ""])
async def test_what_nobody_signed_goes_where_all_who_read_it_read_it_whoever_wrote_it(
    as_: Any, world: World, rollback: asyncpg.Connection, out: str
):
    """By trying one space after the other nobody finds who is behind it, who hears of it like any author."""
    there, behind = world.space_id["closed_a"], world.person_id["colleague"]
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", there)
    without = [world.person_id[out]] if out else []
    await execute(EVERYBODY, there, world.space_id["organisation"], without)
    address, moderator = f"/ideas/{world.idea['anonymous']}/move", await as_("moderator")
    page = await moderator.get(f"{address}?to={world.space['closed_a']}")
    sent = await moderator.post(address, form_of(page, address) | {"sure": "y"})
    assert sent.status_code == (422 if out else 303), text_of(sent)
    assert ("stands without a name" in text_of(sent)) is bool(out)
    assert "Take them in there first" not in text_of(sent)
    stands = await fetch_value("SELECT space FROM idea WHERE id = {}", world.idea_id["anonymous"])
    assert (stands == there) is not bool(out)
    told = "SELECT EXISTS (SELECT FROM mail WHERE kind = 'moved' AND recipient = {})"
    assert await fetch_value(told, behind) is not bool(out)


@pytest.mark.parametrize("nameless", [False, True])
async def test_a_campaign_with_an_idea_without_a_name_goes_where_all_who_read_it_read_it(
    as_: Any, world: World, both: None, nameless: bool
):
    if nameless:
        await take_name_off(world.idea_id["collect"])
    await execute("UPDATE campaign SET author = {}", world.person_id["author"])
    await execute("UPDATE campaign SET sponsor = author, decision_owner = author")
    where = f"/campaigns/{world.campaign['collect']}/move"
    sent = await move(await as_("author"), where, world.space["closed_a"])
    assert sent.status_code == (422 if nameless else 303), text_of(sent)


async def test_an_idea_without_a_name_goes_where_one_may_propose_without(as_: Any, world: World, both: None):
    await take_name_off(world.idea_id["collect"])
    author, address = await as_("author"), f"/ideas/{world.idea['collect']}/move"
    for allowed in (False, True):
        await execute("UPDATE space SET anonymous = {} WHERE id = {}", allowed, world.space_id["closed_a"])
        assert (world.campaign["closed_a"] in (await author.get(address)).text) is allowed


async def test_a_post_takes_rights_here_and_there(as_: Any, world: World, both: None):
    address, to = await posted(world), world.space["closed_a"]
    for name, status in (("employee", 403), ("guest_a", 404), ("guest_b", 404)):
        assert (await (await as_(name)).post(address, {"to": to, "sure": "y"})).status_code == status, name
    author = await as_("author")
    await execute("UPDATE membership SET may_write = FALSE WHERE person = {}", world.person_id["author"])
    assert to not in (await author.get(address)).text
    assert (await author.post(address, {"to": to, "sure": "y", "seen": "x"})).status_code == 200
    assert await fetch_value("SELECT space FROM idea WHERE id = {}", world.idea_id["post"]) == 1
