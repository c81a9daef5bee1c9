"""A comment that moderators take away leaves the thread whole: a line stands in its place, without words, name or face,
and what others replied stays to be read."""

import re

import pytest

from portal.access.actor import actor_of_person
from portal.comments.queries import get_place
from portal.db import execute, fetch_value
from tests.client import text_of
from tests.comments.test_thread import COMMENT, REPLIES, ROOTS, SEEN_BEFORE, ids
from tests.moderation.desk import decide, receipt_of
from tests.world import add_comment, add_decision, add_report

READERS = ("employee", "sponsor", "author")
APPEALED = """
    INSERT INTO appeal (decision, space, words, outcome, reason, decided_by, decided_at)
    SELECT id, space, 'Unfair', 'granted', 'It is', {}, plein_now() FROM decision WHERE id = {}
"""


def article(page, public_id):
    """What stands in one comment's place."""
    return re.search(rf'<article class="comment" id="comment-{public_id}".*?</article>', page, re.S)[0]


@pytest.mark.parametrize(
    ("action", "words"),
    [("hide", "Hidden by a moderator"), ("send back", "Hidden by a moderator"), ("remove", "Removed by a moderator")],
)
async def test_a_line_stands_in_its_place_without_words_name_or_face(as_, world, action, words):
    moderator, page = await as_("moderator"), f"/ideas/{world.idea['vote']}"
    before = (await (await as_("employee")).get(page)).text
    face = re.search(r'href="(/people/[^"]+)"', article(before, world.comment["vote"]))[1]
    assert (await decide(moderator, world, "vote", action)).status_code == 303
    for who in READERS:
        shown = text_of(await (await as_(who)).get(page))
        stands = article(shown, world.comment["vote"])
        assert f"{words} (house rule 4: Private numbers and addresses)" in stands
        for gone in ("Comment vote", "Joris", face, "/photo", "/reactions", "/report", "?reply="):
            assert gone not in stands, gone
        assert "Comment vote_reply" in article(shown, world.comment["vote_reply"])
        assert COMMENT.findall(shown)[:2] == await ids(world, "TRUE")
    for who in ("colleague", "moderator"):
        assert "Comment vote" in article(text_of(await (await as_(who)).get(page)), world.comment["vote"])


async def test_its_address_leads_to_the_line_and_those_of_the_replies_to_them(as_, world):
    await execute(REPLIES, 5, world.comment_id["vote"])
    await decide(await as_("moderator"), world, "vote", "remove")
    replies, browser = await ids(world, "root IS NOT NULL"), await as_("employee")
    page, comment = f"/ideas/{world.idea['vote']}", world.comment["vote"]
    assert (await browser.get(f"/comments/{comment}")).headers["location"] == f"{page}?order=oldest#comment-{comment}"
    first, last = replies[0], replies[-1]
    assert (await browser.get(f"/comments/{first}")).headers["location"] == f"{page}?order=oldest#comment-{first}"
    assert (await browser.get(f"/comments/{last}")).headers["location"] == f"/comments/{comment}/replies#comment-{last}"
    shown = text_of(await browser.get(f"/comments/{comment}/replies"))
    assert COMMENT.findall(shown) == [comment, *replies]
    assert "Comment vote<" not in shown
    assert "Joris" not in article(shown, comment)
    assert "Show 3 more replies" in text_of(await browser.get(page))
    for path in ("versions", "edit", "report"):
        assert (await browser.get(f"/comments/{comment}/{path}")).status_code == 404, path
    assert (await browser.post(f"/comments/{comment}/reactions", {"give": "thanks"})).status_code == 404
    assert (await browser.post(f"{page}/comments", {"body": "And I", "reply_to": comment})).status_code == 404
    assert (await browser.post(f"{page}/comments", {"body": "And I", "reply_to": first})).status_code == 303


async def test_a_page_of_the_thread_may_begin_and_end_with_a_line(as_, world):
    await execute(ROOTS, 45, world.comment_id["vote"])
    taken = await ids(world, "root IS NULL")
    for number in (19, 20, 40):
        name = f"root {number}"
        world.comment_id[name] = await fetch_value("SELECT id FROM comment WHERE public_id = {}", taken[number])
        await add_report(world, name, comment=name, reporter="employee")
        await add_decision(world, name, name, moderator="moderator", action="remove")
        await execute("UPDATE comment SET helpful = 0 WHERE id = {}", world.comment_id[name])
    browser = await as_("employee")
    for order in ("oldest", "newest", "helpful"):
        found, at = [], f"/ideas/{world.idea['vote']}?order={order}"
        while at:
            page = (await browser.get(at)).text
            found += COMMENT.findall(page)
            on = re.search(r'href="([^"#]+)(?:#thread)?" rel="next"', page)
            at = str(on[1]).replace("&amp;", "&") if on else ""
        by = {"oldest": "id", "newest": "id DESC", "helpful": "-helpful, id"}[order]
        assert [one for one in found if one in taken] == await ids(world, "root IS NULL", by)
        for comment in (taken[19], taken[20], taken[40]):
            led = (await browser.get(f"/comments/{comment}?order={order}")).headers["location"]
            assert COMMENT.findall((await browser.get(led.split("#")[0])).text).count(comment) == 1


async def test_nothing_stands_where_nobody_had_read_it(as_, world):
    """What a guest wrote waits to be looked at, and is refused; what looks sensitive waits to be screened."""
    for name, state in (("waits", "hidden"), ("refused", "hidden"), ("draft", "draft"), ("sealed", "diverted")):
        await add_comment(world, name, idea="closed_a", author="guest_a", state=state)
    await add_report(world, "refused", comment="refused", reporter="insider_a")
    await add_decision(world, "refused", "refused", moderator="insider_a", action="remove")
    await execute("UPDATE decision SET was = 'hidden' WHERE id = {}", world.decision_id["refused"])
    await execute("INSERT INTO membership (space, person, role) SELECT {}, {}, 'member'", *_there(world))
    shown = (await (await as_("employee")).get(f"/ideas/{world.idea['closed_a']}")).text
    for name in ("waits", "refused", "draft", "sealed"):
        assert world.comment[name] not in shown, name
        assert (await (await as_("employee")).get(f"/comments/{world.comment[name]}")).status_code == 404, name


def _there(world):
    return world.space_id["closed_a"], world.person_id["employee"]


async def test_what_waits_with_replies_under_it_keeps_its_place_and_says_no_more(as_, world):
    await add_comment(world, "held", idea="closed_a", author="guest_a")
    await add_comment(world, "under", idea="closed_a", author="insider_a", root="held")
    await execute("INSERT INTO membership (space, person, role) SELECT {}, {}, 'member'", *_there(world))
    browser = await as_("employee")
    for state in ("hidden", "draft"):
        await execute("UPDATE comment SET state = {} WHERE id = {}", state, world.comment_id["held"])
        shown = text_of(await browser.get(f"/ideas/{world.idea['closed_a']}"))
        stands = article(shown, world.comment["held"])
        assert "Out of sight until somebody has looked at it" in stands
        assert "Comment held" not in shown
        assert "Julie" not in stands
        assert "data-guest" not in stands, "nor that it was a guest"
        assert "Comment under" in shown


async def test_no_template_has_what_is_not_to_be_read(as_, world):
    await decide(await as_("moderator"), world, "vote", "remove")
    for who, sees in (("employee", False), ("colleague", True), ("moderator", True)):
        row = await get_place(await actor_of_person(world.person_id[who]), world.comment["vote"])
        told = (row.body, row.body_html, row.author_name, row.author_public_id, row.author)
        assert all(told) if sees else not any(told), who
        assert (row.taken, row.rule) == ("remove", "addresses")


async def test_replies_count_are_found_and_are_news(as_, world):
    browser, page = await as_("employee"), f"/ideas/{world.idea['vote']}"
    await execute("UPDATE comment SET body_html = '<p>Quinceberry</p>' WHERE root = {}", world.comment_id["vote"])
    reply = (await ids(world, "root IS NOT NULL"))[0]
    root = world.comment_id["vote"]
    await execute(SEEN_BEFORE, world.person_id["employee"], root, root, world.idea_id["vote"])
    await decide(await as_("moderator"), world, "vote", "remove")
    assert "1 comment" in text_of(await browser.get(page))
    assert f"/comments/{reply}" in (await browser.get("/search?q=quinceberry")).text
    assert world.comment["vote"] not in (await browser.get("/search?q=Comment+vote")).text
    assert ">New</span>" in article((await browser.get(page)).text, reply)
    assert ">New</span>" not in article((await browser.get(page)).text, world.comment["vote"])


async def test_put_up_again_the_words_are_there_for_all(as_, world):
    moderator, page = await as_("moderator"), f"/ideas/{world.idea['vote']}"
    await decide(moderator, world, "vote", "remove")
    decision = (await receipt_of(world, "vote")).split("/")[-1]
    await moderator.post(f"/moderation/decisions/{decision}/undo")
    stands = article(text_of(await (await as_("employee")).get(page)), world.comment["vote"])
    assert "Comment vote" in stands
    assert "moderator" not in stands


@pytest.mark.parametrize("why", ["reversed on appeal", "put back", "left up after all"])
async def test_what_was_decided_once_and_holds_no_longer_is_not_told_of_what_waits(as_, world, why):
    """It stood there again; now a reader called it sensitive, which nobody has looked at."""
    moderator, page = await as_("moderator"), f"/ideas/{world.idea['vote']}"
    await decide(moderator, world, "vote", "hide")
    decision = await fetch_value("SELECT max(id) FROM decision")
    if why == "reversed on appeal":
        await execute(APPEALED, world.person_id["campaign_owner"], decision)
    elif why == "put back":
        await execute("UPDATE decision SET put_back_at = plein_now() WHERE id = {}", decision)
    else:
        await decide(moderator, world, "vote", "allow", words="")
    await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", world.comment_id["vote"])
    employee = await as_("employee")
    stands = article(text_of(await employee.get(page)), world.comment["vote"])
    assert "Out of sight until somebody has looked at it" in stands
    assert "house rule" not in stands
    await execute("DELETE FROM comment WHERE root = {}", world.comment_id["vote"])
    assert world.comment["vote"] not in (await employee.get(page)).text, "where nobody replied nothing stands"
