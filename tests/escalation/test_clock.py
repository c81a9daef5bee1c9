"""The clock and the chain: what is due when, who owns it then, and what an outage changes: nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.db import execute, fetch_value, transaction
from portal.escalation import actions, batches
from portal.events.kinds import Kind
from portal.events.log import record
from portal.timetable import tick_cases
from tests.conftest import statements
from tests.escalation.stage import assigned, at, days_later, duties, hand_over, happened, work
from tests.world import NOW, set_clock

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


async def test_held_for_four_working_hours_then_a_moderator_names_the_owner_else_the_clock_does(stage):
    post = await assigned(stage)
    assert await happened(post) == ["case.held", "case.qualified", "case.assigned"]
    assert await duties(post) == [
        ("duty.triage", stage.heads["moderator"]),
        ("duty.assigned", stage.heads["owner"]),
    ]
    case = await stage.owed(post)
    assert (case.owner, case.started_at) == (stage.heads["owner"], NOW)
    assert case.acknowledge_due_at == await days_later(NOW, 1) + timedelta(hours=20)  # four working hours more
    assert case.statement_due_at == await days_later(NOW, 3)
    assert case.due_at == await days_later(NOW, 10)


async def test_handed_over_on_day_9_it_is_due_as_before(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    await at(await days_later(NOW, 9))
    await stage.does(stage.heads["deputy"], hand_over, post, stage.heads["neutral"])
    case = await stage.owed(post)
    assert (case.owner, case.due_at) == (stage.heads["neutral"], due)


async def test_an_owner_who_is_silent_passes_it_to_her_deputy(stage):
    post = await assigned(stage)
    await at((await stage.owed(post)).acknowledge_due_at)
    assert (await stage.owed(post)).owner == stage.heads["deputy"]
    assert (await happened(post))[-1] == "case.handed_over"


async def test_an_absent_owner_passes_it_to_her_deputy_in_the_same_tick(stage):
    post = await assigned(stage)
    await execute(ABSENT, stage.heads["owner"])
    await tick_cases()
    assert (await stage.owed(post)).owner == stage.heads["deputy"]


async def test_an_owner_who_leaves_passes_it_to_her_deputy(stage):
    post = await assigned(stage)
    await execute("UPDATE person SET active = FALSE WHERE id = {}", stage.heads["owner"])
    await tick_cases()
    assert (await stage.owed(post)).owner == stage.heads["deputy"]


async def test_where_the_whole_chain_is_in_conflict_the_neutral_has_it(stage):
    post = await assigned(stage)
    line = [*((name, "owner") for name in ("first", "second", "top")), ("owner", "deputy"), ("deputy", "neutral")]
    for name, then in line:
        await stage.does(stage.heads[name], actions.declare_conflict, post)
        assert (await stage.owed(post)).owner == stage.heads[then]


async def test_reminders_and_the_chain_until_the_top_has_it(stage):
    post = await assigned(stage)
    case = await stage.owed(post)
    await stage.does(case.owner, actions.acknowledge, post, case.due_at.date())
    h = stage.heads
    moments = {"half_of_time": "on time", "most_of_time": "on time", "overdue_1": "due soon"}
    for kind, lateness in moments.items():
        moment = await fetch_value(
            "SELECT s.due_at FROM case_step s JOIN escalation e ON e.id = s.escalation WHERE e.idea = {} AND s.kind = {}",
            post,
            kind,
        )
        await at(moment)
        assert (await stage.owed(post)).lateness == lateness, kind
    await set_clock(case.due_at + timedelta(minutes=1))
    assert ((await stage.owed(post)).lateness, (await stage.owed(post)).owner) == ("overdue 1", h["owner"])
    await at(await days_later(case.due_at, 5))
    assert (await stage.owed(post)).owner == h["first"]
    await at(await days_later(case.due_at, 10))
    assert (await stage.owed(post)).owner == h["top"]
    await at(NOW + timedelta(days=400))
    assert ((await stage.owed(post)).lateness, (await stage.owed(post)).ended_at) == ("overdue 3", None)
    assert (await duties(post))[2:] == [
        ("duty.reminder", h["owner"]),  # no statement yet
        ("duty.reminder", h["owner"]),
        ("duty.reminder", h["owner"]),
        ("duty.reminder", h["owner"]),
        ("duty.overdue", h["first"]),
        ("duty.assigned", h["first"]),
        ("duty.overdue", h["first"]),
        ("duty.assigned", h["top"]),
        ("duty.overdue", h["top"]),
    ]


EVERYTHING = [
    "case.held",
    "case.qualified",
    "case.assigned",
    "case.handed_over",
    "case.no_statement",
    "case.overdue",
    "case.overdue",
    "case.overdue",
]


@pytest.mark.parametrize(("days", "missed", "reminders"), [(3, 2, 1), (40, 5, 4)])
async def test_after_days_without_a_worker_each_missed_step_is_done_once_and_in_order(stage, days, missed, reminders):
    post = await assigned(stage)
    await set_clock(await days_later(await fetch_value("SELECT plein_now()"), days))
    await tick_cases()
    await tick_cases()
    assert await happened(post) == EVERYTHING[: 3 + missed]
    steps = await execute(
        "SELECT v.particulars ->> 'step' AS step FROM event v JOIN escalation e ON e.id = v.escalation"
        " WHERE e.idea = {} AND v.kind = 'case.overdue' ORDER BY v.id",
        post,
    )
    assert [row["step"] for row in steps] == ["1", "2", "3"][: missed - 2]
    reminded = [person for kind, person in await duties(post) if kind == "duty.reminder"]
    assert reminded == [stage.heads["deputy"]] * reminders, "each finds the case as the step before left it"


# Whatever is to be told of this case can't be written.
BREAKS = """
    CREATE TRIGGER event_breaks BEFORE INSERT ON event FOR EACH ROW
    WHEN (NEW.escalation = {} AND NEW.kind = 'case.overdue') EXECUTE FUNCTION plein_refuse()
"""
CASE_OF = "SELECT id FROM escalation WHERE idea = {}"


@pytest.mark.parametrize("at_once", [2, 200])
async def test_a_step_that_fails_takes_no_other_with_it_and_comes_again(stage, monkeypatch, at_once):
    monkeypatch.setattr(batches, "AT_ONCE", at_once)
    posts = [await assigned(stage) for _ in range(4)]
    await set_clock(NOW + timedelta(days=60))
    await execute(BREAKS.format(await fetch_value(CASE_OF, posts[1])))
    await tick_cases()
    assert [await happened(post) for post in posts] == [EVERYTHING, EVERYTHING[:3], EVERYTHING, EVERYTHING]
    assert len(await duties(posts[1])) == 2, "nothing of it was done"
    await execute("DROP TRIGGER event_breaks ON event")
    await tick_cases()
    assert [await happened(post) for post in posts] == [EVERYTHING] * 4
    told = [kind for post in posts for kind, _ in await duties(post)]
    assert told.count("duty.reminder") == 4 * len(posts)


# What each pass before the steps finds on one item, and what of it can't be written.
SPOILED = {
    "lively": (
        "UPDATE idea SET t1_at = NULL, t1_at_count = 1, heads_up_at = NULL, published_at = plein_now() WHERE id = {0}",
        "idea BEFORE UPDATE OF heads_up_at",
    ),
    "a week old": ("UPDATE vote SET young = TRUE WHERE idea = {0}", "vote BEFORE UPDATE OF young"),
    "shown again": (
        "UPDATE escalation SET hidden_from = plein_now() WHERE idea = {0}",
        "escalation BEFORE UPDATE OF hidden_from",
    ),
    "went out": (
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {1}, {0}, space, author, plein_now() FROM idea WHERE id = {0};"
        "UPDATE idea SET state = 'withdrawn' WHERE id = {0}",
        "cluster_item BEFORE UPDATE OF left_at",
    ),
    "lead is gone": (
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {0}, {1}, space, author, plein_now() FROM idea WHERE id = {0};"
        "UPDATE idea SET state = 'withdrawn' WHERE id = {0}",
        "cluster_item BEFORE UPDATE OF left_at",
    ),
    "by itself": (
        "UPDATE escalation SET state = 'merged', ended_at = plein_now() WHERE idea = {0}",
        "escalation BEFORE UPDATE OF state",
    ),
    "reached it alone": (
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until, left_at)"
        " SELECT {1}, {0}, space, author, plein_now(), plein_now() FROM idea WHERE id = {0};"
        "UPDATE idea SET t1_at = plein_now() WHERE id = {0}",
        "escalation BEFORE INSERT",
    ),
}


@pytest.mark.parametrize("what", SPOILED)
async def test_what_fails_before_the_steps_keeps_no_other_case_from_its_own(stage, what):
    found, spoils = SPOILED[what]
    table, when = spoils.split(" ", 1)
    of = {"cluster_item": "NEW.idea, NEW.lead", "idea": "NEW.id"}.get(table, "NEW.idea")
    posts = [await assigned(stage), await assigned(stage)]
    if when == "BEFORE INSERT":
        posts[0] = await stage.post()
    for line in found.format(posts[0], await stage.post()).split(";"):
        await execute(line)
    await execute(
        f"CREATE TRIGGER spoils {when} ON {table} FOR EACH ROW"
        f" WHEN ({posts[0]} IN ({of})) EXECUTE FUNCTION plein_refuse()"
    )
    await tick_cases()
    await set_clock(NOW + timedelta(days=60))
    await tick_cases()
    assert await happened(posts[1]) == EVERYTHING


EVENTS = {
    "acknowledge_missed": 2,
    "statement_missed": 2,
    "half_of_time": 1,
    "most_of_time": 1,
    "overdue_1": 3,
    "overdue_2": 3,
    "overdue_3": 3,
}


@pytest.mark.parametrize("kind", EVENTS)
async def test_what_is_due_of_many_cases_takes_as_few_statements_as_of_one(stage, kind):
    await execute("UPDATE case_step SET done_at = plein_now()")
    posts = [await assigned(stage) for _ in range(5)]
    due = "UPDATE case_step SET due_at = plein_now() WHERE kind = {} AND escalation IN (SELECT id FROM escalation WHERE idea = ANY({}))"
    sent = {}
    for some in (posts[:1], posts[1:]):
        before = await fetch_value("SELECT count(*) FROM event")
        await execute(due, kind, some)
        async with statements() as sent[len(some)]:
            await tick_cases()
        assert await fetch_value("SELECT count(*) FROM event") - before == len(some) * EVENTS[kind]
    assert len(sent[1]) == len(sent[4])


ABSENT = (
    "INSERT INTO absence (person, from_day, until_day) VALUES ({}, plein_day(plein_now()), plein_day(plein_now()) + 3)"
)


async def test_many_cases_that_are_held_assigned_and_passed_on_take_as_few_statements_as_one(stage):
    await execute("UPDATE case_step SET done_at = plein_now()")
    sent: dict[int, list[int]] = {1: [], 4: []}
    for number, counts in sent.items():
        await set_clock(NOW)
        posts = [await stage.post() for _ in range(number)]
        for post in posts:
            await stage.support(post, stage.people[1:9])
        await work()
        for minutes in (240, 480, 490):
            await set_clock(await fetch_value("SELECT plein_working_after({}, {})", NOW, minutes))
            if minutes == 490:
                await execute(ABSENT, stage.heads["owner"])
            async with statements() as those:
                await tick_cases()
            await work()
            counts.append(len(those))
        for post in posts:
            assert await happened(post) == ["case.held", "case.qualified", "case.assigned", "case.handed_over"]
            assert (await stage.owed(post)).owner == stage.heads["deputy"]
        await execute("DELETE FROM absence")
    assert sent[1] == sent[4]


@pytest.mark.parametrize(
    ("friday", "holiday", "due"),
    [
        # A Friday half past four before a holiday Monday: half an hour is left of it, the rest is Tuesday's.
        (
            datetime(2026, 5, 22, 16, 30, tzinfo=AMSTERDAM),
            "2026-05-25",
            datetime(2026, 5, 26, 12, 30, tzinfo=AMSTERDAM),
        ),
        # Summer time begins in between.
        (
            datetime(2026, 3, 27, 16, 30, tzinfo=AMSTERDAM),
            "2026-03-30",
            datetime(2026, 3, 31, 12, 30, tzinfo=AMSTERDAM),
        ),
    ],
)
async def test_t2_on_a_friday_before_a_holiday_is_due_at_the_right_time(stage, friday, holiday, due):
    await execute("INSERT INTO calendar_day (day, name) VALUES ({}::text::date, 'A holiday')", holiday)
    post = await assigned(stage, friday - timedelta(days=1))
    before = await stage.owed(post)
    assert before.state == "assigned"
    await set_clock(friday)
    await stage.support(post, stage.people[10:])
    await work()
    case = await stage.owed(post)
    assert (case.level, case.owner) == (2, stage.heads["first"])
    assert case.acknowledge_due_at == min(before.acknowledge_due_at, due)
    assert case.statement_due_at == due.replace(hour=16)
    assert case.due_at == before.due_at


async def test_a_case_that_cannot_be_passed_on_keeps_no_other_from_its_deputy(stage):
    posts = [await assigned(stage) for _ in range(3)]
    await execute(BREAKS.replace("case.overdue", "case.handed_over").format(await fetch_value(CASE_OF, posts[1])))
    await execute(ABSENT, stage.heads["owner"])
    await tick_cases()
    owner, deputy = stage.heads["owner"], stage.heads["deputy"]
    assert [(await stage.owed(post)).owner for post in posts] == [deputy, owner, deputy]
    await execute("DROP TRIGGER event_breaks ON event")
    await tick_cases()
    assert [(await stage.owed(post)).owner for post in posts] == [deputy] * 3


async def test_an_owner_whose_mailbox_refuses_a_duty_passes_it_to_her_deputy(stage):
    post = await assigned(stage)
    duty = await fetch_value("SELECT max(id) FROM event WHERE kind = 'duty.assigned'")
    async with transaction():
        await record(Kind.DUTY_BOUNCED, person=stage.heads["owner"], event=duty)
    await work()
    case = await stage.owed(post)
    assert (case.owner, (await happened(post))[-1]) == (stage.heads["deputy"], "case.handed_over")
