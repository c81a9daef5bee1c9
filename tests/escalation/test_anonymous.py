"""Anonymous posts: nobody finds who wrote one, on no page and in no row, until two people in two roles sign for it."""

from __future__ import annotations

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.db import execute, fetch_value
from portal.ideas.actions import Content, keep_replies
from portal.mydata.queries import everything
from portal.notifications.mails import write
from portal.timetable import JOBS
from portal.worker import pass_on_events
from tests.client import text_of
from tests.moderation.desk import newest
from tests.pages.forms import errors_of, form_of

NAME = "Bram Kuipersma"  # who stands nowhere else in the organisation's space
ME = "insider_a"


async def allowed(world):
    """The organisation's space lets colleagues post without their name."""
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", world.space_id["organisation"])


async def posted(browser, world, **other):
    """A post without a name; its address."""
    await allowed(world)
    address = f"/spaces/{world.space['organisation']}/posts/new"
    typed = {"title": "What nobody says", "body": "We are too few", "anonymous": "y"}
    sent = await browser.post(address, form_of(await browser.get(address), address) | typed | other)
    assert sent.status_code == 303, text_of(sent)
    return sent.headers["Location"]


async def test_it_is_offered_where_the_space_allows_it_to_colleagues(as_, world):
    address = f"/spaces/{world.space['organisation']}/posts/new"
    assert "without my name" not in text_of(await (await as_(ME)).get(address))
    forged = await (await as_(ME)).post(address, {"title": "Mine", "language": "en", "anonymous": "y"})
    assert (forged.status_code, set(errors_of(forged))) == (422, {"anonymous"}), "it is not posted in her name instead"
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = 'Mine'") == 0
    await allowed(world)
    assert "without my name" in text_of(await (await as_(ME)).get(address))
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", world.space_id["closed_a"])
    guests = f"/spaces/{world.space['closed_a']}/posts/new"
    assert "without my name" not in text_of(await (await as_("guest_a")).get(guests))


@pytest.mark.parametrize("kind", ["post", "idea"])
async def test_it_is_offered_where_ten_colleagues_read_it(as_, world, kind):
    """Among fewer she would be guessed. Whoever began while there were enough is told, and nothing is posted."""
    await allowed(world)
    post = f"/spaces/{world.space['organisation']}/posts/new"
    address = post if kind == "post" else f"/campaigns/{world.campaign['collect']}/ideas/new"
    to = post if kind == "post" else f"/campaigns/{world.campaign['collect']}/ideas"
    browser = await as_(ME)
    form = form_of(await browser.get(address), to) | {"title": "Mine", "body": "We are too few", "anonymous": "y"}
    assert "without my name" in text_of(await browser.get(address))
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["colleague"])
    page = text_of(await browser.get(address))
    assert "without my name" not in page
    assert "fewer than ten" in page
    sent = await browser.post(to, form)
    assert (sent.status_code, set(errors_of(sent))) == (422, {"anonymous"})
    assert "Fewer than 10 colleagues" in text_of(sent)
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = 'Mine'") == 0
    named = {name: value for name, value in form.items() if name != "anonymous"}
    assert (await browser.post(to, named)).status_code == 303
    assert (
        NAME in text_of(await (await as_("employee")).get(f"/spaces/{world.space['organisation']}/posts"))
        or kind == "idea"
    )


async def test_who_asks_for_no_name_and_for_a_leaders_is_asked_which(as_, world):
    await allowed(world)
    browser, address = await as_("sponsor"), f"/spaces/{world.space['organisation']}/posts/new"
    typed = {"title": "Mine", "body": "We are too few", "anonymous": "y", "voice": "leader"}
    sent = await browser.post(address, form_of(await browser.get(address), address) | typed)
    assert (sent.status_code, set(errors_of(sent))) == (422, {"anonymous"})
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = 'Mine'") == 0


async def test_a_draft_without_a_name_is_posted_in_hers_by_herself_alone(as_, world):
    """It was begun while that was allowed: she is asked, and it is not done for her."""
    await allowed(world)
    browser, address = await as_(ME), f"/spaces/{world.space['organisation']}/posts/new"
    typed = {"title": "Mine", "body": "We are too few", "anonymous": "y", "draft": "1"}
    kept = await browser.post(address, form_of(await browser.get(address), address) | typed)
    await execute("UPDATE space SET anonymous = FALSE")
    edit = kept.headers["Location"].partition("?")[0]
    sent = await browser.post(edit, form_of(await browser.get(edit), edit))
    assert (sent.status_code, set(errors_of(sent))) == (422, {"anonymous"})
    assert await fetch_value("SELECT state FROM idea WHERE title = 'Mine'") == "draft"


async def mentions(connection, number):
    """Every column in which this person's number stands beside the post, but where it is kept who is behind it."""
    found = set()
    for table, column in await connection.fetch(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.columns i"
        " ON i.table_name = c.table_name AND i.column_name = 'idea' AND i.table_schema = 'public'"
        " JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_type = 'BASE TABLE'"
        " WHERE c.table_schema = 'public' AND c.data_type = 'bigint' AND c.column_name NOT IN ('id', 'idea', 'space')"
    ):
        if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table} WHERE idea = $1 AND {column} = $2)", *number):
            found.add(f"{table}.{column}")
    return found


async def test_nobody_finds_her_name_on_it(as_, world, rollback: asyncpg.Connection):
    """Posted, read, edited, talked about, reported by another, mailed."""
    browser = await as_(ME)
    where = await posted(browser, world)
    public_id = where.rpartition("/")[2]
    idea = await fetch_value("SELECT id FROM idea WHERE public_id = {}", public_id)
    page = text_of(await browser.get(where))
    assert f"{where}/edit" in page, "it is hers, all the same"
    form = form_of(await browser.get(f"{where}/edit"), f"{where}/edit")
    assert (await browser.post(f"{where}/edit", form | {"body": "We are far too few"})).status_code == 303
    say = f"/ideas/{public_id}/comments"
    assert (await browser.post(say, form_of(await browser.get(where), say) | {"body": "Let me add"})).status_code == 303
    other = await as_("employee")
    assert (await other.post(say, form_of(await other.get(where), say) | {"body": "Who are you?"})).status_code == 303
    await other.post(f"/ideas/{public_id}/report", {"rule": "persons", "words": ""})
    await pass_on_events()
    comment = await fetch_value("SELECT public_id FROM comment WHERE idea = {} ORDER BY id LIMIT 1", idea)
    item = await fetch_value("SELECT public_id FROM moderation_item WHERE idea = {}", idea)
    for who in ("employee", "colleague", "moderator", "administrator", "sponsor", "decision_maker"):
        reader = await as_(who)
        for address in (
            where,
            f"/ideas/{public_id}/versions",
            f"/comments/{comment}",
            f"/comments/{comment}/report",
            f"/ideas/{public_id}/report",
            f"{where}/author",
            f"/moderation/items/{item}",
            f"/spaces/{world.space['organisation']}/posts",
            "/search?q=too+few",
        ):
            shown = text_of(await reader.get(address))
            assert NAME not in shown, (who, address)
            assert world.person[ME] not in shown, (who, address)
    profile = text_of(await (await as_("employee")).get(f"/people/{world.person[ME]}"))
    assert "What nobody says" not in profile
    assert await mentions(rollback, (idea, world.person_id[ME])) <= {"mask.behind", "notice.person"}
    acted = "SELECT count(*) FROM event WHERE actor = $1 AND (idea = $2 OR comment IN (SELECT id FROM comment WHERE idea = $2))"
    assert await rollback.fetchval(acted, world.person_id[ME], idea) == 0
    writers = "SELECT count(*) FROM comment WHERE idea = $1 AND author = $2"
    assert await rollback.fetchval(writers, idea, world.person_id[ME]) == 0
    assert "A colleague" in text_of(await other.get(where))
    await execute("UPDATE identity SET language = 'nl' WHERE person = {}", world.person_id["employee"])
    dutch = text_of(await other.get(where))
    assert "Een collega" in dutch, "in the reader's language, whatever that of the post is"
    assert "A colleague" not in dutch


async def test_the_control_a_post_with_a_name_is_found_so(as_, world, rollback: asyncpg.Connection):
    browser = await as_(ME)
    where = await posted(browser, world, anonymous="")
    assert NAME in text_of(await (await as_("employee")).get(where))
    idea = await fetch_value("SELECT id FROM idea WHERE public_id = {}", where.rpartition("/")[2])
    assert "event.actor" in await mentions(rollback, (idea, world.person_id[ME]))


async def test_it_is_hers_in_her_own_lists_and_she_hears_of_what_is_said_there(as_, world):
    browser = await as_(ME)
    where = await posted(browser, world)
    assert "What nobody says" in text_of(await browser.get("/"))
    other, say = await as_("employee"), f"/ideas/{where.rpartition('/')[2]}/comments"
    assert (await other.post(say, form_of(await other.get(where), say) | {"body": "Well said"})).status_code == 303
    await pass_on_events()
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'comment.added'")
    await JOBS["tell_of"](event=event)
    told = "SELECT count(*) FROM notice WHERE person = {} AND event = {}"
    assert await fetch_value(told, world.person_id[ME], event) == 1
    message = await write("comment", world.person_id[ME], event)
    assert "Well said" in message.get_content()


async def test_mail_calls_her_a_colleague_in_the_language_of_who_reads_it(as_, world):
    browser, other = await as_(ME), await as_("employee")
    where = await posted(browser, world)
    say = f"/ideas/{where.rpartition('/')[2]}/comments"
    assert (await other.post(say, form_of(await other.get(where), say) | {"body": "Who are you?"})).status_code == 303
    root = await fetch_value("SELECT public_id FROM comment WHERE body = 'Who are you?'")
    reply = form_of(await browser.get(where), say) | {"body": "Nobody", "reply_to": root}
    assert (await browser.post(say, reply)).status_code == 303
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'comment.added'")
    for language, called in (("en", "A colleague"), ("nl", "Een collega")):
        await execute("UPDATE identity SET language = {} WHERE person = {}", language, world.person_id["employee"])
        message = await write("reply", world.person_id["employee"], event)
        assert called in message.get_content(), language


async def test_she_neither_votes_for_it_nor_moderates_it(as_, world):
    browser = await as_("moderator")
    where = await posted(browser, world)
    public_id = where.rpartition("/")[2]
    idea = await fetch_value("SELECT id FROM idea WHERE public_id = {}", public_id)
    await execute(
        "INSERT INTO vote (person, idea, space) SELECT {}, id, space FROM idea WHERE id = {}", browser.person, idea
    )
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", idea) == 0
    await (await as_("employee")).post(f"/ideas/{public_id}/report", {"rule": "persons", "words": ""})
    item = await fetch_value("SELECT public_id FROM moderation_item WHERE idea = {}", idea)
    assert (await browser.get(f"/moderation/items/{item}")).status_code == 404
    assert (await browser.get(f"{where}/author")).status_code == 403


async def test_two_people_in_two_roles_open_it_and_she_hears_of_it(as_, world, rollback: asyncpg.Connection):
    where = await posted(await as_(ME), world)
    address = f"{where}/author"
    moderator, administrator = await as_("moderator"), await as_("administrator")
    for who in ("employee", "sponsor"):
        assert (await (await as_(who)).post(address, {"reason": "Curious"})).status_code == 403, who
    assert set(errors_of(await moderator.post(address, {"reason": ""}))) == {"reason"}
    assert (await moderator.post(address, {"reason": "There is a threat in it."})).status_code == 303
    again = await moderator.post(address, {"reason": "Once more"})
    assert set(errors_of(again)) == {"reason"}, "one person is not two"
    assert NAME not in text_of(await moderator.get(address))
    assert NAME not in text_of(await administrator.get(address))
    assert (await administrator.post(address, {"reason": "I agree."})).status_code == 303
    for browser in (moderator, administrator):
        assert NAME in text_of(await browser.get(address))
        assert NAME not in text_of(await browser.get(where)), "on that page only"
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        world.space_id["organisation"],
        world.person_id["employee"],
    )
    assert NAME not in text_of(await (await as_("employee")).get(address)), "for the two who signed"
    await pass_on_events()
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'idea.unmasked'")
    await JOBS["tell_of"](event=event)
    assert await fetch_value("SELECT person FROM notice WHERE event = {}", event) == world.person_id[ME]
    with pytest.raises(asyncpg.RestrictViolationError):
        await rollback.execute("DELETE FROM unmasking")


async def test_screened_first_it_is_published_without_her_name(as_, world):
    browser = await as_(ME)
    where = await posted(browser, world, confidential="y")
    idea = await fetch_value("SELECT max(idea) FROM screening")
    moderator = await as_("moderator")
    assert NAME not in text_of(await moderator.get(where))
    version = str(await fetch_value("SELECT version FROM idea WHERE id = {}", idea))
    sent = await moderator.post(f"{where}/decision", {"what": "publish", "version": version})
    assert sent.status_code == 303, text_of(sent)
    address = f"/posts/{await fetch_value('SELECT public_id FROM idea WHERE id = {}', idea)}"
    assert "A colleague" in text_of(await (await as_("employee")).get(address))
    assert f"{address}/edit" in text_of(await browser.get(address))


async def test_no_file_says_that_it_is_hers(as_, world):
    await posted(await as_(ME), world)
    assert "What nobody says" not in str(await everything(await actor_of_person(world.person_id[ME])))


# --- ideas of campaigns ---


async def proposed(browser, world, **other):
    """An idea without a name, which was a draft with a file first; its address."""
    await allowed(world)
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    offered = form_of(await browser.get(f"{address}/new"), address)
    typed = {"title": "What nobody says", "body": "We are too few", "anonymous": "y"}
    kept = await browser.post(address, offered | typed | {"draft": "1"})
    edit = kept.headers["Location"]
    attach = edit.replace("/edit", "/attachments")
    file = {"files": ("counts.csv", b"depot,nights\nNorth,12\n")}
    assert (await browser.post(attach, form_of(await browser.get(attach), attach), files=file)).status_code == 303
    sent = await browser.post(edit, form_of(await browser.get(edit), edit) | {"anonymous": "y"} | other)
    assert sent.status_code == 303, text_of(sent)
    return sent.headers["Location"]


DOCUMENT = {"files": ("plan.pdf", b"%PDF-1.7\n1 0 obj <</Author (Bram Kuipersma)>> endobj\ntrailer <<>>\n%%EOF\n")}


async def test_no_document_goes_along_that_may_hold_her_name(as_, world):
    browser = await as_(ME)
    attach = (await posted(browser, world)) + "/attachments"
    attach = attach.replace("/posts/", "/ideas/")
    page = await browser.get(attach)
    assert 'accept=".png,' in page.text
    refused = await browser.post(attach, form_of(page, attach), files=DOCUMENT)
    assert refused.status_code == 422
    assert "may hold the name of who made it" in errors_of(refused)["files"]
    assert await fetch_value("SELECT count(*) FROM attachment WHERE name = 'plan.pdf'") == 0


async def test_what_has_documents_is_not_posted_without_a_name(as_, world):
    browser = await as_(ME)
    await allowed(world)
    address = f"/spaces/{world.space['organisation']}/posts/new"
    typed = {"title": "What nobody says", "body": "We are too few", "draft": "1"}
    edit = (await browser.post(address, form_of(await browser.get(address), address) | typed)).headers["Location"]
    attach = edit.replace("/posts/", "/ideas/").replace("/edit", "/attachments")
    assert (await browser.post(attach, form_of(await browser.get(attach), attach), files=DOCUMENT)).status_code == 303
    sent = await browser.post(edit, form_of(await browser.get(edit), edit) | {"anonymous": "y"})
    assert sent.status_code == 422
    assert "documents may hold your name" in errors_of(sent)["anonymous"]
    idea, content = await newest("idea"), Content(title="", body="", tags=[], language="en", anonymous=True)
    with pytest.raises(Changed):  # whatever the form was filled from
        await keep_replies(idea["id"], content)
    assert (await browser.post(edit, form_of(await browser.get(edit), edit))).status_code == 303


async def test_it_is_offered_for_ideas_where_the_space_allows_it_to_colleagues(as_, world):
    address = f"/campaigns/{world.campaign['collect']}/ideas/new"
    assert "without my name" not in text_of(await (await as_(ME)).get(address))
    await allowed(world)
    assert "without my name" in text_of(await (await as_(ME)).get(address))
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", world.space_id["closed_a"])
    guests = f"/campaigns/{world.campaign['closed_a']}/ideas/new"
    assert "without my name" not in text_of(await (await as_("guest_a")).get(guests))


async def test_nobody_finds_her_name_on_an_idea(as_, world, rollback: asyncpg.Connection):
    """Kept as a draft with a file, proposed, edited, talked about, followed, reported, found, told of."""
    browser = await as_(ME)
    where = await proposed(browser, world)
    public_id = where.rpartition("/")[2]
    idea = await fetch_value("SELECT id FROM idea WHERE public_id = {}", public_id)
    form = form_of(await browser.get(f"{where}/edit"), f"{where}/edit")
    assert (await browser.post(f"{where}/edit", form | {"body": "We are far too few"})).status_code == 303
    say = f"{where}/comments"
    assert (await browser.post(say, form_of(await browser.get(where), say) | {"body": "Let me add"})).status_code == 303
    other = await as_("employee")
    await other.post(f"{where}/report", {"rule": "persons", "words": ""})
    await pass_on_events()
    item = await fetch_value("SELECT public_id FROM moderation_item WHERE idea = {}", idea)
    campaign = f"/campaigns/{world.campaign['collect']}"
    for who in ("employee", "colleague", "moderator", "administrator", "sponsor", "decision_maker"):
        reader = await as_(who)
        for address in (
            where,
            f"{where}/versions",
            f"{where}/author",
            f"/posts/{public_id}/author",
            f"{where}/report",
            f"/moderation/items/{item}",
            campaign,
            f"{campaign}?view=board",
            f"{campaign}?order=newest",
            "/search?q=too+few",
            f"/search/similar?title=What+nobody+says&campaign={world.campaign['collect']}",
            f"{where}/mentions?typed=",
            "/",
            "/notifications",
        ):
            shown = text_of(await reader.get(address))
            assert NAME not in shown, (who, address)
            assert world.person[ME] not in shown, (who, address)
        assert NAME not in str(await everything(await actor_of_person(world.person_id[who]))), who
    assert "What nobody says" not in text_of(await other.get(f"/people/{world.person[ME]}"))
    assert await mentions(rollback, (idea, world.person_id[ME])) <= {"mask.behind", "notice.person"}
    acted = "SELECT count(*) FROM event WHERE actor = $1 AND (idea = $2 OR comment IN (SELECT id FROM comment WHERE idea = $2))"
    assert await rollback.fetchval(acted, world.person_id[ME], idea) == 0
    named = "SELECT count(*) FROM event WHERE actor = $1 AND particulars::text LIKE '%' || $2 || '%'"
    assert await rollback.fetchval(named, world.person_id[ME], public_id) == 0
    assert "A colleague" in text_of(await other.get(where))
    assert "What nobody says" in text_of(await browser.get("/"))
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'comment.added'")
    message = (await write("comment", world.person_id["employee"], event)).as_string()
    assert "Let me add" in message
    assert "Bram" not in message


async def test_an_idea_is_opened_by_two_signatures_too_and_the_page_says_where(as_, world):
    where = await proposed(await as_(ME), world)
    moderator, administrator = await as_("moderator"), await as_("administrator")
    address = f"/posts/{where.rpartition('/')[2]}/author"
    assert address in (await moderator.get(where)).text
    assert address not in (await (await as_("employee")).get(where)).text
    assert address not in (await (await as_(ME)).get(where)).text
    for browser in (moderator, administrator):
        assert (await browser.post(address, {"reason": "A threat."})).status_code == 303
    assert NAME in text_of(await moderator.get(address))
    assert NAME not in text_of(await moderator.get(where))


async def test_whoever_writes_along_knows_whose_it_is_so_that_it_has_a_name(as_, world):
    browser = await as_(ME)
    await allowed(world)
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    offered = form_of(await browser.get(f"{address}/new"), address)
    typed = {"title": "What nobody says", "body": "We are too few"}
    edit = (await browser.post(address, offered | typed | {"draft": "1"})).headers["Location"]
    invite = edit.replace("/edit", "/co-authors")
    form = form_of(await browser.get(edit), edit)
    assert (await browser.post(invite, {"colleague": "author@world.example"})).status_code == 303
    sent = await browser.post(edit, form | {"anonymous": "y"})
    assert set(errors_of(sent)) == {"anonymous"}
    other = (
        await browser.post(
            address, form_of(await browser.get(f"{address}/new"), address) | typed | {"draft": "1", "anonymous": "y"}
        )
    ).headers["Location"]
    assert (
        await browser.post(other.replace("/edit", "/co-authors"), {"colleague": "author@world.example"})
    ).status_code == 403


async def test_she_is_told_that_she_speaks_without_her_name(as_, world):
    """On what she posted so, and before she comments on it; others are told that they speak in their own."""
    browser = await as_(ME)
    where = await posted(browser, world)
    hers, others = text_of(await browser.get(where)), text_of(await (await as_("employee")).get(where))
    assert "You posted this without your name" in hers
    assert "without your name: you are" in hers
    assert "under your name" not in hers
    assert "under your name" in others
    assert "without your name" not in others


async def test_once_somebody_else_goes_on_with_it_she_is_herself_there(as_, world):
    """But for what she wrote as nobody, which she can still change."""
    idea, mask = world.idea_id["anonymous"], await fetch_value("SELECT person FROM mask LIMIT 1")
    browser, other = await as_("colleague"), world.person_id["employee"]
    sent = await browser.post(f"/ideas/{world.idea['anonymous']}/comments", {"body": "Said by nobody"})
    assert sent.status_code == 303
    comment = await fetch_value("SELECT public_id FROM comment WHERE author = {}", mask)
    await execute("UPDATE idea SET author = {}, anonymous = FALSE WHERE id = {}", other, idea)
    assert (await browser.post(f"/ideas/{world.idea['anonymous']}/vote", {})).status_code == 303
    assert await fetch_value("SELECT person FROM vote WHERE idea = {}", idea) == world.person_id["colleague"]
    edited = await browser.post(f"/comments/{comment}/edit", {"body": "Said by nobody still", "version": "1"})
    assert edited.status_code == 303
    assert await fetch_value("SELECT author FROM comment WHERE body = 'Said by nobody still'") == mask
