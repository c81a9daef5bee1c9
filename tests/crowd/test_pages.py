"""What comes after an answer, on its pages: who is asked, who promised, who may go on, and nobody else."""

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.client import text_of
from tests.escalation.stage import work
from tests.escalation.test_sensitive import rule
from tests.pages.forms import errors_of
from tests.world import NOW, email_of, set_clock

TOLD = "SELECT body FROM promise_news ORDER BY id DESC LIMIT 1"


@pytest.mark.parametrize(("who", "status"), [("administrator", 303), ("employee", 403), ("guest_a", 404)])
async def test_a_supporter_replies_and_only_she_reads_what(as_, world, who, status):
    browser, address = await as_(who), f"/asked/{world.asked['told']}"
    assert (await browser.post(address, {"says": "yes"})).status_code == status
    if status == 303:
        assert (await browser.post(address, {"says": "maybe"})).status_code == 404
        case = f"/cases/{world.case['told']}"
        assert "You said yes." in text_of(await browser.get(case))
        assert "You said" not in text_of(await (await as_("sponsor")).get(case))


async def test_fewer_than_five_replies_are_no_number_on_any_page(as_, world):
    await (await as_("administrator")).post(f"/asked/{world.asked['told']}", {"says": "no"})
    page = text_of(await (await as_("employee")).get(f"/cases/{world.case['told']}"))
    assert "when they were all asked" in page
    assert "who replied say" not in page


@pytest.mark.parametrize(("who", "status"), [("sponsor", 303), ("employee", 403), ("guest_a", 404)])
@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("news", {"body": "The wood is there."}),
        ("done", {"body": "It stands."}),
        ("date", {"body": "The wood is late.", "due_on": "2026-10-01"}),
    ],
)
async def test_who_sees_to_a_promise_tells_of_it(as_, world, who, status, step, form):
    browser, address = await as_(who), f"/promises/{world.promise['told']}/{step}"
    assert (await browser.get(address)).status_code == (200 if status == 303 else status)
    assert (await browser.post(address, form)).status_code == status
    if status == 303:
        assert await fetch_value(TOLD) == form["body"]
        page = text_of(await (await as_("employee")).get(f"/cases/{world.case['told']}"))
        assert form["body"] in page
        assert ("before: 1 September 2026" in page) is (step == "date")
    assert (await browser.get(f"/promises/{world.promise['told']}/nothing")).status_code == 404


async def test_an_empty_form_and_a_day_that_is_over_are_said_at_their_fields(as_, world):
    browser, address = await as_("sponsor"), f"/promises/{world.promise['told']}/date"
    empty = text_of(await browser.post(address, {"body": "", "due_on": ""}))
    assert "Say until which day." in empty
    assert "Give the reason." in empty
    past = await browser.post(address, {"body": "Later", "due_on": "2026-01-01"})
    assert past.status_code == 422
    assert "Give a day that is still to come." in text_of(past)
    promise = f"/cases/{world.case['told']}/promises"
    wrong = await browser.post(promise, {"body": "A bench", "owner": "Nobody", "due_on": "2026-01-01"})
    assert wrong.status_code == 422
    assert "A bench" in text_of(wrong)


@pytest.mark.parametrize(
    ("who", "page", "field"),
    [
        ("sponsor", "/promises/{promise}/news", "body"),
        ("sponsor", "/promises/{promise}/done", "body"),
        ("sponsor", "/promises/{promise}/date", "body"),
        ("sponsor", "/cases/{case}/promises", "body"),
        ("administrator", "/ideas/{idea}/adoption", "reason"),
    ],
)
async def test_what_holds_a_word_of_the_lists_is_not_told_beside_an_answer(as_, world, who, page, field):
    address = page.format(promise=world.promise["told"], case=world.case["told"], idea=world.idea["withdrawn"])
    words = {"due_on": "2026-10-01", "owner": email_of("colleague"), field: "She has burnout."}
    await rule(world, words="burnout")
    sent = await (await as_(who)).post(address, words)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {field}
    assert "She has burnout." in text_of(sent)


@pytest.mark.parametrize(("who", "status"), [("sponsor", 303), ("employee", 403), ("guest_a", 404)])
async def test_the_owner_of_an_answered_case_promises_more(as_, world, who, status):
    browser, address = await as_(who), f"/cases/{world.case['told']}/promises"
    form = {"body": "A bench", "owner": email_of("colleague"), "due_on": "2026-10-01"}
    assert (await browser.post(address, form)).status_code == status
    if status == 303:
        assert "A bench" in text_of(await (await as_("employee")).get(f"/cases/{world.case['told']}"))


@pytest.mark.parametrize(("who", "status"), [("administrator", 303), ("employee", 403), ("guest_a", 404)])
async def test_a_supporter_goes_on_with_what_was_withdrawn_under_her_name(as_, world, who, status):
    browser, address = await as_(who), f"/ideas/{world.idea['withdrawn']}/adoption"
    assert (await browser.post(address, {"reason": "I want it still."})).status_code == status
    if status != 303:
        return
    idea, case = world.idea_id["withdrawn"], world.case_id["withdrawn"]
    due = await fetch_value("SELECT due_at FROM escalation WHERE id = {}", case)
    row = (await execute("SELECT state, author FROM idea WHERE id = {}", idea))[0]
    assert (row["state"], row["author"]) == ("published", world.person_id["administrator"])
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", idea) == 0  # her own
    await work()
    now = (await execute("SELECT state, due_at FROM escalation WHERE id = {}", case))[0]
    assert (now["state"], now["due_at"]) == ("triage", due)
    assert (await browser.post(address, {"reason": "Once more"})).status_code == 404


async def test_after_seven_days_nobody_goes_on_with_it(as_, world):
    browser, address = await as_("administrator"), f"/ideas/{world.idea['withdrawn']}/adoption"
    assert (await browser.get(address)).status_code == 200
    await set_clock(NOW + timedelta(days=7))
    again = await as_("administrator")
    assert (await again.get(address)).status_code == 403


async def test_you_said_we_did_says_what_became_of_it_and_can_be_narrowed(as_, world):
    browser = await as_("employee")
    address = f"/ideas/{world.idea['told']}"
    assert address in text_of(await browser.get("/answers/given?became=promised"))
    assert address not in text_of(await browser.get("/answers/given?became=kept"))
    await execute("UPDATE promise SET due_on = '2026-01-01'")
    late = text_of(await browser.get("/answers/given?became=late"))
    assert address in late
    assert "was promised for 1 January 2026" in late
    assert address not in text_of(await browser.get(f"/answers/given?topic={next(iter(world.topic.values()))}"))


async def test_home_says_what_became_of_what_one_supports_and_what_one_is_asked(as_, world):
    page = text_of(await (await as_("administrator")).get("/"))
    assert "What you supported, and what became of it" in page
    assert f"/cases/{world.case['told']}" in page
    assert "What you supported" not in text_of(await (await as_("employee")).get("/"))


@pytest.mark.parametrize(("promise", "asks"), [(True, "Is it done?"), (False, "Does it answer the question?")])
async def test_home_asks_about_the_promise_or_about_the_answer(as_, world, promise, asks):
    """An answer that promised something is rated first, and the promise is asked about when its day comes."""
    about = "UPDATE crowd_question SET promise = (SELECT id FROM promise WHERE public_id = {}) WHERE public_id = {}"
    await execute(about, world.promise["told"] if promise else "", world.asked["told"])
    home = (await (await as_("administrator")).get("/")).text
    assert home.count(">" + asks) == 1
    assert home.count("Is it done?") + home.count("Does it answer the question?") == 1


@pytest.mark.parametrize(("kind", "said"), [("crowd.asked", "Is it done?"), ("promise.news", "It goes well")])
async def test_mail_tells_what_is_asked_and_what_was_told(as_, world, kind, said):
    news = await fetch_value("SELECT max(id) FROM promise_news")
    event = await fetch_value(
        "INSERT INTO event (kind, space, idea, escalation, particulars)"
        " SELECT {}, space, idea, escalation, jsonb_build_object('promise', id, 'news', {}::bigint) FROM promise"
        " WHERE public_id = {} RETURNING id",
        kind,
        news,
        world.promise["told"],
    )
    message = await write("after_answer", world.person_id["administrator"], event)
    assert message is not None
    text = message.get_content()
    assert said in text
    assert f"/cases/{world.case['told']}" in text
    await tell_of(event)
    assert "idea told" in text_of(await (await as_("administrator")).get("/notifications")).lower()
