"""Statuses with a public text, corrected answers, what waits; nothing decided is shown before the voting ends."""

from datetime import timedelta

import msgspec
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Closed
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.ideas.withdrawing import put_back
from portal.notifications.jobs import tell_of
from tests.answers.test_answer import without_cases
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.sitemap import ANSWER
from tests.world import NOW, add_comment, email_of, set_clock

STEP = {"step": "shortlisted", "body": "Ten are **left**."}


@pytest.mark.parametrize("who", ["sponsor", "decision_maker", "moderator"])
async def test_a_status_changes_with_a_public_text(as_, world, who):
    await without_cases()
    browser, page = await as_(who), f"/ideas/{world.idea['decide']}"
    sent = await browser.post(f"{page}/status", STEP)
    assert sent.headers["Location"] == page
    shown = (await (await as_("employee")).get(page)).text
    assert "Shortlisted" in shown
    assert "Ten are <strong>left</strong>." in shown
    assert await fetch_value("SELECT status FROM idea WHERE id = {}", world.idea_id["decide"]) == "shortlisted"


async def test_a_status_of_what_was_withdrawn_meanwhile_is_not_said_and_its_text_is_kept(as_, world):
    await without_cases()
    page = f"/ideas/{world.idea['decide']}"

    async def meanwhile():
        await execute("UPDATE idea SET state = 'withdrawn' WHERE id = {}", world.idea_id["decide"])

    answer = await post_slowly(await as_("sponsor"), f"{page}/status", STEP, meanwhile)
    assert answer.status_code == 422
    assert STEP["body"] in text_of(answer)
    assert await fetch_value("SELECT count(*) FROM status_change WHERE body = {}", STEP["body"]) == 0


async def test_a_status_that_comes_twice_is_said_once(as_, world):
    await without_cases()
    browser, page = await as_("sponsor"), f"/ideas/{world.idea['decide']}/status"
    step = form_of(await browser.get(page), page) | STEP
    for _ in range(2):
        assert (await browser.post(page, step)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM status_change WHERE body = {}", STEP["body"]) == 1


async def test_no_status_changes_without_a_text(as_, world):
    browser = await as_("sponsor")
    sent = await browser.post(f"/ideas/{world.idea['decide']}/status", {"step": "stopped", "body": " "})
    assert (sent.status_code, set(errors_of(sent))) == (422, {"body"})
    assert await fetch_value("SELECT status FROM idea WHERE id = {}", world.idea_id["decide"]) == "new"


async def test_nobody_else_moves_it_on_and_nobody_before_the_voting_ends(as_, world):
    for who in ("employee", "author", "administrator"):
        assert (await (await as_(who)).post(f"/ideas/{world.idea['decide']}/status", STEP)).status_code == 403, who
    assert (await (await as_("sponsor")).post(f"/ideas/{world.idea['vote']}/status", STEP)).status_code == 403
    assert (await (await as_("guest_a")).post(f"/ideas/{world.idea['decide']}/status", STEP)).status_code == 404


async def test_nothing_decided_is_shown_while_voting_goes_on_again(as_, world):
    sponsor, reader, page = await as_("sponsor"), await as_("employee"), f"/ideas/{world.idea['decide']}"
    await sponsor.post(f"{page}/status", STEP)
    await sponsor.post(f"{page}/answer", ANSWER)
    assert "We build it." in (await reader.get(page)).text
    await execute(
        "UPDATE campaign SET decide_from = {}, done_from = {} WHERE id = {}",
        NOW + timedelta(days=1),
        NOW + timedelta(days=2),
        world.campaign_id["decide"],
    )
    for address in (page, f"/campaigns/{world.campaign['decide']}", f"{page}/answer/versions"):
        shown = (await reader.get(address)).text
        assert "We build it." not in shown
        assert "Ten are" not in shown
    await set_clock(NOW + timedelta(days=1))
    assert "We build it." in (await (await as_("employee")).get(page)).text


async def test_an_answer_is_corrected_by_a_new_version_and_the_one_before_can_be_read(as_, world):
    sponsor, page = await as_("sponsor"), f"/ideas/{world.idea['told']}"
    address = f"{page}/answer/correction"
    form = form_of(await sponsor.get(address), address)
    assert form["summary"] == "We try it"
    assert set(errors_of(await sponsor.post(address, form))) == {"summary"}  # nothing was changed
    assert await fetch_value("SELECT version FROM answer WHERE idea = {}", world.idea_id["told"]) == 1
    assert (await sponsor.post(address, form | {"summary": "We do it", "kind": "changed"})).status_code == 303
    shown = text_of(await sponsor.get(page))
    assert "We do it" in shown
    assert "corrected" in shown
    versions = text_of(await (await as_("employee")).get(f"{page}/answer/versions"))
    assert "We try it" in versions
    stale = await sponsor.post(address, form | {"summary": "Mine"})
    assert stale.status_code == 422
    assert form_of(stale, address)["summary"] == "Mine"
    assert "added: </span>Mine<" in stale.text
    del form["csrf_token"]
    for who, status in (("employee", 403), ("administrator", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(address, form)).status_code == status, who


async def test_the_answer_after_a_review_says_so_and_objections_stand_beside_it(as_, world):
    sponsor, address = await as_("sponsor"), f"/ideas/{world.idea['told']}/answer/correction"
    await add_comment(world, "against", idea="told", author="colleague")
    await execute("UPDATE comment SET kind = 'objection' WHERE id = {}", world.comment_id["against"])
    page = text_of(await sponsor.get(address))
    assert "Correct your answer" in page
    assert "1 person objects" in page
    assert "Comment against" in page
    await execute("UPDATE escalation SET state = 'under review' WHERE id = {}", world.case_id["told"])
    page = text_of(await sponsor.get(address))
    assert "Write the next answer" in page
    assert "Correct your answer" not in page


async def test_the_preview_publishes_nothing(as_, world):
    sponsor, address = await as_("sponsor"), f"/ideas/{world.idea['decide']}/answer"
    shown = await sponsor.post(address, ANSWER | {"reason": "Because *so*.", "preview": "1"})
    assert "Because <em>so</em>." in shown.text
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])


async def test_what_waits_for_an_answer_stands_by_support_for_who_decides(as_, world):
    await execute(
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, supporters)"
        " SELECT campaign, space, author, x.state, x.title, '', '', '', 'en', x.n FROM idea,"
        " (VALUES ('published', 'Most', 9), ('withdrawn', 'Gone', 12), ('draft', 'Begun', 12)) AS x (state, title, n)"
        " WHERE id = {}",
        world.idea_id["decide"],
    )
    address = f"/campaigns/{world.campaign['decide']}/waiting"
    page = text_of(await (await as_("sponsor")).get(address))
    assert 0 < page.index("Most") < page.index("Idea decide")
    assert "Gone" not in page
    assert "Begun" not in page
    assert "wait for your answer" in text_of(await (await as_("sponsor")).get("/"))
    assert (await (await as_("employee")).get(address)).status_code == 403
    vote = text_of(await (await as_("sponsor")).get(f"/campaigns/{world.campaign['vote']}/waiting"))
    assert "Idea vote" not in vote


async def test_a_correction_stands_below_the_text_and_whoever_voted_is_told_with_others(as_, world):
    author, page = await as_("author"), f"/ideas/{world.idea['vote']}"
    await (await as_("employee")).post(f"{page}/vote", htmx=True)
    assert (await author.post(f"{page}/edit", {"title": "x", "body": "y", "language": "en"})).status_code == 403
    for who, status in (("employee", 403), ("moderator", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(f"{page}/correction", {"body": "No"})).status_code == status, who
    assert (await author.post(f"{page}/correction", {"body": "Two, *not* three."})).status_code == 303
    assert "Two, <em>not</em> three." in (await (await as_("employee")).get(page)).text
    event = await fetch_value("SELECT id FROM event WHERE kind = 'idea.corrected'")
    await tell_of(event)
    told = await execute(
        "SELECT n.email FROM mail m JOIN identity n ON n.person = m.recipient WHERE m.event = {}", event
    )
    assert [row["email"] for row in told] == [email_of("employee")]


async def test_a_withdrawn_idea_leaves_the_lists_and_keeps_its_page_reason_and_thread(as_, world):
    author, page = await as_("author"), f"/ideas/{world.idea['collect']}"
    empty = await author.post(f"{page}/withdrawal", {"reason": ""})
    assert set(errors_of(empty)) == {"reason"}
    for who, status in (("employee", 403), ("moderator", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(f"{page}/withdrawal", {"reason": "x"})).status_code == status, who
    assert (await author.post(f"{page}/withdrawal", {"reason": "It is done already."})).status_code == 303
    reader = await as_("employee")
    shown = text_of(await reader.get(page))
    for words in ("Withdrawn", "It is done already.", "Comment collect", "comments are closed", "votes are closed"):
        assert words in shown
    assert "Idea collect" not in (await reader.get(f"/campaigns/{world.campaign['collect']}")).text
    assert (await author.post(f"{page}/edit", {"title": "x", "body": "y", "language": "en"})).status_code == 403


async def test_the_top_of_a_campaign_stands_first_and_all_others_by_age(as_, world):
    await execute(
        "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, supporters,"
        " created_at) SELECT campaign, space, author, 'published', x.title, '', '', '', 'en', x.n,"
        " created_at - x.days * interval '1 day' FROM idea,"
        " (VALUES ('First of all', 9, 1), ('Second', 8, 1), ('Young', 5, 2), ('Old', 1, 9)) AS x (title, n, days)"
        " WHERE id = {}",
        world.idea_id["decide"],
    )
    await execute("UPDATE campaign SET top = 2 WHERE id = {}", world.campaign_id["decide"])
    sponsor, home = await as_("sponsor"), f"/campaigns/{world.campaign['decide']}"
    page = text_of(await sponsor.get(f"{home}/waiting"))
    places = [page.index(words) for words in ("Top 2", "First of all", "Second", "All others", "Old", "Young")]
    assert places == sorted(places)
    assert "The 2 ideas with most support are answered first" in text_of(await (await as_("employee")).get(home))
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " SELECT id, space, author, 'declined', 'S', 'R', 'R', 'N', 'en' FROM idea WHERE title = 'First of all'"
    )
    page = text_of(await sponsor.get(f"{home}/waiting"))  # nobody moves up into the top
    assert 0 < page.index("Second") < page.index("All others") < page.index("Old")
    assert "First of all" not in page


async def test_a_withdrawn_idea_is_put_back_with_its_story_until_voting_begins(as_, world):
    author, page = await as_("author"), f"/ideas/{world.idea['collect']}"
    reader, campaign = await as_("employee"), f"/campaigns/{world.campaign['collect']}"
    await reader.post(f"{page}/vote", htmx=True)
    assert "Until voting begins you can put it back." in text_of(await author.get(f"{page}/withdrawal"))
    assert (await author.post(f"{page}/return", {"reason": "x"})).status_code == 403  # it is there
    await author.post(f"{page}/withdrawal", {"reason": "It is done already."})
    for who, status in (("employee", 403), ("moderator", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(f"{page}/return", {"reason": "x"})).status_code == status, who
    assert set(errors_of(await author.post(f"{page}/return", {"reason": ""}))) == {"reason"}
    pause = "INSERT INTO pause (space, person, decision, until) SELECT {}, {}, min(id), {} FROM decision RETURNING id"
    until = NOW + timedelta(days=3)
    paused = await fetch_value(pause, world.space_id["organisation"], world.person_id["author"], until)
    assert (await author.get(f"{page}/return")).status_code == 403
    assert (await author.post(f"{page}/return", {"reason": "x"})).status_code == 403
    await execute("DELETE FROM pause WHERE id = {}", paused)
    assert (await author.post(f"{page}/return", {"reason": "It is not: only half."})).status_code == 303
    shown = text_of(await reader.get(page))
    for words in ("It is done already.", "It is not: only half.", "Put back", "You support this", "Comment collect"):
        assert words in shown
    assert "comments are closed" not in shown
    assert "Idea collect" in (await reader.get(campaign)).text
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", world.campaign_id["collect"]) == 1


async def test_from_the_voting_on_a_withdrawal_is_final_and_says_so(as_, world):
    author, page = await as_("author"), f"/ideas/{world.idea['vote']}"
    assert "This is final" in text_of(await author.get(f"{page}/withdrawal"))
    await author.post(f"{page}/withdrawal", {"reason": "It is done already."})
    assert (await author.post(f"{page}/return", {"reason": "x"})).status_code == 403
    assert f"{page}/return" not in (await author.get(page)).text


async def test_what_is_put_back_in_the_moment_that_voting_begins_stays_withdrawn(as_, world):
    """Loaded while it collected, sent when people vote."""
    await execute("UPDATE idea SET state = 'withdrawn' WHERE id = {}", world.idea_id["vote"])
    actor = await actor_of_person(world.person_id["author"])
    idea = await get_idea(actor, world.idea["vote"])
    with pytest.raises(Closed):
        await put_back(actor, msgspec.structs.replace(idea, phase="collect"), reason="Late")
    assert await fetch_value("SELECT state FROM idea WHERE id = {}", world.idea_id["vote"]) == "withdrawn"
