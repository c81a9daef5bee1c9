"""Answers: one that lacks what it needs is refused, and nothing that was typed is lost; core questions; starting texts."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import email_of

TYPED = {
    "kind": "changed",
    "summary": "You may take the train",
    "reason": "It costs little.",
    "from_when": "1 September",
    "next_step": "Change the booking tool",
    "next_owner_called": email_of("colleague"),
    "next_date": "2026-10-01",
}


@pytest.mark.parametrize("missing", ["reason", "next_step"])
async def test_an_answer_without_reason_or_next_step_is_refused_and_nothing_typed_is_lost(
    as_, world, rollback, missing
):
    browser, case = await as_("sponsor"), f"/cases/{world.case['decide']}"
    form = form_of(await browser.get(case), f"{case}/answer") | TYPED | {missing: ""}
    sent = await browser.post(f"{case}/answer", form)
    assert (sent.status_code, set(errors_of(sent))) == (422, {missing})
    shown = form_of(sent, f"{case}/answer")
    assert {name: shown[name] for name in TYPED} == TYPED | {missing: ""}
    assert await fetch_value("SELECT state FROM escalation WHERE id = {}", world.case_id["decide"]) == "acknowledged"
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])


async def test_who_wrote_it_adds_core_questions_up_to_three_and_they_are_read_with_it(as_, world, rollback):
    author, case = await as_("author"), f"/cases/{world.case['decide']}"
    sent = await author.post(f"{case}/questions", {"questions": "Who pays?\n\nSince when?"})
    assert sent.status_code == 303
    assert "Since when?" in text_of(await (await as_("employee")).get(f"/ideas/{world.idea['decide']}"))
    for lines in ("A?\nB?", "", "x" * 201):
        assert set(errors_of(await author.post(f"{case}/questions", {"questions": lines}))) == {"questions"}
    for who, status in (("sponsor", 403), ("guest_a", 404)):
        assert (await (await as_(who)).post(f"{case}/questions", {"questions": "No?"})).status_code == status
    kept = await fetch_value("SELECT core_questions FROM idea WHERE id = {}", world.idea_id["decide"])
    assert kept == ["Who pays?", "Since when?"]


async def test_core_questions_are_written_with_a_post_and_an_edit_keeps_those_before(as_, world, rollback):
    author, address = await as_("author"), f"/posts/{world.idea['post']}/edit"
    form = form_of(await author.get(address), address)
    assert set(errors_of(await author.post(address, form | {"core_questions": "A\nB\nC\nD"}))) == {"core_questions"}
    assert (await author.post(address, form | {"core_questions": "Who pays?"})).status_code == 303
    form = form_of(await author.get(address), address)
    assert form["core_questions"] == "Who pays?"
    assert (await author.post(address, form | {"core_questions": "Since when?"})).status_code == 303
    before = await fetch_value(
        "SELECT core_questions FROM idea_version WHERE idea = {} ORDER BY version DESC LIMIT 1", world.idea_id["post"]
    )
    assert before == ["Who pays?"]


START = {"name": "Thanks", "language": "en", "kind": "pilot", "summary": "We try it", "reason": "Thank you."}


async def test_administrators_keep_starting_texts_and_one_fills_what_is_empty_and_nothing_else(as_, world, rollback):
    administrator, sponsor = await as_("administrator"), await as_("sponsor")
    assert set(errors_of(await administrator.post("/admin/answer-texts", {"language": "en"}))) == {"name", "reason"}
    assert (await administrator.post("/admin/answer-texts", START)).status_code == 303
    for who, status in (("employee", 403), ("guest_a", 403)):
        assert (await (await as_(who)).post("/admin/answer-texts", START)).status_code == status
    start = await fetch_value("SELECT public_id FROM answer_start WHERE summary = 'We try it'")
    await execute("DELETE FROM answer_draft")
    case = f"/cases/{world.case['decide']}"
    form = form_of(await sponsor.get(case), f"{case}/answer")
    shown = form_of(
        await sponsor.post(f"{case}/answer", form | {"start": start, "use": "1", "summary": "Mine"}), f"{case}/answer"
    )
    assert (shown["summary"], shown["reason"], shown["kind"]) == ("Mine", "Thank you.", "pilot")
    address = f"/admin/answer-texts/{start}"
    assert (await administrator.post(address, START | {"name": "Again"})).status_code == 303
    assert (await (await as_("employee")).post(address, {"remove": "1"})).status_code == 403
    assert (await administrator.post(address, {"remove": "1"})).status_code == 303
    assert not await fetch_value("SELECT count(*) FROM answer_start WHERE public_id = {}", start)
