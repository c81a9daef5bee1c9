"""Rule 15 for comments: what holds a word of the lists waits, for its author alone, until somebody screens it."""

from __future__ import annotations

import asyncpg
import pytest

from portal.db import execute, fetch_value, transaction
from portal.timetable import JOBS
from portal.worker import pass_on_events
from tests.client import text_of
from tests.escalation.test_sensitive import CANARY, DIVERT, columns_with, door, rule
from tests.pages.forms import form_of
from tests.world import add_comment

SICK = f"Zij is ziek, zegt de {CANARY}"


async def said(browser, world, body=SICK, idea="collect", reply=""):
    """A comment of hers; where that leads."""
    page, say = f"/ideas/{world.idea[idea]}", f"/ideas/{world.idea[idea]}/comments"
    offered = form_of(await browser.get(page + (f"?reply={reply}" if reply else "")), say)
    sent = await browser.post(say, offered | {"body": body})
    assert sent.status_code == 303, text_of(sent)
    return sent.headers["Location"]


async def last():
    """The newest comment."""
    return (await execute("SELECT * FROM comment ORDER BY id DESC LIMIT 1"))[0]


async def counted(world, idea="collect"):
    """What is counted of a thread."""
    found = await execute(
        "SELECT comments, guest_comments, commenters, (SELECT sum(replies) FROM comment WHERE idea = i.id) AS replies,"
        " (SELECT sum(comments) FROM comment_day WHERE idea = i.id) AS days FROM idea i WHERE id = {}",
        world.idea_id[idea],
    )
    return dict(found[0])


async def decided(as_, where, **form):
    """Decides as the moderator, on the version that stands."""
    version = await fetch_value(
        "SELECT k.version FROM screening x JOIN comment k ON k.id = x.comment WHERE x.public_id = {}",
        where.rpartition("/")[2],
    )
    sent = await (await as_("moderator")).post(f"{where}/decision", {"version": str(version)} | form)
    assert sent.status_code == 303, text_of(sent)


async def test_what_matches_waits_for_its_author_alone_and_counts_nowhere(as_, world, rollback: asyncpg.Connection):
    await rule(world)
    before, events = await counted(world), await fetch_value("SELECT count(*) FROM event")
    browser = await as_("employee")
    where = await said(browser, world, f"{SICK}, @Wim Schotanus")
    assert where.startswith("/screenings/"), where
    page = text_of(await browser.get(where))
    assert CANARY in page
    assert "https://doctor.example" in page
    comment = await last()
    assert await counted(world) == before
    assert await fetch_value("SELECT count(*) FROM event") == events, "nobody hears of it"
    assert "Waits to be screened" in text_of(await browser.get(f"/ideas/{world.idea['collect']}"))
    for who in ("author", "moderator", "administrator", "sponsor", "guest_a"):
        reader = await as_(who)
        assert CANARY not in text_of(await reader.get(f"/ideas/{world.idea['collect']}")), who
        for rest in ("", "/replies", "/versions", "/report"):
            assert (await reader.get(f"/comments/{comment['public_id']}{rest}")).status_code == 404, (who, rest)
    assert CANARY in text_of(await (await as_("moderator")).get(where)), "who screens it"
    await decided(as_, where, what="publish")
    assert CANARY in text_of(await (await as_("author")).get(f"/ideas/{world.idea['collect']}"))
    assert (await counted(world))["comments"] == before["comments"] + 1
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = 'comment.added'")
    assert await fetch_value("SELECT comment FROM event WHERE id = {}", event) == comment["id"]
    assert await fetch_value("SELECT person FROM mention WHERE event = {}", event) == world.person_id["author"]
    await JOBS["tell_of"](event=event)
    told = "SELECT kind FROM notice WHERE event = {} AND person = {}"
    assert await fetch_value(told, event, world.person_id["author"]) == "mention"


async def test_the_control_a_comment_without_such_words_stands_at_once(as_, world):
    await rule(world)
    before = await counted(world)
    where = await said(await as_("employee"), world, "All is well")
    assert where.startswith("/comments/")
    assert (await counted(world))["comments"] == before["comments"] + 1


async def test_rewritten_without_the_words_it_stands_at_once(as_, world):
    await rule(world)
    browser = await as_("employee")
    where = await said(browser, world)
    comment = await last()
    edit = f"/comments/{comment['public_id']}/edit"
    assert edit in (await browser.get(where)).text
    offered = form_of(await browser.get(edit), edit)
    again = await browser.post(edit, offered | {"body": "Nog steeds ziek"})
    assert again.headers["Location"] == where, "the same screening"
    stale = await browser.post(edit, offered | {"body": "All is well"})
    assert stale.status_code == 422
    offered = form_of(await browser.get(edit), edit)
    sent = await browser.post(edit, offered | {"body": "All is well"})
    assert sent.headers["Location"] == f"/comments/{comment['public_id']}"
    reader = await as_("author")
    assert "All is well" in text_of(await reader.get(f"/ideas/{world.idea['collect']}"))
    versions = text_of(await reader.get(f"/comments/{comment['public_id']}/versions"))
    assert "ziek" not in versions, "what nobody read has no versions"
    assert "/versions" not in text_of(await reader.get(f"/comments/{comment['public_id']}")), "nor was it changed"
    assert await fetch_value("SELECT state FROM screening WHERE public_id = {}", where.rpartition("/")[2]) == "changed"
    assert await fetch_value("SELECT count(*) FROM event WHERE comment = {} AND kind = 'comment.added'", comment["id"])


async def test_edited_to_hold_such_words_it_waits_and_the_replies_stay(as_, world):
    await rule(world)
    async with transaction():
        await add_comment(world, "mine", idea="collect", author="employee", text="All is well")
        await add_comment(world, "under", idea="collect", author="colleague", root="mine", text="Indeed, under it")
    before, browser = await counted(world), await as_("employee")
    edit = f"/comments/{world.comment['mine']}/edit"
    sent = await browser.post(edit, form_of(await browser.get(edit), edit) | {"body": SICK})
    where = sent.headers["Location"]
    assert where.startswith("/screenings/"), where
    page = text_of(await (await as_("author")).get(f"/ideas/{world.idea['collect']}"))
    for words in (CANARY, "All is well"):
        assert words not in page
    assert "Indeed, under it" in page
    assert (await counted(world))["comments"] == before["comments"] - 1
    await decided(as_, where, what="publish")
    page = text_of(await (await as_("author")).get(f"/ideas/{world.idea['collect']}"))
    assert CANARY in page
    assert "Indeed, under it" in page
    assert await counted(world) == before


@pytest.mark.parametrize("granted", [True, False])
async def test_diverted_it_leaves_no_trace_and_may_be_restored(as_, world, rollback: asyncpg.Connection, granted: bool):
    await rule(world)
    before, browser = await counted(world), await as_("employee")
    where = await said(browser, world, reply=world.comment["collect"])
    comment = await last()
    await decided(as_, where, **(DIVERT | await door()))
    assert await columns_with(rollback, CANARY) == {"sealed_text.body"}
    assert await counted(world) == before
    for who in ("employee", "author", "moderator"):
        page = text_of(await (await as_(who)).get(f"/ideas/{world.idea['collect']}"))
        assert "Removed by its author" not in page, who
        assert (await (await as_(who)).get(f"/comments/{comment['public_id']}")).status_code == 404, who
    assert (await browser.post(f"{where}/appeal", {"words": "It is about work."})).status_code == 303
    await JOBS["assign_screenings"]()
    neutral = await fetch_value(
        "SELECT n.person FROM screening x JOIN identity n ON n.person = x.appeal_to WHERE x.public_id = {}",
        where.rpartition("/")[2],
    )
    who = next(name for name, number in world.person_id.items() if number == neutral)
    outcome = {"outcome": "granted" if granted else "upheld", "words": "It is."}
    assert (await (await as_(who)).post(f"{where}/outcome", outcome)).status_code == 303
    page = text_of(await (await as_("author")).get(f"/ideas/{world.idea['collect']}"))
    assert (CANARY in page) is granted
    added = "SELECT count(*) FROM event WHERE comment = {} AND kind = 'comment.added'"
    assert await fetch_value(added, comment["id"]) == granted, "as of any other, its readers hear of it"


async def test_taken_back_it_is_gone_and_another_objection_may_be_written(as_, world):
    await rule(world)
    browser, object_ = await as_("employee"), f"/ideas/{world.idea['collect']}/objection"
    sent = await browser.post(object_, form_of(await browser.get(object_), object_) | {"body": SICK})
    where = sent.headers["Location"]
    assert where.startswith("/screenings/"), where
    once = await browser.post(object_, {"body": "It costs too much"})
    assert once.status_code == 422, "one for each person, also while it waits"
    assert (await browser.post(f"{where}/taking-back")).status_code == 303
    assert "Removed by its author" not in text_of(await (await as_("author")).get(f"/ideas/{world.idea['collect']}"))
    sent = await browser.post(object_, form_of(await browser.get(object_), object_) | {"body": "It costs too much"})
    assert sent.headers["Location"].startswith("/comments/")


async def test_a_guests_waits_behind_both_walls_and_is_looked_at_once_it_was_screened(as_, world):
    await rule(world)
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", world.space_id["closed_a"])
    browser, items = await as_("guest_a"), "SELECT count(*) FROM moderation_item WHERE comment = {}"
    where = await said(browser, world, idea="closed_a")
    comment = (await last())["id"]
    assert where.startswith("/screenings/"), where
    assert await fetch_value(items, comment) == 0, "the space's moderators do not read it"
    edit = f"/comments/{(await last())['public_id']}/edit"
    again = await browser.post(edit, form_of(await browser.get(edit), edit) | {"body": f"{SICK}, nog steeds"})
    assert again.headers["Location"] == where
    await decided(as_, where, what="publish")
    assert await fetch_value("SELECT state FROM comment WHERE id = {}", comment) == "hidden"
    assert await fetch_value(items, comment) == 1
    other = await said(browser, world, idea="closed_a")
    assert (await browser.post(f"{other}/taking-back")).status_code == 303
    assert (await last())["state"] == "diverted"
    third = await said(browser, world, idea="closed_a")
    edit = f"/comments/{(await last())['public_id']}/edit"
    sent = await browser.post(edit, form_of(await browser.get(edit), edit) | {"body": "All is well"})
    assert sent.headers["Location"].startswith("/comments/"), (third, text_of(sent))
    assert (await last())["state"] == "hidden"
    assert await fetch_value(items, (await last())["id"]) == 1


async def test_without_a_name_it_waits_for_whom_is_behind_it(as_, world):
    await rule(world)
    browser = await as_("colleague")
    say = f"/ideas/{world.idea['anonymous']}/comments"
    page = f"/posts/{world.idea['anonymous']}"
    sent = await browser.post(say, form_of(await browser.get(page), say) | {"body": SICK})
    where = sent.headers["Location"]
    assert CANARY in text_of(await browser.get(where))
    await decided(as_, where, what="publish")
    page = text_of(await (await as_("employee")).get(page))
    assert CANARY in page
    assert "Joris van Heeswijk" not in page
    await pass_on_events()
