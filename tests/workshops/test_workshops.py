"""Many ideas written down at once on behalf of others, and claimed later."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import email_of


def address_of(world):
    return f"/campaigns/{world.campaign['collect']}/workshops"


async def filled(browser, world, **rows):
    address = address_of(world)
    form = form_of(await browser.get(f"{address}/new"), address)
    return form | {"name": "Table talk", "held_on": "2026-06-10", "place": "Depot"} | rows


async def captured(browser, world, **rows):
    sent = await browser.post(address_of(world), await filled(browser, world, **rows))
    assert sent.status_code == 303, errors_of(sent)
    return sent.headers["Location"]


TWO = {
    "title_0": "A lamp",
    "whom_0": email_of("author"),
    "title_3": "A bench",
    "text_3": "By the **gate**",
    "whom_3": "Ans",
}


async def place_of(title):
    """What was written down, and the address of its page."""
    row = (
        await execute(
            "SELECT c.public_id, i.public_id AS idea FROM capture c JOIN idea i ON i.id = c.idea WHERE title = {}",
            title,
        )
    )[0]
    return row["public_id"], f"/ideas/{row['idea']}"


async def author_of(title):
    return await fetch_value("SELECT author FROM idea WHERE title = {}", title)


async def test_all_rows_become_ideas_of_the_workshop_at_once(as_, world):
    page = text_of(await (browser := await as_("employee")).get(await captured(browser, world, **TWO)))
    for words in ("Table talk", "Depot", "2 ideas", "A lamp", "A bench", "for Wim Schotanus", "for Ans"):
        assert words in page
    rows = await execute("SELECT source, author FROM idea WHERE title IN ('A lamp', 'A bench')")
    assert [tuple(row) for row in rows] == [("workshop", world.person_id["employee"])] * 2
    assert "Table talk" in (await browser.get(address_of(world))).text


async def test_an_error_in_one_row_loses_nothing_of_the_others_and_writes_nothing(as_, world):
    browser = await as_("employee")
    form = await filled(
        browser, world, **TWO, title_1="", text_1="No title", whom_1="nobody@world.example", whom_2="Eva"
    )
    sent = await browser.post(address_of(world), form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"title_1", "whom_1", "title_2"}
    assert "Idea 3: Title" in text_of(sent)
    assert form_of(sent, address_of(world)) | {"csrf_token": ""} == form | {"csrf_token": ""}
    assert not await fetch_value("SELECT count(*) FROM idea WHERE source = 'workshop'")


async def test_more_rows_keep_what_was_typed_and_the_same_sheet_twice_is_one(as_, world):
    browser = await as_("employee")
    form = await filled(browser, world, **TWO)
    more = form_of(await browser.post(address_of(world), form | {"more": "1"}), address_of(world))
    assert more["title_3"] == "A bench"
    assert "title_11" in more
    first, second = [await browser.post(address_of(world), more) for _ in range(2)]
    assert first.headers["Location"] == second.headers["Location"]
    assert await fetch_value("SELECT count(*) FROM idea WHERE source = 'workshop'") == 2


async def test_guests_outsiders_and_later_phases_write_nothing_down(as_, world):
    form = await filled(await as_("employee"), world, **TWO)
    del form["csrf_token"]
    assert (await (await as_("guest_a")).post(address_of(world), form)).status_code == 404
    closed = f"/campaigns/{world.campaign['closed_a']}/workshops"
    assert (await (await as_("guest_a")).post(closed, form)).status_code == 403
    late = f"/campaigns/{world.campaign['vote']}/workshops"
    assert (await (await as_("employee")).post(late, form)).status_code == 403


async def test_whom_it_was_written_down_for_says_yes_and_her_own_vote_goes(as_, world):
    browser, author = await as_("employee"), await as_("author")
    await captured(browser, world, **TWO)
    idea = (await execute("SELECT id, public_id FROM idea WHERE title = 'A lamp'"))[0]
    await author.post(f"/ideas/{idea['public_id']}/vote", htmx=True)
    assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", idea["id"]) == 1
    capture = await fetch_value("SELECT public_id FROM capture WHERE idea = {}", idea["id"])
    assert f"/captures/{capture}/claim" in (await author.get("/")).text
    assert (await (await as_("colleague")).post(f"/captures/{capture}/claim")).status_code == 403
    assert (await author.post(f"/captures/{capture}/claim")).status_code == 303
    assert await author_of("A lamp") == world.person_id["author"]
    assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", idea["id"]) == 1, "it tells nobody of it"
    assert not await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", idea["id"])
    assert (await author.post(f"/captures/{capture}/claim")).status_code == 403


async def test_who_says_no_is_named_no_more(as_, world):
    browser, author = await as_("employee"), await as_("author")
    await captured(browser, world, **TWO)
    capture, page = await place_of("A lamp")
    for answer in ("claim", "refusal"):  # the mail that asks her leads there
        assert f"/captures/{capture}/{answer}" in (await author.get(page)).text
    assert f"/captures/{capture}" not in (await (await as_("colleague")).get(page)).text
    assert (await author.post(f"/captures/{capture}/refusal")).status_code == 303
    assert await author_of("A lamp") == world.person_id["employee"]
    assert f"/captures/{capture}" not in (await author.get("/")).text


@pytest.mark.parametrize("right", [True, False])
async def test_a_name_alone_is_claimed_by_anybody_and_confirmed_by_who_wrote_it_down(as_, world, right):
    browser, colleague = await as_("employee"), await as_("colleague")
    await captured(browser, world, **TWO)
    capture, page = await place_of("A bench")
    asked = (await colleague.get(page)).text
    assert f"/captures/{capture}/claim" in asked
    assert f"/captures/{capture}/refusal" not in asked, "nobody named her"
    assert (await colleague.post(f"/captures/{capture}/claim")).status_code == 303
    assert await author_of("A bench") == world.person_id["employee"], "not before it is confirmed"
    assert (await (await as_("author")).post(f"/captures/{capture}/claim")).status_code == 403, "one at a time"
    assert (await colleague.post(f"/captures/{capture}/confirmation")).status_code == 403
    assert f"/captures/{capture}/confirmation" in (await browser.get("/")).text
    address = f"/captures/{capture}/confirmation" + ("" if right else "/refusal")
    for somebody_else in ({}, {"claimant": world.person["author"]}):
        await browser.post(address, somebody_else)
        assert await fetch_value("SELECT state FROM capture WHERE public_id = {}", capture) == "claimed"
    form = form_of(await browser.get("/"), address)
    assert form["claimant"] == world.person["colleague"]
    await browser.post(address, form)
    assert await author_of("A bench") == world.person_id["colleague" if right else "employee"]
    assert await fetch_value("SELECT state FROM capture WHERE public_id = {}", capture) == (
        "settled" if right else "waiting"
    )
