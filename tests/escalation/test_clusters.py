"""Similar items: their distinct people count together, and no vote moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from portal.access.conflicts import Changed
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.escalation.alerts import alerts
from portal.escalation.clusters import merge, split
from portal.escalation.queries import Clustered, get_clustered
from portal.escalation.replay import differing
from tests.escalation.stage import Stage, at, judge, make_office, make_stage, work
from tests.pages.locks import until_waiting
from tests.world import NOW, set_clock

VOTES = "SELECT id, person, idea, created_at, weight FROM vote ORDER BY id"


async def item(stage: Stage, post: int, person: int) -> Clustered:
    """A post as somebody sees it."""
    public_id = await fetch_value("SELECT public_id FROM idea WHERE id = {}", post)
    row = await get_clustered(await stage.actor(person), public_id)
    assert row is not None
    return row


async def test_60_and_60_supporters_with_30_in_common_are_90_and_five_more_reach_95(rollback, world):
    stage = await make_stage(world, 4000)
    await make_office(stage)
    lead, other = await stage.post("Trains"), await stage.post("Travel by train", author=stage.people[1])
    await stage.support(lead, stage.people[100:160])
    await stage.support(other, stage.people[130:190])
    before = await execute(VOTES)
    stage.heads["moderator"]
    await put(stage, other, lead)
    row = (await execute("SELECT supporters, joint, t1_at_count, t1_at FROM idea WHERE id = {}", lead))[0]
    assert tuple(row) == (60, 30, 95, None)
    for post, person in ((lead, 150), (lead, 165), (other, 100), (other, 191)):  # but for the last, known already
        if person != 150:
            await stage.support(post, [stage.people[person]])
    row = (await execute("SELECT supporters, joint, t1_at FROM idea WHERE id = {}", lead))[0]
    assert tuple(row) == (61, 30, None)
    await stage.support(other, stage.people[192:195])
    assert await fetch_value("SELECT t1_at FROM idea WHERE id = {}", lead) is None
    await stage.support(lead, [stage.people[195]])
    assert await fetch_value("SELECT t1_at FROM idea WHERE id = {}", lead) == NOW
    await work()
    assert (await stage.owed(lead)).state == "qualifying"
    after = [list(row) for row in (await execute(VOTES))[: len(before)]]
    await split(await stage.actor(stage.people[1]), await item(stage, other, stage.people[1]), "")
    assert [list(row) for row in before] == after == [list(row) for row in (await execute(VOTES))[: len(before)]]
    rows = await execute(
        "SELECT supporters, joint, (SELECT count(*) FROM vote v WHERE v.idea = i.id) AS votes FROM idea i"
        " WHERE id = ANY({}) ORDER BY id",
        [lead, other],
    )
    assert [tuple(row) for row in rows] == [(62, 0, 62), (65, 0, 65)]


async def test_its_author_may_opt_out_for_72_hours(stage: Stage) -> Any:
    lead, other = await stage.post(), await stage.post(author=stage.people[1])
    moderator = stage.heads["moderator"]
    await put(stage, other, lead)
    await set_clock(NOW.replace(day=NOW.day + 3))
    with pytest.raises(Forbidden):
        await split(await stage.actor(stage.people[1]), await item(stage, other, stage.people[1]), "")
    await split(await stage.actor(moderator), await item(stage, other, moderator), "")
    assert (await item(stage, other, moderator)).lead is None


async def put(stage: Stage, other: int, lead: int) -> None:
    """A moderator puts it under a lead."""
    moderator = stage.heads["moderator"]
    items = await item(stage, other, moderator), await item(stage, lead, moderator)
    await merge(await stage.actor(moderator), *items, "They ask for the same.")


async def merged(stage: Stage, titles: int) -> list[int]:
    """A lead that is owed an answer, and posts under it of which the first is, too."""
    posts = [await stage.post(f"Post {n}", author=stage.people[n]) for n in range(titles)]
    need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", posts[0])
    for post in posts[:2]:
        await stage.support(post, stage.people[titles : titles + need])
    await work()
    stage.heads["moderator"]
    for post in posts[1:]:
        await put(stage, post, posts[0])
    assert (await stage.owed(posts[1])).state == "merged"
    return posts


@pytest.mark.parametrize("state", ["withdrawn", "removed", "diverted"])
async def test_where_a_lead_is_gone_the_next_one_leads_and_is_owed_its_answer_with_its_clock(
    stage: Stage, state
) -> Any:
    lead, owed, third = await merged(stage, 3)
    began = (await stage.owed(owed)).started_at
    await at(NOW + timedelta(days=1))
    assert (await stage.owed(owed)).state == "merged", "the control: its lead stands"
    await execute("UPDATE idea SET state = {} WHERE id = {}", state, lead)
    await at(NOW + timedelta(days=1))
    case = await stage.owed(owed)
    assert (case.state, case.started_at) == ("triage", began)
    assert await differing() == []
    rows = await execute("SELECT idea, lead FROM cluster_item WHERE left_at IS NULL AND space = {}", stage.space)
    assert [tuple(row) for row in rows] == [(third, owed)]
    before = await fetch_value("SELECT joint FROM idea WHERE id = {}", owed)
    await stage.support(third, [stage.people[-1]])
    assert await fetch_value("SELECT joint FROM idea WHERE id = {}", owed) == before + 1
    await at(NOW + timedelta(days=8))
    assert (await stage.owed(owed)).owner is not None


async def test_a_lead_that_moderators_removed_gives_way_and_one_that_they_look_at_does_not(stage: Stage) -> Any:
    lead, owed = await merged(stage, 2)
    began = (await stage.owed(owed)).started_at
    await judge(stage, lead, "hide")
    await at(NOW + timedelta(hours=1))
    assert (await stage.owed(owed)).state == "merged", "something is still to be decided"
    await judge(stage, lead, "remove")
    await at(NOW + timedelta(hours=1))
    assert (await stage.owed(owed)).state == "triage"
    assert (await stage.owed(owed)).started_at == began
    assert await fetch_value("SELECT state FROM escalation WHERE idea = {}", lead) == "withdrawn"
    assert await differing() == []


async def test_what_stands_by_itself_since_its_lead_went_to_another_space_is_owed_its_answer(stage: Stage) -> Any:
    _, owed = await merged(stage, 2)
    await execute("UPDATE cluster_item SET left_at = plein_now()")
    await at(NOW + timedelta(days=1))
    assert (await stage.owed(owed)).state == "triage"


async def test_what_stands_under_a_lead_opens_no_case_of_its_own_until_it_stands_by_itself(stage: Stage) -> Any:
    """However many come to support it there: exactly one case for the cluster."""
    lead, other = await stage.post(), await stage.post(author=stage.people[1])
    stage.heads["moderator"]
    await put(stage, other, lead)
    need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", other)
    await stage.support(other, stage.people[2 : 2 + need])
    await work()
    opened = "SELECT idea FROM escalation WHERE idea = ANY({})"
    assert [row["idea"] for row in await execute(opened, [lead, other])] == [lead]
    await split(await stage.actor(stage.people[1]), await item(stage, other, stage.people[1]), "")
    assert {row["idea"] for row in await execute(opened, [lead, other])} == {lead, other}
    assert (await stage.owed(other)).started_at == NOW
    assert await differing() == []


async def test_what_is_withdrawn_counts_no_more_and_its_case_goes_on_once_it_is_back(stage: Stage) -> Any:
    lead, owed = await merged(stage, 2)
    due = (await stage.owed(owed)).due_at
    await execute("UPDATE idea SET state = 'withdrawn' WHERE id = {}", owed)
    await at(NOW + timedelta(hours=1))
    assert await fetch_value("SELECT joint FROM idea WHERE id = {}", lead) == 0
    await execute("UPDATE idea SET state = 'published' WHERE id = {}", owed)
    await at(NOW + timedelta(hours=2))
    assert ((await stage.owed(owed)).state, (await stage.owed(owed)).due_at) == ("triage", due)


async def test_alerts_look_at_the_people_of_all_that_counts_together(stage: Stage) -> Any:
    """Rule 18: half of the lead's supporters are of one unit, and so many more of the other's."""
    lead, other = await stage.post(), await stage.post(author=stage.people[1])
    unit = await fetch_value("SELECT id FROM org_unit ORDER BY id LIMIT 1")
    await execute("UPDATE person SET org_unit = NULL WHERE id = ANY({})", stage.people)
    await execute("UPDATE person SET org_unit = {} WHERE id = ANY({})", unit, stage.people[2:10])
    await stage.support(lead, [*stage.people[2:5], *stage.people[10:13]])
    await stage.support(other, stage.people[2:10])
    assert await alerts([lead]) == {}, "the control: three of six"
    stage.heads["moderator"]
    await put(stage, other, lead)
    assert await alerts([lead]) == {lead: ["one unit"]}


async def test_two_who_put_two_posts_together_the_other_way_round_while_many_support_both(fresh_db, world) -> Any:
    """Exactly one leads, and everybody counts once."""
    stage = await make_stage(world, 25)
    await make_office(stage)
    posts = first, second = await stage.post(), await stage.post(author=stage.people[1])
    between = await asyncpg.connect(fresh_db)
    async with between.transaction():  # both begin, and neither holds anything yet
        await between.execute(f"SELECT id FROM idea WHERE id IN ({first}, {second}) FOR NO KEY UPDATE")
        ways = [asyncio.create_task(put(stage, *way)) for way in (posts, posts[::-1])]
        await until_waiting(between, *ways)
    await between.close()
    voters = stage.people[2:12]
    votes = asyncio.gather(*(stage.vote(post, person) for person in voters for post in posts))
    done = await asyncio.gather(*ways, return_exceptions=True)
    await votes
    assert [type(one) for one in done if one] == [Changed]
    lead = await fetch_value("SELECT lead FROM cluster_item WHERE space = {} AND left_at IS NULL", stage.space)
    assert await fetch_value("SELECT supporters + joint FROM idea WHERE id = {}", lead) == len(voters)
