"""Who decides, who may not, who reads along, and what becomes of a case that should not be one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden
from portal.cases.queries import all_of
from portal.db import execute, fetch_value
from portal.escalation import actions
from portal.escalation.queries import get_actionable, get_case
from portal.escalation.replay import differing
from portal.ideas.queries import get_idea
from portal.moderation.actions import decide
from portal.moderation.queries import get_item
from portal.moderation.refusing import refuse_decider
from portal.timetable import tick_cases
from tests.escalation.stage import assigned, at, days_later, happened, happens, make_stage, work
from tests.world import NOW, set_clock

REPORT = """
    INSERT INTO moderation_item (space, idea, author) SELECT space, id, author FROM idea WHERE id = {} RETURNING public_id
"""


async def test_who_decides_and_tries_to_hide_the_post_is_refused_and_that_is_recorded(stage):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')", stage.space, stage.heads["owner"]
    )
    post = await assigned(stage)
    item_id = await fetch_value(REPORT, post)
    owner = await stage.actor(stage.heads["owner"])
    item = await get_item(owner, item_id)
    with pytest.raises(Forbidden):
        await decide(owner, item, action="hide", rule="persons", words="It names somebody.", version=1)
    assert await fetch_value("SELECT state FROM idea WHERE id = {}", post) == "published"
    row = (await execute("SELECT actor, particulars FROM event WHERE kind = 'moderation.refused'"))[0]
    assert row["actor"] == owner.id
    other = await stage.actor(stage.heads["moderator"])
    await decide(
        other, await get_item(other, item_id), action="hide", rule="persons", words="It names somebody.", version=1
    )
    assert await fetch_value("SELECT state FROM idea WHERE id = {}", post) == "hidden"
    with pytest.raises(Forbidden):
        await refuse_decider(owner, Action.ITEM_DECIDE, item)


async def test_who_is_on_a_case_reads_its_item_and_nothing_else_there_until_it_ends(stage):
    post, other = await assigned(stage), await stage.post("Another")
    ids = {p: await fetch_value("SELECT public_id FROM idea WHERE id = {}", p) for p in (post, other)}
    owner = stage.heads["owner"]
    assert await get_idea(await stage.actor(owner), ids[post]) is not None
    assert await get_idea(await stage.actor(owner), ids[other]) is None
    assert await get_idea(await stage.actor(stage.world.person_id["employee"]), ids[post]) is None
    reader = await stage.actor(stage.people[3])
    case = await get_case(reader, (await stage.owed(post)).public_id)
    team = (await all_of(reader, case, await get_idea(reader, ids[post])))["team"]
    assert (case.owner, {row.role for row in team}) == (owner, {"deputy", "neutral", "chain"})
    with pytest.raises(Forbidden):  # she reads, and neither votes nor writes
        await stage.vote(post, owner)
    await execute("UPDATE escalation SET state = 'closed', ended_at = {} WHERE idea = {}", NOW, post)
    assert await get_idea(await stage.actor(owner), ids[post]) is None


async def test_fraud_that_two_moderators_find_during_the_hold_opens_the_post_again_with_a_public_line(stage):
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    await work()
    first, second = stage.heads["moderator"], stage.heads["second_moderator"]
    assert not await stage.does(first, actions.invalidate, post, 5, "Five accounts of one person")
    assert not await stage.does(first, actions.invalidate, post, 5, "Five accounts of one person")
    assert (await stage.owed(post)).state == "qualifying"
    assert await stage.does(second, actions.invalidate, post, 5, "All five have one phone")
    await work()
    case = await stage.owed(post)
    assert (case.state, case.fraud_reason) == ("dropped", "Five accounts of one person")
    assert case.fraud_agreed_reason == "All five have one phone"
    assert (await happened(post))[-1] == "case.invalidated"
    row = (await execute("SELECT t1_at, supporters, discounted FROM idea WHERE id = {}", post))[0]
    assert tuple(row) == (None, 8, 5)
    await set_clock(NOW + timedelta(minutes=5))
    await stage.support(post, stage.people[9:14])
    await work()
    assert (await stage.owed(post)).state == "qualifying"
    assert await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", post) == 2


async def test_doubt_that_leaves_enough_support_changes_nothing(stage):
    post = await stage.post()
    await stage.support(post, stage.people[1:13])
    await work()
    with pytest.raises(actions.StillReached):
        await stage.does(stage.heads["moderator"], actions.invalidate, post, 2, "Two")


async def test_support_out_of_one_unit_lengthens_the_hold_once(stage):
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('A depot') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE id = ANY({})", unit, stage.people)
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    await work()
    await at(await fetch_value("SELECT plein_working_after({}, 240)", NOW))
    assert await happened(post) == ["case.held", "case.hold_lengthened"]
    await at(await fetch_value("SELECT plein_working_after({}, 480)", NOW))
    assert (await happened(post))[-1] == "case.qualified"


async def test_a_question_to_the_author_stops_the_clock_once_and_for_five_days_at_most(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    owner = stage.heads["owner"]
    await stage.does(owner, actions.acknowledge, post, due.date())
    asked = await days_later(NOW, 2)
    await set_clock(asked)
    await stage.does(owner, actions.clarify, post, "Which trains?")
    await at(await days_later(asked, 4))
    assert (await stage.owed(post)).state == "clarifying"
    assert "case.no_statement" not in await happened(post)
    await at(await days_later(asked, 9))
    case = await stage.owed(post)
    assert (case.state, case.due_at) == ("acknowledged", await days_later(due, 5))
    with pytest.raises(Forbidden):
        await stage.does(owner, actions.clarify, post, "And which buses?")


async def test_the_author_answers_and_the_clock_goes_on(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    await stage.does(stage.heads["owner"], actions.acknowledge, post, due.date())
    asked = await days_later(NOW, 2)
    await set_clock(asked)
    await stage.does(stage.heads["owner"], actions.clarify, post, "Which trains?")
    await set_clock(await days_later(asked, 1))
    with pytest.raises(Forbidden):
        await stage.does(stage.people[0], actions.end_clarifying, post)
    await stage.does(stage.people[0], actions.reply_to_question, post, "a comment")
    assert (await stage.owed(post)).due_at == await days_later(due, 1)


async def test_an_extension_is_asked_once_in_time_and_agreed_one_level_up(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    owner, first = stage.heads["owner"], stage.heads["first"]
    with pytest.raises(Changed):
        await stage.does(owner, actions.ask_extension, post, 11, "Too long")
    await stage.does(owner, actions.ask_extension, post, 10, "The council meets then")
    with pytest.raises(Forbidden):
        await stage.does(stage.heads["second"], actions.decide_extension, post, True)
    await stage.does(first, actions.decide_extension, post, True)
    assert (await stage.owed(post)).due_at == await days_later(due, 10)
    with pytest.raises(Forbidden):
        await stage.does(owner, actions.ask_extension, post, 1, "Again")


async def test_no_extension_once_it_is_due(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    await stage.does(stage.heads["owner"], actions.acknowledge, post, due.date())
    await set_clock(due)
    with pytest.raises(Forbidden):
        await stage.does(stage.heads["owner"], actions.ask_extension, post, 5, "Late")


async def test_the_day_of_the_answer_is_not_later_than_it_is_due(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    for day in (due.date() + timedelta(days=1), NOW.date()):
        with pytest.raises(actions.DayOutOfRange):
            await stage.does(stage.heads["owner"], actions.acknowledge, post, day)


async def test_a_statement_stops_no_clock(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    await stage.does(stage.heads["owner"], actions.first_statement, post, "We **look** at it.")
    case = await stage.owed(post)
    assert (case.due_at, case.statement_html.strip()) == (due, "<p>We <strong>look</strong> at it.</p>")
    await at(await days_later(NOW, 4))
    assert "case.no_statement" not in await happened(post)


async def test_what_was_said_first_is_not_said_otherwise_later(stage):
    post = await assigned(stage)
    owner = await stage.actor(stage.heads["owner"])
    before = await stage.case(post, owner.id)
    await actions.first_statement(owner, before, "I promise.")
    with pytest.raises(Forbidden):
        await stage.does(owner.id, actions.first_statement, post, "I say nothing.")
    with pytest.raises(Changed):  # as she saw it in another window
        await actions.first_statement(owner, before, "I say nothing.")
    assert await fetch_value("SELECT statement FROM escalation WHERE idea = {}", post) == "I promise."


async def test_a_moderator_names_topic_and_conflicts_and_who_answers_by_the_rules_has_it(stage):
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    await work()
    await at(await fetch_value("SELECT plein_working_after({}, 240)", NOW))
    case = await stage.case(post, stage.heads["moderator"])
    await actions.triage(
        await stage.actor(stage.heads["moderator"]), case, topic=stage.topic, unit=None, named=[stage.heads["owner"]]
    )
    assert (await stage.owed(post)).owner == stage.heads["deputy"]


async def test_a_complaint_is_not_decided_in_the_line_of_its_author(stage):
    unit = await fetch_value("SELECT org_unit FROM person WHERE id = {}", stage.heads["owner"])
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, stage.people[0])
    await execute("UPDATE topic_rule SET owner = {} WHERE topic = {}", stage.heads["first"], stage.topic)
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    await work()
    await at(await fetch_value("SELECT plein_working_after({}, 240)", NOW))
    case = await stage.case(post, stage.heads["moderator"])
    await actions.triage(
        await stage.actor(stage.heads["moderator"]), case, topic=stage.topic, unit=None, complaint=True, named=[]
    )
    assert (await stage.owed(post)).owner == stage.heads["deputy"]


async def test_a_moderator_brings_a_post_to_who_decides_and_a_decision_maker_takes_one_up_unasked(stage):
    for person, action, origin in (
        (stage.heads["moderator"], actions.make_actionable, "moderator"),
        (stage.heads["owner"], actions.open_unasked, "unasked"),
    ):
        post = await stage.post()
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member') ON CONFLICT DO NOTHING",
            stage.space,
            person,
        )
        actor = await stage.actor(person)
        item = await get_actionable(actor, await fetch_value("SELECT public_id FROM idea WHERE id = {}", post))
        await action(actor, item, "It concerns all of us")
        case = await stage.owed(post)
        assert (case.state, case.origin, case.owner) == ("assigned", origin, stage.heads["owner"])
        assert (case.started_at, case.reason) == (NOW, "It concerns all of us")
        with pytest.raises(Changed):
            await action(actor, item, "Twice")


async def test_withdrawn_by_its_author_and_put_back_it_is_due_as_before(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    for kind, state in (("idea.withdrawn", "withdrawn"), ("idea.put_back", "triage")):
        await happens(kind, stage.space, post)
        await work()
        assert (await stage.owed(post)).state == state
    await at(await days_later(NOW, 2))
    case = await stage.owed(post)
    assert (case.state, case.owner, case.due_at) == ("assigned", stage.heads["owner"], due)
    assert await get_idea(await stage.actor(case.owner), case.idea_public_id) is not None


async def test_withdrawn_while_a_question_is_open_it_is_due_later_all_the_same(stage):
    post, owner = await assigned(stage), stage.heads["owner"]
    due = (await stage.owed(post)).due_at
    await stage.does(owner, actions.acknowledge, post, due.date())
    await stage.does(owner, actions.clarify, post, "Which trains?")
    await set_clock(await days_later(await fetch_value("SELECT plein_now()"), 3))
    for kind in ("idea.withdrawn", "idea.put_back"):
        await happens(kind, stage.space, post)
        await work()
    assert (await stage.owed(post)).due_at == await days_later(due, 3)
    assert await differing() == []


async def test_an_owner_who_writes_along_passes_it_on_in_the_same_tick(stage):
    post, owner = await assigned(stage), stage.heads["owner"]
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, author FROM idea WHERE id = {}",
        *(owner, post),
    )
    await tick_cases()
    assert (await stage.owed(post)).owner == owner, "she was asked, and has said nothing yet"
    await execute("UPDATE co_author SET accepted_at = plein_now() WHERE idea = {}", post)
    await tick_cases()
    assert (await stage.owed(post)).owner == stage.heads["deputy"]
    assert (await happened(post))[-1] == "case.handed_over"


async def test_who_said_that_she_may_not_decide_when_nobody_was_left_passes_it_on_once_there_is_somebody(stage):
    post, owner = await assigned(stage), stage.heads["owner"]
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind) SELECT id, space, owner, 'declared'"
        " FROM escalation WHERE idea = {} AND owner = {}",
        *(post, owner),
    )
    await tick_cases()
    assert (await stage.owed(post)).owner == stage.heads["deputy"]


async def test_a_chain_that_points_to_itself_ends(stage):
    owner = stage.heads["owner"]
    await execute("UPDATE org_unit SET head = {} WHERE head = ANY({})", owner, list(stage.heads.values()))
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    await at(await days_later(due, 11))
    assert (await happened(post))[-1] == "case.overdue"
    assert (await stage.owed(post)).owner is not None


async def test_another_space_keeps_its_own_moderators(stage, world):
    other = await make_stage(world, 6)
    post = await other.post()
    assert await actor_of_person(stage.heads["moderator"]) is not None
    public_id = await fetch_value("SELECT public_id FROM idea WHERE id = {}", post)
    assert await get_actionable(await stage.actor(stage.heads["moderator"]), public_id) is None
