"""Thresholds: how many it takes, from when on an answer is owed, and who counts."""

from datetime import date, timedelta

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.campaigns.actions import cancel
from portal.campaigns.jobs import move_campaigns_on
from portal.campaigns.queries import get_campaign
from portal.db import execute, fetch_value, transaction
from portal.thresholds.actions import Numbers, change_charter
from tests.escalation.stage import assigned, at, days_later, happened, make_stage, work
from tests.world import NOW, set_clock

THRESHOLDS = "SELECT (plein_thresholds({}, {}, s)).* FROM escalation_setting s"


@pytest.mark.parametrize(
    ("a", "t1", "t2"),
    [
        (25, 8, 13),
        (200, 22, 85),
        (600, 37, 147),
        (4000, 95, 380),
        (9000, 143, 570),
        (65000, 383, 1530),
        (400000, 949, 3795),
    ],
)
async def test_a_threshold_grows_with_the_square_root_of_its_audience(rollback, a, t1, t2):
    assert tuple((await execute(THRESHOLDS, a, a))[0]) == (a, t1, t2)


async def test_4000_can_see_it_the_95th_supporter_opens_a_case_at_exactly_that_time(rollback, world):
    stage = await make_stage(world, 4000)
    post = await stage.post()
    assert tuple((await execute("SELECT audience, t1_at_count, t2_at_count FROM idea WHERE id = {}", post))[0]) == (
        4000,
        95,
        380,
    )
    await stage.support(post, stage.people[1:95])
    await work()
    assert await stage.case(post) is None
    moment = NOW + timedelta(hours=1, seconds=7)
    await set_clock(moment)
    await stage.vote(post, stage.people[95])
    assert await fetch_value("SELECT t1_at FROM idea WHERE id = {}", post) == moment
    await set_clock(moment + timedelta(seconds=2))
    await work()
    case = await stage.owed(post)
    assert (case.state, case.started_at, case.level) == ("qualifying", moment, 1)
    assert await happened(post) == ["case.held"]


WHAT = "SELECT supporters, guest_supporters, commenters, t1_at, watched_at, heads_up_at FROM idea WHERE id = {}"
COMMENT = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language)
    SELECT id, space, {}, 'published', 'Words', '<p>Words</p>', 'en' FROM idea WHERE id = {}
"""


async def comment(post: int, people: list[int], times: int) -> None:
    """Each says something, so many times."""
    for person in people * times:
        await execute(COMMENT, person, post)


async def test_one_person_with_100_comments_changes_nothing(stage):
    post = await stage.post()
    await comment(post, stage.people[1:2], 100)
    row = (await execute(WHAT, post))[0]
    assert (row["commenters"], row["watched_at"], row["t1_at"]) == (1, None, None)


async def test_as_many_commenters_as_t1_without_support_are_watched_and_no_duty(stage):
    post = await stage.post()
    need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", post)
    await comment(post, stage.people[1:need], 2)
    assert (await execute(WHAT, post))[0]["watched_at"] is None
    await comment(post, [stage.people[need]], 1)
    await work()
    row = (await execute("SELECT * FROM idea WHERE id = {}", post))[0]
    assert (row["watched_at"], row["watched_by"], row["t1_at"]) == (NOW, stage.heads["moderator"], None)
    assert await stage.case(post) is None
    told = await execute("SELECT kind FROM event WHERE starts_with(kind, 'duty.')")
    assert [row["kind"] for row in told] == ["duty.watch"], "a moderator hears of it, and nobody owes anything"
    await execute("UPDATE comment SET state = 'removed' WHERE idea = {}", post)
    assert (await execute(WHAT, post))[0]["commenters"] == 0


async def test_200_guests_who_support_count_apart_and_towards_nothing(world, rollback):
    stage = await make_stage(world, 25, "guest")
    guests = await stage.add_people(200, kind="guest")
    post = await stage.post()
    await stage.support(post, guests)
    row = (await execute(WHAT, post))[0]
    assert (row["supporters"], row["guest_supporters"], row["t1_at"]) == (0, 200, None)
    assert await fetch_value("SELECT audience FROM idea WHERE id = {}", post) == 25


async def test_accounts_of_less_than_a_week_count_after_the_hold_or_once_they_are_older(stage):
    young = await stage.add_people(9, created=NOW - timedelta(days=2))
    for then in ("older", "qualified"):
        post = await stage.post()
        need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", post)
        await stage.support(post, [*young, *stage.people[1 : need - 1]])
        assert (await execute(WHAT, post))[0]["t1_at"] is None
        if then == "older":
            await at(NOW + timedelta(days=6))
            assert (await execute(WHAT, post))[0]["t1_at"] == NOW + timedelta(days=6)
            await set_clock(NOW)
            await execute("UPDATE person SET created_at = {} WHERE id = ANY({})", NOW - timedelta(days=2), young)
    await stage.support(post, stage.people[need - 1 : need + 1])
    await work()
    assert await fetch_value("SELECT t2_at FROM idea WHERE id = {}", post) is None
    await at(await fetch_value("SELECT plein_working_after({}, 480)", NOW))  # the burst of new accounts lengthened it
    case = await stage.owed(post)
    assert (case.state, case.level) == ("triage", 2)


async def test_a_vote_taken_back_after_the_latch_changes_nothing(stage):
    post = await assigned(stage)
    before = await stage.owed(post)
    await execute("DELETE FROM vote WHERE idea = {}", post)
    await at(NOW + timedelta(days=1, hours=1))
    row = (await execute(WHAT, post))[0]
    assert (row["supporters"], row["t1_at"]) == (0, NOW)
    await at(before.due_at + timedelta(minutes=1))
    case = await stage.owed(post)
    assert (case.state, case.due_at, case.lateness) == (before.state, before.due_at, "overdue 1")


async def test_support_that_comes_fast_is_a_heads_up_and_no_duty(stage):
    slow, fast = await stage.post(), await stage.post()
    need = await fetch_value("SELECT ceil(t1_at_count * 0.4)::int FROM idea WHERE id = {}", fast)
    for hour in range(need):
        await set_clock(NOW + timedelta(hours=hour))
        await stage.support(fast, [stage.people[1 + hour]])
        await set_clock(NOW + timedelta(hours=3 * hour))
        await stage.support(slow, [stage.people[1 + hour]])
    await at(NOW + timedelta(hours=3 * need))
    rows = await execute("SELECT id, heads_up_at, t1_at FROM idea WHERE id = ANY({})", [slow, fast])
    assert {row["id"] for row in rows if row["heads_up_at"]} == {fast}
    assert {row["t1_at"] for row in rows} == {None}


async def test_hidden_counts_trigger_nothing_until_they_are_shown(stage, world):
    await execute("UPDATE campaign SET hide_counts = TRUE WHERE id = {}", world.campaign_id["vote"])
    idea = world.idea_id["vote"]
    await execute("UPDATE person SET created_at = created_at - interval '9 days'")
    await execute("UPDATE idea SET t1_at_count = 3 WHERE id = {}", idea)
    await stage.support(idea, stage.people[:5])
    await at(NOW)
    assert (await execute(WHAT, idea))[0]["t1_at"] is None
    over = NOW + timedelta(days=6)
    await set_clock(over)
    await move_campaigns_on()
    await execute("UPDATE campaign SET announced_phase = 'vote' WHERE id = {}", world.campaign_id["vote"])
    await move_campaigns_on()
    await work()
    assert (await execute(WHAT, idea))[0]["t1_at"] == over
    assert await stage.case(idea, world.person_id["employee"]) is None  # the campaign said on which day it answers


async def test_an_idea_of_a_campaign_has_a_case_once_the_date_passed_that_it_promised(stage, world):
    idea = world.idea_id["vote"]
    await execute("DELETE FROM cluster_item WHERE idea = {}", idea)  # it stands by itself
    await execute("UPDATE idea SET t1_at_count = 3 WHERE id = {}", idea)
    await stage.support(idea, stage.people[:5])
    await at(NOW + timedelta(days=1))
    assert await stage.case(idea, world.person_id["employee"]) is None
    done = await fetch_value("SELECT done_from FROM campaign WHERE id = {}", world.campaign_id["vote"])
    await at(done + timedelta(minutes=1))
    case = await stage.case(idea, world.person_id["employee"])
    assert (case.origin, case.owner, case.due_at) == ("campaign", world.person_id["sponsor"], done)
    await at(done + timedelta(minutes=2))
    assert (await stage.case(idea, world.person_id["employee"])).lateness == "overdue 1"


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(("ahead", "days"), [(40, 10), (4, 4)])
async def test_an_idea_of_a_stopped_campaign_has_its_case_at_once_due_by_the_promised_date_at_the_latest(
    stage, world, ahead, days, hidden
):
    """Nobody answers on the date of a campaign that was stopped: what enough people support is owed an answer like
    everything else, and no later than it was said."""
    idea = world.idea_id["vote"]
    await execute("DELETE FROM cluster_item WHERE idea = {}", idea)
    promised = await days_later(NOW, ahead)
    await execute(
        "UPDATE campaign SET done_from = {}, hide_counts = {} WHERE id = {}",
        promised,
        hidden,
        world.campaign_id["vote"],
    )
    await execute("UPDATE person SET created_at = created_at - interval '9 days'")
    await execute("UPDATE idea SET t1_at_count = 3 WHERE id = {}", idea)
    await stage.support(idea, stage.people[:5])
    await at(NOW)
    assert await stage.case(idea, world.person_id["employee"]) is None, "the control: it runs"
    sponsor = await actor_of_person(world.person_id["sponsor"])
    await cancel(sponsor, await get_campaign(sponsor, world.campaign["vote"]), "The money is gone")
    await work()
    await at(NOW)
    case = await stage.case(idea, world.person_id["employee"])
    assert (case.origin, case.state, case.owner) == ("campaign", "assigned", world.person_id["sponsor"])
    assert case.due_at == await days_later(NOW, days)
    assert case.due_at <= promised
    assert case.lateness == "on time"


async def test_where_fewer_than_5_can_see_it_nothing_escalates(rollback, world):
    stage = await make_stage(world, 4)
    post = await stage.post()
    await stage.support(post, stage.people[1:])
    assert (await execute(THRESHOLDS, 4, 4))[0]["t1"] is None
    assert (await execute(WHAT, post))[0]["t1_at"] is None


async def test_a_new_setting_touches_nothing_that_is_published(stage):
    post = await stage.post()
    administrator = await stage.actor(stage.world.person_id["administrator"])
    read = await fetch_value("SELECT max(id) FROM escalation_setting")
    changed, on = Numbers(k1=1, cap1=10), date(2026, 6, 1)
    await change_charter(administrator, changed, reason="Smaller", consent_by="The council", consent_on=on, read=read)
    assert await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", post) == 8
    assert await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", await stage.post()) == 5
    with pytest.raises(asyncpg.RestrictViolationError):
        async with transaction():
            await execute("UPDATE escalation_setting SET k1 = 3")


async def test_what_moves_is_weighed_anew_and_what_was_reached_stays(stage, world):
    post = await assigned(stage)
    other = await make_stage(world, 100)
    before = (await execute("SELECT * FROM idea WHERE id = {}", post))[0]
    await execute("UPDATE idea SET campaign = {}, space = {} WHERE id = {}", -other.space, other.space, post)
    after = (await execute("SELECT * FROM idea WHERE id = {}", post))[0]
    assert (before["audience"], after["audience"]) == (27, 100)
    assert (after["t1_at"], after["t1_at_count"], after["setting"]) == (before["t1_at"], 15, before["setting"])


@pytest.mark.parametrize("space", ["organisation", "open", "closed_a", "sisters"])
async def test_the_audience_is_who_reads_the_space_and_was_there_lately(rollback, world, space):
    await execute(
        "UPDATE person SET last_signed_in_at = NULL WHERE id = ANY({})",
        [world.person_id[name] for name in ("employee", "author", "insider_a")],
    )
    place = world.space_id[space]
    counted = (await execute("SELECT * FROM plein_readers({}, {})", place, NOW))[0]
    expected = await execute(
        "SELECT count(*) AS readers, count(*) FILTER (WHERE p.last_signed_in_at > {}::timestamptz - interval '28 days')"
        " AS active FROM readership r JOIN person p ON p.id = r.person WHERE r.space = {} AND p.kind <> 'guest'",
        NOW,
        place,
    )
    assert tuple(counted) == tuple(expected[0])
    assert counted["readers"] > 0
