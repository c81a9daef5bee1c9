"""Reading a thread: its order, its pages, its replies, and the address of each comment."""

import re

import pytest

from portal.db import execute, transaction
from portal.web.page import _as_sent
from tests.client import CSRF, text_of
from tests.world import add_comment, add_idea

COMMENT = re.compile(r'id="comment-([\w]+)"')
KEY = re.compile(r'name="form_key" type="hidden" value="([^"]+)"')
NEXT = re.compile(r'href="([^"#]+)(?:#thread)?" rel="next"')

ROOTS = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language)
    SELECT idea, space, author, 'published', 'Root ' || n, 'Root ' || n, 'en' FROM comment, generate_series(1, {}) n
    WHERE id = {} ORDER BY n
"""
REPLIES = """
    INSERT INTO comment (idea, space, author, root, state, body, body_html, language)
    SELECT idea, space, author, id, 'published', 'Reply ' || n, 'Reply ' || n, 'en'
    FROM comment, generate_series(1, {}) n WHERE id = {} ORDER BY n
"""


SEEN_BEFORE = """
    INSERT INTO read_mark (person, idea, space, comment, since, visited_at)
    SELECT {}, i.id, i.space, {}, {}, plein_now() FROM idea i WHERE i.id = {}
"""


async def ids(world, where, order="id"):
    rows = await execute(
        f"SELECT public_id FROM comment WHERE idea = {{}} AND {where} ORDER BY {order}", world.idea_id["vote"]
    )
    return [row["public_id"] for row in rows]


async def walk(browser, address, htmx=False):
    """Follows the pages to the end; gives the comments of each."""
    pages = []
    while address:
        response = await browser.get(address.replace("&amp;", "&"), htmx=htmx)
        assert response.status_code == 200
        pages.append(COMMENT.findall(response.text))
        following = NEXT.search(response.text)
        address = following[1] if following else None
    return pages


async def follow(browser, address):
    """Where a permalink leads, and the page there."""
    answer = await browser.get(address)
    assert answer.status_code == 303
    address, _, place = answer.headers["Location"].partition("#")
    return address, place, await browser.get(address)


# --- a page of a thread is kept for everybody to whom it says the same ---


async def test_who_reads_the_same_is_given_what_is_kept_with_a_token_of_her_own(as_, world):
    address = f"/ideas/{world.idea['vote']}"
    sponsor, moderator = await as_("sponsor"), await as_("moderator")
    first = (await sponsor.get(address)).text
    kept = _as_sent.hits
    second = (await moderator.get(address)).text
    assert _as_sent.hits == kept + 1, "the control: it is kept"
    tokens = [set(CSRF.findall(text)) for text in (first, second)]
    assert [len(found) for found in tokens] == [1, 1], "the same token in all of a page's forms"
    assert tokens[0] != tokens[1]
    keys = [KEY.findall(text) for text in (first, second, (await sponsor.get(address)).text)]
    assert [len(found) for found in keys] == [1, 1, 1]
    assert len({found[0] for found in keys}) == 3, "each form has a key of its own, though it is kept"
    composers = [
        text[text.index('id="composer"') : text.index("</form>", text.index('id="composer"'))]
        for text in (first, second)
    ]
    assert ["YH" in composers[0], "MO" in composers[1]] == [True, True], "each sees her own face where she writes"
    assert "MO" not in composers[0]
    for text in (first, second):
        assert COMMENT.findall(text) == [world.comment["vote"], world.comment["vote_reply"]]
    form = {"give": "agree", "csrf_token": tokens[1].pop()}
    where = f"/comments/{world.comment['vote']}/reactions"
    assert (await sponsor.post(where, form)).status_code != 303, "the control: another's token"
    assert (await moderator.post(where, form)).status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        "her own comment",
        "her own reaction",
        "her own support",
        "her following",
        "new to her",
        "Dutch",
        "edited",
        "hidden",
    ],
)
async def test_who_reads_anything_else_is_given_that(as_, world, change):
    address = f"/ideas/{world.idea['vote']}"
    comment = world.comment_id["vote"]
    before = (await (await as_("sponsor")).get(address)).text
    reader = "colleague" if change == "her own comment" else "moderator"
    if change == "her own reaction":
        await (await as_(reader)).post(f"/comments/{world.comment['vote']}/reactions", {"give": "thanks"})
    elif change == "her own support":
        await (await as_(reader)).post(f"{address}/vote", {})
    elif change == "her following":
        await (await as_(reader)).post(f"{address}/follow", {})
    elif change == "new to her":
        await execute(SEEN_BEFORE, world.person_id[reader], comment - 1, comment - 1, world.idea_id["vote"])
    elif change == "Dutch":
        await execute("UPDATE identity SET language = 'nl' WHERE person = {}", world.person_id[reader])
    elif change == "edited":
        await execute("UPDATE comment SET body_html = '<p>Said again</p>', version = 2 WHERE id = {}", comment)
        await execute("UPDATE comment SET edited_at = plein_now() WHERE id = {}", comment)
    elif change == "hidden":
        await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", comment)
    shown = {
        "her own comment": f'href="/comments/{world.comment["vote"]}/edit"',
        "her own reaction": 'name="take_back" value="thanks"',
        "her own support": "You support this.",
        "her following": "You follow this",
        "new to her": ">New</span>",
        "Dutch": "Een blijk geven",
        "edited": "Said again",
        "hidden": "Hidden by a moderator",
    }[change]
    for browser, sees in (
        (await as_(reader), True),
        (await as_("sponsor"), change in ("edited",)),
        (await as_(reader), True),
    ):
        assert (shown in (await browser.get(address)).text) == sees
    assert shown not in before


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("order", ["helpful", "oldest", "newest"])
async def test_every_root_comes_exactly_once_in_order(as_, world, order, htmx):
    await execute(ROOTS, 49, world.comment_id["vote"])
    await execute("UPDATE comment SET helpful = id % 4 WHERE idea = {}", world.idea_id["vote"])
    pages = await walk(await as_("employee"), f"/ideas/{world.idea['vote']}?order={order}", htmx)
    by = {"helpful": "helpful DESC, id", "oldest": "id", "newest": "id DESC"}[order]
    roots = await ids(world, "root IS NULL", by)
    shown = [[public_id for public_id in page if public_id in roots] for page in pages]
    assert [len(page) for page in shown] == [20, 20, 10]
    assert [public_id for page in shown for public_id in page] == roots


async def test_next_disappears_where_the_last_page_is_full(as_, world):
    await execute(ROOTS, 19, world.comment_id["vote"])
    assert len(await walk(await as_("employee"), f"/ideas/{world.idea['vote']}")) == 1


async def test_where_nothing_was_found_helpful_the_oldest_stands_first_unless_one_asks_otherwise(as_, world):
    await add_comment(world, "late", idea="vote", author="colleague")
    browser = await as_("employee")
    inside = [world.comment["vote"], world.comment["vote_reply"]]
    for query in ("", "?order=oldest", "?order=nonsense"):
        page = await browser.get(f"/ideas/{world.idea['vote']}{query}")
        assert COMMENT.findall(page.text) == [*inside, world.comment["late"]]
    page = await browser.get(f"/ideas/{world.idea['vote']}?order=newest")
    assert COMMENT.findall(page.text) == [world.comment["late"], *inside]


@pytest.mark.parametrize(
    "query",
    [
        "after=unknown",
        "after=-9",
        "day=soon",
        "order=%00",
        "start=unknown",
        "reply=unknown",
        "after=' OR 1=1",
        "start=%FF",
    ],
)
async def test_a_place_that_is_none_is_the_beginning(as_, world, query):
    page = await (await as_("employee")).get(f"/ideas/{world.idea['vote']}?{query}")
    assert page.status_code == 200
    assert COMMENT.findall(page.text) == [world.comment["vote"], world.comment["vote_reply"]]


async def test_an_idea_without_comments_says_so(as_, world):
    async with transaction():
        await add_idea(world, "silent", campaign="vote", comments=False)
    page = await (await as_("employee")).get(f"/ideas/{world.idea['silent']}")
    assert "Nobody has commented yet" in page.text
    assert "0 comments" in page.text


async def test_reactions_that_come_in_while_one_pages_repeat_and_skip_nothing(as_, world):
    await execute(ROOTS, 29, world.comment_id["vote"])
    await execute("UPDATE comment SET helpful = 5 WHERE idea = {} AND root IS NULL", world.idea_id["vote"])
    browser = await as_("employee")
    first = await browser.get(f"/ideas/{world.idea['vote']}")
    seen = COMMENT.findall(first.text)
    await execute("UPDATE comment SET helpful = 9 WHERE public_id = {}", seen[-1])  # the one that the page ends with
    rest = (await walk(browser, NEXT.search(first.text)[1]))[0]
    assert sorted(seen + rest) == sorted(await ids(world, "TRUE"))


# --- replies


async def test_three_replies_are_shown_and_the_rest_on_asking(as_, world):
    await execute(REPLIES, 5, world.comment_id["vote"])
    browser = await as_("employee")
    replies = await ids(world, "root IS NOT NULL")
    page = await browser.get(f"/ideas/{world.idea['vote']}")
    assert COMMENT.findall(page.text) == [world.comment["vote"], *replies[:3]]
    assert "Show 3 more replies" in page.text
    address = f"/comments/{world.comment['vote']}/replies"
    assert f'hx-get="{address}"' in page.text
    in_place = await browser.get(address, htmx=True)
    assert in_place.text.strip().startswith(f'<ol class="replies" id="replies-{world.comment["vote"]}"')
    assert COMMENT.findall(in_place.text) == replies
    own_page = await browser.get(address)
    assert COMMENT.findall(own_page.text) == [world.comment["vote"], *replies]


async def test_with_three_replies_there_is_nothing_to_ask_for(as_, world):
    await execute(REPLIES, 2, world.comment_id["vote"])
    page = await (await as_("employee")).get(f"/ideas/{world.idea['vote']}")
    assert len(COMMENT.findall(page.text)) == 4
    assert "more repl" not in page.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_more_than_a_page_of_replies_are_all_to_be_read(as_, world, htmx):
    await execute(REPLIES, 449, world.comment_id["vote"])
    pages = await walk(await as_("employee"), f"/comments/{world.comment['vote']}/replies", htmx)
    shown = [public_id for page in pages for public_id in page if public_id != world.comment["vote"]]
    assert len(pages) == 3
    assert shown == await ids(world, "root IS NOT NULL")


async def test_outsiders_find_neither_the_replies_nor_the_comment(as_, world):
    for who in ("employee", "guest_b", "administrator"):
        browser = await as_(who)
        for path in ("", "/replies", "/edit"):
            assert (await browser.get(f"/comments/{world.comment['closed_a']}{path}")).status_code == 404


# --- permalinks


@pytest.mark.parametrize("order", ["", "?order=oldest", "?order=newest", "?order=helpful", "?order=nonsense"])
async def test_every_root_has_an_address_that_leads_to_a_page_with_it(as_, world, order):
    await execute(ROOTS, 45, world.comment_id["vote"])
    await execute("UPDATE comment SET helpful = id % 4 WHERE idea = {}", world.idea_id["vote"])
    browser = await as_("employee")
    for public_id in (await ids(world, "root IS NULL"))[::9]:
        address, place, page = await follow(browser, f"/comments/{public_id}{order}")
        assert address.startswith(f"/ideas/{world.idea['vote']}?")
        assert place == f"comment-{public_id}"
        assert public_id in COMMENT.findall(page.text)


@pytest.mark.parametrize("nth", [1, 3, 4, 200, 201, 205])
async def test_every_reply_has_an_address_that_leads_to_a_page_with_it(as_, world, nth):
    await execute(REPLIES, 204, world.comment_id["vote"])
    reply = (await ids(world, "root IS NOT NULL"))[nth - 1]
    _, place, page = await follow(await as_("employee"), f"/comments/{reply}")
    assert place == f"comment-{reply}"
    assert reply in COMMENT.findall(page.text)
    assert COMMENT.findall(page.text)[0] == world.comment["vote"]  # under what it answers


async def test_a_page_that_begins_further_on_leads_back_to_the_beginning(as_, world):
    await execute(REPLIES, 204, world.comment_id["vote"])
    browser = await as_("employee")
    _, _, page = await follow(browser, f"/comments/{(await ids(world, 'root IS NOT NULL'))[-1]}")
    assert "To the beginning of the thread" in page.text
    assert (
        "To the beginning of the thread" not in (await browser.get(f"/comments/{world.comment['vote']}/replies")).text
    )


async def test_a_comment_under_another_idea_begins_no_page_here(as_, world):
    page = await (await as_("employee")).get(f"/ideas/{world.idea['vote']}?start={world.comment['done']}")
    assert world.comment["done"] not in COMMENT.findall(page.text)
    assert "Comment done" not in text_of(page)


@pytest.mark.parametrize("order", ["oldest", "newest", "helpful"])
async def test_a_comment_of_the_first_page_is_shown_among_the_others_and_a_later_one_heads_its_own(as_, world, order):
    await execute(ROOTS, 25, world.comment_id["vote"])
    browser, address = await as_("employee"), f"/ideas/{world.idea['vote']}?order={order}"
    by = {"oldest": "id", "newest": "id DESC", "helpful": "-helpful, id"}[order]
    roots = await ids(world, "root IS NULL", by)
    for comment, start in ((roots[0], ""), (roots[19], ""), (roots[20], f"&start={roots[20]}")):
        led = await browser.get(f"/comments/{comment}?order={order}")
        assert led.headers["location"] == f"{address}{start}#comment-{comment}"


@pytest.mark.parametrize("who", ["colleague", "employee"])
async def test_replies_under_a_hidden_comment_are_all_there(as_, world, who):
    await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", world.comment_id["vote"])
    browser = await as_(who)
    page = (await browser.get(f"/ideas/{world.idea['vote']}")).text
    assert COMMENT.findall(page) == [world.comment["vote"], world.comment["vote_reply"]]
    assert f"/comments/{world.comment['vote']}/replies" not in page
