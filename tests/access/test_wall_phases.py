"""The second wall in time: by her own SQL a guest proposes, edits and adds while the campaign takes that in, and where she
has the right to write."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from portal.access.phases import WHILE_COMMENTING, WHILE_CORRECTING, WHILE_EDITING, WHILE_PROPOSING
from portal.db import execute, leave_connection, stand_behind_wall, transaction
from tests.client import new_session
from tests.world import World, add_attachment, add_campaign, add_comment, add_decision, add_idea, add_report

PHASES = ("collect", "discuss", "vote", "decide", "done")
#: What she sends, by what it does, and in which phases that is done; her own idea is {hers}, her draft {draft}, and so on.
SENT = {
    "propose": (
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
        " VALUES ({campaign}, {space}, {guest}, 'published', 't', 'b', 'b', 'b', 'en')",
        WHILE_PROPOSING,
    ),
    "begin a draft": (
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
        " VALUES ({campaign}, {space}, {guest}, 'draft', 't', 'b', 'b', 'b', 'en')",
        WHILE_PROPOSING,
    ),
    "post a draft": ("UPDATE idea SET state = 'published' WHERE id = {draft}", WHILE_PROPOSING),
    "edit a draft": ("UPDATE idea SET title = 'x', edited_by = {guest} WHERE id = {draft}", set(PHASES)),
    "edit": ("UPDATE idea SET title = 'x', edited_by = {guest} WHERE id = {hers}", WHILE_EDITING),
    "take out of sight": ("UPDATE idea SET state = 'draft' WHERE id = {hers}", WHILE_EDITING),
    "put back": ("UPDATE idea SET state = 'published' WHERE id = {withdrawn}", WHILE_EDITING),
    "withdraw": ("UPDATE idea SET state = 'withdrawn' WHERE id = {hers}", set(PHASES)),
    "take back out of screening": ("UPDATE idea SET state = 'diverted' WHERE id = {draft}", set(PHASES)),
    "have it vanish": ("UPDATE idea SET state = 'diverted' WHERE id = {hers}", set()),
    "change what was sent back": (
        "UPDATE idea SET state = 'published', title = 'x' WHERE id = {sent_back}",
        set(PHASES),
    ),
    "reply anew in what was sent back": ("DELETE FROM idea_reply WHERE idea = {sent_back}", set(PHASES)),
    "change what is up again": (
        "UPDATE idea SET title = 'x', edited_by = {guest} WHERE id = {up_again}",
        WHILE_EDITING,
    ),
    "reply anew in what is up again": ("DELETE FROM idea_reply WHERE idea = {up_again}", WHILE_EDITING),
    "withdraw with other words": (
        "UPDATE idea SET state = 'withdrawn', title = 'x', edited_by = {guest} WHERE id = {hers}",
        WHILE_EDITING,
    ),
    "ask a core question": (
        "UPDATE idea SET core_questions = ARRAY['x'], edited_by = {guest} WHERE id = {hers}",
        set(PHASES),
    ),
    "reply to a question": (
        "INSERT INTO idea_reply (idea, space, question, value) VALUES ({hers}, {space}, {question}, 'x')",
        WHILE_EDITING,
    ),
    "take a reply away": ("DELETE FROM idea_reply WHERE idea = {replied}", WHILE_EDITING),
    "attach": (
        "INSERT INTO attachment (idea, space, author, kind, name, description, file, size)"
        " SELECT {hers}, space, {guest}, kind, name, description, 'another', size FROM attachment WHERE id = {file}",
        WHILE_EDITING,
    ),
    "describe a file": ("UPDATE attachment SET description = 'x' WHERE id = {file}", WHILE_EDITING),
    "take a file away": ("DELETE FROM attachment WHERE id = {file}", WHILE_EDITING),
    "invite": (
        "INSERT INTO co_author (idea, space, person, invited_by) VALUES ({hers}, {space}, {insider}, {guest})",
        WHILE_EDITING,
    ),
    "correct": (
        "INSERT INTO correction (idea, space, author, body, body_html, language)"
        " VALUES ({hers}, {space}, {guest}, 'x', 'x', 'en')",
        WHILE_CORRECTING,
    ),
    "offer help": (
        "INSERT INTO help_offer (idea, space, person, body) VALUES ({theirs}, {space}, {guest}, 'x')",
        WHILE_COMMENTING,
    ),
    "edit a comment": ("UPDATE comment SET body = 'x' WHERE id = {comment}", WHILE_COMMENTING),
    "remove a comment": ("UPDATE comment SET state = 'removed', body = '' WHERE id = {comment}", set(PHASES)),
    "comment": (
        "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
        " VALUES ({theirs}, {space}, {guest}, 'published', 'x', 'x', 'en')",
        WHILE_COMMENTING,
    ),
    "say why it is withdrawn": (
        "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
        " VALUES ({hers}, {space}, {guest}, 'withdrawn', 'x', 'x', 'en')",
        set(PHASES),
    ),
    "ask that something is done": (
        "INSERT INTO action_request (idea, space, person, reason) VALUES ({theirs}, {space}, {guest}, 'x')",
        set(PHASES),
    ),
    "wish for a colleague": (
        "INSERT INTO colleague_wish (space, person, name, email, words)"
        " VALUES ({space}, {guest}, 'X', 'x@overwater.example', 'x')",
        set(PHASES),
    ),
    "mention": (
        "INSERT INTO mention (comment, space, person, event) SELECT {comment}, {space}, {insider}, max(id) FROM event",
        set(PHASES),
    ),
}
#: What she takes back without the right to write.
TAKES_BACK = {
    *("remove a comment", "take a reply away", "take a file away", "take back out of screening"),
    *("reply anew in what was sent back", "reply anew in what is up again"),
}
IDEAS = ("hers", "replied", "draft", "withdrawn", "theirs", "sent_back", "up_again")


async def staged(world: World, phase: str) -> dict[str, Any]:
    """A campaign of the guest's space in this phase, with ideas of hers in every state, and one of the insider's."""
    guest, space = world.person_id["guest_a"], world.space_id["closed_a"]
    async with transaction():
        await add_campaign(world, "one", "closed_a", phase)
        for name, author, state in (
            ("hers", "guest_a", "published"),
            ("replied", "guest_a", "published"),
            ("draft", "guest_a", "draft"),
            ("withdrawn", "guest_a", "withdrawn"),
            ("theirs", "insider_a", "published"),
            ("sent_back", "guest_a", "published"),
            ("up_again", "guest_a", "published"),
        ):
            await add_idea(world, name, campaign="one", author=author, state=state, comments=False)
        await add_comment(world, "said", idea="theirs", author="guest_a")
        await add_attachment(world, "file", idea="hers")
        await execute("UPDATE attachment SET author = {} WHERE id = {}", guest, world.attachment_id["file"])
        question = (
            await execute(
                "INSERT INTO question (campaign, space, version, position, kind, label)"
                " SELECT id, space, 1, 7, 'text', 'Q' FROM campaign WHERE id = {} RETURNING id",
                world.campaign_id["one"],
            )
        )[0]["id"]
        await execute(
            "INSERT INTO idea_reply (idea, space, question, value)"
            " SELECT id, space, {}, 'x' FROM idea WHERE id = ANY({})",
            question,
            [world.idea_id[name] for name in ("replied", "sent_back", "up_again")],
        )
        for name in ("sent_back", "up_again"):
            await add_report(world, name, idea=name, reporter="insider_a")
            await add_decision(world, name, name, moderator="employee", action="send back")
            await execute("UPDATE decision SET put_back_at = plein_now() WHERE item = {}", world.item_id[name])
        await execute("UPDATE idea SET state = 'published' WHERE id = {}", world.idea_id["up_again"])
    ideas = {name: world.idea_id[name] for name in IDEAS}
    return {
        **ideas,
        "campaign": world.campaign_id["one"],
        "space": space,
        "guest": guest,
        "insider": world.person_id["insider_a"],
        "question": question,
        "file": world.attachment_id["file"],
        "comment": world.comment_id["said"],
    }


async def done(world: World, sql: str) -> bool:
    """Whether the guest's own statement does anything; it is undone."""
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id["closed_a"]])
    did = False
    try:
        async with transaction():
            did = bool(await execute(f"{sql} RETURNING 1"))
            raise Undone
    except (Undone, asyncpg.InsufficientPrivilegeError):
        return did
    finally:
        await leave_connection()


class Undone(Exception):
    """So that the next statement finds all as it was."""


@pytest.mark.parametrize("phase", PHASES)
async def test_by_her_own_sql_a_guest_writes_what_the_phase_takes_in(rollback, world: World, phase: str):
    ids = await staged(world, phase)
    did = {what: await done(world, sql.format(**ids)) for what, (sql, _) in SENT.items()}
    assert did == {what: phase in phases for what, (_, phases) in SENT.items()}


@pytest.mark.parametrize("phase", ["collect", "vote"])
async def test_by_her_own_sql_a_guest_writes_where_she_has_the_right_to(rollback, world: World, phase: str):
    """With the right all of it is done (above)."""
    ids = await staged(world, phase)
    await execute("UPDATE membership SET may_write = FALSE WHERE person = {}", ids["guest"])
    did = {what for what, (sql, _) in SENT.items() if await done(world, sql.format(**ids))}
    assert did == {what for what in TAKES_BACK if phase in SENT[what][1]}


async def test_by_her_own_sql_a_guest_keeps_no_session_longer_than_a_request_does(rollback, world: World):
    await new_session(world.person_id["guest_a"])
    lasts = "UPDATE session SET idle_until = plein_now() + interval '{}', last_seen_at = plein_now() + interval '{}'"
    hers = f" WHERE person = {world.person_id['guest_a']}"
    assert await done(world, lasts.format("1 hour", "0") + hers), "the control"
    assert not await done(world, lasts.format("61 minutes", "0") + hers)
    assert not await done(world, lasts.format("1 hour", "1 minute") + hers)
