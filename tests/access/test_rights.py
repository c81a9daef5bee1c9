"""The rights that a member has in a space: writing, voting, downloading; and what stands still."""

from __future__ import annotations

from typing import Any

import pytest

from portal.access.actor import Actor, Right, actor_of_person
from portal.access.conflicts import SpaceStill
from portal.access.policy import Action, can
from portal.access.rules import RIGHTS
from portal.attachments.queries import get_attachment
from portal.campaigns.queries import get_campaign
from portal.comments.queries import get_comment
from portal.db import execute, transaction
from portal.ideas.queries import get_idea
from portal.votes.queries import standing
from tests.client import Browser
from tests.world import NOW, World, add_idea, set_clock

#: What the guest may do in her space, and which right each takes.
DONE_BY_GUESTS = {
    Action.IDEA_PROPOSE: get_campaign,
    Action.IDEA_COMMENT: get_idea,
    Action.IDEA_OFFER_HELP: get_idea,
    Action.IDEA_SUPPORT: standing,
    Action.COMMENT_REACT: get_comment,
    Action.ATTACHMENT_DOWNLOAD: get_attachment,
    Action.IDEA_FOLLOW: get_idea,
}


async def actor(world: World, name: str) -> Actor:
    """Somebody of the cast."""
    found = await actor_of_person(world.person_id[name])
    assert found is not None
    return found


async def allowed(world: World, name: str, thing: str) -> set[Action]:
    """What somebody may do there of all this."""
    who = await actor(world, name)
    named: dict[Any, dict[str, str]] = {
        get_campaign: world.campaign,
        get_comment: world.comment,
        get_attachment: world.attachment,
    }
    things: dict[Action, Any] = {
        a: await load(who, named.get(load, world.idea)[thing]) for a, load in DONE_BY_GUESTS.items()
    }
    assert all(things.values())
    return {action for action, loaded in things.items() if can(who, action, loaded)}


@pytest.mark.parametrize("right", Right)
async def test_a_guest_does_what_her_invitation_gave_her_the_right_to(rollback: Any, world: World, right: Right):
    assert await allowed(world, "guest_a", "closed_a") == set(DONE_BY_GUESTS)
    await execute(f"UPDATE membership SET may_{right} = FALSE WHERE person = {{}}", world.person_id["guest_a"])
    kept_back = {action for action in DONE_BY_GUESTS if RIGHTS.get(action) is right}
    assert kept_back
    assert await allowed(world, "guest_a", "closed_a") == set(DONE_BY_GUESTS) - kept_back
    assert (await actor(world, "guest_a")).denied == [f"{world.space_id['closed_a']}:{right}"]


@pytest.mark.parametrize("over", ["archived_at = plein_now()", "ends_on = '2026-06-16'"])
async def test_nobody_writes_or_votes_where_all_stands_still_and_everybody_reads_on(
    rollback: Any, world: World, over: str
):
    await execute(f"UPDATE space SET {over} WHERE id = {{}}", world.space_id["closed_a"])
    assert await allowed(world, "guest_a", "closed_a") == {Action.ATTACHMENT_DOWNLOAD, Action.IDEA_FOLLOW}
    await execute("UPDATE idea SET author = {}", world.person_id["guest_a"])
    insider = await actor(world, "insider_a")
    idea = await get_idea(insider, world.idea["closed_a"])
    assert not can(insider, Action.IDEA_COMMENT, idea)
    assert can(insider, Action.IDEA_FOLLOW, idea)


#: What the database itself refuses there, by whichever statement; {idea}, {comment} and {file} are the space's own.
WRITTEN = {
    "an idea": "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
    " SELECT campaign, space, author, 'draft', 't', 'b', 'b', 'b', 'en' FROM idea WHERE id = {idea}",
    "its text": "UPDATE idea SET title = 'x' WHERE id = {idea}",
    "a draft posted": "UPDATE idea SET state = 'published' WHERE id = {draft}",
    "a withdrawal": "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
    " SELECT id, space, author, 'withdrawn', 'x', 'x', 'en' FROM idea WHERE id = {idea}",
    "a comment": "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
    " SELECT id, space, author, 'published', 'x', 'x', 'en' FROM idea WHERE id = {idea}",
    "its words": "UPDATE comment SET body = 'x' WHERE id = {comment}",
    "a vote": "INSERT INTO vote (person, idea, space, guest) SELECT {guest}, id, space, TRUE FROM idea WHERE id = {idea}",
    "a reaction": "INSERT INTO reaction (comment, space, person, kind)"
    " SELECT id, space, {guest}, 'helpful' FROM comment WHERE id = {comment}",
    "a file": "INSERT INTO attachment (idea, space, author, kind, name, description, file, size)"
    " SELECT idea, space, author, kind, name, description, 'another', size FROM attachment WHERE id = {file}",
    "what it shows": "UPDATE attachment SET description = 'x' WHERE id = {file}",
    "a correction": "INSERT INTO correction (idea, space, author, body, body_html, language)"
    " SELECT id, space, author, 'x', 'x', 'en' FROM idea WHERE id = {idea}",
    "an offer of help": "INSERT INTO help_offer (idea, space, person, body)"
    " SELECT id, space, {guest}, 'x' FROM idea WHERE id = {idea}",
    "somebody who writes along": "INSERT INTO co_author (idea, space, person, invited_by)"
    " SELECT id, space, {guest}, author FROM idea WHERE id = {idea}",
    "a workshop": "INSERT INTO workshop (campaign, space, author, name, held_on)"
    " SELECT campaign, space, author, 'W', '2026-06-01' FROM idea WHERE id = {idea}",
    "a digest": "INSERT INTO digest (idea, space, version, author, body, body_html, how, language)"
    " SELECT id, space, 7, author, 'x', 'x', 'by hand', 'en' FROM idea WHERE id = {idea}",
    "a wish": "INSERT INTO colleague_wish (space, person, name, email, words)"
    " SELECT space, {guest}, 'N', 'n@overwater.example', 'w' FROM idea WHERE id = {idea}",
}


@pytest.mark.parametrize("over", ["archived_at = plein_now()", "ends_on = '2026-06-16'"])
async def test_the_database_itself_takes_nothing_where_all_stands_still(rollback: Any, world: World, over: str):
    async with transaction():
        await add_idea(world, "of_insider", campaign="closed_a", comments=True)
        await add_idea(world, "draft_there", campaign="closed_a", state="draft", comments=False)
    await execute(
        "UPDATE attachment SET idea = {} WHERE id = {}", world.idea_id["of_insider"], world.attachment_id["closed_a"]
    )
    ids = {
        "idea": world.idea_id["of_insider"],
        "draft": world.idea_id["draft_there"],
        "comment": world.comment_id["of_insider"],
        "file": world.attachment_id["closed_a"],
        "guest": world.person_id["guest_a"],
    }
    for what, sql in WRITTEN.items():
        for ended in (False, True):
            undone = rollback.transaction()
            await undone.start()
            if ended:
                await execute(f"UPDATE space SET {over} WHERE id = {{}}", world.space_id["closed_a"])
                with pytest.raises(SpaceStill):
                    await execute(sql.format(**ids))
            else:
                assert await execute(sql.format(**ids) + " RETURNING 1"), what
            await undone.rollback()


async def test_who_writes_while_a_space_ends_is_told_that_she_may_not(
    as_: Any, world: World, monkeypatch: pytest.MonkeyPatch
):
    """The rule saw a space that goes on; the statement meets one that has ended."""
    browser = await as_("guest_a")
    await execute("UPDATE space SET ends_on = '2026-06-16' WHERE id = {}", world.space_id["closed_a"])
    monkeypatch.setattr(Actor, "may", lambda *_: True)
    answered = await browser.post(f"/ideas/{world.idea['closed_a']}/comments", {"body": "Too late"})
    assert answered.status_code == 403


async def test_the_last_day_is_a_day_of_work(rollback: Any, world: World):
    await execute("UPDATE space SET ends_on = '2026-06-17' WHERE id = {}", world.space_id["closed_a"])
    assert await allowed(world, "guest_a", "closed_a") == set(DONE_BY_GUESTS)


@pytest.mark.parametrize(
    ("label", "may"),
    [
        ("internal", {"guest_a", "insider_a", "colleague"}),
        ("confidential", {"insider_a", "colleague"}),
        ("secret", {"insider_a"}),
    ],
)
async def test_a_label_says_who_may_take_a_file_along(rollback: Any, world: World, label: str, may: set[str]):
    await execute("UPDATE space SET label = {} WHERE id = {}", label, world.space_id["closed_a"])
    join = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')"
    await execute(join, world.space_id["closed_a"], world.person_id["colleague"])
    await execute("UPDATE attachment SET author = {}", world.person_id["employee"])
    for name in ("guest_a", "insider_a", "colleague"):
        who = await actor(world, name)
        row = await get_attachment(who, world.attachment["closed_a"])
        assert can(who, Action.ATTACHMENT_DOWNLOAD, row) == (name in may), name


@pytest.mark.parametrize("path", ["/attachments/{}", "/attachments/{}/thumbnail"])
async def test_without_the_right_a_file_is_refused(as_: Any, world: World, path: str):
    browser: Browser = await as_("guest_a")
    address = path.format(world.attachment["closed_a"])
    assert (await browser.get(address)).status_code == 200
    await execute("UPDATE membership SET may_download = FALSE WHERE person = {}", world.person_id["guest_a"])
    assert (await browser.get(address)).status_code == 403
    page = await browser.get(f"/ideas/{world.idea['closed_a']}")
    assert "closed_a.png" in page.text
    assert f'"{address}"' not in page.text


# --- sister organisations: a ring of their own ---


async def test_somebody_of_a_sister_organisation_reads_her_own_ring_and_what_is_open_to_it(rollback: Any, world: World):
    sister = await actor(world, "sister")
    assert not sister.guest
    assert not sister.employee
    assert sister.space_ids == [world.space_id["sisters"]]
    await execute("UPDATE space SET sisters = TRUE WHERE id = {}", world.space_id["open"])
    assert set((await actor(world, "sister")).space_ids) == {world.space_id["sisters"], world.space_id["open"]}
    assert world.space_id["sisters"] not in (await actor(world, "employee")).space_ids


async def test_her_support_counts_as_a_colleagues(as_: Any, world: World):
    await execute("UPDATE space SET sisters = TRUE WHERE id = {}", world.space_id["open"])
    async with transaction():
        await add_idea(world, "shared", campaign="open")
    browser: Browser = await as_("sister")
    assert (await browser.post(f"/ideas/{world.idea['shared']}/vote", {})).status_code == 303
    (idea,) = await execute("SELECT supporters, guest_supporters FROM idea WHERE id = {}", world.idea_id["shared"])
    assert (idea["supporters"], idea["guest_supporters"]) == (1, 0)


async def test_she_works_as_long_as_staff_and_sees_no_units(as_: Any, world: World):
    browser: Browser = await as_("sister")
    assert (await browser.get("/")).status_code == 200
    assert (await browser.get("/groups/new")).status_code == 403
    assert (await browser.get(f"/spaces/{world.space['organisation']}")).status_code == 404
    assert (await browser.get(f"/spaces/{world.space['sisters']}")).status_code == 200


async def test_what_ends_is_told_by_the_organisations_own_calendar(rollback: Any, world: World):
    """At half past eleven in London the day is over in Amsterdam."""
    await execute("UPDATE space SET ends_on = '2026-06-17' WHERE id = {}", world.space_id["closed_a"])
    await set_clock(NOW.replace(hour=21, minute=30))
    assert (await actor(world, "guest_a")).still == []
    await set_clock(NOW.replace(hour=22, minute=30))
    assert (await actor(world, "guest_a")).still == [world.space_id["closed_a"]]
