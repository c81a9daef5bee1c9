"""The moderators' desk: who sees what, the decisions and what becomes of the thing, undo, claims."""

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value, transaction
from tests.client import text_of
from tests.comments.test_write import counts
from tests.moderation.desk import WORDS, decide, newest, receipt_of, state
from tests.pages.forms import errors_of, post_slowly
from tests.world import NOW, add_comment, add_decision, add_idea, add_report, set_clock

QUEUE = "/spaces/{space[organisation]}/moderation"


async def test_a_moderator_finds_what_was_reported_in_her_space_and_nothing_else(as_, world):
    await add_comment(world, "of_guest", idea="closed_a", author="guest_a", text="Far away")
    await add_report(world, "of_guest", comment="of_guest", reporter="insider_a")
    moderator = await as_("moderator")
    page = text_of(await moderator.get(QUEUE.format(**vars(world))))
    assert "Comment vote" in page
    assert "Report of vote" in page
    assert "Private numbers and addresses" in page
    assert "Far away" not in page
    overview = text_of(await moderator.get("/moderation"))
    assert "Lowland Works" in overview
    assert "Overwater lock" not in overview
    assert "Far away" in text_of(await (await as_("insider_a")).get(f"/moderation/items/{world.item['of_guest']}"))


@pytest.mark.parametrize("who", ["employee", "administrator", "decision_maker", "insider_a"])
async def test_who_moderates_elsewhere_or_nowhere_is_refused(as_, world, who):
    """The space can be read, so its desk is a 403; items do not exist for them."""
    browser = await as_(who)
    assert (await browser.get(QUEUE.format(**vars(world)))).status_code == 403
    assert (await browser.get(f"/moderation/items/{world.item['vote']}")).status_code == 404
    for path, fields in (("claim", {}), ("decision", {"action": "remove"}), ("appeal", {"outcome": "granted"})):
        assert (await browser.post(f"/moderation/items/{world.item['vote']}/{path}", fields)).status_code == 404
    undo = await browser.post(f"/moderation/decisions/{world.decision['decide']}/undo")
    assert undo.status_code == 404
    assert await state("moderation_item", world.item_id["vote"]) == "open"


async def test_a_space_that_cannot_be_read_has_no_desk(as_, world):
    for who in ("moderator", "administrator", "guest_b"):
        assert (await (await as_(who)).get(f"/spaces/{world.space['closed_a']}/moderation")).status_code == 404


async def test_nobody_sees_let_alone_judges_what_she_wrote(as_, world):
    await add_comment(world, "own", idea="collect", author="moderator", text="Of her own")
    await add_report(world, "own", comment="own", reporter="employee")
    moderator = await as_("moderator")
    assert "Of her own" not in text_of(await moderator.get(QUEUE.format(**vars(world))))
    assert (await moderator.get(f"/moderation/items/{world.item['own']}")).status_code == 404
    assert (await decide(moderator, world, "own", "allow")).status_code == 404


@pytest.mark.parametrize("action", ["hide", "send back", "remove"])
async def test_what_is_taken_away_is_gone_for_all_but_its_author_and_the_moderators(as_, world, action):
    moderator, before = await as_("moderator"), await counts(world, "vote")
    assert (await decide(moderator, world, "vote", action)).status_code == 303
    comment, page = world.comment["vote"], f"/ideas/{world.idea['vote']}"
    assert await state("comment", world.comment_id["vote"]) == "hidden"
    for who, sees in {"employee": False, "sponsor": False, "colleague": True, "moderator": True}.items():
        browser = await as_(who)
        assert ("Comment vote<" in text_of(await browser.get(page))) == sees, who
        assert (await browser.get(f"/comments/{comment}/versions")).status_code == (200 if sees else 404)
        assert (await browser.get(f"/comments/{comment}/report")).status_code == (403 if sees else 404)
    # its reply by the author stays where it was, and is counted
    assert before == (2, 0)
    assert await counts(world, "vote") == (1, 0)
    assert await fetch_value("SELECT sum(comments) FROM comment_day WHERE idea = {}", world.idea_id["vote"]) == 1
    assert "1 comment" in text_of(await (await as_("employee")).get(page))


async def test_an_idea_that_is_removed_is_gone_from_lists_counts_and_search(as_, world):
    await add_report(world, "idea", idea="collect", reporter="employee")
    assert (await decide(await as_("moderator"), world, "idea", "remove")).status_code == 303
    browser, campaign = await as_("employee"), f"/campaigns/{world.campaign['collect']}"
    for path in ("/", campaign, "/search?q=Idea+collect"):
        assert f"/ideas/{world.idea['collect']}" not in text_of(await browser.get(path)), path
    assert (await browser.get(f"/ideas/{world.idea['collect']}")).status_code == 404
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["collect"]) == 0
    own = text_of(await (await as_("author")).get(f"/ideas/{world.idea['collect']}"))
    assert "A moderator hid this idea" in own
    assert "Why, and what you can do now" in own
    along = "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
    along += " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}"
    await execute(along, world.person_id["sponsor"], world.idea_id["collect"])
    hers = text_of(await (await as_("sponsor")).get(f"/ideas/{world.idea['collect']}"))
    assert "Its author reads why" in hers
    assert "Why, and what you can do now" not in hers, "the receipt is its author's alone"
    read = text_of(await (await as_("moderator")).get(f"/ideas/{world.idea['collect']}"))
    assert "Nobody can vote for it while it is hidden." in read
    assert "Voting is closed" not in read


@pytest.mark.parametrize("action", ["allow", "warn"])
async def test_what_stays_up_stays_up(as_, world, action):
    assert (await decide(await as_("moderator"), world, "vote", action)).status_code == 303
    assert await state("comment", world.comment_id["vote"]) == "published"
    assert await state("moderation_item", world.item_id["vote"]) == "decided"
    receipt = await (await as_("colleague")).get(await receipt_of(world, "vote"))
    assert receipt.status_code == (404 if action == "allow" else 200), "who was reported in vain is told nothing"


async def test_hidden_for_now_it_stays_in_the_queue_and_comes_back_when_all_is_well(as_, world):
    moderator = await as_("moderator")
    await decide(moderator, world, "vote", "hide")
    page = text_of(await moderator.get(f"/moderation/items/{world.item['vote']}"))
    assert 'value="hide"' not in page
    assert (await decide(moderator, world, "vote", "hide")).status_code == 422
    await decide(moderator, world, "vote", "allow", words="")
    assert await state("comment", world.comment_id["vote"]) == "published"
    assert (await counts(world, "vote"))[0] == 2


async def test_a_decision_is_undone_in_sight_of_all_moderators(as_, world):
    moderator = await as_("moderator")
    await decide(moderator, world, "vote", "remove")
    desk = text_of(await moderator.get(QUEUE.format(**vars(world))))
    made = await newest("decision")
    assert f"/moderation/decisions/{made['public_id']}/undo" in desk
    assert (await moderator.post(f"/moderation/decisions/{made['public_id']}/undo")).status_code == 303
    assert await state("comment", world.comment_id["vote"]) == "published"
    assert await state("moderation_item", world.item_id["vote"]) == "open"
    assert (await counts(world, "vote"))[0] == 2
    page = text_of(await moderator.get(f"/moderation/items/{world.item['vote']}"))
    assert "Undone" in page
    assert WORDS in page
    assert (await newest("event"))["kind"] == "moderation.undone"
    assert (await moderator.post(f"/moderation/decisions/{made['public_id']}/undo")).status_code == 403
    assert "teruggedraaid" in text_of(await (await as_("colleague")).get(f"/receipts/{made['public_id']}"))


async def test_the_colleague_of_a_moderator_does_not_undo_for_her(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        world.space_id["organisation"],
        world.person_id["sponsor"],
    )
    other = await as_("sponsor")
    assert (await other.post(f"/moderation/decisions/{world.decision['decide']}/undo")).status_code == 403


async def test_everything_that_is_wrong_is_told_at_once_and_the_text_stays(as_, world):
    browser = await as_("moderator")
    answer = await decide(browser, world, "vote", "explode", rule="none", days="9")
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"action", "rule", "days"}
    assert WORDS in text_of(answer)
    assert set(errors_of(await decide(browser, world, "vote", "remove", words=" "))) == {"words"}
    assert await state("moderation_item", world.item_id["vote"]) == "open"


# --- claims


async def test_an_item_is_held_for_a_quarter_of_an_hour_and_can_then_be_taken(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        world.space_id["organisation"],
        world.person_id["employee"],
    )
    first, second = await as_("moderator"), await as_("employee")
    address = f"/moderation/items/{world.item['vote']}"
    assert (await first.post(f"{address}/claim")).headers["Location"] == f"{address}#item"
    assert "You are on it until" in text_of(await first.get(address))
    assert "Malik Osei-Bonsu is on it until" in text_of(await second.get(address))
    await second.post(f"{address}/claim")
    held = "SELECT claimed_by FROM moderation_item WHERE id = {}"
    assert await fetch_value(held, world.item_id["vote"]) == world.person_id["moderator"]
    refused = await decide(second, world, "vote", "remove")
    assert refused.status_code == 422
    assert WORDS in text_of(refused)
    await set_clock(NOW + timedelta(minutes=14))
    await first.post(f"{address}/claim")  # who is on it can't make it longer
    await set_clock(NOW + timedelta(minutes=15, seconds=1))
    await second.post(f"{address}/claim")
    assert await fetch_value(held, world.item_id["vote"]) == world.person_id["employee"]
    await second.post(f"{address}/claim", {"release": "y"})
    assert await fetch_value(held, world.item_id["vote"]) is None


async def test_what_was_decided_meanwhile_is_not_decided_again_and_the_text_stays(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        world.space_id["organisation"],
        world.person_id["employee"],
    )
    first, second = await as_("moderator"), await as_("employee")

    async def meanwhile():
        await decide(first, world, "vote", "allow")

    fields = {"action": "remove", "rule": "addresses", "days": "3", "words": WORDS}
    answer = await post_slowly(second, f"/moderation/items/{world.item['vote']}/decision", fields, meanwhile)
    assert answer.status_code == 422
    assert WORDS in text_of(answer)
    assert await state("comment", world.comment_id["vote"]) == "published"


# --- what is told of a person, and of a space


async def test_earlier_moderation_counts_in_this_space_only(as_, world):
    async def earlier():
        page = text_of(await (await as_("moderator")).get(f"/moderation/items/{world.item['vote']}"))
        return page.split('id="earlier"')[1].split("</section>")[0]

    assert "Warned" in await earlier()  # of the comment "decide", by the same colleague
    await execute("DELETE FROM appeal")
    await execute("DELETE FROM decision WHERE space = {}", world.space_id["organisation"])
    assert "was moderated here before" in await earlier(), "what was sent back in the open group is not told"


async def test_removals_are_counted_for_everybody_without_a_name(as_, world):
    await execute("DELETE FROM appeal")
    await execute("DELETE FROM decision")
    browser, space = await as_("employee"), f"/spaces/{world.space['organisation']}"
    assert "Moderators took nothing away" in text_of(await browser.get(space))
    await decide(await as_("moderator"), world, "vote", "remove")
    for path in (space, "/about/house-rules"):
        assert "Moderators took 1 text or file away in the last 12 months, none of which" in text_of(
            await browser.get(path)
        )
    assert "Moderators took" not in text_of(await (await as_(None)).get("/about/house-rules"))
    async with transaction():
        await add_idea(world, "another", campaign="collect", comments=False)
    await add_report(world, "another", idea="another", reporter="employee")
    await add_decision(world, "another", "another", moderator="decision_maker", action="send back")
    await execute(
        "INSERT INTO appeal (decision, space, words, outcome, reason, decided_by, decided_at)"
        " SELECT id, space, 'x', 'granted', 'x', {}, plein_now() FROM decision WHERE id = {}",
        world.person_id["moderator"],
        world.decision_id["another"],
    )
    assert "Moderators took 2 texts or files away in the last 12 months, 1 of which came back" in text_of(
        await browser.get(space)
    )
    await set_clock(NOW + timedelta(days=370))
    assert "Moderators took nothing away" in text_of(await (await as_("employee")).get(space))
