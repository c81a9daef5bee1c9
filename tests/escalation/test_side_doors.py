"""Rule 15: what holds a word of the lists comes in by no side door, where nothing waits to be screened."""

from __future__ import annotations

import pytest

from portal.db import execute, fetch_value
from tests.cases.test_triage import by_rule
from tests.client import text_of
from tests.escalation.test_sensitive import rule
from tests.moderation.desk import decide, receipt_of
from tests.pages.forms import errors_of, form_of
from tests.workshops.test_workshops import TWO, address_of, filled
from tests.world import email_of

SICK = "Zij is ziek, bel 06-12345678"
DOORS = {
    "description": ("author", "/attachments/{attachment}/description", "description"),
    "withdrawal": ("author", "/ideas/{open}/withdrawal", "reason"),
    "return": ("author", "/ideas/{withdrawn}/return", "reason"),
    "questions": ("author", "/cases/{case}/questions", "questions"),
    "correction": ("author", "/ideas/{vote}/correction", "body"),
    "help": ("colleague", "/ideas/{open}/help", "body"),
    "question": ("sponsor", "/cases/{case}/question", "words"),
    "statement": ("sponsor", "/cases/{case}/statement", "words"),
    "extension": ("sponsor", "/cases/{case}/extension", "words"),
    "handover": ("sponsor", "/cases/{case}/handover", "words"),
    "doubt": ("moderator", "/cases/{doubted}/doubt", "words"),
    "opened by a moderator": ("moderator", "/ideas/{done}/case", "reason"),
    "taken up": ("decision_maker", "/ideas/{done}/case", "reason"),
    "taken up with a statement": ("decision_maker", "/ideas/{done}/case", "statement"),
}
#: What else these forms ask for.
BESIDE = {"days": "2", "to": email_of("colleague"), "number": "3", "reason": "It concerns all of us."}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("words", "status"), [(SICK, 422), ("It is about trains.", 303)])
async def test_it_is_refused_at_its_field(as_, world, door, words, status):
    await rule(world)
    await by_rule(world)
    await execute("UPDATE escalation SET state = 'qualifying' WHERE id = {}", world.case_id["discuss"])
    await execute("UPDATE idea SET t1_at_count = 5, supporters = 5 WHERE id = {}", world.idea_id["discuss"])
    who, path, field = DOORS[door]
    cases = {"case": world.case["decide"], "doubted": world.case["discuss"]}
    address = path.format(attachment=world.attachment["collect"], **cases, **world.idea)
    browser = await as_(who)
    form = form_of(await browser.get(address), address)
    sent = await browser.post(address, form | {name: BESIDE[name] for name in form.keys() & BESIDE} | {field: words})
    assert sent.status_code == status, errors_of(sent)
    if status == 422:
        assert list(errors_of(sent)) == [field]
        assert form_of(sent, address)[field] == words, "what was typed is kept"


@pytest.mark.parametrize(("words", "status"), [(SICK, 422), ("It is about trains.", 303)])
async def test_what_was_sent_back_is_not_put_up_again_with_it(as_, world, words, status):
    await rule(world)
    await decide(await as_("moderator"), world, "vote", "send back")
    receipt = await receipt_of(world, "vote")
    sent = await (await as_("colleague")).post(f"{receipt}/text", {"body": words})
    assert sent.status_code == status


async def test_a_file_whose_name_says_it_is_not_taken_and_the_others_are(as_, world):
    await rule(world)
    author, address = await as_("author"), f"/ideas/{world.idea['collect']}/attachments"
    files = [("files", ("Ziekmelding_Jan.txt", b"a")), ("files", ("trains.txt", b"b"))]
    sent = await author.post(address, files=files)
    assert sent.status_code == 422
    assert "“Ziekmelding_Jan.txt” says something sensitive in its name" in text_of(sent)
    assert await fetch_value("SELECT count(*) FROM attachment WHERE name = 'Ziekmelding_Jan.txt'") == 0
    assert await fetch_value("SELECT count(*) FROM attachment WHERE name = 'trains.txt'") == 1


@pytest.mark.parametrize(("words", "status"), [(SICK, 422), ("To plan the cranes.", 303)])
async def test_a_guest_does_not_say_it_when_she_asks_for_a_file_nor_who_refuses_it(as_, world, words, status):
    await rule(world)
    await execute("UPDATE membership SET may_download = FALSE WHERE person = {}", world.person_id["guest_a"])
    answering = {"answer": "refuse", "reason": words}
    sent = await (await as_("insider_a")).post(f"/file-wishes/{world.file_wish['closed_a']}", answering)
    assert sent.status_code == status
    await execute("DELETE FROM file_wish")
    sent = await (await as_("guest_a")).post(f"/attachments/{world.attachment['closed_a']}/wish", {"words": words})
    assert sent.status_code == status


async def test_a_workshops_sheet_says_in_which_row_it_is(as_, world):
    await rule(world)
    browser = await as_("employee")
    sent = await browser.post(address_of(world), await filled(browser, world, **TWO | {"text_3": SICK}))
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"text_3"}
    sent = await browser.post(address_of(world), await filled(browser, world, **TWO | {"name": SICK}))
    assert set(errors_of(sent)) == {"name"}
