"""Writing, changing and removing comments."""

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Closed
from portal.comments import actions
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.world import NOW, add_comment, set_clock


def thread(world, name):
    return f"/ideas/{world.idea[name]}/comments"


def page(world, name):
    return f"/ideas/{world.idea[name]}"


async def composer(browser, world, name, reply=""):
    """The form under an idea, or the one to reply to a comment, as it is offered."""
    return form_of(await browser.get(page(world, name) + (f"?reply={reply}" if reply else "")), thread(world, name))


async def newest():
    row = (await execute("SELECT public_id, idea, space, author, root, state, body FROM comment ORDER BY id DESC"))[0]
    return dict(row)


async def counts(world, name):
    """What the idea's row says, after it was seen to agree with the comments that stand: colleagues, guests."""
    row = (
        await execute(
            "SELECT comments, guest_comments,"
            " (SELECT count(*) FROM comment k JOIN person p ON p.id = k.author"
            "  WHERE k.idea = i.id AND k.state = 'published' AND p.kind = 'employee') AS people,"
            " (SELECT count(*) FROM comment k JOIN person p ON p.id = k.author"
            "  WHERE k.idea = i.id AND k.state = 'published' AND p.kind = 'guest') AS guests"
            " FROM idea i WHERE id = {}",
            world.idea_id[name],
        )
    )[0]
    assert (row["comments"], row["guest_comments"]) == (row["people"], row["guests"])
    wrong = await execute(
        "SELECT k.id FROM comment k WHERE replies <>"
        " (SELECT count(*) FROM comment r WHERE r.root = k.id AND r.state <> 'hidden')"
    )
    assert not wrong
    return row["people"], row["guests"]


# --- adding


@pytest.mark.parametrize("phase", ["collect", "discuss", "vote", "decide"])
async def test_every_reader_comments_until_the_campaign_is_done_and_lands_on_the_comment(as_, world, phase):
    browser, before = await as_("employee"), await counts(world, phase)
    sent = await browser.post(
        thread(world, phase), await composer(browser, world, phase) | {"body": "**Good** & simple"}
    )
    assert sent.status_code == 303
    made = await newest()
    assert sent.headers["Location"] == f"/comments/{made['public_id']}"
    there = await browser.get((await browser.get(sent.headers["Location"])).headers["Location"])
    assert "<strong>Good</strong> &amp; simple" in there.text
    assert "Your comment is there." in there.text
    assert await counts(world, phase) == (before[0] + 1, 0)


async def test_adding_is_recorded_where_it_happened(as_, world):
    await (await as_("guest_a")).post(thread(world, "closed_a"), {"body": "Hello"})
    assert await fetch_value(
        "SELECT count(*) FROM event e JOIN comment k ON k.id = e.comment AND k.space = e.space"
        " WHERE e.kind = 'comment.added' AND e.space = {} AND k.body = 'Hello'",
        world.space_id["closed_a"],
    )


async def test_colleagues_and_guests_are_counted_apart(as_, world):
    before = await counts(world, "closed_a")
    await (await as_("guest_a")).post(thread(world, "closed_a"), {"body": "As a guest"})
    assert await counts(world, "closed_a") == (before[0], before[1] + 1)
    browser = await as_("insider_a")
    await browser.post(thread(world, "closed_a"), {"body": "As a colleague"})
    assert await counts(world, "closed_a") == (before[0] + 1, before[1] + 1) == (3, 1)
    assert "3 comments by colleagues · 1 by a guest" in text_of(await browser.get(page(world, "closed_a")))


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    browser, before = await as_(who), await counts(world, "closed_a")
    assert (await browser.post(thread(world, "closed_a"), {"body": "Let me in"})).status_code == 404
    assert await counts(world, "closed_a") == before


async def test_when_the_campaign_is_done_comments_are_closed(as_, world):
    browser, before = await as_("employee"), await counts(world, "done")
    assert (await browser.post(thread(world, "done"), {"body": "Too late"})).status_code == 403
    assert "comments are closed" in (await browser.get(page(world, "done"))).text
    assert await counts(world, "done") == before


async def test_a_campaign_that_ends_while_a_comment_is_under_way_refuses_it_and_keeps_the_text(as_, world):
    browser, before = await as_("employee"), await counts(world, "decide")
    form = await composer(browser, world, "decide") | {"body": "A long & careful text"}
    sent = await post_slowly(browser, thread(world, "decide"), form, lambda: set_clock(NOW + timedelta(days=5)))
    assert sent.status_code == 422
    assert "has just ended" in errors_of(sent)["body"]
    assert "A long & careful text</textarea>" in text_of(sent)
    assert await counts(world, "decide") == before


async def test_the_write_itself_judges_the_phase(rollback, world):
    actor = await actor_of_person(world.person_id["employee"])
    idea = await get_idea(actor, world.idea["decide"])
    await set_clock(NOW + timedelta(days=5))
    with pytest.raises(Closed):
        await actions.comment(actor, idea, body="Late", reply_to=None, form_key="k")


async def test_the_same_form_twice_is_one_comment(as_, world):
    browser, before = await as_("employee"), await counts(world, "vote")
    form = await composer(browser, world, "vote") | {"body": "Once"}
    first, second = [await browser.post(thread(world, "vote"), form) for _ in range(2)]
    assert first.headers["Location"] == second.headers["Location"]
    assert await counts(world, "vote") == (before[0] + 1, 0)


@pytest.mark.parametrize("body", ["", "   \n ", "x" * 8001])
async def test_nothing_and_too_much_are_refused_and_kept(as_, world, body):
    browser, before = await as_("employee"), await counts(world, "vote")
    form = await composer(browser, world, "vote", reply=world.comment["vote"]) | {"body": body}
    sent = await browser.post(thread(world, "vote"), form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"body"}
    shown = form_of(sent, thread(world, "vote"))
    assert (shown["body"], shown["reply_to"]) == (body.strip(), world.comment["vote"])
    assert await counts(world, "vote") == before


# --- replying


async def test_a_reply_hangs_under_its_root(as_, world):
    browser = await as_("employee")
    form = await composer(browser, world, "vote", reply=world.comment["vote"])
    assert form["reply_to"] == world.comment["vote"]
    await browser.post(thread(world, "vote"), form | {"body": "I agree"})
    assert (await newest())["root"] == world.comment_id["vote"]
    assert await counts(world, "vote") == (3, 0)


async def test_what_one_replies_to_stands_above_without_its_markup(as_, world):
    browser = await as_("colleague")
    form = await composer(browser, world, "vote")
    await browser.post(thread(world, "vote"), form | {"body": "What does **that** cost? 1 < 2"})
    public_id = (await newest())["public_id"]
    page = await (await as_("employee")).get(f"/ideas/{world.idea['vote']}?reply={public_id}")
    assert "What does that cost? 1 &lt; 2</p>" in page.text


async def test_a_reply_to_a_reply_hangs_under_the_same_root(as_, world):
    browser = await as_("employee")
    form = await composer(browser, world, "vote", reply=world.comment["vote_reply"])
    await browser.post(thread(world, "vote"), form | {"body": "I agree"})
    assert (await newest())["root"] == world.comment_id["vote"]


@pytest.mark.parametrize("other", ["done", "closed_a"])
async def test_a_reply_to_a_comment_elsewhere_finds_nothing(as_, world, other):
    browser, before = await as_("employee"), await counts(world, "vote")
    sent = await browser.post(thread(world, "vote"), {"body": "Mixed up", "reply_to": world.comment[other]})
    assert sent.status_code == 404
    assert await counts(world, "vote") == before


async def test_a_reply_to_nothing_finds_nothing(as_, world):
    sent = await (await as_("employee")).post(thread(world, "vote"), {"body": "b", "reply_to": "unknown"})
    assert sent.status_code == 404


# --- changing


def edit(world, name):
    return f"/comments/{world.comment[name]}/edit"


async def test_one_changes_ones_own_and_readers_see_that_it_was_changed(as_, world):
    browser, before = await as_("colleague"), await counts(world, "vote")
    form = form_of(await browser.get(edit(world, "vote")), edit(world, "vote"))
    assert form["body"] == "Comment vote"
    sent = await browser.post(edit(world, "vote"), form | {"body": "Said *better*"})
    assert sent.status_code == 303
    there = await (await as_("employee")).get(page(world, "vote"))
    assert "Said <em>better</em>" in there.text
    assert "changed <time" in there.text
    assert await counts(world, "vote") == before


@pytest.mark.parametrize("who", ["employee", "author", "campaign_owner", "sponsor", "moderator", "administrator"])
async def test_nobody_changes_or_removes_the_comment_of_another(as_, world, who):
    browser = await as_(who)
    assert (await browser.get(edit(world, "vote"))).status_code == 403
    assert (await browser.post(edit(world, "vote"), {"body": "Taken over"})).status_code == 403
    assert (await browser.post(f"/comments/{world.comment['vote']}/removal")).status_code == 403
    assert await fetch_value("SELECT body FROM comment WHERE id = {}", world.comment_id["vote"]) == "Comment vote"


async def test_outsiders_can_neither_change_nor_remove(as_, world):
    for who in ("guest_b", "employee", "administrator"):
        browser = await as_(who)
        assert (await browser.post(edit(world, "closed_a"), {"body": "Taken over"})).status_code == 404
        assert (await browser.post(f"/comments/{world.comment['closed_a']}/removal")).status_code == 404


async def test_a_change_to_nothing_is_refused_and_the_text_stands(as_, world):
    browser = await as_("colleague")
    sent = await browser.post(edit(world, "vote"), {"body": " "})
    assert (sent.status_code, set(errors_of(sent))) == (422, {"body"})
    assert await fetch_value("SELECT body FROM comment WHERE id = {}", world.comment_id["vote"]) == "Comment vote"


async def test_when_the_campaign_is_done_a_comment_can_be_removed_but_not_changed(as_, world):
    browser = await as_("colleague")
    assert (await browser.post(edit(world, "done"), {"body": "After all"})).status_code == 403
    assert (await browser.post(f"/comments/{world.comment['done']}/removal")).status_code == 303


# --- removing


async def test_removing_leaves_the_place_and_the_replies_and_takes_the_text_and_one_off_the_count(as_, world):
    browser = await as_("colleague")
    assert (await browser.post(f"/comments/{world.comment['vote']}/removal")).status_code == 303
    for who in ("author", "employee", "moderator", "administrator"):
        there = text_of(await (await as_(who)).get(page(world, "vote")))
        assert "Removed by its author" in there
        assert f'id="comment-{world.comment["vote"]}"' in there
        assert "Comment vote_reply" in there
        assert "Comment vote<" not in there
        assert "1 comment<" in there
    assert await counts(world, "vote") == (1, 0)
    row = (await execute("SELECT body, body_html, replies FROM comment WHERE id = {}", world.comment_id["vote"]))[0]
    assert tuple(row) == ("", "", 1)


async def test_a_removed_reply_keeps_its_place(as_, world):
    await (await as_("author")).post(f"/comments/{world.comment['vote_reply']}/removal")
    there = text_of(await (await as_("employee")).get(f"/comments/{world.comment['vote']}/replies"))
    assert f'id="comment-{world.comment["vote_reply"]}"' in there
    assert "Removed by its author" in there
    assert await counts(world, "vote") == (1, 0)


async def test_what_is_removed_is_neither_changed_nor_removed_again(as_, world):
    browser = await as_("colleague")
    await browser.post(f"/comments/{world.comment['vote']}/removal")
    before = await counts(world, "vote")
    assert (await browser.get(edit(world, "vote"))).status_code == 403
    assert (await browser.post(edit(world, "vote"), {"body": "Back again"})).status_code == 403
    assert (await browser.post(f"/comments/{world.comment['vote']}/removal")).status_code == 403
    assert await counts(world, "vote") == before
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'comment.removed'") == 1


async def test_the_counts_hold_through_everything(as_, world):
    """Added, replied, removed, hidden by a moderator and shown again."""
    guest, insider = await as_("guest_a"), await as_("insider_a")
    for browser in (guest, insider, guest):
        await browser.post(thread(world, "closed_a"), {"body": "One more"})
        await browser.post(thread(world, "closed_a"), {"body": "A reply", "reply_to": (await newest())["public_id"]})
    assert await counts(world, "closed_a") == (4, 4)
    await guest.post(f"/comments/{(await newest())['public_id']}/removal")
    assert await counts(world, "closed_a") == (4, 3)
    await add_comment(world, "hidden", idea="closed_a", author="guest_a", root="closed_a", state="hidden")
    assert await counts(world, "closed_a") == (4, 3)
    await execute("UPDATE comment SET state = 'published' WHERE id = {}", world.comment_id["hidden"])
    assert await counts(world, "closed_a") == (4, 4)
    await execute("DELETE FROM comment WHERE id = {}", world.comment_id["hidden"])
    assert await counts(world, "closed_a") == (4, 3)


async def test_html_that_no_form_made_is_shown_without_what_a_page_would_obey(as_, world):
    forged = '<p hx-get="/sign-out" hx-trigger="load">Words</p><meta http-equiv="refresh" content="0;url=/x">'
    await execute("UPDATE comment SET body_html = {} WHERE id = {}", forged, world.comment_id["vote"])
    await execute("UPDATE idea SET body_html = {} WHERE id = {}", forged, world.idea_id["vote"])
    shown = (await (await as_("employee")).get(page(world, "vote"))).text
    assert shown.count("<p>Words</p>") == 2
    assert 'hx-get="/sign-out"' not in shown
    assert 'http-equiv="refresh"' not in shown
