"""Thresholds: how many it takes, from when on an answer is owed, and who counts."""

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from tests.escalation.stage import happened, make_stage, work
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
