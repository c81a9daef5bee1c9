"""Nobody judges what she wrote, was told or reported; one decision puts nothing up that another one hides."""

import pytest

from portal.db import execute, fetch_value
from tests.moderation.desk import decide, newest, receipt_of, state
from tests.world import add_comment, add_report


@pytest.fixture
async def reported(rollback, world):
    """An idea of the author's, reported by an employee; the sponsor moderates, too."""
    await add_report(world, "idea", idea="collect", reporter="employee")
    await let_moderate(world, "sponsor")


async def let_moderate(world, who):
    space = world.space_id["organisation"]
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')", space, world.person_id[who]
    )


async def appealed(as_, world, action):
    await decide(await as_("moderator"), world, "idea", action)
    address = await receipt_of(world, "idea")
    assert (await (await as_("author")).post(f"{address}/appeal", {"words": "Unfair"})).status_code == 303


async def judge(as_, who, world, outcome="granted"):
    path = f"/moderation/items/{world.item['idea']}/appeal"
    return (await (await as_(who)).post(path, {"outcome": outcome, "reason": "I looked again."})).status_code


async def hand_over(as_, world, who):
    capture = world.capture["collect"]
    assert (await (await as_(who)).post(f"/captures/{capture}/claim")).status_code == 303
    claimant = {"claimant": world.person[who]}
    assert (await (await as_("author")).post(f"/captures/{capture}/confirmation", claimant)).status_code == 303


async def test_who_writes_along_does_not_judge_it(as_, world, reported):
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}",
        world.person_id["moderator"],
        world.idea_id["collect"],
    )
    moderator = await as_("moderator")
    assert (await moderator.get(f"/moderation/items/{world.item['idea']}")).status_code == 404
    assert (await decide(moderator, world, "idea", "allow")).status_code == 404


async def test_who_gets_an_idea_handed_over_does_not_judge_it(as_, world, reported):
    await hand_over(as_, world, "moderator")
    moderator = await as_("moderator")
    assert (await moderator.get(f"/moderation/items/{world.item['idea']}")).status_code == 404
    assert (await decide(moderator, world, "idea", "allow")).status_code == 404


async def test_who_wrote_it_down_judges_it_no_more_once_it_is_handed_over(as_, world, reported):
    await let_moderate(world, "author")
    await hand_over(as_, world, "employee")
    author = await as_("author")
    assert (await author.get(f"/moderation/items/{world.item['idea']}")).status_code == 404
    assert (await decide(author, world, "idea", "allow")).status_code == 404
    assert (await decide(await as_("moderator"), world, "idea", "allow")).status_code == 303


async def test_a_pause_meets_whose_idea_it_is_now(as_, world, reported):
    await hand_over(as_, world, "colleague")
    assert (await decide(await as_("moderator"), world, "idea", "pause")).status_code == 303
    assert (await newest("pause"))["person"] == world.person_id["colleague"]


@pytest.mark.parametrize("who", ["employee", "author"])
async def test_who_reported_or_was_told_does_not_decide_the_appeal(as_, world, reported, who):
    await let_moderate(world, who)
    await appealed(as_, world, "remove")
    await execute("DELETE FROM capture")
    await execute("UPDATE moderation_item SET author = {}", world.person_id["colleague"])
    await execute("UPDATE idea SET author = {}", world.person_id["colleague"])
    assert await judge(as_, who, world) == 403
    assert await judge(as_, "sponsor", world) == 303


async def test_an_appeal_against_a_warning_puts_nothing_up(as_, world, reported):
    moderator = await as_("moderator")
    await decide(moderator, world, "idea", "warn")
    await add_report(world, "again", idea="collect", reporter="colleague")
    await decide(moderator, world, "again", "remove")
    address = await receipt_of(world, "idea")
    await (await as_("author")).post(f"{address}/appeal", {"words": "Unfair"})
    assert await judge(as_, "sponsor", world) == 303
    assert await state("idea", world.idea_id["collect"]) == "hidden"


@pytest.mark.parametrize("thing", ["idea", "comment"])
async def test_what_another_decision_hides_is_neither_put_back_nor_undone(as_, world, rollback, thing):
    await add_comment(world, "rude", idea="collect", author="author", text="Rude")
    about = {"idea": "collect"} if thing == "idea" else {"comment": "rude"}
    row = world.idea_id["collect"] if thing == "idea" else world.comment_id["rude"]
    moderator, author = await as_("moderator"), await as_("author")
    await add_report(world, "one", reporter="employee", **about)
    await decide(moderator, world, "one", "send back")
    await add_report(world, "two", reporter="sponsor", **about)
    await decide(moderator, world, "two", "remove")
    address = await receipt_of(world, "one")
    answer = await author.post(f"{address}/text", {"title": "Again", "body": "Here again."})
    assert answer.status_code == 422
    await moderator.post(f"/moderation/decisions/{address.split('/')[-1]}/undo")
    assert await state(thing, row) == "hidden"
    assert await fetch_value("SELECT undone_at IS NOT NULL FROM decision WHERE item = {}", world.item_id["one"])


async def test_an_idea_still_collecting_keeps_its_votes_and_earlier_texts_go(as_, world, reported):
    await (await as_("employee")).post(f"/ideas/{world.idea['collect']}/vote")
    await execute(
        "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
        " SELECT id, space, 1, 'Rude', 'Rude', tags, author, plein_now() FROM idea WHERE id = {}",
        world.idea_id["collect"],
    )
    await decide(await as_("moderator"), world, "idea", "send back")
    fields = {"title": "New", "body": "Better"}
    await (await as_("author")).post(f"{await receipt_of(world, 'idea')}/text", fields)
    row = (await execute("SELECT state, version, supporters FROM idea WHERE id = {}", world.idea_id["collect"]))[0]
    assert tuple(row) == ("published", 2, 1)
    assert await fetch_value("SELECT count(*) FROM idea_version WHERE idea = {}", world.idea_id["collect"]) == 0


async def test_the_earlier_texts_of_a_comment_that_is_put_back_are_gone(as_, world):
    await execute(
        "INSERT INTO comment_version (comment, space, version, body, body_html, created_at)"
        " SELECT id, space, 1, 'Rude', 'Rude', plein_now() FROM comment WHERE id = {}",
        world.comment_id["vote"],
    )
    await decide(await as_("moderator"), world, "vote", "send back")
    await (await as_("colleague")).post(f"{await receipt_of(world, 'vote')}/text", {"body": "Better"})
    assert await state("comment", world.comment_id["vote"]) == "published"
    gone = await fetch_value("SELECT count(*) FROM comment_version WHERE comment = {}", world.comment_id["vote"])
    assert gone == 0
