"""What nobody should do, and somebody does: votes after withdrawal, an owner who left this minute, nobody left at all.
A chain that points to itself is in tests/escalation/test_people.py, a holiday list with bad lines in
tests/calendar/test_pages.py, answers without what they need and two who publish at once in tests/answers."""

from __future__ import annotations

import pytest

from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from tests.escalation.stage import Stage, assigned, at, days_later, duties, happened, work
from tests.world import NOW, set_clock

GONE = "UPDATE person SET active = FALSE WHERE id = {}"
CANDIDATES = """
    INSERT INTO case_conflict (escalation, space, person, kind)
    SELECT e.id, e.space, c.person, 'named' FROM escalation e, plein_candidates(e.topic, e.unit, plein_now()) c
    WHERE e.idea = {} ON CONFLICT DO NOTHING
"""


async def reached(stage: Stage) -> int:
    """A post that just reached T1."""
    await set_clock(NOW)
    post = await stage.post()
    await stage.support(post, stage.people[1:9])
    await work()
    return post


async def let_triage_pass() -> None:
    """The hold is over, and nobody named an owner."""
    for minutes in (240, 480):
        await at(await fetch_value("SELECT plein_working_after({}, {})", NOW, minutes))


@pytest.mark.parametrize("state", ["withdrawn", "hidden", "removed"])
async def test_a_vote_after_withdrawal_is_refused_and_reaches_nothing(stage, state):
    await set_clock(NOW)
    post = await stage.post()
    await stage.support(post, stage.people[1:8])
    await execute("UPDATE idea SET state = {} WHERE id = {}", state, post)
    with pytest.raises((Forbidden, AssertionError)):
        await stage.vote(post, stage.people[8])
    row = (await execute("SELECT supporters, t1_at FROM idea WHERE id = {}", post))[0]
    assert (row["supporters"], row["t1_at"]) == (7, None)
    await execute("UPDATE idea SET state = 'published' WHERE id = {}", post)
    await stage.vote(post, stage.people[8])
    assert await fetch_value("SELECT t1_at IS NOT NULL FROM idea WHERE id = {}", post)


async def test_of_a_topic_whose_owner_left_this_minute_the_deputy_owns_the_case(stage):
    post = await reached(stage)
    await execute(GONE, stage.heads["owner"])
    await let_triage_pass()
    assert (await stage.owed(post)).owner == stage.heads["deputy"]


async def test_a_case_whose_owner_left_this_minute_is_the_deputys_with_the_next_tick(stage):
    post = await assigned(stage)
    due = (await stage.owed(post)).due_at
    await execute(GONE, stage.heads["owner"])
    await at(await fetch_value("SELECT plein_now()"))
    case = await stage.owed(post)
    assert (case.owner, case.due_at) == (stage.heads["deputy"], due)


async def test_where_nobody_is_left_administrators_have_the_duty_and_the_case_waits_for_who_comes(stage):
    post = await reached(stage)
    await execute(CANDIDATES, post)
    await let_triage_pass()
    administrator = stage.world.person_id["administrator"]
    assert ("duty.unowned", administrator) in await duties(post)
    assert (await stage.owed(post)).state == "triage"
    await at(await days_later(NOW, 4))
    assert [kind for kind, _ in await duties(post)].count("duty.unowned") == 1, "told once"
    newcomer = (await stage.add_people(1))[0]
    await execute("UPDATE topic_rule SET deputy = {} WHERE topic = {}", newcomer, stage.topic)
    await at(await days_later(NOW, 5))
    case = await stage.owed(post)
    assert (case.state, case.owner) == ("assigned", newcomer)
    assert (await happened(post)).count("case.assigned") == 1
