"""Similar items: their distinct people count together, and no vote moves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from portal.access.conflicts import Changed
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.escalation.actions import acknowledge, clarify
from portal.escalation.alerts import alerts
from portal.escalation.clusters import Hindrance, StaysApart, merge, split
from portal.escalation.queries import Clustered, get_clustered
from portal.escalation.replay import differing
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.escalation.stage import Stage, assigned, at, days_later, judge, make_office, make_stage, work
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


async def test_nothing_is_put_under_what_stands_in_another_space(stage: Stage) -> Any:
    """Also where she moderates both: who reads the one does not read the other."""
    moderator = stage.heads["moderator"]
    row = await item(stage, await stage.post(), moderator)
    elsewhere = stage.world.idea["post"]
    lead = await get_clustered(await stage.actor(stage.world.person_id["moderator"]), elsewhere)
    assert lead is not None
    assert lead.space != row.space
    with pytest.raises(Changed):
        await merge(await stage.actor(moderator), row, lead, "They ask for the same.")


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


async def test_what_its_author_took_out_from_under_the_next_lead_before_stands_by_itself(stage: Stage) -> Any:
    lead, owed, third = await merged(stage, 3)
    await execute("DELETE FROM cluster_item WHERE idea = {}", third)
    await put(stage, third, lead)
    await execute(UNDER, owed, NOW, stage.people[2], third)  # its author opted out of that one
    await execute("UPDATE idea SET state = 'withdrawn' WHERE id = {}", lead)
    await at(NOW + timedelta(hours=1))
    assert (await stage.owed(owed)).state == "triage", "the control: it leads"
    assert await fetch_value("SELECT count(*) FROM cluster_item WHERE left_at IS NULL AND space = {}", stage.space) == 0
    assert await fetch_value("SELECT joint FROM idea WHERE id = {}", owed) == 0
    assert ("idea.cluster_left", third, None) in await told_apart(stage)


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
    await at(NOW)
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
    assert [type(one) for one in done if one] == [StaysApart]
    lead = await fetch_value("SELECT lead FROM cluster_item WHERE space = {} AND left_at IS NULL", stage.space)
    assert await fetch_value("SELECT supporters + joint FROM idea WHERE id = {}", lead) == len(voters)


@pytest.mark.parametrize("part", ["wrote", "decides"])
async def test_who_wrote_or_decides_the_lead_puts_nothing_under_it(stage: Stage, part) -> Any:
    """Rule 7: more support for hers, or another's case under her own."""
    moderator = stage.heads["moderator"]
    lead, other = await stage.post(author=moderator if part == "wrote" else None), await stage.post()
    if part == "decides":
        need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", lead)
        await stage.support(lead, stage.people[2 : 2 + need])
        await work()
        await execute(
            "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'deputy' FROM escalation"
            " WHERE idea = {}",
            moderator,
            lead,
        )
    with pytest.raises(Forbidden):
        await put(stage, other, lead)
    assert (await item(stage, other, moderator)).lead is None


async def test_a_question_that_was_open_when_it_was_put_under_a_lead_stopped_its_clock_all_the_same(
    stage: Stage,
) -> Any:
    lead, asked = await assigned(stage), await assigned(stage)
    owner = stage.heads["owner"]
    due = (await stage.owed(asked)).due_at
    await stage.does(owner, acknowledge, asked, due.date())
    await stage.does(owner, clarify, asked, "Which trains?")
    since = await fetch_value("SELECT plein_now()")
    later = await days_later(since, 1)
    await set_clock(later)
    await put(stage, asked, lead)
    await execute("UPDATE cluster_item SET left_at = plein_now()")
    await at(later)
    case = await stage.owed(asked)
    assert case.state == "triage"
    assert case.due_at == await fetch_value(
        "SELECT plein_working_after({}, plein_working_minutes({}, {}))", due, since, later
    )
    assert case.due_at > due
    assert await differing() == []


ANSWERED = """
    INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step, next_owner,
        next_date, language)
    SELECT id, space, author, 'declined', 'No', 'No', 'No', '', '', author, '2027-01-01', 'en' FROM idea WHERE id = {}
"""
UNDER = """
    INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until, left_at, left_by)
    SELECT {}, i.id, i.space, i.author, plein_now(), {}, {} FROM idea i WHERE i.id = {}
"""


COLUMNS = (
    "author, sponsor, decision_owner, title, lead, brief, brief_html, need, goal, measure, expected_readers, language,"
    " collect_from, discuss_from, vote_from, decide_from, done_from"
)
CAMPAIGN = f"""
    INSERT INTO campaign ({COLUMNS}, space, hide_counts) SELECT {COLUMNS}, {{}}, {{}} FROM campaign WHERE id = {{}}
    RETURNING id
"""


async def campaign(stage: Stage, hides: bool) -> int:
    """A campaign there in which people vote, that hides its numbers until they are through, or not."""
    made: int = await fetch_value(CAMPAIGN, stage.space, hides, stage.world.campaign_id["vote"])
    return made


async def hinder(stage: Stage, how: Hindrance, other: int, lead: int) -> None:
    """Something keeps the two apart."""
    third = await stage.post("A third")
    match how:
        case Hindrance.GONE:
            await execute("UPDATE idea SET state = 'withdrawn' WHERE id = {}", lead)
        case Hindrance.HIDDEN:
            await execute(
                "UPDATE idea SET campaign = {}, kind = 'idea' WHERE id = {}", await campaign(stage, True), lead
            )
        case Hindrance.ANSWERED:
            await execute(ANSWERED, lead)
        case Hindrance.UNDER:
            await execute(UNDER, third, None, None, lead)
        case Hindrance.LEADS:
            await execute(UNDER, other, None, None, third)
        case Hindrance.OPTED_OUT:
            await execute(UNDER, lead, NOW, stage.people[1], other)
        case Hindrance.DUE_FIRST:
            need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", other)
            await stage.support(other, stage.people[2 : 2 + need])
            await work()


@pytest.mark.parametrize("how", Hindrance)
async def test_what_keeps_two_apart_is_told_by_its_name(stage: Stage, how) -> Any:
    lead, other = await stage.post(), await stage.post(author=stage.people[1])
    await hinder(stage, how, other, lead)
    moderator = stage.heads["moderator"]
    row = await item(stage, other, moderator)
    items = msgspec.structs.replace(row, lead=None, leads=False), await item(stage, lead, moderator)
    with pytest.raises(StaysApart) as told:
        await merge(await stage.actor(moderator), *items, "They ask for the same.")
    assert told.value.reason is how
    assert await fetch_value("SELECT count(*) FROM cluster_item WHERE idea = {} AND left_at IS NULL", other) == 0


async def told_apart(stage: Stage) -> list[tuple[str, int | None, int]]:
    """What the log says of what left a cluster: of which post, and by whom."""
    await work()
    rows = await execute(
        "SELECT kind, idea, actor FROM event WHERE kind IN ('idea.cluster_left', 'idea.cluster_lost') AND space = {}"
        " ORDER BY id",
        stage.space,
    )
    return [tuple(row) for row in rows]


async def heard(kind: str) -> set[int]:
    """Who was told of the newest event of a kind."""
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = {}", kind)
    await tell_of(event)
    return {row["person"] for row in await execute("SELECT person FROM notice WHERE event = {}", event)}


@pytest.mark.parametrize("which", ["lead", "other"])
async def test_what_goes_to_a_campaign_that_hides_its_numbers_leaves_its_cluster_and_counts_there_no_more(
    stage: Stage, which
) -> Any:
    lead, other = await stage.post(), await stage.post(author=stage.people[1])
    need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", lead)
    await stage.support(other, stage.people[2 : 1 + need])
    await put(stage, other, lead)
    open_one = await campaign(stage, False)
    await execute(
        "UPDATE idea SET campaign = {}, kind = 'idea' WHERE id = {}", open_one, {"lead": lead, "other": other}[which]
    )
    assert await fetch_value("SELECT joint FROM idea WHERE id = {}", lead) == need - 1, "the control: it shows them"
    hiding = await campaign(stage, True)
    await execute(
        "UPDATE idea SET campaign = {}, kind = 'idea' WHERE id = {}", hiding, {"lead": lead, "other": other}[which]
    )
    assert (await item(stage, other, stage.heads["moderator"])).lead is None
    await stage.support(other, [stage.people[need + 1]])
    row = (await execute("SELECT joint, t1_at FROM idea WHERE id = {}", lead))[0]
    assert tuple(row) == (0, None)
    assert await told_apart(stage) == [("idea.cluster_left", other, None), ("idea.cluster_lost", lead, None)]


@pytest.mark.parametrize("how", ["moved", "removed"])
async def test_who_wrote_what_left_is_told_and_who_wrote_and_who_decides_the_lead(stage: Stage, world, how) -> Any:
    lead, owed = await merged(stage, 2)
    for days in (2, 6):
        await at(NOW + timedelta(days=days))
    owner = (await stage.owed(lead)).owner
    assert owner is not None
    if how == "moved":
        other = await make_stage(world, 1)
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')", other.space, stage.people[1]
        )
        await execute("UPDATE idea SET campaign = {}, space = {} WHERE id = {}", -other.space, other.space, owed)
    else:
        await judge(stage, owed, "remove")
        await at(NOW + timedelta(days=6))
    assert await heard("idea.cluster_lost") == {stage.people[0], owner}
    if how == "moved":
        assert await heard("idea.cluster_left") == {stage.people[1]}
    assert [kind for kind, _, _ in await told_apart(stage)] == ["idea.cluster_left"] * (how == "removed") + [
        "idea.cluster_lost"
    ]
    message = await write(
        "cluster", stage.people[0], await fetch_value("SELECT max(id) FROM event WHERE kind = 'idea.cluster_lost'")
    )
    assert message is not None
    assert "Fewer count together with it" in message["Subject"]
    assert "Who supports only that counts here no more" in " ".join(message.get_content().split())


async def test_what_was_answered_with_its_lead_is_taken_out_by_its_author_alone_who_is_owed_one_so_much_later(
    stage: Stage,
) -> Any:
    """Nobody owed it one while it was answered; else its case would be late at once."""
    lead, owed = await merged(stage, 2)
    due = (await stage.owed(owed)).due_at
    moderator, author = stage.heads["moderator"], stage.people[1]
    seen = await item(stage, owed, moderator)
    await set_clock(due - timedelta(hours=1))
    await execute("UPDATE cluster_item SET opt_out_until = {}", due + timedelta(days=3))
    await execute(ANSWERED, lead)
    with pytest.raises(Forbidden):
        await split(await stage.actor(moderator), await item(stage, owed, moderator), "It is another.")
    with pytest.raises(Changed):  # she read it before it was answered
        await split(await stage.actor(moderator), seen, "It is another.")
    await set_clock(due + timedelta(days=2))
    await split(await stage.actor(author), await item(stage, owed, author), "")
    await at(due + timedelta(days=2))
    case = await stage.owed(owed)
    assert (case.state, case.lateness) == ("triage", "due soon")
    left = "SELECT plein_working_minutes({}, {})"
    assert await fetch_value(left, due + timedelta(days=2), case.due_at) == await fetch_value(
        left, due - timedelta(hours=1), due
    )
    assert await differing() == []


async def test_what_was_answered_with_its_lead_and_goes_elsewhere_is_answered(stage: Stage) -> Any:
    lead, owed = await merged(stage, 2)
    await execute(ANSWERED, lead)
    await execute("UPDATE cluster_item SET left_at = plein_now()")
    await at(NOW + timedelta(days=1))
    assert (await stage.owed(owed)).state == "merged"


async def test_what_left_before_its_lead_was_answered_is_owed_its_own(stage: Stage) -> Any:
    """It was withdrawn meanwhile, and is put back."""
    lead, owed = await merged(stage, 2)
    await execute("UPDATE cluster_item SET left_at = {}", NOW)
    await execute("UPDATE idea SET state = 'withdrawn' WHERE id = {}", owed)
    await at(NOW + timedelta(hours=1))
    await execute(ANSWERED, lead)
    await execute("UPDATE idea SET state = 'published' WHERE id = {}", owed)
    await at(NOW + timedelta(hours=2))
    assert (await stage.owed(owed)).state == "triage"


async def test_a_case_that_was_merged_goes_on_once_however_often_one_looks(stage: Stage) -> Any:
    _, owed = await merged(stage, 2)
    await execute("UPDATE cluster_item SET left_at = plein_now()")
    for _ in range(2):
        await at(NOW + timedelta(hours=1))
    split_off = "SELECT count(*) FROM event v JOIN escalation e ON e.id = v.escalation WHERE e.idea = {} AND v.kind = 'case.split'"
    assert await fetch_value(split_off, owed) == 1
    assert await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", owed) == 1
