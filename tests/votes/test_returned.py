"""A vote that goes because its person comes to write the idea: nothing that others read tells that there was one."""

from __future__ import annotations

from typing import Any

import pytest

from portal.db import execute, fetch_value

VOTE = """
    INSERT INTO vote (person, idea, space, guest, weight, created_at)
    SELECT {}, i.id, i.space, FALSE, {}, plein_now() - make_interval(days => {}) FROM idea i WHERE i.id = {}
"""
JOIN = """
    INSERT INTO co_author (idea, space, person, invited_by, accepted_at)
    SELECT i.id, i.space, {}, i.author, plein_now() FROM idea i WHERE i.id = {}
"""
UNDER = """
    INSERT INTO cluster_item (lead, idea, space, added_by, reason, opt_out_until)
    SELECT {}, i.id, i.space, 1, 'R', plein_now() FROM idea i WHERE i.id = {}
"""


async def vote(world: Any, who: str, idea: str, *, days: int = 0, weight: int = 1) -> None:
    """So many days ago."""
    await execute(VOTE, world.person_id[who], weight, days, world.idea_id[idea])


async def told(idea: int) -> Any:
    """All that is told of its support: day by day, in all, together with what stands under it, and the sum of votes."""
    grown = [tuple(row.values()) for row in await execute("SELECT * FROM plein_growth({})", idea)]
    counts = "SELECT supporters, guest_supporters, supporters + joint AS together, votes FROM idea WHERE id = {}"
    return grown, dict((await execute(counts, idea))[0])


@pytest.mark.parametrize("had_voted", [True, False])
async def test_how_it_grew_stays_when_somebody_comes_to_write_it(rollback: Any, world: Any, had_voted: bool) -> None:
    idea = world.idea_id["collect"]
    await vote(world, "colleague", "collect", days=3)
    if had_voted:
        await vote(world, "employee", "collect", days=2)
    await vote(world, "sponsor", "collect", days=1)
    before = await told(idea)
    assert len(before[0]) == 2 + had_voted
    await execute(JOIN, world.person_id["employee"], idea)
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", idea) == 2
    assert await told(idea) == before


async def test_the_next_vote_takes_its_place_there_too(rollback: Any, world: Any) -> None:
    idea = world.idea_id["collect"]
    await vote(world, "employee", "collect", days=2)
    await execute(JOIN, world.person_id["employee"], idea)
    await vote(world, "colleague", "collect")
    grown, counts = await told(idea)
    assert (grown[-1][1], counts["supporters"]) == (1, 1)
    await vote(world, "sponsor", "collect")
    grown, counts = await told(idea)
    assert (grown[-1][1], counts["supporters"]) == (2, 2)


@pytest.mark.parametrize("voted_for", [("collect",), ("lead",), ("collect", "lead")])
@pytest.mark.parametrize("joins", ["collect", "lead"])
async def test_what_counts_together_stays(rollback: Any, world: Any, voted_for: tuple[str, ...], joins: str) -> None:
    world.idea_id["lead"] = world.idea_id["discuss"]
    await execute("UPDATE person SET created_at = created_at - interval '1 year'")  # whose votes count together
    await vote(world, "colleague", "discuss", days=5)
    for one in voted_for:
        await vote(world, "employee", one, days=3)
    await execute(UNDER, world.idea_id["lead"], world.idea_id["collect"])
    before = await told(world.idea_id["lead"])
    assert before[1]["together"] == 2
    await execute(JOIN, world.person_id["employee"], world.idea_id[joins])
    after = await told(world.idea_id["lead"])
    assert after[1] == before[1]
    assert after[0][-1] == before[0][-1]


async def test_the_sum_of_votes_stays_and_what_is_given_next_takes_its_place(rollback: Any, world: Any) -> None:
    idea = world.idea_id["vote"]
    await execute("DELETE FROM vote WHERE idea = {}", idea)
    await execute("UPDATE idea SET returned = 0 WHERE id = {}", idea)
    await execute(
        "UPDATE campaign SET vote_method = 'budget', votes_each = 10, votes_per_idea = 5 WHERE id ="
        " (SELECT campaign FROM idea WHERE id = {})",
        idea,
    )
    await vote(world, "employee", "vote", weight=3)
    assert (await told(idea))[1]["votes"] == 3
    await execute(JOIN, world.person_id["employee"], idea)
    assert (await told(idea))[1]["votes"] == 3
    await vote(world, "colleague", "vote", weight=2)
    assert (await told(idea))[1]["votes"] == 3
    await execute("UPDATE vote SET weight = 4 WHERE idea = {}", idea)
    assert (await told(idea))[1]["votes"] == 4
