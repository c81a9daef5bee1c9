"""Whoever wrote something without her name neither judges it nor decides her own appeal, and reads what she is told."""

from __future__ import annotations

import asyncpg
import pytest

from portal.db import QueryString, execute, fetch_value, transaction
from portal.notifications.of_moderation import ADMINISTRATORS
from tests.client import text_of
from tests.moderation.desk import decide, receipt_of
from tests.world import add_attachment, add_comment, add_report, take_name_off

THINGS = ["idea", "comment", "file"]
FILE = """
    INSERT INTO moderation_item (space, attachment, author) SELECT space, id, author FROM attachment WHERE id = {}
    RETURNING id, public_id
"""


@pytest.fixture
async def masked(rollback, world):
    """A moderator's own idea without her name, with a comment and a file of hers, each reported; the sponsor and the
    author of others moderate, too."""
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["moderator"], world.idea_id["collect"])
    await take_name_off(world.idea_id["collect"])
    await add_comment(world, "rude", idea="collect", author="employee", text="Rude")
    mask = "(SELECT author FROM idea WHERE id = {})"
    await execute(
        f"UPDATE comment SET author = {mask} WHERE id = {{}}", world.idea_id["collect"], world.comment_id["rude"]
    )
    await add_attachment(world, "plan", idea="collect")
    await add_report(world, "idea", idea="collect", reporter="employee")
    await add_report(world, "comment", comment="rude", reporter="employee")
    row = (await execute(FILE, world.attachment_id["plan"]))[0]
    world.item_id["file"], world.item["file"] = row["id"], row["public_id"]
    for who in ("sponsor", "colleague"):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
            world.space_id["organisation"],
            world.person_id[who],
        )


@pytest.mark.parametrize("thing", THINGS)
async def test_who_wrote_it_without_her_name_does_not_judge_it(as_, world, masked, thing):
    herself = await as_("moderator")
    assert world.item[thing] not in text_of(await herself.get("/moderation"))
    assert (await herself.get(f"/moderation/items/{world.item[thing]}")).status_code == 404
    assert (await herself.post(f"/moderation/items/{world.item[thing]}/claim")).status_code == 404
    assert (await decide(herself, world, thing, "allow")).status_code == 404
    assert (await decide(await as_("sponsor"), world, thing, "allow")).status_code == 303


@pytest.mark.parametrize("thing", THINGS)
async def test_who_wrote_it_without_her_name_reads_what_she_is_told_and_decides_no_appeal(as_, world, masked, thing):
    assert (await decide(await as_("sponsor"), world, thing, "remove")).status_code == 303
    herself, address = await as_("moderator"), await receipt_of(world, thing)
    assert address in text_of(await herself.get("/receipts"))
    assert "A moderator decided about something that you wrote" in text_of(await herself.get("/"))
    assert (await herself.post(f"{address}/appeal", {"words": "Unfair"})).status_code == 303
    answer = f"/moderation/items/{world.item[thing]}/appeal", {"outcome": "granted", "reason": "I looked again."}
    assert (await herself.post(*answer)).status_code == 404
    assert (await (await as_("sponsor")).post(*answer)).status_code == 403
    assert (await (await as_("colleague")).post(*answer)).status_code == 303


async def test_who_reported_it_without_her_name_decides_no_appeal(as_, world, masked):
    await add_comment(world, "reply", idea="collect", author="author", text="Reply")
    await add_report(world, "reply", comment="reply", reporter="employee")
    await execute(
        "UPDATE report SET reporter = (SELECT author FROM idea WHERE id = {}) WHERE item = {}",
        world.idea_id["collect"],
        world.item_id["reply"],
    )
    assert (await decide(await as_("sponsor"), world, "reply", "remove")).status_code == 303
    address = await receipt_of(world, "reply")
    assert (await (await as_("author")).post(f"{address}/appeal", {"words": "Unfair"})).status_code == 303
    answer = f"/moderation/items/{world.item['reply']}/appeal", {"outcome": "granted", "reason": "I looked again."}
    assert (await (await as_("moderator")).post(*answer)).status_code == 403


@pytest.mark.parametrize("thing", THINGS)
async def test_the_database_refuses_both(world, masked, as_, thing):
    herself, item = world.person_id["moderator"], world.item_id[thing]
    write = """
        INSERT INTO decision (item, space, person, moderator, action, rule, words, title, body_html, was)
        SELECT id, space, author, {}, 'warn', 'addresses', 'x', '', '', 'published' FROM moderation_item WHERE id = {} RETURNING id
    """
    with pytest.raises(asyncpg.CheckViolationError, match="who wrote it does not judge it"):
        async with transaction():
            await execute(write, herself, item)
    decision = await fetch_value(write, world.person_id["sponsor"], item)
    await execute(
        "INSERT INTO appeal (decision, space, words) SELECT id, space, 'x' FROM decision WHERE id = {}", decision
    )
    answer = """
        UPDATE appeal SET outcome = 'granted', reason = 'x', decided_by = {}, decided_at = plein_now()
        WHERE decision = {}
    """
    for who in ("moderator", "sponsor"):
        with pytest.raises(asyncpg.CheckViolationError, match="decides no appeal"):
            async with transaction():
                await execute(answer, world.person_id[who], decision)
    await execute(answer, world.person_id["colleague"], decision)


@pytest.mark.parametrize("appealed", [False, True])
@pytest.mark.parametrize("moderators", [1, 2])
@pytest.mark.parametrize("who", ["moderator", "employee"])
async def test_whether_administrators_are_called_tells_nothing_of_who_wrote_it(
    rollback, world, who, moderators, appealed
):
    """Where a space has one moderator somebody else is needed, whoever it was."""
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id[who], world.idea_id["collect"])
    await take_name_off(world.idea_id["collect"])
    await add_report(world, "idea", idea="collect", reporter="author")
    if moderators == 2:
        role = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')"
        await execute(role, world.space_id["organisation"], world.person_id["colleague"])
    if appealed:
        await execute("UPDATE moderation_item SET state = 'appealed' WHERE id = {}", world.item_id["idea"])
    called = QueryString(
        "SELECT count(*) FROM (SELECT jsonb_build_object('item', {}::text) AS particulars) e, LATERAL ({}) x",
        world.item["idea"],
        ADMINISTRATORS,
    )
    assert await fetch_value("{}", called) == (moderators == 1)
