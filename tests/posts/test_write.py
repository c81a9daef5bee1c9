"""Writing posts: by whom, as drafts and as versions, where they are found, and what of a campaign they don't have."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value, transaction
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import NOW, add_idea, set_clock

TYPED = {"title": "The new travel rule", "body": "Who **asked** for it?"}


def form_address(world, space="organisation"):
    return f"/spaces/{world.space[space]}/posts/new"


async def filled(browser, world, space="organisation", **other):
    """The form as it is offered, filled in."""
    address = form_address(world, space)
    return form_of(await browser.get(address), address) | TYPED | other


async def posted(browser, world, space="organisation", **other):
    """A post by this browser; gives its public id."""
    sent = await browser.post(form_address(world, space), await filled(browser, world, space, **other))
    assert sent.status_code == 303, text_of(sent)
    assert sent.headers["Location"].startswith("/posts/")
    return sent.headers["Location"].rpartition("/")[2]


@pytest.mark.parametrize(("who", "space"), [("employee", "organisation"), ("author", "open"), ("guest_a", "closed_a")])
async def test_every_reader_posts_in_a_space_and_readers_see_it(as_, world, who, space):
    browser = await as_(who)
    post = await posted(browser, world, space)
    page = text_of(await browser.get(f"/posts/{post}"))
    assert "Who <strong>asked</strong> for it?" in page
    assert "Your post is there." in page
    assert "The new travel rule" in text_of(await browser.get(f"/spaces/{world.space[space]}/posts"))
    assert "The new travel rule" in text_of(await browser.get(f"/spaces/{world.space[space]}"))
    row = (await execute("SELECT kind, campaign, space, state FROM idea WHERE public_id = {}", post))[0]
    assert tuple(row) == ("discussion", -world.space_id[space], world.space_id[space], "published")


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_find_neither_form_nor_list_nor_post(as_, world, who):
    async with transaction():
        await add_idea(world, "inside", stream="closed_a")
    browser, home = await as_(who), f"/spaces/{world.space['closed_a']}"
    for address in (
        f"{home}/posts",
        f"{home}/posts/new",
        f"/posts/{world.idea['inside']}",
        f"/ideas/{world.idea['inside']}",
    ):
        assert (await browser.get(address)).status_code == 404, address
    assert (await browser.post(f"{home}/posts/new", TYPED | {"language": "en"})).status_code == 404
    assert (await browser.post(f"/posts/{world.idea['inside']}/edit", TYPED | {"language": "en"})).status_code == 404


@pytest.mark.parametrize("change", ["membership SET may_write = FALSE", "space SET archived_at = plein_now()"])
async def test_who_may_not_write_in_a_space_posts_nothing_there(as_, world, change):
    browser = await as_("guest_a")
    form = await filled(browser, world, "closed_a")
    await execute(f"UPDATE {change}")
    assert (await browser.post(form_address(world, "closed_a"), form)).status_code == 403
    assert "posts/new" not in text_of(await browser.get(f"/spaces/{world.space['closed_a']}/posts"))


async def test_all_that_is_wrong_is_told_at_once_and_what_was_typed_stays(as_, world):
    browser = await as_("employee")
    form = await filled(browser, world, title="", body="x" * 20_001, language="xx")
    sent = await browser.post(form_address(world), form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"title", "body", "language"}
    assert "x" * 20_001 in text_of(sent)


async def test_the_form_tells_who_will_read_it(as_, world):
    colleagues = await fetch_value(
        "SELECT count(*) FROM readership r JOIN person p ON p.id = r.person AND p.kind <> 'guest' WHERE r.space = {}",
        world.space_id["closed_a"],
    )
    page = text_of(await (await as_("guest_a")).get(form_address(world, "closed_a")))
    assert f"{colleagues} colleague" in page
    assert "and one guest" in page or "and 1 guest" in page


async def test_it_is_kept_as_a_draft_that_nobody_else_sees_and_posted_once(as_, world):
    browser, address = await as_("employee"), form_address(world)
    form = await filled(browser, world, title="", body="Half a thought")
    for version in ("1", "1"):  # the second time because the answer got lost
        said = await browser.post(address, form | {"draft": "auto", "version": version}, htmx=True)
        assert "Draft saved at" in said.text
    draft = await fetch_value("SELECT public_id FROM idea WHERE draft_key = {}", form["form_key"])
    assert f'data-address="/posts/{draft}/edit"' in said.text
    drafts = text_of(await browser.get("/ideas/drafts"))
    assert f"/posts/{draft}/edit" in drafts
    other = await as_("author")
    assert (await other.get(f"/posts/{draft}")).status_code == 404
    edit = f"/posts/{draft}/edit"
    offered = form_of(await browser.get(edit), edit)
    sent = await browser.post(edit, offered | TYPED)
    assert sent.headers["Location"] == f"/posts/{draft}"
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = {}", TYPED["title"]) == 1
    assert (await other.get(f"/posts/{draft}")).status_code == 200


async def test_the_same_form_twice_posts_once(as_, world):
    browser = await as_("employee")
    form = await filled(browser, world)
    addresses = {(await browser.post(form_address(world), form)).headers["Location"] for _ in range(2)}
    assert len(addresses) == 1
    assert await fetch_value("SELECT count(*) FROM idea WHERE title = {}", TYPED["title"]) == 1


async def test_an_edit_keeps_the_text_before_and_two_at_once_lose_nothing(as_, world):
    browser = await as_("author")
    edit = f"/posts/{world.idea['post']}/edit"
    first = form_of(await browser.get(edit), edit)
    assert (await browser.post(edit, first | {"body": "Another text"})).headers[
        "Location"
    ] == f"/posts/{world.idea['post']}"
    late = await browser.post(edit, first | {"body": "A third text"})
    assert late.status_code == 422
    assert "A third text" in text_of(late)
    assert "Another" in text_of(late)
    versions = text_of(await browser.get(f"/ideas/{world.idea['post']}/versions"))
    assert "Another" in versions
    assert await fetch_value("SELECT version FROM idea WHERE id = {}", world.idea_id["post"]) == 2


@pytest.mark.parametrize(
    ("who", "status"), [("employee", 403), ("administrator", 403), ("guest_a", 404), ("author", 200)]
)
async def test_only_its_author_edits_and_withdraws_a_post(as_, world, who, status):
    browser = await as_(who)
    assert (await browser.get(f"/posts/{world.idea['post']}/edit")).status_code == status
    assert (await browser.get(f"/ideas/{world.idea['post']}/withdrawal")).status_code == status


async def test_a_post_is_withdrawn_and_put_back(as_, world):
    browser, post = await as_("author"), world.idea["post"]
    for step, flash in (("withdrawal", "withdrawn"), ("return", "is back")):
        sent = await browser.post(f"/ideas/{post}/{step}", {"reason": "I looked at it again."})
        assert sent.headers["Location"] == f"/posts/{post}"
        assert flash in text_of(await browser.get(f"/posts/{post}"))


@pytest.mark.parametrize(
    ("address", "leads_to"), [("/ideas/{post}", "/posts/{post}"), ("/posts/{vote}", "/ideas/{vote}")]
)
async def test_an_address_of_the_other_kind_leads_on(as_, world, address, leads_to):
    sent = await (await as_("employee")).get(f"{address.format(**world.idea)}?order=newest")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{leads_to.format(**world.idea)}?order=newest")


@pytest.mark.parametrize(
    ("address", "leads_to", "status"),
    [("/ideas/{post}", "/posts/{post}", 303), ("/posts/{open}", "/ideas/{open}", 422)],
)
async def test_a_form_of_the_other_kind_changes_nothing(as_, world, address, leads_to, status):
    browser = await as_("author")
    edit, leads_to = f"{address.format(**world.idea)}/edit", f"{leads_to.format(**world.idea)}/edit"
    offered = await browser.get(edit)
    assert (offered.status_code, offered.headers["Location"]) == (303, leads_to)
    before = await execute("SELECT title, body, version, kind, state FROM idea ORDER BY id")
    sent = await browser.post(edit, TYPED | {"language": "en", "version": "1"})
    assert sent.status_code == status
    assert await execute("SELECT title, body, version, kind, state FROM idea ORDER BY id") == before


async def test_what_she_typed_for_a_post_that_is_an_idea_by_now_stands_in_the_form_of_the_idea(as_, world):
    browser, edit = await as_("author"), f"/ideas/{world.idea['open']}/edit"
    saved = form_of(await browser.get(edit), edit)
    sent = await browser.post(f"/posts/{world.idea['open']}/edit", TYPED | {"language": "en", "version": "1"})
    assert sent.status_code == 422
    shown = form_of(sent, edit)
    assert {name: shown[name] for name in TYPED} == TYPED
    assert saved["title"] in text_of(sent), "beside what is saved"
    assert (await browser.post(edit, shown)).status_code == 303
    assert await fetch_value("SELECT title FROM idea WHERE id = {}", world.idea_id["open"]) == TYPED["title"]


async def test_colleagues_support_it_and_talk_about_it_and_that_never_closes(as_, world):
    post = world.idea["post"]
    await set_clock(NOW + timedelta(days=2000))
    browser = await as_("employee")
    assert (await browser.post(f"/ideas/{post}/vote", {})).status_code == 303
    assert (await browser.post(f"/ideas/{post}/comments", {"body": "I wondered, too."})).status_code == 303
    page = text_of(await browser.get(f"/posts/{post}"))
    assert "I wondered, too." in page
    assert "You support this." in page
    assert (await (await as_("author")).post(f"/ideas/{post}/vote", {})).status_code == 403, "her own"


@pytest.mark.parametrize("step", ["co-authors", "status", "help"])
async def test_what_only_ideas_have_a_post_has_not(as_, world, step):
    for who in ("author", "employee", "moderator", "decision_maker"):
        assert (await (await as_(who)).get(f"/ideas/{world.idea['post']}/{step}")).status_code == 403, who


async def test_lists_page_by_what_was_posted_last_and_by_what_most_support(as_, world):
    async with transaction():
        for number in range(23):
            await add_idea(world, f"p{number}", stream="open", title=f"Thought {number:02}", comments=False)
    await execute("UPDATE idea SET supporters = 9 WHERE title = 'Thought 03'")
    await execute(
        "UPDATE idea SET supporters = 99, created_at = plein_now() - interval '121 days' WHERE title = 'Thought 04'"
    )
    browser, home = await as_("employee"), f"/spaces/{world.space['open']}/posts"
    for order, count in (("newest", 23), ("supported", 22)):
        seen, address = [], f"{home}?order={order}"
        while address:
            page = text_of(await browser.get(address))
            seen += [f"Thought {n:02}" for n in range(23) if f">Thought {n:02}</a>" in page]
            more = (
                page.partition('rel="next"')[0].rpartition('<a class="btn" href="')[2] if 'rel="next"' in page else ""
            )
            address = more.partition("#")[0].replace("&amp;", "&")
        assert len(seen) == len(set(seen)) == count, order
    first = text_of(await browser.get(f"{home}?order=supported"))
    assert re.findall(r">(Thought \d\d)</a>", first)[0] == "Thought 03"


async def test_where_all_that_guests_write_is_looked_at_first_so_are_their_posts(as_, world):
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", world.space_id["closed_a"])
    guest = await as_("guest_a")
    post = await posted(guest, world, "closed_a")
    assert "looks at this first" in text_of(await guest.get(f"/posts/{post}"))
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["colleague"],
    )
    assert (await (await as_("colleague")).get(f"/posts/{post}")).status_code == 404
    assert (await (await as_("insider_a")).get(f"/posts/{post}")).status_code == 200


async def test_search_and_what_looks_alike_find_posts(as_, world):
    browser = await as_("employee")
    post = await posted(browser, world)
    for address in ("/search?q=travel+rule", "/search/similar?title=travel+rule", "/search/suggestions?q=travel"):
        assert f"/posts/{post}" in text_of(await browser.get(address)), address


async def test_a_lively_post_stands_on_the_home_with_its_space(as_, world):
    await execute("UPDATE idea SET comments = 40 WHERE id = {}", world.idea_id["post"])
    page = text_of(await (await as_("employee")).get("/"))
    assert f'href="/posts/{world.idea["post"]}"' in page
    assert f'href="/spaces/{world.space["organisation"]}/posts"' in page
