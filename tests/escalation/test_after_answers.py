"""After the answer: supporters rate it, promises are kept in sight, and what is not kept is open again (rules 13, 14)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from portal.access.conflicts import Closed
from portal.access.policy import Forbidden
from portal.answers import actions as answering
from portal.crowd import actions
from portal.crowd.queries import PromiseRow, QuestionRow, get_promise, get_question, what_became
from portal.db import execute, fetch_value
from portal.escalation.replay import differing, replay
from portal.ideas.queries import get_idea
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.answers.test_races import DECISION
from tests.escalation.stage import Stage, assigned, at, days_later, duties, happened, make_office, make_stage, work
from tests.escalation.test_clusters import put
from tests.world import World, set_clock


@pytest.fixture
async def crowd(rollback: Any, world: World) -> Stage:
    """130 people besides those who answer."""
    made = await make_stage(world, 130)
    await make_office(made)
    return made


async def answer(stage: Stage, post: int, person: int, **words: Any) -> None:
    """Somebody answers, or answers again, as the pages do."""
    actor = await stage.actor(person)
    row = await get_idea(actor, await fetch_value("SELECT public_id FROM idea WHERE id = {}", post))
    assert row is not None
    decision = replace(DECISION, **{"next_owner": stage.heads["deputy"], **words})
    if row.answered:
        version = await fetch_value("SELECT version FROM answer WHERE idea = {}", post)
        await answering.correct_answer(actor, row, decision, version)
    else:
        await answering.answer(actor, row, decision)
    await work()


async def answered(stage: Stage, *, supporters: int = 30, **words: Any) -> int:
    """A post with so many supporters, and the owner's answer."""
    post = await assigned(stage)
    more = await fetch_value("SELECT {} - supporters FROM idea WHERE id = {}", supporters, post)
    have = await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", post)
    await stage.support(post, stage.people[have + 1 : have + 1 + more])
    await work()
    await answer(stage, post, (await stage.owed(post)).owner, **words)
    return post


async def question(stage: Stage, post: int, reader: int) -> QuestionRow:
    """What the supporters are asked now."""
    asked = await fetch_value(
        "SELECT public_id FROM crowd_question WHERE idea = {} AND ended_at IS NULL ORDER BY id DESC LIMIT 1", post
    )
    row = await get_question(await stage.actor(reader), asked)
    assert row is not None
    return row


async def say(stage: Stage, post: int, people: list[int], yes: int) -> None:
    """So many of them say yes, the others no."""
    for n, person in enumerate(people):
        await actions.reply(await stage.actor(person), await question(stage, post, person), n < yes)


async def promise_of(stage: Stage, post: int, reader: int) -> PromiseRow:
    """The newest promise."""
    public_id = await fetch_value("SELECT public_id FROM promise WHERE idea = {} ORDER BY id DESC LIMIT 1", post)
    row = await get_promise(await stage.actor(reader), public_id)
    assert row is not None
    return row


async def end_of_asking(post: int) -> None:
    """The supporters have had their time."""
    await at(await fetch_value("SELECT max(until) FROM crowd_question WHERE idea = {}", post))


async def told_of(kind: str) -> list[int]:
    """How often each person heard of it, though the telling comes twice."""
    for row in 2 * list(await execute("SELECT id FROM event WHERE kind = {}", kind)):
        await tell_of(row["id"])
    rows = await execute(
        "SELECT count(*) AS n FROM notice n JOIN event e ON e.id = n.event WHERE e.kind = {} GROUP BY n.person", kind
    )
    return [row["n"] for row in rows]


DECLINED: dict[str, Any] = {"kind": "declined", "next_date": None}


async def test_who_supports_what_stands_under_a_lead_hears_of_its_answer_rates_it_and_finds_it(crowd):
    post, other = await assigned(crowd), await crowd.post("The same by night", author=crowd.people[-2])
    await crowd.support(other, [crowd.people[-1]])
    await put(crowd, other, post)
    await answer(crowd, post, (await crowd.owed(post)).owner, **DECLINED)
    await told_of("idea.answered")
    heard = "SELECT person FROM notice WHERE kind = 'answer' AND person = ANY({}) ORDER BY person"
    assert [row["person"] for row in await execute(heard, crowd.people[-3:])] == crowd.people[-2:]
    supporter = await crowd.actor(crowd.people[-1])
    before = list(await what_became(supporter, 5))
    assert [(one.kind, one.asked) for one in before] == [("declined", "answer")]
    await say(crowd, post, [supporter.id], yes=1)
    assert [one.asked for one in await what_became(supporter, 5)] == [None]
    assert list(await what_became(await crowd.actor(crowd.people[-3]), 5)) == []


async def test_10_of_100_rate_and_3_say_yes_it_is_reviewed_one_level_up_a_second_time_it_is_not(crowd):
    post = await answered(crowd, supporters=100, **DECLINED)
    case = await crowd.owed(post)
    assert (case.state, case.owner) == ("answered", crowd.heads["first"])  # T2 was reached
    await say(crowd, post, crowd.people[1:11], yes=3)
    await end_of_asking(post)
    case = await crowd.owed(post)
    assert (case.state, case.owner, case.round) == ("under review", crowd.heads["second"], 2)
    assert case.due_at == await days_later(await fetch_value("SELECT plein_now()"), 10)
    assert (await duties(post))[-1] == ("duty.assigned", crowd.heads["second"])
    heard = await told_of("case.under_review")
    assert len(heard) > 100
    assert set(heard) == {1}

    await answer(crowd, post, crowd.heads["second"], **DECLINED | {"reason": "Looked at again"})
    assert (await crowd.owed(post)).state == "answered"
    await say(crowd, post, crowd.people[1:11], yes=3)
    await end_of_asking(post)
    assert (await crowd.owed(post)).state == "closed"
    assert (await happened(post)).count("case.under_review") == 1
    assert (await replay(case.id)).state == "closed"
    assert await differing() == []


@pytest.mark.parametrize(("supporters", "replied", "yes"), [(100, 9, 0), (110, 10, 0), (100, 10, 4)])
async def test_too_few_who_rate_and_two_in_five_who_say_yes_change_nothing(crowd, supporters, replied, yes):
    post = await answered(crowd, supporters=supporters, **DECLINED)
    await say(crowd, post, crowd.people[1 : replied + 1], yes)
    await end_of_asking(post)
    assert (await crowd.owed(post)).state == "closed"


async def test_only_supporters_rate_once_each_and_only_in_time(crowd):
    post = await answered(crowd, **DECLINED)
    supporter, other = crowd.people[1], crowd.people[100]
    asked = await question(crowd, post, supporter)
    await actions.reply(await crowd.actor(supporter), asked, True)
    await actions.reply(await crowd.actor(supporter), asked, False)
    assert await fetch_value("SELECT array_agg(yes) FROM crowd_reply") == [False]
    with pytest.raises(Forbidden):
        await actions.reply(await crowd.actor(other), await question(crowd, post, other), True)
    # what no page offers the database refuses
    early = await crowd.actor(supporter)
    with pytest.raises(Closed):
        await actions.reply(await crowd.actor(other), asked, True)
    await set_clock(asked.until)
    with pytest.raises(Closed):
        await actions.reply(early, asked, True)
    assert await fetch_value("SELECT array_agg(yes) FROM crowd_reply") == [False]


async def test_who_supports_an_item_that_stands_with_it_rates_too_and_fewer_than_five_are_not_told(crowd):
    post = await answered(crowd, **DECLINED)
    beside = await crowd.post("Another")
    other = crowd.people[100]
    await crowd.support(beside, [other])
    await execute(
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {}, id, space, author, plein_now() FROM idea WHERE id = {}",
        post,
        beside,
    )
    await say(crowd, post, [other, *crowd.people[1:4]], yes=4)
    assert (await question(crowd, post, other)).replied is None
    await say(crowd, post, crowd.people[4:5], yes=1)
    asked = await question(crowd, post, other)
    assert (asked.replied, asked.yes, asked.mine) == (None, None, True)  # else each reply is seen as it comes
    await execute("UPDATE crowd_question SET outcome = 'too few', ended_at = plein_now() WHERE id = {}", asked.id)
    asked = await get_question(await crowd.actor(other), asked.public_id)
    assert (asked.replied, asked.share, asked.mine) == (5, 100, True)


async def promised(stage: Stage, days: int = 20, supporters: int = 30) -> int:
    """An answer that promises something within so many days."""
    today = await fetch_value("SELECT plein_day(plein_now())")
    return await answered(stage, supporters=supporters, kind="changed", next_date=today + timedelta(days=days))


async def test_a_late_promise_goes_to_the_crowd_it_is_reopened_and_everyone_is_told_once(crowd):
    post = await promised(crowd)
    case = await crowd.owed(post)
    assert case.state == "committed"
    row = await promise_of(crowd, post, crowd.heads["deputy"])
    assert (row.owner, row.body, row.due_on) == (crowd.heads["deputy"], DECISION.next_step, row.due_on)
    await at(await fetch_value("SELECT ({}::date + 1)::timestamptz + interval '1 hour'", row.due_on))
    assert (await crowd.owed(post)).state == "committed"
    await say(crowd, post, crowd.people[1:11], yes=4)
    await end_of_asking(post)
    await at(await fetch_value("SELECT plein_now()"))
    again = await crowd.owed(post)
    assert (again.state, again.owner, again.round) == ("assigned", crowd.heads["owner"], 2)
    assert again.due_at > case.due_at
    for kind in ("crowd.asked", "case.reopened"):
        heard = await told_of(kind)
        assert len(heard) >= 30, kind
        assert set(heard) == {1}, kind
    assert await fetch_value("SELECT state FROM promise WHERE id = {}", row.id) == "broken"
    assert await differing() == []
    # and it is answered again, with another promise
    tomorrow = await fetch_value("SELECT plein_day(plein_now()) + 1")
    await answer(crowd, post, crowd.heads["owner"], kind="changed", next_date=tomorrow)
    assert (await crowd.owed(post)).state == "committed"
    assert await fetch_value("SELECT array_agg(state ORDER BY id) FROM promise WHERE idea = {}", post) == [
        "broken",
        "open",
    ]


@pytest.mark.parametrize(("replied", "yes", "state"), [(10, 5, "closed"), (9, 0, "committed"), (10, 4, "assigned")])
async def test_a_late_promise_that_half_of_ten_find_done_is_kept(crowd, replied, yes, state):
    post = await promised(crowd, days=1)
    row = await promise_of(crowd, post, crowd.people[1])
    await at(await fetch_value("SELECT ({}::date + 1)::timestamptz + interval '1 hour'", row.due_on))
    await say(crowd, post, crowd.people[1 : replied + 1], yes)
    await end_of_asking(post)
    assert (await crowd.owed(post)).state == state


async def test_done_says_its_owner_and_the_crowd_so_it_is_verified_and_closed(crowd):
    post = await promised(crowd)
    deputy = crowd.heads["deputy"]
    row = await promise_of(crowd, post, deputy)
    await actions.report_done(await crowd.actor(deputy), row, body="It is there.", form_key="one")
    assert (await crowd.owed(post)).state == "implemented"
    await say(crowd, post, crowd.people[1:11], yes=6)
    await end_of_asking(post)
    assert [kind for kind in await happened(post) if kind.startswith("case.")][-5:] == [
        "case.answered",
        "case.committed",
        "case.implemented",
        "case.verified",
        "case.closed",
    ]
    case = await fetch_value("SELECT id FROM escalation WHERE idea = {}", post)
    assert (await replay(case)).state == "closed"


async def test_no_news_for_20_working_days_is_a_reminder_and_then_reopened_and_news_begins_them_anew(crowd):
    post = await promised(crowd, days=200)
    deputy = crowd.heads["deputy"]
    began = await fetch_value("SELECT plein_now()")
    await at(await days_later(began, 16))
    assert (await duties(post))[-1][0] == "duty.promise"
    row = await promise_of(crowd, post, deputy)
    await actions.tell_news(await crowd.actor(deputy), row, body="The tender is out.", form_key="one")
    told = await fetch_value("SELECT plein_now()")
    await at(await days_later(began, 20))
    assert (await crowd.owed(post)).state == "committed"
    await at(await days_later(told, 20))
    assert (await crowd.owed(post)).state == "assigned"
    assert (await happened(post)).count("case.reopened") == 1


async def test_another_date_keeps_the_one_before_and_moves_what_is_due(crowd):
    post = await promised(crowd, days=5)
    deputy = await crowd.actor(crowd.heads["deputy"])
    row = await promise_of(crowd, post, deputy.id)
    later = row.due_on + timedelta(days=10)
    await actions.move_date(deputy, row, due_on=later, reason="The supplier is late.", form_key="one")
    moved = await promise_of(crowd, post, deputy.id)
    assert moved.due_on == later
    assert await fetch_value("SELECT was_due_on FROM promise_news WHERE promise = {}", row.id) == row.due_on
    await at(await fetch_value("SELECT ({}::date + 2)::timestamptz", row.due_on))
    assert await fetch_value("SELECT count(*) FROM crowd_question WHERE promise IS NOT NULL") == 0
    await set_clock(await fetch_value("SELECT ({}::date + 2)::timestamptz", later))
    late = await promise_of(crowd, post, deputy.id)
    assert late.late
    with pytest.raises(Forbidden):
        await actions.move_date(deputy, late, due_on=date(2030, 1, 1), reason="Later", form_key="two")


async def test_from_the_second_move_on_who_stands_above_the_owner_is_told(crowd):
    post = await promised(crowd)
    deputy = await crowd.actor(crowd.heads["deputy"])
    warned = "SELECT e.person FROM event e WHERE e.kind = 'duty.promise' AND e.particulars ->> 'about' = 'moved'"
    for days, told in ((10, []), (20, [crowd.heads["first"]]), (30, [crowd.heads["first"]] * 2)):
        row = await promise_of(crowd, post, deputy.id)
        later = row.due_on + timedelta(days=days)
        for _ in range(2):  # sent twice
            await actions.move_date(deputy, row, due_on=later, reason="It is late.", form_key=f"after {days}")
        assert [row["person"] for row in await execute(warned)] == told
    await work()
    for event in await execute("SELECT id FROM event WHERE kind = 'duty.promise' ORDER BY id DESC LIMIT 1"):
        await tell_of(event["id"])
        mail = await write("duty", crowd.heads["first"], event["id"])
        assert "moved again" in mail["subject"]


async def test_what_the_owner_promises_beside_the_answer_is_watched_too_and_all_have_to_be_kept(crowd):
    post = await promised(crowd)
    owner = crowd.heads["owner"]
    day = await fetch_value("SELECT plein_day(plein_now()) + 30")
    words = {"body": "And a bench", "owner": owner, "due_on": day, "form_key": "one"}
    case = await crowd.case(post, owner)
    for _ in range(2):  # sent twice
        await actions.add_promise(await crowd.actor(owner), case, **words)
    assert await fetch_value("SELECT count(*) FROM promise WHERE idea = {}", post) == 2
    both = await execute("SELECT public_id, owner FROM promise WHERE idea = {} ORDER BY id", post)
    for n, (one, state) in enumerate(zip(both, ("committed", "implemented"), strict=True)):
        actor = await crowd.actor(one["owner"])
        row = await get_promise(actor, one["public_id"])
        assert row is not None
        await actions.report_done(actor, row, body="Done", form_key=f"done {n}")
        assert (await crowd.owed(post)).state == state
    await end_of_asking(post)
    assert (await crowd.owed(post)).state == "closed"


async def test_many_who_reply_while_the_clock_ends_it_are_counted_or_refused_and_nobody_twice(fresh_db, world):
    stage = await make_stage(world, 60)
    await make_office(stage)
    post = await answered(stage, **DECLINED)
    asked = await question(stage, post, stage.people[1])
    await set_clock(asked.until - timedelta(minutes=1))
    actors = [await stage.actor(person) for person in stage.people[1:21]]

    async def reply(actor: Any) -> bool:
        try:
            await actions.reply(actor, asked, yes=False)
        except Closed:
            return False
        return True

    both = await asyncio.gather(*(reply(actor) for actor in actors * 2), return_exceptions=True)
    assert set(both) == {True}
    assert await fetch_value("SELECT count(*) FROM crowd_reply") == 20
