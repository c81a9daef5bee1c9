"""What guests bring is looked at before others read it, as far as their space says: nothing shows too early, nothing is
lost, and somebody's turn it always is."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from portal.db import execute, fetch_value
from portal.moderation.jobs import assign_checks
from portal.notifications.mails import write
from tests.client import text_of
from tests.moderation.desk import decide, newest, receipt_of, state
from tests.notifications.work import tell_all
from tests.pages.forms import form_of
from tests.world import NOW, set_clock

SAID = "We could lend you our second crane"


@pytest.fixture
async def checks(world):
    """Sets what the space of guest A looks at first; nobody of the cast has shown anything there yet."""

    async def _set(what):
        await execute("UPDATE space SET checks = {} WHERE id = {}", what, world.space_id["closed_a"])
        for table in ("comment", "idea"):
            await execute(
                f"UPDATE {table} SET state = 'hidden' WHERE author = {{}} AND state = 'published'",
                world.person_id["guest_a"],
            )

    return _set


def thread(world):
    return f"/ideas/{world.idea['closed_a']}/comments"


async def say(as_, world, words=SAID, who="guest_a"):
    """Comments on the idea of guest A's space; gives the comment's row."""
    assert (await (await as_(who)).post(thread(world), {"body": words})).status_code == 303
    return await newest("comment")


async def waiting(world):
    """The newest item, known to the world as "check"."""
    item = await newest("moderation_item")
    world.item["check"], world.item_id["check"] = item["public_id"], item["id"]
    return item


async def shown(as_, world, words=SAID, who="insider_a"):
    """Whether a reader of the space reads it on the idea's page."""
    return words in text_of(await (await as_(who)).get(f"/ideas/{world.idea['closed_a']}"))


async def mails(kind):
    rows = await execute("SELECT recipient FROM mail WHERE kind = {} ORDER BY id", kind)
    return [row["recipient"] for row in rows]


async def add_moderator(world, person="employee"):
    for role in ("member", "moderator"):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})",
            world.space_id["closed_a"],
            world.person_id[person],
            role,
        )


async def test_a_guests_first_post_is_read_by_its_author_and_the_moderators_alone(as_, world, checks):
    await checks("first")
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["employee"],
    )
    comment = await say(as_, world)
    assert comment["state"] == "hidden"
    assert await shown(as_, world, who="guest_a")
    assert not await shown(as_, world, who="employee")
    page = text_of(await (await as_("guest_a")).get(f"/ideas/{world.idea['closed_a']}"))
    assert "is looked at first, as a rule by" in page
    assert "Thursday 18 June, 11:00" in page
    item = await waiting(world)
    assert (item["checks"], item["comment"], item["state"]) == ("first", comment["id"], "open")
    desk = text_of(await (await as_("insider_a")).get(f"/spaces/{world.space['closed_a']}/moderation"))
    assert SAID in desk
    assert "Guest, first post" in desk


async def test_let_through_it_is_shown_its_author_and_the_mentioned_hear_of_it(as_, world, checks):
    await checks("first")
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["employee"],
    )
    await execute("UPDATE person SET last_signed_in_at = plein_now()")
    comment = await say(as_, world, "Ask @Noor Dijkman about the crane")
    await waiting(world)
    await tell_all()
    assert await mails("mention") == []
    answer = await decide(await as_("insider_a"), world, "check", "allow", words="")
    assert answer.status_code == 303
    assert await state("comment", comment["id"]) == "published"
    assert await shown(as_, world, "about the crane", who="employee")
    await tell_all()
    assert await mails("mention") == [world.person_id["employee"]]
    assert await mails("shown") == [world.person_id["guest_a"]]
    sent = (await execute("SELECT event FROM mail WHERE kind = 'shown'"))[0]
    message = await write("shown", world.person_id["guest_a"], sent["event"])
    assert f"/comments/{comment['public_id']}" in message.get_content()
    second = await say(as_, world, "And one thing more")
    assert second["state"] == "published"


async def test_mail_that_something_is_shown_is_not_sent_once_it_is_hidden_again(as_, world, checks):
    await checks("first")
    await execute("UPDATE person SET last_signed_in_at = plein_now()")
    comment = await say(as_, world)
    await waiting(world)
    await decide(await as_("insider_a"), world, "check", "allow", words="")
    await tell_all()
    sent = (await execute("SELECT event FROM mail WHERE kind = 'shown'"))[0]
    await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", comment["id"])
    assert await write("shown", world.person_id["guest_a"], sent["event"]) is None


@pytest.mark.parametrize(("what", "who"), [("none", "guest_a"), ("first", "insider_a"), ("all", "insider_a")])
async def test_colleagues_are_never_looked_at_first_nor_are_guests_where_nothing_is(as_, world, checks, what, who):
    await checks(what)
    assert (await say(as_, world, who=who))["state"] == "published"


async def test_an_idea_waits_too_also_when_it_was_a_draft(as_, world, checks):
    await checks("first")
    guest = await as_("guest_a")
    text = {"title": "A second crane", "body": SAID, "language": "en"}
    at = f"/campaigns/{world.campaign['closed_a']}/ideas"
    await guest.post(at, text | {"draft": "y", "form_key": "crane"})
    assert (await newest("idea"))["state"] == "draft"
    assert await fetch_value("SELECT count(*) FROM moderation_item WHERE checks IS NOT NULL") == 0
    before = await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["closed_a"])
    await guest.post(at, text | {"form_key": "crane"})
    idea = await newest("idea")
    assert idea["state"] == "hidden"
    assert (await waiting(world))["idea"] == idea["id"]
    assert (await (await as_("insider_b")).get(f"/ideas/{idea['public_id']}")).status_code == 404
    assert "looks at this first" in text_of(await guest.get(f"/ideas/{idea['public_id']}"))
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["closed_a"]) == before
    await decide(await as_("insider_a"), world, "check", "allow", words="", version=str(idea["version"]))
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["closed_a"]) == before + 1


async def test_a_moderator_lets_through_only_what_she_read(as_, world, checks):
    await checks("first")
    guest = await as_("guest_a")
    text = {"title": "A second crane", "body": SAID, "language": "en"}
    await guest.post(f"/campaigns/{world.campaign['closed_a']}/ideas", text)
    idea = await newest("idea")
    await waiting(world)
    changed = await guest.post(f"/ideas/{idea['public_id']}/edit", text | {"body": "Something rude", "version": "1"})
    assert changed.status_code == 303
    answer = await decide(await as_("insider_a"), world, "check", "allow", words="", version="1")
    assert answer.status_code == 422
    assert "decided or changed meanwhile" in text_of(answer)
    assert await state("idea", idea["id"]) == "hidden"
    answer = await decide(await as_("insider_a"), world, "check", "allow", words="", version="2")
    assert await state("idea", idea["id"]) == "published"


async def test_what_was_sent_back_is_looked_at_again_when_it_was_changed(as_, world, checks):
    await checks("first")
    comment = await say(as_, world)
    await waiting(world)
    await decide(await as_("insider_a"), world, "check", "send back")
    receipt = await receipt_of(world, "check")
    answer = await (await as_("guest_a")).post(f"{receipt}/text", {"body": "We could lend you a crane, free"})
    assert answer.status_code == 303
    assert await state("comment", comment["id"]) == "hidden"
    again = await waiting(world)
    assert (again["state"], again["checks"], again["comment"]) == ("open", "first", comment["id"])
    await decide(await as_("insider_a"), world, "check", "allow", words="")
    assert await shown(as_, world, "a crane, free")


async def test_where_everything_is_looked_at_a_changed_text_is_too(as_, world, checks):
    await checks("all")
    comment = await say(as_, world)
    await waiting(world)
    await decide(await as_("insider_a"), world, "check", "allow", words="")
    guest = await as_("guest_a")
    await guest.post(f"/comments/{comment['public_id']}/edit", {"body": "Something rude", "version": "1"})
    assert await state("comment", comment["id"]) == "hidden"
    assert (await waiting(world))["state"] == "open"
    assert (await say(as_, world, "A second one"))["state"] == "hidden"
    offer = await guest.post(f"/ideas/{world.idea['closed_a']}/help", {"body": "I can drive"})
    assert offer.status_code == 403


async def test_a_guests_first_words_in_somebody_elses_idea_wait_too(as_, world, checks):
    """She writes it along; it is up again with her words in it once they were looked at."""
    await checks("first")
    await add_moderator(world)
    idea, item = world.idea_id["closed_a"], f"/ideas/{world.idea['closed_a']}"
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}",
        world.person_id["guest_a"],
        idea,
    )
    guest = await as_("guest_a")
    await set_clock(NOW + timedelta(minutes=5))
    form = form_of(await guest.get(f"{item}/edit"), f"{item}/edit") | {"body": SAID}
    assert (await guest.post(f"{item}/edit", form)).status_code == 303
    assert await state("idea", idea) == "hidden"
    assert (await waiting(world))["checks"] == "first"
    await decide(await as_("employee"), world, "check", "allow", words="", version="2")
    assert await state("idea", idea) == "published"


async def test_a_file_waits_where_files_are_looked_at(as_, world, checks):
    await checks("none")
    guest = await as_("guest_a")
    text = {"title": "A second crane", "body": SAID, "language": "en"}
    await guest.post(f"/campaigns/{world.campaign['closed_a']}/ideas", text)
    idea = await newest("idea")
    await execute("UPDATE space SET checks = 'files' WHERE id = {}", world.space_id["closed_a"])
    await guest.post(f"/ideas/{idea['public_id']}/attachments", files=[("files", ("crane.txt", b"Four tonnes"))])
    file = await newest("attachment")
    path = f"/attachments/{file['public_id']}"
    assert file["state"] == "held"
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["employee"],
    )
    for who, status in (("guest_a", 200), ("insider_a", 200), ("employee", 404)):
        assert (await (await as_(who)).get(path)).status_code == status, who
    assert "crane.txt" not in text_of(await (await as_("employee")).get(f"/ideas/{idea['public_id']}"))
    await waiting(world)
    desk = text_of(await (await as_("insider_a")).get(f"/moderation/items/{world.item['check']}"))
    assert path in desk
    assert "Guest, file" in desk
    await decide(await as_("insider_a"), world, "check", "allow", words="")
    assert (await (await as_("employee")).get(path)).status_code == 200

    await guest.post(f"{path}/description", {"description": "A crane & <more>"})
    assert (await (await as_("employee")).get(path)).status_code == 404, "its words are looked at like the file"
    await waiting(world)
    desk = text_of(await (await as_("insider_a")).get(f"/moderation/items/{world.item['check']}"))
    assert "A crane & <more>" in desk
    await guest.post(f"{path}/description", {"description": "Something else"})
    late = await decide(await as_("insider_a"), world, "check", "allow", words="")
    assert late.status_code == 403, "what she read waits no more"
    assert (await newest("attachment"))["state"] == "held"
    await waiting(world)
    await decide(await as_("insider_a"), world, "check", "allow", words="")
    assert "Something else" in text_of(await (await as_("employee")).get(f"/ideas/{idea['public_id']}/attachments"))


async def test_a_refused_file_stays_out_of_sight_and_its_author_reads_why(as_, world, checks):
    await checks("all")
    guest = await as_("guest_a")
    text = {"title": "A second crane", "body": SAID, "language": "en"}
    await guest.post(f"/campaigns/{world.campaign['closed_a']}/ideas", text)
    idea = await newest("idea")
    await guest.post(f"/ideas/{idea['public_id']}/attachments", files=[("files", ("crane.txt", b"Four tonnes"))])
    await waiting(world)
    await decide(await as_("insider_a"), world, "check", "remove")
    assert (await newest("attachment"))["state"] == "held"
    receipt = await receipt_of(world, "check")
    assert "Your file was removed" in text_of(await guest.get(receipt))
    file = await newest("attachment")
    assert (await guest.post(f"/attachments/{file['public_id']}/removal")).status_code == 403, "she may appeal"
    await execute("DELETE FROM attachment WHERE id = {}", file["id"])
    assert (await guest.get(receipt)).status_code == 200
    assert (await (await as_("insider_a")).get(f"/moderation/items/{world.item['check']}")).status_code == 200


async def test_a_pause_leaves_it_waiting(as_, world, checks):
    await checks("first")
    comment = await say(as_, world)
    await waiting(world)
    await decide(await as_("insider_a"), world, "check", "pause")
    assert await state("moderation_item", world.item_id["check"]) == "open"
    assert await state("comment", comment["id"]) == "hidden"


async def test_it_is_somebodys_turn_and_after_four_working_hours_the_next_ones(as_, world, checks):
    await checks("first")
    await add_moderator(world)
    await execute("UPDATE person SET last_signed_in_at = plein_now()")
    await say(as_, world)
    due = (await waiting(world))["due_at"]
    await assign_checks()
    first = (await waiting(world))["assigned_to"]
    assert first in (world.person_id["insider_a"], world.person_id["employee"])
    await assign_checks()
    await tell_all()
    assert (await waiting(world))["assigned_to"] == first
    assert await mails("moderation_queue") == [first]
    await set_clock(due + timedelta(minutes=1))
    await assign_checks()
    item = await waiting(world)
    assert item["assigned_to"] == ({world.person_id["insider_a"], world.person_id["employee"]} - {first}).pop()
    assert item["due_at"] > due
    await tell_all()
    assert await mails("moderation_queue") == [first, item["assigned_to"]]


async def test_whose_turn_it_is_hears_it_at_once_and_finds_it_at_home(as_, world, checks):
    await checks("first")
    home = "What a guest wrote waits for you"
    assert home not in text_of(await (await as_("insider_a")).get("/"))
    await tell_all()
    await say(as_, world)
    await tell_all()
    queued = await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'assign_checks'")
    assert queued == 1
    await assign_checks()
    await tell_all()
    assert (await waiting(world))["assigned_to"] == world.person_id["insider_a"]
    browser = await as_("insider_a")
    assert home in text_of(await browser.get("/"))
    assert "Something waits for a moderator" in text_of(await browser.get("/notifications"))
    assert home not in text_of(await (await as_("guest_a")).get("/"))
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'moderation.assigned'")
    mail = await write("moderation_queue", world.person_id["insider_a"], event)
    assert "1 thing that a guest wrote" in str(mail)
    assert "reported" not in str(mail)
    await say(as_, world, "And a third crane", who="insider_a")
    await tell_all()
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'assign_checks'") == queued
    await decide(browser, world, "check", "allow")
    assert home not in text_of(await browser.get("/"))


async def test_without_anybody_who_may_look_the_administrators_are_called_once_a_turn(as_, world, checks):
    await checks("first")
    await execute("UPDATE person SET last_signed_in_at = plein_now()")
    await say(as_, world)
    await execute(
        "DELETE FROM membership WHERE space = {} AND role IN ('owner', 'moderator')", world.space_id["closed_a"]
    )
    await assign_checks()
    await assign_checks()
    await tell_all()
    assert await mails("moderator_needed") == [world.person_id["administrator"]]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 6, 17, 8, 0, tzinfo=UTC), datetime(2026, 6, 17, 12, 0, tzinfo=UTC)),
        (datetime(2026, 6, 17, 3, 0, tzinfo=UTC), datetime(2026, 6, 17, 11, 0, tzinfo=UTC)),
        (NOW, datetime(2026, 6, 18, 9, 0, tzinfo=UTC)),
        (datetime(2026, 6, 19, 14, 0, tzinfo=UTC), datetime(2026, 6, 22, 10, 0, tzinfo=UTC)),
        (datetime(2026, 6, 20, 12, 0, tzinfo=UTC), datetime(2026, 6, 22, 11, 0, tzinfo=UTC)),
        (datetime(2026, 3, 27, 16, 0, tzinfo=UTC), datetime(2026, 3, 30, 11, 0, tzinfo=UTC)),
    ],
    ids=["within a day", "before the day", "over night", "over a weekend", "on a weekend", "into summer time"],
)
async def test_four_working_hours_are_counted_by_the_organisations_clock(rollback, start, end):
    assert await fetch_value("SELECT plein_working_after({}, 240)", start) == end


async def test_where_everything_is_checked_a_guest_withdraws_and_returns_without_words(as_, world, checks):
    """Its reason would be read by everybody at once, and wait in no queue."""
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["guest_a"], world.idea_id["closed_a"])
    guest, address = await as_("guest_a"), f"/ideas/{world.idea['closed_a']}"
    for what, asked in (("all", False), ("files", True)):
        await execute("UPDATE space SET checks = {} WHERE id = {}", what, world.space_id["closed_a"])
        for step in ("withdrawal", "return"):
            assert ('name="reason"' in (await guest.get(f"{address}/{step}")).text) is asked
            assert (await guest.post(f"{address}/{step}", {"reason": SAID})).status_code == 303
            assert (SAID in text_of(await (await as_("insider_a")).get(address))) is asked
    said = [row["body"] for row in await execute("SELECT body FROM status_change ORDER BY id")]
    assert said == ["", "", SAID, SAID]


async def test_a_guests_first_words_are_no_offer_of_help(as_, world, checks):
    """It waits in no queue: she writes a post first."""
    guest, offer = await as_("guest_a"), f"/ideas/{world.idea['closed_a']}/help"
    await checks("first")
    comment = await say(as_, world)
    assert (await guest.post(offer, {"body": SAID})).status_code == 403
    await execute("UPDATE comment SET state = 'published' WHERE id = {}", comment["id"])
    assert (await guest.post(offer, {"body": SAID})).status_code == 303


@pytest.mark.parametrize("what", ["first", "all"])
async def test_what_is_checked_the_database_takes_in_no_words_that_cannot_be(rollback, world, checks, what):
    await checks(what)
    for author, refused in (("insider_a", False), ("guest_a", True)):
        about = (world.person_id[author], world.idea_id["closed_a"])
        for sql in (
            "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
            " SELECT id, space, {}, 'withdrawn', 'x', 'x', 'en' FROM idea WHERE id = {} RETURNING 1",
            "INSERT INTO correction (idea, space, author, body, body_html, language)"
            " SELECT id, space, {}, 'x', 'x', 'en' FROM idea WHERE id = {} RETURNING 1",
            "INSERT INTO help_offer (idea, space, person, body)"
            " SELECT id, space, {}, 'x' FROM idea WHERE id = {} RETURNING 1",
        ):
            undone = rollback.transaction()
            await undone.start()
            if refused:
                with pytest.raises(asyncpg.CheckViolationError, match="looked at first"):
                    await execute(sql, *about)
            else:
                assert await execute(sql, *about)
            await undone.rollback()


async def test_a_guest_is_told_before_she_writes_and_her_organisation_stands_beside_her_name(as_, world, checks):
    """Who is no guest is not told so: what she writes is there at once."""
    await checks("first")
    address = f"/ideas/{world.idea['closed_a']}"
    told = "A moderator of this space reads it first"
    assert told in text_of(await (await as_("guest_a")).get(address))
    assert told not in text_of(await (await as_("insider_a")).get(address))
    await say(as_, world)
    partner = await fetch_value(
        "SELECT o.name FROM membership m JOIN partner o ON o.id = m.partner WHERE m.person = {}",
        world.person_id["guest_a"],
    )
    comments = text_of(await (await as_("guest_a")).get(address)).partition('id="comments"')[2]
    assert f"<span>{partner}</span>" in comments
