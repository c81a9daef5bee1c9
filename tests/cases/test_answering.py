"""Answering a case on its own page: all that rule 9 asks for, one draft for the team, one answer, a second yes."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.answers import actions, approval, drafts
from portal.db import execute, fetch_value, transaction
from portal.escalation.actions import add_questions
from portal.escalation.queries import get_case
from portal.ideas.queries import get_idea
from tests.answers.test_races import DECISION
from tests.client import text_of
from tests.escalation.stage import hand_over
from tests.pages.forms import errors_of, form_of
from tests.pages.locks import until_waiting
from tests.world import NOW, email_of, set_clock

TYPED = {
    "kind": "partly",
    "summary": "You may take the train",
    "reason": "It *costs* little.",
    "from_when": "1 September",
    "next_step": "Change the booking tool",
    "next_owner_called": email_of("colleague"),
    "next_date": "2026-10-01",
    "reply_0": "Yes, without asking.",
    "reply_1": "The travel budget.",
}
QUESTIONS = ["May I choose?", "Who pays?"]
SECRET = {
    "kind": "not public",
    "category": "negotiation",
    "review_on": "2026-09-01",
    "approver_called": email_of("decision_maker"),
}
ROLE = """
    INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'adviser' FROM escalation WHERE id = {}
"""


@pytest.fixture
async def asked(rollback, world):
    """The sponsor owes an answer to two core questions; an adviser drafts for her."""
    await execute("DELETE FROM answer_draft")
    await execute("UPDATE idea SET core_questions = {} WHERE id = {}", QUESTIONS, world.idea_id["decide"])
    await execute(ROLE, world.person_id["employee"], world.case_id["decide"])
    return f"/cases/{world.case['decide']}"


async def filled(browser, case, **other):
    return form_of(await browser.get(case), f"{case}/answer") | TYPED | other


async def draft(world, column="reason"):
    return await fetch_value(f"SELECT {column} FROM answer_draft WHERE escalation = {{}}", world.case_id["decide"])


async def test_the_answer_is_given_where_its_case_stands_and_each_core_question_has_its_reply(as_, world, asked):
    sponsor = await as_("sponsor")
    page = text_of(await sponsor.get(asked))
    for words in ("You decide this one.", "How it grew", "May I choose?", "Why?"):
        assert words in page
    sent = await sponsor.post(f"{asked}/answer", await filled(sponsor, asked))
    assert (sent.status_code, sent.headers["Location"]) == (303, asked)
    for address in (asked, f"/ideas/{world.idea['decide']}"):
        shown = text_of(await (await as_("employee")).get(address))
        for words in ("You may take the train", "May I choose?", "Yes, without asking.", "The travel budget."):
            assert words in shown, (address, words)
    assert await fetch_value("SELECT state FROM escalation WHERE id = {}", world.case_id["decide"]) == "answered"


async def test_all_that_is_missing_is_said_at_once_and_nothing_typed_is_lost(as_, world, asked):
    sponsor = await as_("sponsor")
    form = await filled(sponsor, asked)
    empty = await sponsor.post(f"{asked}/answer", form | dict.fromkeys(TYPED, ""))
    assert (empty.status_code, set(errors_of(empty))) == (422, set(TYPED))
    typed = form | {"reason": "", "next_step": "", "reply_1": ""}
    sent = await sponsor.post(f"{asked}/answer", typed)
    assert (sent.status_code, set(errors_of(sent))) == (422, {"reason", "next_step", "reply_1"})
    assert form_of(sent, f"{asked}/answer") | {"csrf_token": ""} == typed | {"csrf_token": ""}
    assert "How it grew" in text_of(sent)
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"kind": "not ours"}, {"whose"}),
        ({"kind": "not public"}, {"category", "review_on", "approver_called"}),
        (SECRET | {"review_on": "2027-03-01"}, {"review_on"}),
        (SECRET | {"approver_called": email_of("sponsor")}, {"approver_called"}),
        (SECRET | {"approver_called": email_of("author")}, {"approver_called"}),
    ],
)
async def test_each_kind_asks_for_what_belongs_to_it(as_, world, asked, changed, wrong):
    sponsor = await as_("sponsor")
    sent = await sponsor.post(f"{asked}/answer", await filled(sponsor, asked, **changed))
    assert (sent.status_code, set(errors_of(sent))) == (422, wrong)
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])


@pytest.mark.parametrize(("who", "status"), [("author", 403), ("moderator", 403), ("guest_a", 404)])
async def test_nobody_else_writes_it(as_, world, asked, who, status):
    browser = await as_(who)
    for form in (TYPED, TYPED | {"draft": "1"}, {"preview": "1"}):
        assert (await browser.post(f"{asked}/answer", form)).status_code == status
    assert (await browser.get(f"{asked}/answer")).status_code == status
    assert (await browser.post(f"{asked}/approval", {"agreed": "yes"})).status_code == status
    assert await draft(world) is None


async def test_an_adviser_drafts_and_who_decides_publishes(as_, world, asked):
    adviser, sponsor = await as_("employee"), await as_("sponsor")
    form = await filled(adviser, asked)
    assert "Publish your answer" not in text_of(await adviser.get(asked))
    assert (await adviser.post(f"{asked}/answer", form)).status_code == 403
    kept = await adviser.post(f"{asked}/answer", form | {"draft": "auto"}, htmx=True)
    assert (kept.status_code, 'data-version="1"' in kept.text) == (200, True)
    again = await adviser.post(f"{asked}/answer", form | {"draft": "auto"}, htmx=True)  # its answer got lost
    assert 'data-version="1"' in again.text
    events = await execute("SELECT kind FROM event WHERE escalation = {}", world.case_id["decide"])
    assert [row["kind"] for row in events].count("case.drafting") == 1
    page = await sponsor.get(asked)
    assert "Noor Dijkman changed this draft last" in text_of(page)
    theirs = form_of(page, f"{asked}/answer")
    assert {name: theirs[name] for name in TYPED} == TYPED
    assert "You may take the train" not in text_of(await (await as_("author")).get(asked))
    assert (await sponsor.post(f"{asked}/answer", theirs)).status_code == 303
    assert await draft(world) is None


async def test_of_two_who_write_at_once_the_second_sees_both_texts_and_keeps_hers(as_, world, asked):
    adviser, sponsor, address = await as_("employee"), await as_("sponsor"), f"{asked}/answer"
    first, second = await filled(adviser, asked), await filled(sponsor, asked, reason="It is fair.", draft="1")
    await adviser.post(address, first | {"draft": "1"})
    quiet = await sponsor.post(address, second | {"draft": "auto"}, htmx=True)
    assert (quiet.status_code, "data-version" in quiet.text) == (422, False)
    sent = await sponsor.post(address, second)
    assert (sent.status_code, set(errors_of(sent))) == (422, {"reason"})
    assert "Your text beside what was saved meanwhile" in text_of(sent)
    shown = form_of(sent, address)
    assert shown["reason"] == "It is fair."
    assert await draft(world) == TYPED["reason"]
    assert (await sponsor.post(address, shown | {"draft": "1"})).status_code == 303
    assert await draft(world) == "It is fair."


async def test_the_preview_is_the_answer_as_the_crowd_will_read_it_and_publishes_nothing(as_, world, asked):
    adviser = await as_("employee")
    shown = await adviser.post(f"{asked}/answer", await filled(adviser, asked, preview="1"), htmx=True)
    for words in ("Because" not in shown.text, "It <em>costs</em> little." in shown.text, "Who pays?" in shown.text):
        assert words
    assert "Change the booking tool" in shown.text
    assert "Yara Haddouch" in shown.text  # whose answer it will be
    assert "<html" not in shown.text
    name = await fetch_value("SELECT name FROM identity WHERE email = {}", email_of("colleague"))
    assert name in text_of(shown)
    assert email_of("colleague") not in shown.text, "who sees to it, as readers see her"
    whole = await adviser.post(f"{asked}/answer", await filled(adviser, asked, preview="1"))
    assert "It <em>costs</em> little." in whole.text
    assert await draft(world) is None


async def test_questions_that_were_changed_meanwhile_are_looked_at_again(as_, world, asked):
    sponsor = await as_("sponsor")
    form = await filled(sponsor, asked)
    await execute(
        "UPDATE idea SET core_questions = {} WHERE id = {}", ["May we?", "Who pays?"], world.idea_id["decide"]
    )
    sent = await sponsor.post(f"{asked}/answer", form)
    assert (sent.status_code, set(errors_of(sent))) == (422, {"reply_0", "reply_1"})
    assert (await sponsor.post(f"{asked}/answer", form_of(sent, f"{asked}/answer"))).status_code == 303


async def test_what_is_sent_after_it_was_handed_over_is_kept_and_said(as_, world, asked):
    sponsor, address = await as_("sponsor"), f"{asked}/answer"
    form = await filled(sponsor, asked)
    actor = await actor_of_person(world.person_id["sponsor"])
    await hand_over(actor, await get_case(actor, world.case["decide"]), world.person_id["decision_maker"])
    sent = await sponsor.post(address, form)
    assert (sent.status_code, set(errors_of(sent))) == (422, {"summary"})
    assert form_of(sent, address)["reason"] == TYPED["reason"]
    assert await draft(world) == TYPED["reason"]
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])


async def submitted(as_, asked, **other):
    sponsor = await as_("sponsor")
    sent = await sponsor.post(f"{asked}/answer", await filled(sponsor, asked, **SECRET | other))
    assert sent.status_code == 303, errors_of(sent)
    return sponsor


async def test_what_cannot_be_discussed_waits_for_a_second_yes_and_is_published_by_it(as_, world, asked):
    await submitted(as_, asked)
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])
    told = await execute("SELECT person FROM event WHERE kind = 'duty.approval'")
    assert [row["person"] for row in told] == [world.person_id["decision_maker"]]
    second = await as_("decision_maker")
    page = await second.get(asked)
    form = form_of(page, f"{asked}/approval")
    del form["csrf_token"]
    assert "A running negotiation" in text_of(page)
    assert TYPED["next_owner_called"] not in text_of(page), "a name, not an address"
    assert (await (await as_("sponsor")).post(f"{asked}/approval", form | {"agreed": "yes"})).status_code == 403
    assert set(errors_of(await second.post(f"{asked}/approval", form | {"agreed": ""}))) == {"agreed"}
    assert (await second.post(f"{asked}/approval", form | {"agreed": "yes"})).status_code == 303
    shown = text_of(await (await as_("author")).get(asked))
    for words in ("Not in public", "A running negotiation", "1 September 2026", "Who agreed", "Femke Rijnders"):
        assert words in shown
    row = (await execute("SELECT author, approver FROM answer WHERE idea = {}", world.idea_id["decide"]))[0]
    assert tuple(row) == (world.person_id["sponsor"], world.person_id["decision_maker"])


async def test_what_is_sent_back_says_why_and_a_new_text_takes_back_what_waits(as_, world, asked):
    sponsor = await submitted(as_, asked)
    second = await as_("decision_maker")
    form = form_of(await second.get(asked), f"{asked}/approval") | {"agreed": "no"}
    assert set(errors_of(await second.post(f"{asked}/approval", form))) == {"words"}
    assert (await second.post(f"{asked}/approval", form | {"words": "Say more."})).status_code == 303
    assert "Say more." in text_of(await sponsor.get(asked))
    await submitted(as_, asked)
    stale = form_of(await second.get(asked), f"{asked}/approval") | {"agreed": "yes"}
    changed = form_of(await sponsor.get(asked), f"{asked}/answer") | {"reason": "Another.", "draft": "1"}
    assert (await sponsor.post(f"{asked}/answer", changed)).status_code == 303
    assert (await second.post(f"{asked}/approval", stale)).status_code == 403
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])


async def test_a_yes_to_another_text_than_the_one_that_was_read_is_none(as_, world, asked):
    await submitted(as_, asked)
    person = await actor_of_person(world.person_id["decision_maker"])
    case, idea = await get_case(person, world.case["decide"]), await get_idea(person, world.idea["decide"])
    await submitted(as_, asked, reason="Another reason.")
    with pytest.raises(Changed):
        await approval.approve(person, case, idea, 1)


QUESTION = "UPDATE idea SET core_questions = core_questions || ARRAY['Who loses?'] WHERE id = {}"
LEFT = "UPDATE person SET active = FALSE WHERE id = {}"


@pytest.mark.parametrize("since", ["question", "owner", "next_date", "review_on"])
async def test_a_second_yes_publishes_nothing_that_is_true_no_more(as_, world, asked, since):
    days = {since: "2026-06-19"} if since in TYPED | SECRET else {}
    await submitted(as_, asked, **days)
    if since == "question":
        await execute(QUESTION, world.idea_id["decide"])
    elif since == "owner":
        await execute(LEFT, world.person_id["colleague"])
    else:
        await set_clock(NOW + timedelta(days=6))
    second = await as_("decision_maker")
    form = form_of(await second.get(asked), f"{asked}/approval")
    sent = await second.post(f"{asked}/approval", form | {"agreed": "yes"})
    assert (sent.status_code, set(errors_of(sent))) == (422, {"agreed"})
    assert not await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id["decide"])
    assert (await second.post(f"{asked}/approval", form | {"agreed": "no", "words": "Anew."})).status_code == 303


@pytest.mark.parametrize("end", ["taken back", "sent back", "agreed"])
async def test_who_is_asked_for_a_second_yes_leaves_the_team_with_the_question(as_, world, asked, end):
    await execute("DELETE FROM case_role WHERE person = {}", world.person_id["colleague"])
    sponsor = await submitted(as_, asked, approver_called=email_of("colleague"))
    second = await as_("colleague")
    assert (await second.get(f"{asked}/team")).status_code == 200
    form = form_of(await second.get(asked), f"{asked}/approval")
    if end == "taken back":
        typed = form_of(await sponsor.get(asked), f"{asked}/answer") | {"reason": "Another.", "draft": "1"}
        assert (await sponsor.post(f"{asked}/answer", typed)).status_code == 303
    else:
        typed = form | ({"agreed": "yes"} if end == "agreed" else {"agreed": "no", "words": "Say more."})
        assert (await second.post(f"{asked}/approval", typed)).status_code == 303
    assert (await second.get(f"{asked}/team")).status_code == 403


async def test_who_is_on_the_team_anyway_stays_there(as_, world, asked):
    sponsor = await submitted(as_, asked)  # who agrees is counsel already
    typed = form_of(await sponsor.get(asked), f"{asked}/answer") | {"reason": "Another.", "draft": "1"}
    assert (await sponsor.post(f"{asked}/answer", typed)).status_code == 303
    assert (await (await as_("decision_maker")).get(f"{asked}/team")).status_code == 200


SINGLE = replace(DECISION, questions=(), replies=())


async def first_then(first: Callable[[], Awaitable[Any]], then: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """The second one comes while the transaction of the first is open, which commits once it is waited for. What
    that one raised."""
    async with transaction() as connection:
        await first()
        # in a context of its own, so with another connection
        follows = asyncio.create_task(then(), context=contextvars.Context())
        await until_waiting(connection, follows)
    return (await asyncio.gather(follows, return_exceptions=True))[0]


@pytest.mark.parametrize("first", ["question", "answer"])
async def test_a_question_is_named_before_the_answer_or_not_at_all(fresh_db, world, first):
    sponsor, author = [await actor_of_person(world.person_id[who]) for who in ("sponsor", "author")]
    await execute("DELETE FROM answer_draft")
    case, idea = await get_case(author, world.case["decide"]), await get_idea(sponsor, world.idea["decide"])
    decision = replace(SINGLE, questions=idea.core_questions, next_owner=sponsor.id)
    asks = partial(add_questions, author, case, ["Who loses?"])
    answers = partial(actions.answer, sponsor, idea, decision)
    refused = await (first_then(asks, answers) if first == "question" else first_then(answers, asks))
    assert type(refused) is (actions.Overtaken if first == "question" else Changed)
    asked = await fetch_value("SELECT core_questions FROM idea WHERE id = {}", idea.id)
    assert asked == [*idea.core_questions, *(["Who loses?"] if first == "question" else [])]
    answered = await fetch_value("SELECT questions FROM answer WHERE idea = {}", idea.id)
    assert answered == (None if first == "question" else asked)


async def test_of_the_one_who_decided_and_the_one_who_decides_now_one_answers(fresh_db, world):
    first, second = [await actor_of_person(world.person_id[who]) for who in ("sponsor", "decision_maker")]
    await execute("DELETE FROM answer_draft")
    case = await get_case(first, world.case["decide"])
    before = await get_idea(first, world.idea["decide"])
    await hand_over(first, case, second.id)
    after = await get_idea(second, world.idea["decide"])
    with pytest.raises(Changed):  # she looked before it was handed over
        await actions.answer(first, before, replace(SINGLE, next_owner=first.id))
    both_looked = asyncio.Barrier(2)

    async def looks():
        async with transaction():
            free = await fetch_value("SELECT NOT EXISTS (SELECT FROM answer WHERE idea = {})", before.id)
            await both_looked.wait()
        return free

    assert all(await asyncio.gather(looks(), looks()))  # the control: looking first keeps nobody away
    done = await asyncio.gather(
        *(
            actions.answer(actor, idea, replace(SINGLE, summary=f"{actor.name} {n}", next_owner=actor.id))
            for n in range(5)
            for actor, idea in ((first, before), (second, after))
        ),
        return_exceptions=True,
    )
    assert [type(result) for result in done].count(type(None)) == 1, done
    assert {type(result) for result in done} == {type(None), Changed}
    assert await fetch_value("SELECT author FROM answer WHERE idea = {}", before.id) == second.id
    typed = drafts.Typed(dict.fromkeys(drafts.COLUMNS, ""), [])
    await drafts.keep_what_came_late(first, case, typed, 0)
    assert await fetch_value("SELECT edited_by FROM answer_draft WHERE escalation = {}", case.id) == first.id
