"""Editing an idea: the author, until voting begins; the text before is kept."""

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.world import NOW, set_clock


def address_of(world, name):
    return f"/ideas/{world.idea[name]}/edit"


async def form_for(browser, address):
    return form_of(await browser.get(address), address)


async def text_in(world, name):
    row = (await execute("SELECT title, body, version FROM idea WHERE id = {}", world.idea_id[name]))[0]
    return tuple(row)


async def versions_of(world, name):
    rows = await execute(
        "SELECT version, title, body, tags FROM idea_version WHERE idea = {} ORDER BY version", world.idea_id[name]
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("phase", ["collect", "discuss"])
async def test_the_author_edits_until_voting_and_the_text_before_is_kept(as_, world, phase):
    browser, address = await as_("author"), address_of(world, phase)
    form = await form_for(browser, address)
    assert form["body"] == f"The **body** of {phase}"
    sent = await browser.post(address, form | {"title": f"New {phase}", "body": "New *body*", "tags": "fresh"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/ideas/{world.idea[phase]}")
    page = await browser.get(sent.headers["Location"])
    assert f"New {phase}" in page.text
    assert "New <em>body</em>" in page.text
    assert "The text was changed" in page.text
    assert await versions_of(world, phase) == [(1, f"Idea {phase}", f"The **body** of {phase}", [f"tag {phase}"])]


async def test_every_earlier_text_is_kept(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    for title in ("Second", "Third"):
        await browser.post(address, await form_for(browser, address) | {"title": title})
    assert [(version, title) for version, title, *_ in await versions_of(world, "collect")] == [
        (1, "Idea collect"),
        (2, "Second"),
    ]
    assert (await text_in(world, "collect"))[0::2] == ("Third", 3)


async def test_the_list_shows_the_new_text(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    await browser.get(f"/campaigns/{world.campaign['collect']}")  # its card is in the cache now
    await browser.post(address, await form_for(browser, address) | {"title": "Seen in the list"})
    assert "Seen in the list" in (await browser.get(f"/campaigns/{world.campaign['collect']}")).text


@pytest.mark.parametrize("who", ["employee", "campaign_owner", "sponsor", "moderator", "administrator"])
async def test_nobody_else_edits_it(as_, world, who):
    author, browser, address = await as_("author"), await as_(who), address_of(world, "collect")
    form = await form_for(author, address)
    del form["csrf_token"]
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, form | {"title": "Taken over"})).status_code == 403
    assert (await text_in(world, "collect"))[0] == "Idea collect"


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    author, browser, address = await as_("insider_a"), await as_(who), address_of(world, "closed_a")
    form = await form_for(author, address)
    del form["csrf_token"]
    assert (await browser.get(address)).status_code == 404
    assert (await browser.post(address, form | {"title": "Taken over"})).status_code == 404
    assert (await text_in(world, "closed_a"))[0] == "Idea closed_a"


@pytest.mark.parametrize("phase", ["vote", "decide", "done"])
async def test_the_text_stands_still_from_the_voting_on(as_, world, phase):
    browser, address = await as_("author"), address_of(world, phase)
    form = await form_for(browser, address_of(world, "collect"))
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, form)).status_code == 403
    assert await versions_of(world, phase) == []


async def test_an_answered_idea_is_not_edited_even_where_it_is_always_open(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    form = await form_for(browser, address)
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " VALUES ({}, {}, {}, 'changed', 's', 'r', 'r', 'n', 'en')",
        world.idea_id["collect"],
        world.space_id["organisation"],
        world.person_id["sponsor"],
    )
    assert (await browser.post(address, form)).status_code == 403


async def test_all_errors_stand_at_their_fields_and_the_text_is_kept(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    form = await form_for(browser, address) | {"title": "", "body": "<b>Kept & safe</b>", "tags": "a,b,c,d,e,f"}
    sent = await browser.post(address, form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"title", "tags"}
    assert form_of(sent, address) | {"csrf_token": ""} == form | {"csrf_token": ""}
    assert (await text_in(world, "collect"))[2] == 1


async def test_the_second_of_two_editors_sees_everything_that_the_first_one_changed(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    first, second = await form_for(browser, address), await form_for(browser, address)
    assert (await browser.post(address, first | {"tags": "of the first", "language": "nl"})).status_code == 303
    stale = text_of(await browser.post(address, second | {"tags": "of the second", "language": "en"}))
    shown = stale[stale.index('id="changed"') : stale.index("<form", stale.index('id="changed"'))]
    for gone, new in (("first", "second"), ("Nederlands", "English")):
        assert gone in shown
        assert new in shown


async def test_of_two_open_forms_the_second_loses_nothing_and_can_be_saved_again(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    at_home, at_work = await form_for(browser, address), await form_for(browser, address)
    assert (await browser.post(address, at_home | {"body": "From home"})).status_code == 303
    stale = await browser.post(address, at_work | {"body": "From work", "tags": "kept"})
    assert stale.status_code == 422
    assert "saved elsewhere meanwhile" in errors_of(stale)["body"]
    assert (await text_in(world, "collect"))[1:] == ("From home", 2)
    again = form_of(stale, address)
    assert (again["body"], again["tags"]) == ("From work", "kept")
    assert (await browser.post(address, again)).status_code == 303
    assert (await text_in(world, "collect"))[1:] == ("From work", 3)
    assert [body for _, _, body, _ in await versions_of(world, "collect")] == ["The **body** of collect", "From home"]


async def test_voting_that_begins_while_the_form_is_under_way_freezes_the_text_and_keeps_what_was_typed(as_, world):
    browser, address = await as_("author"), address_of(world, "discuss")
    form = await form_for(browser, address) | {"body": "Too late"}
    sent = await post_slowly(browser, address, form, lambda: set_clock(NOW + timedelta(days=5)))
    assert sent.status_code == 422
    assert form_of(sent, address)["body"] == "Too late"
    assert (await text_in(world, "discuss"))[1:] == ("The **body** of discuss", 1)


async def test_a_preview_of_an_edit_saves_nothing(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    form = await form_for(browser, address) | {"body": "**Seen** first"}
    shown = await browser.post(address, form | {"preview": "1"})
    assert "<strong>Seen</strong> first" in shown.text
    assert (await text_in(world, "collect"))[2] == 1


async def test_editing_is_recorded(as_, world):
    browser, address = await as_("author"), address_of(world, "collect")
    await browser.post(address, await form_for(browser, address))
    assert await fetch_value(
        "SELECT count(*) FROM event WHERE kind = 'idea.edited' AND idea = {}", world.idea_id["collect"]
    )
