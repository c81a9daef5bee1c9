"""Reporting: anybody who reads it, once, and unknown."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.moderation.desk import newest
from tests.pages.forms import errors_of, form_of

REPORT = {"rule": "harassment", "words": "It calls him names."}
THINGS = ["/ideas/{idea[collect]}", "/comments/{comment[collect]}", "/campaigns/{campaign[collect]}"]


@pytest.mark.parametrize("thing", THINGS)
async def test_a_reader_reports_it_with_a_rule_and_the_text_is_kept(as_, world, thing):
    address = thing.format(**vars(world))
    browser = await as_("employee")
    page = await browser.get(f"{address}/report")
    assert form_of(page, f"{address}/report")  # a plain form: it needs no scripts
    sent = await browser.post(f"{address}/report", REPORT)
    assert (sent.status_code, sent.headers["Location"]) == (303, address)
    report, item = await newest("report"), await newest("moderation_item")
    assert (report["rule"], report["words"]) == ("harassment", "It calls him names.")
    assert report["item"] == item["id"]
    assert item["state"] == "open"
    assert item["author"] != report["reporter"] == world.person_id["employee"]
    assert report["body_html"]
    await execute("UPDATE comment SET body_html = 'Nothing happened'")
    await execute("UPDATE idea SET body_html = 'Nothing happened'")
    shown = text_of(await (await as_("moderator")).get(f"/moderation/items/{item['public_id']}"))
    assert report["body_html"] in shown
    assert "It calls him names." in shown
    assert "Noor Dijkman" not in shown, "not even moderators learn who reported"


async def test_the_entry_stands_at_the_idea_and_at_comments_of_others_only(as_, world):
    page = f"/ideas/{world.idea['collect']}"
    own, others = f"/comments/{world.comment['collect']}/report", f"/comments/{world.comment['collect_reply']}/report"
    seen = text_of(await (await as_("colleague")).get(page))
    assert f"{page}/report" in seen
    assert others in seen
    assert own not in seen
    assert f'href="{page}/report"' not in text_of(await (await as_("author")).get(page))
    assert f"/campaigns/{world.campaign['collect']}/report" in text_of(
        await (await as_("employee")).get(f"/campaigns/{world.campaign['collect']}")
    )


async def test_one_report_a_person_and_thing_and_one_item_for_all(as_, world):
    address = f"/comments/{world.comment['collect']}/report"
    for who in ("employee", "employee", "campaign_owner"):
        assert (await (await as_(who)).post(address, REPORT)).status_code == 303
    comment = world.comment_id["collect"]
    assert await fetch_value("SELECT count(*) FROM moderation_item WHERE comment = {}", comment) == 1
    assert (
        await fetch_value(
            "SELECT count(*) FROM report r JOIN moderation_item x ON x.id = r.item WHERE x.comment = {}", comment
        )
        == 2
    )
    assert "You reported this" in text_of(await (await as_("employee")).get(address))


async def test_all_errors_at_once_and_nothing_typed_is_lost(as_, world):
    address = f"/ideas/{world.idea['collect']}/report"
    answer = await (await as_("employee")).post(address, {"rule": "none of these", "words": "x" * 1001})
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"rule", "words"}
    assert "x" * 1001 in answer.text


@pytest.mark.parametrize(
    "thing", ["/ideas/{idea[closed_b]}", "/comments/{comment[closed_b]}", "/campaigns/{campaign[closed_b]}"]
)
async def test_outsiders_find_nothing_to_report(as_, world, thing):
    before = await fetch_value("SELECT count(*) FROM report")
    for who in ("guest_a", "employee", "administrator"):
        browser = await as_(who)
        assert (await browser.get(f"{thing.format(**vars(world))}/report")).status_code == 404
        assert (await browser.post(f"{thing.format(**vars(world))}/report", REPORT)).status_code == 404
    assert await fetch_value("SELECT count(*) FROM report") == before


async def test_nobody_reports_herself(as_, world):
    assert (await (await as_("author")).post(f"/ideas/{world.idea['collect']}/report", REPORT)).status_code == 403


async def test_a_report_leaves_no_trace_of_who_made_it(as_, world):
    await (await as_("employee")).post(f"/ideas/{world.idea['collect']}/report", REPORT)
    event = await newest("event")
    assert event["kind"] == "moderation.reported"
    assert event["actor"] is None
    assert str(world.person_id["employee"]) not in event["particulars"].replace(world.item["vote"], "")


async def test_what_else_is_sent_along_reaches_no_column(as_, world):
    forged = {"space": world.space["closed_a"], "author": "1", "reporter": "1", "state": "closed", "item": "1"}
    await (await as_("employee")).post(f"/ideas/{world.idea['collect']}/report", REPORT | forged)
    report, item = await newest("report"), await newest("moderation_item")
    assert report["reporter"] == world.person_id["employee"]
    assert report["space"] == item["space"] == world.space_id["organisation"]
    assert (item["state"], item["author"]) == ("open", world.person_id["author"])
