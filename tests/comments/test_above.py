"""What stands above a thread: its digest, its days, and how far one has read it."""

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.threads.actions import write_digest
from portal.threads.jobs import KEPT, forget_marks
from portal.threads.queries import VISIT
from tests.client import text_of
from tests.comments.test_thread import COMMENT, ROOTS
from tests.comments.test_write import page, thread
from tests.pages.forms import errors_of, form_of
from tests.world import NOW, set_clock

DIGEST = {"body": "- **Yes**, say most", "how": "I read it all.", "language": "en", "version": "0"}


def digest(world, name):
    return f"{page(world, name)}/digest/edit"


# --- the digest


@pytest.mark.parametrize("who", ["moderator", "sponsor"])
async def test_a_moderator_or_the_sponsor_sums_a_thread_up_and_it_says_who_when_and_how(as_, world, who):
    browser = await as_(who)
    form = form_of(await browser.get(digest(world, "vote")), digest(world, "vote"))
    assert (await browser.post(digest(world, "vote"), form | DIGEST)).status_code == 303
    shown = text_of(await (await as_("employee")).get(page(world, "vote")))
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id[who])
    for words in ("<strong>Yes</strong>, say most", f"By {name}", "I read it all.", "Written by hand."):
        assert words in shown
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'digest.written'") == 1


@pytest.mark.parametrize("who", ["employee", "author", "campaign_owner", "decision_maker", "administrator"])
async def test_others_may_read_a_digest_and_not_write_one(as_, world, who):
    browser = await as_(who)
    assert (await browser.get(digest(world, "discuss"))).status_code == 403
    assert (await browser.post(digest(world, "discuss"), DIGEST | {"version": "1"})).status_code == 403
    assert "The digest of discuss" in text_of(await browser.get(page(world, "discuss")))


async def test_the_owner_of_a_closed_group_may_and_outsiders_find_nothing(as_, world):
    form = DIGEST | {"version": "1"}
    for who in ("employee", "guest_b", "administrator", "moderator"):
        assert (await (await as_(who)).post(digest(world, "closed_a"), form)).status_code == 404
    assert (await (await as_("guest_a")).post(digest(world, "closed_a"), form)).status_code == 403
    assert (await (await as_("insider_a")).post(digest(world, "closed_a"), form)).status_code == 303
    earlier = text_of(await (await as_("guest_a")).get(f"{page(world, 'closed_a')}/digest"))
    assert earlier.index("say most") < earlier.index("The digest of closed_a")


async def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(as_, world):
    sent = await (await as_("moderator")).post(digest(world, "vote"), {"body": "x" * 4001, "how": "", "language": "fr"})
    assert sent.status_code == 422
    assert {"body", "how", "language"} <= set(errors_of(sent))
    assert form_of(sent, digest(world, "vote"))["body"] == "x" * 4001


async def test_who_saves_second_sees_what_the_first_wrote_and_keeps_her_own(as_, world):
    moderator, sponsor = await as_("moderator"), await as_("sponsor")
    await moderator.post(digest(world, "vote"), DIGEST)
    sent = await sponsor.post(digest(world, "vote"), DIGEST | {"body": "- **No**, say most"})
    assert sent.status_code == 422
    assert "removed: </span>Yes<" in sent.text
    form = form_of(sent, digest(world, "vote"))
    assert (form["body"], form["version"]) == ("- **No**, say most", "1")
    assert (await sponsor.post(digest(world, "vote"), form)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM digest WHERE idea = {}", world.idea_id["vote"]) == 2


async def test_of_two_digests_at_once_one_stands(fresh_db, world):
    import asyncio

    people = [await actor_of_person(world.person_id[who]) for who in ("moderator", "sponsor")]
    idea = await get_idea(people[0], world.idea["vote"])
    outcomes = await asyncio.gather(
        *(write_digest(who, idea, body="b", how="h", language="en", version=0) for who in people),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [Changed.__name__, "NoneType"]


# --- the days


async def test_a_long_thread_has_a_bar_for_each_day_that_leads_there(as_, world):
    await execute(ROOTS, 30, world.comment_id["vote"])
    await execute("UPDATE comment SET created_at = created_at - interval '3 days' WHERE body IN ('Root 4', 'Root 5')")
    await execute("UPDATE comment_day SET comments = comments - 2 WHERE idea = {}", world.idea_id["vote"])
    await execute(
        "INSERT INTO comment_day (idea, space, day, comments) VALUES ({}, {}, '2026-06-14', 2)",
        world.idea_id["vote"],
        world.space_id["organisation"],
    )
    browser = await as_("employee")
    shown = text_of(await browser.get(page(world, "vote")))
    assert shown.count('<rect class="bar') == 2
    assert "Sunday 14 June, 2 comments" in shown
    assert "Wednesday 17 June, 30 comments" in shown
    sent = await browser.get(f"{thread(world, 'vote')}?day=2026-06-14")
    first = await fetch_value("SELECT public_id FROM comment WHERE body = 'Root 4'")
    assert sent.headers["Location"] == f"/comments/{first}"


async def test_the_days_are_kept_by_the_database(as_, world):
    browser = await as_("employee")
    for body in ("One", "Two"):
        await browser.post(thread(world, "vote"), {"body": body})
    mine = await fetch_value("SELECT public_id FROM comment WHERE body = 'Two'")
    await browser.post(f"/comments/{mine}/removal")
    await set_clock(NOW + timedelta(hours=10))  # past midnight in Amsterdam, still the same day in Greenwich
    await (await as_("employee")).post(thread(world, "vote"), {"body": "Late"})
    rows = await execute(
        "SELECT day::text, comments FROM comment_day WHERE idea = {} ORDER BY 1", world.idea_id["vote"]
    )
    assert [tuple(row) for row in rows] == [("2026-06-17", 3), ("2026-06-18", 1)]


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", "9999-12-31", "0001-01-01", "-1", "2026-06-17' OR 1=1"])
async def test_a_day_that_is_none_leads_to_the_thread(as_, world, day):
    assert (await (await as_("employee")).get(f"{thread(world, 'vote')}?day={day}")).status_code in (303, 400)


# --- how far one has read

NEW = "new since your last visit"


async def test_what_is_new_since_the_last_visit_is_counted_and_leads_to_the_first(as_, world):
    browser, writer = await as_("employee"), await as_("colleague")
    assert NEW not in (await browser.get(page(world, "vote"))).text
    await set_clock(NOW + 2 * VISIT)
    for body in ("One", "Two"):
        await writer.post(thread(world, "vote"), {"body": body})
    await browser.post(thread(world, "vote"), {"body": "My own"})
    first = await fetch_value("SELECT public_id FROM comment WHERE body = 'One'")
    for _ in range(2):  # while she looks around it stays
        shown = text_of(await browser.get(page(world, "vote")))
        assert f'<a href="/comments/{first}">2 {NEW}' in shown
    await set_clock(NOW + 4 * VISIT)
    assert NEW not in (await browser.get(page(world, "vote"))).text
    assert NEW not in (await writer.get(page(world, "vote"))).text  # her first visit, for whom all is new


async def test_a_mark_is_made_by_reading_the_page_and_by_nothing_else(as_, world):
    browser = await as_("employee")
    marks = "SELECT count(*) FROM read_mark WHERE person = {}"
    await browser.get(page(world, "vote"), htmx=True)
    await browser.post(thread(world, "vote"), {"body": ""})
    assert await fetch_value(marks, world.person_id["employee"]) == 0
    await browser.get(page(world, "vote"))
    assert await fetch_value(marks, world.person_id["employee"]) == 1


async def test_marks_are_forgotten_after_a_while_and_with_the_space(as_, world):
    for who in ("employee", "guest_a"):
        await (await as_(who)).get(page(world, "vote" if who == "employee" else "closed_a"))
    await forget_marks()
    assert await fetch_value("SELECT count(*) FROM read_mark") == 2
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
    await forget_marks()
    assert await fetch_value("SELECT count(*) FROM read_mark") == 1
    await set_clock(NOW + timedelta(days=KEPT + 1))
    await forget_marks()
    assert await fetch_value("SELECT count(*) FROM read_mark") == 0


# --- earlier texts


async def test_the_text_before_a_change_can_be_read(as_, world):
    browser = await as_("colleague")
    await browser.post(f"/comments/{world.comment['vote']}/edit", {"body": "Better", "version": "1"})
    shown = text_of(await (await as_("employee")).get(f"/comments/{world.comment['vote']}/versions"))
    assert shown.index("Better") < shown.index("Comment vote")
    assert COMMENT.findall(shown) == []


async def test_a_change_to_what_was_changed_meanwhile_is_told_and_can_be_saved_then(as_, world):
    browser, address = await as_("colleague"), f"/comments/{world.comment['vote']}/edit"
    form = form_of(await browser.get(address), address)
    await browser.post(address, form | {"body": "In one window"})
    sent = await browser.post(address, form | {"body": "In the other"})
    assert sent.status_code == 422
    assert "In one window" in text_of(sent)
    again = form_of(sent, address)
    assert again["body"] == "In the other"
    assert (await browser.post(address, again)).status_code == 303
    assert await fetch_value("SELECT version FROM comment WHERE id = {}", world.comment_id["vote"]) == 3
