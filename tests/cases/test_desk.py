"""The desk of who decides: what she may do stands there, and the answer ends the clock in the same breath."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.answers import actions
from portal.db import execute, fetch_value, transaction
from portal.ideas.queries import get_idea
from tests.answers.test_races import DECISION
from tests.client import text_of
from tests.escalation.stage import work
from tests.pages.forms import errors_of
from tests.world import NOW, add_case, add_idea


@pytest.mark.parametrize(("who", "status"), [("sponsor", 303), ("employee", 403), ("guest_a", 404)])
async def test_only_who_owns_it_writes_the_first_statement(as_, world, who, status):
    browser, address = await as_(who), f"/cases/{world.case['decide']}/statement"
    assert (await browser.get(address)).status_code == (200 if status == 303 else status)
    assert (await browser.post(address, {"words": "We look at it."})).status_code == status
    if status == 303:
        assert "We look at it." in text_of(await (await as_("employee")).get(f"/cases/{world.case['decide']}"))


@pytest.mark.parametrize(
    ("step", "form", "kind"),
    [
        ("question", {"words": "Which days?"}, "case.clarifying"),
        ("extension", {"days": "5", "words": "The figures come on Friday"}, "case.extension_asked"),
    ],
)
async def test_each_step_is_taken_from_its_form_and_an_empty_one_is_shown_again(as_, world, step, form, kind):
    browser, address = await as_("sponsor"), f"/cases/{world.case['decide']}/{step}"
    happened = "SELECT count(*) FROM event WHERE escalation = {} AND kind = {}"
    assert (await browser.post(address, {})).status_code == 422
    assert await fetch_value(happened, world.case_id["decide"], kind) == 0
    assert (await browser.post(address, form)).status_code == 303
    assert await fetch_value(happened, world.case_id["decide"], kind) == 1


async def test_who_owns_the_case_answers_though_she_does_not_decide_there_and_the_case_is_answered(as_, world):
    owner, idea, case = world.person_id["colleague"], world.idea["decide"], world.case_id["decide"]
    assert not (await get_idea(await actor_of_person(owner), idea)).owns_case
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", owner, case)
    actor = await actor_of_person(owner)
    row = await get_idea(actor, idea)
    assert row.owns_case
    # She reads in Dutch.
    assert "Jij beslist hierover." in text_of(await (await as_("colleague")).get(f"/cases/{world.case['decide']}"))
    await actions.answer(actor, row, replace(DECISION, next_owner=owner))
    assert await fetch_value("SELECT state FROM escalation WHERE id = {}", case) == "answered"
    with pytest.raises(Changed):
        await actions.answer(actor, row, replace(DECISION, next_owner=owner))
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'case.answered'") == 1


async def test_the_author_answers_the_question_beside_it_and_in_the_thread_and_nothing_typed_is_lost(as_, world):
    author = await fetch_value("SELECT author FROM idea WHERE id = {}", world.idea_id["decide"])
    who = next(name for name, person in world.person_id.items() if person == author)
    address = f"/cases/{world.case['decide']}"
    await (await as_("sponsor")).post(f"{address}/question", {"words": "Which days?"})
    browser = await as_(who)
    assert f'href="{address}/reply"' in (await browser.get(address)).text
    assert (await (await as_("guest_a")).post(f"{address}/reply", {"words": "X"})).status_code == 404
    assert (await (await as_("sponsor")).post(f"{address}/reply", {"words": "X"})).status_code == 403
    too_long = await browser.post(f"{address}/reply", {"words": "Only Mondays. " * 600})
    assert too_long.status_code == 422
    assert "Only Mondays. Only Mondays." in too_long.text
    assert (await browser.post(f"{address}/reply", {"words": ""})).status_code == 422
    assert await fetch_value("SELECT state FROM escalation WHERE id = {}", world.case_id["decide"]) == "clarifying"
    assert (await browser.post(f"{address}/reply", {"words": "Only on Mondays."})).status_code == 303
    page = (await browser.get(address)).text  # what was done is said first of all, and once
    assert page.count('id="flash"') == 1
    assert page.index("Your answer is sent. The clock goes on.") < page.index("case-head")
    page = text_of(await (await as_("employee")).get(address))
    assert "Only on Mondays." in page.split("Which days?")[1]
    assert "Only on Mondays." in text_of(await (await as_("employee")).get(f"/ideas/{world.idea['decide']}"))
    said = await fetch_value("SELECT id FROM comment WHERE body = {}", "Only on Mondays.")
    await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", said)
    assert "Only on Mondays." not in text_of(await (await as_("employee")).get(address))


@pytest.mark.parametrize("over", ["done_from = plein_now()", "state = 'cancelled', cancelled_at = plein_now()"])
async def test_the_question_is_answered_also_when_the_campaign_is_over_and_nobody_comments_any_more(as_, world, over):
    """Most cases of a campaign begin when it is over."""
    address, author = f"/cases/{world.case['decide']}", await as_("author")
    await (await as_("sponsor")).post(f"{address}/question", {"words": "Which days?"})
    await execute(f"UPDATE campaign SET {over} WHERE id = {{}}", world.campaign_id["decide"])
    comments = f"/ideas/{world.idea['decide']}/comments"
    assert (await author.post(comments, {"body": "Only on Mondays."})).status_code == 403, "the control"
    assert (await author.post(f"{address}/reply", {"words": "Only on Mondays."})).status_code == 303
    page = text_of(await (await as_("employee")).get(address))
    assert "Only on Mondays." in page.split("Which days?")[1]


async def test_a_guest_answers_the_question_about_her_own_post_and_the_clock_goes_on(as_, world):
    """Her own login changes no case: the worker does."""
    async with transaction():
        await add_idea(world, "hers", stream="closed_a", title="Hers", author="guest_a", comments=False)
    asked = {"question": "Which days?", "clarify_from": NOW, "clarify_until": NOW + timedelta(days=5)}
    await add_case(world, "hers", idea="hers", state="clarifying", owner="insider_a", acknowledged_at=NOW, **asked)
    address = f"/cases/{world.case['hers']}"
    guest, reply = await as_("guest_a"), {"words": "Only on Mondays."}
    assert f"{address}/reply" in (await guest.get("/")).text, "the control: it is asked"
    assert (await guest.post(f"{address}/reply", reply)).status_code == 303
    page = await guest.get(address)
    assert "It is answered, in the thread." in text_of(page), "before the worker knows"
    assert f"{address}/reply" not in page.text + (await guest.get("/")).text
    assert (await guest.post(f"{address}/reply", reply)).status_code == 403
    await work()
    assert "It is answered, in the thread." not in text_of(await guest.get(address))
    row = (await execute("SELECT state, clarified_at FROM escalation WHERE id = {}", world.case_id["hers"]))[0]
    assert tuple(row) == ("acknowledged", NOW)
    told = "SELECT actor FROM event WHERE kind = 'case.clarified' AND escalation = {}"
    assert await fetch_value(told, world.case_id["hers"]) == world.person_id["guest_a"]
    page = text_of(await (await as_("insider_a")).get(address))
    assert "Only on Mondays." in page.split("Which days?")[1]


async def test_its_nearest_duty_stands_on_top_with_the_way_to_it_for_whom_it_is(as_, world):
    address = f"/cases/{world.case['decide']}"
    owner, author = await as_("sponsor"), await as_("author")

    async def bar(browser):
        page = (await browser.get(address)).text
        return page.split('class="desk-bar"')[1].split("</div></div>")[0] if 'class="desk-bar"' in page else ""

    await execute("UPDATE escalation SET state = 'assigned' WHERE id = {}", world.case_id["decide"])
    assert "The day of the answer is named by" in (first := await bar(owner))
    assert f'href="{address}/acknowledgement"' in first
    await execute("UPDATE escalation SET state = 'acknowledged' WHERE id = {}", world.case_id["decide"])
    assert f'href="{address}/statement"' in await bar(owner)
    assert await bar(await as_("employee")) == ""
    await owner.post(f"{address}/statement", {"words": "We look at it."})
    assert f'href="{address}#answering"' in await bar(owner)
    await owner.post(f"{address}/question", {"words": "Which days?"})
    assert f'href="{address}/reply"' in await bar(author)
    assert f"{address}/" not in await bar(owner)


async def test_home_asks_whoever_wrote_it_the_open_question_and_nobody_else(as_, world):
    address, author = f"/cases/{world.case['decide']}", await as_("author")
    assert "Which days?" not in (await author.get("/")).text
    await (await as_("sponsor")).post(f"{address}/question", {"words": "Which days?"})
    home = await author.get("/")
    assert "Which days?" in home.text
    assert f'href="{address}/reply"' in home.text
    for who in ("sponsor", "employee", "guest_a"):
        assert "Which days?" not in (await (await as_(who)).get("/")).text
    await author.post(f"{address}/reply", {"words": "Only on Mondays."})
    assert "Which days?" not in (await author.get("/")).text


async def test_the_charter_says_how_many_days_more_may_be_asked_for(as_, world):
    short = await fetch_value("INSERT INTO escalation_setting (extension_days) VALUES (3) RETURNING id")
    await execute("UPDATE escalation SET setting = {}", short)
    owner, address = await as_("sponsor"), f"/cases/{world.case['decide']}/extension"
    assert "At most 3, by the charter." in text_of(await owner.get(address))
    why = {"words": "The figures come on Friday"}
    assert set(errors_of(await owner.post(address, {"days": "4"} | why))) == {"days"}
    assert (await owner.post(address, {"days": "3"} | why)).status_code == 303


async def test_a_form_without_a_question_has_no_empty_card_and_no_rule_above_its_button(as_, world):
    owner, address = await as_("sponsor"), f"/cases/{world.case['decide']}"
    plain, asking = [(await owner.get(f"{address}/{name}")).text for name in ("conflict", "statement")]
    for drawn in ('class="sheet pad form"', 'class="row publish"'):
        assert drawn in asking
        assert drawn not in plain
