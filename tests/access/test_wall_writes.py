"""The second wall within a guest's own space, table by table: her own SQL changes nothing that is not hers to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from portal.access.phases import WHILE_COMMENTING, WHILE_SUPPORTING
from portal.access.wall import GATES
from portal.access.wall_log import OF_HER_IDEAS, OF_HERSELF, OF_PEOPLE, THERE
from portal.access.wall_rows import OWN
from portal.app import create_app
from portal.db import execute, fetch_value, leave_connection, stand_behind_wall, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from tests.access.forged import FORGED, something_to_forge, what_is_forged
from tests.access.logged import wrong_log
from tests.access.stage import under_an_idea
from tests.client import Browser
from tests.world import NOW, World, add_campaign, add_case, add_idea

PHASES = ("collect", "discuss", "vote", "decide", "done")
#: Past the product's own way to queue something.
AT_ONCE = """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', {}::text, 0, NULL, NULL, '{{}}'::jsonb, NULL)::procrastinate_job_to_defer_v1])
"""


@pytest.fixture
async def ids(rollback: asyncpg.Connection, world: World) -> dict[str, int]:
    """Something of everything in the guest's space."""
    return await something_to_forge(world)


@pytest.mark.parametrize("table", FORGED)
async def test_by_her_own_sql_a_guest_changes_only_what_is_hers(
    rollback: asyncpg.Connection, ids: dict[str, int], table: str
):
    assert [line async for line in what_is_forged(rollback, ids, [table])] == []


@pytest.mark.parametrize("method", WHILE_SUPPORTING)
@pytest.mark.parametrize("phase", PHASES)
async def test_by_her_own_sql_a_guest_votes_while_the_campaign_takes_votes(
    rollback: asyncpg.Connection, world: World, phase: str, method: str
):
    idea = await _idea_in(world, phase, vote_method=method, votes_each=9, votes_per_idea=3)
    taken = phase in WHILE_SUPPORTING[method]
    vote = "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, TRUE) RETURNING 1"
    row = (world.person_id["guest_a"], idea, world.space_id["closed_a"])
    assert await _does(world, vote, *row) == taken
    if not taken:
        await execute(vote, *row)
    if method == "budget":
        assert await _does(world, "UPDATE vote SET weight = 2 WHERE idea = {} RETURNING 1", idea) == taken
    assert await _does(world, "DELETE FROM vote WHERE idea = {} RETURNING 1", idea) == taken


async def test_by_her_own_sql_a_guest_votes_where_she_may(rollback: asyncpg.Connection, world: World):
    idea = await _idea_in(world, "vote")
    await execute("UPDATE membership SET may_vote = FALSE WHERE person = {}", world.person_id["guest_a"])
    vote = "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, TRUE) RETURNING 1"
    elsewhere = "INSERT INTO membership (space, person, role, may_vote) VALUES ({}, {}, 'member', TRUE)"
    await execute(elsewhere, world.space_id["closed_b"], world.person_id["guest_a"])
    await execute("UPDATE membership SET may_vote = TRUE WHERE person <> {}", world.person_id["guest_a"])
    row = (world.person_id["guest_a"], idea, world.space_id["closed_a"])
    for reads in (["closed_a"], ["closed_a", "closed_b"]):
        assert not await _does(world, vote, *row, reads=reads)
    await execute("UPDATE membership SET may_vote = TRUE WHERE person = {}", world.person_id["guest_a"])
    assert await _does(world, vote, *row), "the control"


async def test_a_guest_is_told_in_whose_name_something_stands(rollback: asyncpg.Connection, world: World):
    leader, name = world.person_id["administrator"], "SELECT name FROM identity WHERE person = {}"
    assert not await _does(world, name, leader), "the control: she is told of nobody whom she does not meet"
    await execute("UPDATE idea SET speaks_for = {} WHERE id = {}", leader, world.idea_id["closed_a"])
    assert await _does(world, name, leader)


@pytest.mark.parametrize("phase", PHASES)
async def test_by_her_own_sql_a_guest_comments_until_the_campaign_is_over(
    rollback: asyncpg.Connection, world: World, phase: str
):
    idea = await _idea_in(world, phase)
    comment = (
        "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
        " VALUES ({}, {}, {}, 'published', 'x', 'x', 'en') RETURNING 1"
    )
    row = (idea, world.space_id["closed_a"], world.person_id["guest_a"])
    assert await _does(world, comment, *row) == (phase in WHILE_COMMENTING)


@pytest.mark.parametrize("author", ["guest_a", "insider_a"])
async def test_when_it_is_over_a_guest_answers_what_is_asked_about_what_she_wrote(
    rollback: asyncpg.Connection, world: World, author: str
):
    world.idea_id["asked"] = idea = await _idea_in(world, "done")
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id[author], idea)
    await add_case(world, "asked", idea="asked", state="clarifying", owner="insider_a", clarify_from=NOW)
    comment = (
        "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
        " VALUES ({}, {}, {}, 'published', 'x', 'x', 'en') RETURNING 1"
    )
    row = (idea, world.space_id["closed_a"], world.person_id["guest_a"])
    assert await _does(world, comment, *row) == (author == "guest_a")
    await execute("UPDATE escalation SET state = 'acknowledged' WHERE id = {}", world.case_id["asked"])
    assert not await _does(world, comment, *row)


async def _idea_in(world: World, phase: str, **facts: Any) -> int:
    """A colleague's idea in a campaign of the guest's space, which is in this phase."""
    async with transaction():
        await add_campaign(world, "one", "closed_a", phase, **facts)
        await add_idea(world, "one", campaign="one", author="insider_a", comments=False)
    return world.idea_id["one"]


async def _does(world: World, sql: str, *values: Any, reads: Sequence[str] = ("closed_a",)) -> bool:
    """Whether the guest's own statement does anything; of what she `reads`."""
    await stand_behind_wall(world.person_id["guest_a"], [world.space_id[name] for name in reads])
    try:
        async with transaction():
            return bool(await execute(sql, *values))
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await leave_connection()


def test_every_table_that_guests_write_is_tried_unless_all_that_they_write_there_is_by_themselves():
    written = {
        table._meta.tablename
        for table, gate in GATES.items()
        if gate and any(rows and OWN not in rows for rows in (gate.insert, gate.update, gate.delete))
    }
    assert written <= set(FORGED)


def test_what_the_wall_lets_into_the_log_can_happen():
    assert {*OF_HERSELF, *OF_HER_IDEAS, *OF_PEOPLE, *THERE} <= set(Kind)


async def test_by_her_own_sql_a_guest_writes_down_what_she_can_do_and_nothing_else(
    rollback: asyncpg.Connection, ids: dict[str, int]
):
    assert [line async for line in wrong_log(ids)] == []


async def test_by_her_own_sql_a_guest_queues_nothing_but_what_she_can_ask_for(
    rollback: asyncpg.Connection, world: World
):
    her, other = world.person_id["guest_a"], world.person_id["insider_a"]
    export = "INSERT INTO data_export (person) VALUES ({}) RETURNING id"
    hers, theirs = await fetch_value(export, her), await fetch_value(export, other)
    for job, arguments in (
        ("erase_guests", {}),
        ("destroy_what_is_over", {}),
        ("send_reset", {"email": "administrator@world.example"}),
        ("make_export", {"export": theirs}),
    ):
        await stand_behind_wall(her, [world.space_id["closed_a"]])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction():
                await queue(job, **arguments)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction():
                await execute(AT_ONCE, job)
        await leave_connection()
    await stand_behind_wall(her, [world.space_id["closed_a"]])
    await queue("make_export", export=hers)
    await leave_connection()
    assert await fetch_value("SELECT args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1") == f'{{"export": {hers}}}'


async def test_what_is_hers_she_does_write(fresh_db: str, world: World):
    """The control, by the product itself: drafts, invitations to write along, saying yes, taking back, handing over."""
    async with transaction():
        await add_idea(world, "theirs", campaign="closed_a", author="insider_a", comments=False)
        await add_idea(world, "draft", campaign="closed_a", author="guest_a", state="draft", comments=False)
        await add_idea(world, "hers", campaign="closed_a", author="guest_a", comments=False)
        for name, person in (("theirs", "guest_a"), ("hers", "insider_a")):
            await under_an_idea(world.idea_id[name], world.person_id["insider_a"], world.person_id["colleague"])
            await execute("DELETE FROM co_author WHERE idea = {}", world.idea_id[name])
            await execute("UPDATE capture SET name = '', person = {}", world.person_id[person])
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by, invited_at) SELECT id, space, {}, author, {} FROM idea"
        " WHERE id = {}",
        world.person_id["guest_a"],
        NOW,
        world.idea_id["theirs"],
    )
    browser = Browser(create_app(own_pool=False), world.person_id["guest_a"])
    await browser.start_session()
    for path, fields in (
        (f"/ideas/{world.idea['draft']}/discard", {}),
        (f"/ideas/{world.idea['theirs']}/co-authorship", {}),
        (f"/ideas/{world.idea['hers']}/co-authors", {"colleague": "Bram Kuipersma"}),
        (f"/ideas/{world.idea['hers']}/withdrawal", {"reason": "For now"}),
        (f"/ideas/{world.idea['hers']}/return", {"reason": "And back"}),
    ):
        answered = await browser.post(path, fields)
        assert answered.status_code == 303, (path, answered.status_code, answered.text[:2000])
    await browser.http.aclose()
    assert await fetch_value("SELECT count(*) FROM idea WHERE id = {}", world.idea_id["draft"]) == 0
    assert await fetch_value("SELECT accepted_at IS NOT NULL FROM co_author WHERE idea = {}", world.idea_id["theirs"])
