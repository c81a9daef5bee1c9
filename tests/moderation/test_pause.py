"""Who may not write in a space for a while: a clear page, nothing typed lost, and no way around it."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from portal import db
from portal.access.actor import actor_of_person
from portal.access.conflicts import WriterPaused
from portal.comments import actions as commenting
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.moderation import actions
from portal.moderation.queries import get_item
from tests.client import text_of
from tests.moderation.desk import decide, newest, receipt_of
from tests.pages.forms import post_slowly
from tests.pages.locks import until_waiting
from tests.world import NOW, add_report, set_clock

FORMS = {
    "/campaigns/{campaign[collect]}/ideas": {"title": "A bridge", "body": "Build it soon", "language": "en"},
    "/ideas/{idea[vote]}/comments": {"body": "A careful thought"},
    "/ideas/{idea[discuss]}/comments": {"body": "Onversleten", "form_key": "machinery"},
}


@pytest.mark.parametrize("path", FORMS)
async def test_a_paused_person_is_told_until_when_and_keeps_her_text(as_, world, path):
    await decide(await as_("moderator"), world, "vote", "pause", days="3")
    browser = await as_("colleague")
    answer = await browser.post(path.format(**vars(world)), FORMS[path])
    page = text_of(answer)
    assert answer.status_code == 403
    assert "Je kunt hier een tijdje niet schrijven" in page
    assert "zaterdag 20 juni, 15:00" in page
    assert FORMS[path]["body"] in page
    assert "machinery" not in page
    assert "/receipts" in page
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'A careful thought'") == 0
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = 'A bridge'") == 0


async def test_where_ideas_are_invited_a_paused_person_reads_until_when_she_waits(as_, world):
    browser, campaign = await as_("colleague"), f"/campaigns/{world.campaign['collect']}"
    for page in ("/ideas/new", campaign):
        answer = await browser.get(page)
        assert f'href="{campaign}/ideas/new"' in answer.text
        assert "schrijven weer vanaf" not in text_of(answer)
    await decide(await as_("moderator"), world, "vote", "pause", days="3")
    for page in ("/ideas/new", campaign):
        answer = await browser.get(page)
        assert f'href="{campaign}/ideas/new"' not in answer.text
        assert "zaterdag 20 juni, 15:00" in text_of(answer), page


#: The other ways to say something in a space, and who may.
ELSEWHERE = {
    "/ideas/{idea[vote]}/correction": ("author", {"body": "It is two metres"}),
    "/ideas/{idea[vote]}/withdrawal": ("author", {"reason": "Done elsewhere"}),
    "/ideas/{idea[vote]}/help": ("employee", {"body": "I can drive"}),
    "/campaigns/{campaign[collect]}/workshops": ("employee", {"name": "A table"}),
    "/campaigns/{campaign[collect]}/cancellation": ("campaign_owner", {"reason": "Nobody wants it"}),
}


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_a_pause_holds_wherever_one_writes(as_, world, path):
    who, typed = ELSEWHERE[path]
    browser, address = await as_(who), path.format(**vars(world))
    assert (await browser.post(address, {})).status_code == 422, "she may, once she types something"
    await decide(await as_("moderator"), world, "vote", "pause")
    await execute("UPDATE pause SET person = {}", world.person_id[who])
    answer = await browser.post(address, typed)
    assert answer.status_code == 403
    assert "/receipts" in answer.text
    assert list(typed.values())[-1] in text_of(answer)


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/attachments/{attachment[collect]}/description", "author"),
        ("/ideas/{idea[collect]}/co-authors", "author"),
        ("/campaigns/{campaign[collect]}/edit/question", "campaign_owner"),
    ],
)
async def test_a_pause_holds_for_what_is_filled_in(as_, world, path, who):
    browser, address = await as_(who), path.format(**vars(world))
    assert (await browser.post(address, {})).status_code in (303, 422)
    await decide(await as_("moderator"), world, "vote", "pause")
    await execute("UPDATE pause SET person = {}", world.person_id[who])
    assert (await browser.post(address, {})).status_code == 403


#: What is owed to others, with who owes it: no deadline waits for a pause.
DUTIES = {
    "/ideas/{idea[decide]}/status": "sponsor",
    "/ideas/{idea[decide]}/answer": "sponsor",
    "/ideas/{idea[told]}/answer/correction": "sponsor",
    "/campaigns/{campaign[collect]}/extension": "campaign_owner",
}


@pytest.mark.parametrize("path", DUTIES)
async def test_answers_steps_and_more_time_wait_for_no_pause(as_, world, path):
    await decide(await as_("moderator"), world, "vote", "pause")
    await execute("UPDATE pause SET person = {}", world.person_id[DUTIES[path]])
    assert (await (await as_(DUTIES[path])).post(path.format(**vars(world)), {})).status_code == 422
    await execute(
        "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
        " SELECT id, space, {}, 'shortlisted', 'We look', '', 'en' FROM idea WHERE id = {}",
        world.person_id[DUTIES[path]],
        world.idea_id["decide"],
    )


#: Every way in which words come into a space, whatever our code asks before: the database refuses them.
WORDS = {
    "idea": "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
    " SELECT campaign, space, {me}, 'published', 'T', '', '', '', 'en' FROM idea WHERE id = {idea}",
    "edited idea": "UPDATE idea SET body = 'New', edited_by = {me} WHERE id = {idea}",
    "edited comment": "UPDATE comment SET body = 'New' WHERE author = {me} AND idea = {idea} AND state = 'published'",
    "mention": "INSERT INTO mention (comment, space, person, event) SELECT k.id, k.space, k.author,"
    " (SELECT max(id) FROM event) FROM comment k WHERE author = {me} AND idea = {idea} LIMIT 1",
    "correction": "INSERT INTO correction (idea, space, author, body, body_html, language)"
    " SELECT id, space, {me}, 'B', '', 'en' FROM idea WHERE id = {idea}",
    "help": "INSERT INTO help_offer (idea, space, person, body) SELECT id, space, {me}, 'B' FROM idea WHERE id = {idea}",
    "attachment": "INSERT INTO attachment (idea, space, author, kind, name, file, size)"
    " SELECT id, space, {me}, 'pdf', 'a.pdf', 'x', 1 FROM idea WHERE id = {idea}",
    "co-author": "INSERT INTO co_author (idea, space, person, invited_by)"
    " SELECT id, space, {other}, {me} FROM idea WHERE id = {idea}",
    "workshop": "INSERT INTO workshop (campaign, space, author, name, held_on)"
    " SELECT campaign, space, {me}, 'W', '2026-06-01' FROM idea WHERE id = {idea}",
    "digest": "INSERT INTO digest (idea, space, version, author, body, body_html, how, language)"
    " SELECT id, space, 9, {me}, 'B', '', 'H', 'en' FROM idea WHERE id = {idea}",
    "reason": "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
    " SELECT id, space, {me}, 'withdrawn', 'B', '', 'en' FROM idea WHERE id = {idea}",
    "end": "INSERT INTO campaign_notice (campaign, space, kind, author, reason, language)"
    " SELECT campaign, space, 'cancelled', {me}, 'R', 'en' FROM idea WHERE id = {idea}",
}


@pytest.mark.parametrize("words", WORDS)
async def test_the_database_takes_no_words_of_who_is_paused(rollback, as_, world, words):
    names = {"me": "colleague", "other": "employee"}
    ids = {name: world.person_id[who] for name, who in names.items()} | {"idea": world.idea_id["vote"]}
    statement = WORDS[words].format(**ids)
    savepoint = rollback.transaction()
    await savepoint.start()
    assert (await rollback.execute(statement)).endswith(" 1"), "it works without a pause"
    await savepoint.rollback()
    await decide(await as_("moderator"), world, "vote", "pause")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await execute(statement)
    assert refused.value.sqlstate == "PL001"


async def test_an_offer_is_taken_back_also_during_a_pause(as_, world):
    browser, page = await as_("colleague"), f"/ideas/{world.idea['vote']}/help"
    await browser.post(page, {"body": "I can drive"})
    await decide(await as_("moderator"), world, "vote", "pause")
    assert (await browser.post(f"{page}/end")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM help_offer") == 0


async def test_reading_voting_and_other_spaces_stay(as_, world):
    await decide(await as_("moderator"), world, "vote", "pause")
    browser = await as_("colleague")
    page = text_of(await browser.get(f"/ideas/{world.idea['vote']}"))
    assert "schrijven weer vanaf" in page
    assert f'action="/ideas/{world.idea["vote"]}/comments"' not in page
    await browser.post(f"/ideas/{world.idea['vote']}/vote")
    assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", world.idea_id["vote"]) == 1
    assert (await browser.post(f"/ideas/{world.idea['open']}/comments", {"body": "Elsewhere"})).status_code == 303
    assert (await browser.post(f"/comments/{world.comment['vote']}/removal")).status_code == 303


async def test_a_pause_ends_by_itself_and_by_undoing_it(as_, world):
    await decide(await as_("moderator"), world, "vote", "pause", days="1")
    address = f"/ideas/{world.idea['vote']}/comments"
    await set_clock(NOW + timedelta(days=1, seconds=1))
    assert (await (await as_("colleague")).post(address, {"body": "Back"})).status_code == 303
    await set_clock(NOW)
    browser = await as_("colleague")
    assert (await browser.post(address, {"body": "Too early"})).status_code == 403
    decision = (await receipt_of(world, "vote")).split("/")[-1]
    await (await as_("moderator")).post(f"/moderation/decisions/{decision}/undo")
    assert (await browser.post(address, {"body": "At once"})).status_code == 303


async def test_a_pause_that_comes_while_one_sends_refuses_it_and_keeps_the_text(as_, world):
    moderator, browser = await as_("moderator"), await as_("colleague")

    async def meanwhile():
        await decide(moderator, world, "vote", "pause")

    answer = await post_slowly(
        browser, f"/ideas/{world.idea['vote']}/comments", {"body": "Just before the pause"}, meanwhile
    )
    assert answer.status_code == 403
    assert "Just before the pause" in text_of(answer)
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'Just before the pause'") == 0


async def test_who_is_paused_cannot_put_up_again_what_was_sent_back(as_, world):
    await execute(
        "INSERT INTO pause (person, space, decision, until) SELECT person, space, id, plein_now() + interval '1 day'"
        " FROM decision WHERE id = {}",
        world.decision_id["sent_back"],
    )
    browser = await as_("colleague")
    answer = await browser.post(f"/receipts/{world.decision['sent_back']}/text", {"body": "All of it new"})
    assert answer.status_code == 403
    assert "All of it new" in text_of(answer)


# --- over real connections


async def _elsewhere(coroutine):
    """In a connection of its own, outside the transaction of whoever starts it."""
    token = db.DB.current_transaction.set(None)
    try:
        return await coroutine
    finally:
        db.DB.current_transaction.reset(token)


async def test_a_post_waits_for_a_pause_under_way_and_obeys_it(fresh_db, world):
    author, moderator = [await actor_of_person(world.person_id[who]) for who in ("colleague", "moderator")]
    idea, item = await get_idea(author, world.idea["vote"]), await get_item(moderator, world.item["vote"])
    watcher = await asyncpg.connect(fresh_db)
    async with db.transaction():
        await actions.decide(moderator, item, action="pause", rule="persons", words="Slowly", version=1, days=1)
        post = asyncio.create_task(
            _elsewhere(commenting.comment(author, idea, body="Late", reply_to=None, form_key="late"))
        )
        await until_waiting(watcher, post)
        assert not post.done()
    with pytest.raises(WriterPaused):
        await post
    assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'Late'") == 0
    await watcher.close()


async def test_looking_at_the_pause_first_would_let_a_post_through(fresh_db, world):
    """The control: without the trigger the same post comes after the pause was committed."""
    await execute("DROP TRIGGER comment_writer ON comment")
    author, moderator = [await actor_of_person(world.person_id[who]) for who in ("colleague", "moderator")]
    idea, item = await get_idea(author, world.idea["vote"]), await get_item(moderator, world.item["vote"])
    await actions.decide(moderator, item, action="pause", rule="persons", words="Slowly", version=1, days=1)
    await commenting.comment(author, idea, body="Late", reply_to=None, form_key="late")
    assert (await newest("comment"))["body"] == "Late"


async def test_a_pause_holds_under_every_name(as_, world):
    """Whoever is paused for what she wrote as nobody is paused by name, and where she is nobody again."""
    await add_report(world, "nameless", idea="anonymous", reporter="employee")
    moderator = await as_("moderator")
    assert "what the same person wrote elsewhere is not told" in text_of(
        await moderator.get(f"/moderation/items/{world.item['nameless']}")
    )
    await decide(moderator, world, "nameless", "pause", days="3")
    assert (await newest("pause"))["person"] != world.person_id["colleague"]
    browser = await as_("colleague")
    for idea in ("vote", "anonymous"):
        answer = await browser.post(f"/ideas/{world.idea[idea]}/comments", {"body": "While I am paused"})
        assert answer.status_code == 403
    with pytest.raises(WriterPaused):
        await execute(
            "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
            " SELECT id, space, {}, 'published', 'x', 'x', 'en' FROM idea WHERE id = {}",
            world.person_id["colleague"],
            world.idea_id["vote"],
        )
