"""An acknowledged vote is on the disk; the post's row is free before that, so that many votes share one write."""

import asyncio

import asyncpg
import pytest

from portal import db
from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.votes.actions import give_support, lay_votes, take_support_back
from portal.votes.queries import standing

HELD = 4711
#: Notes how each vote that comes or goes will commit.
NOTED = """
    CREATE TABLE noted (way text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO noted VALUES (current_setting('synchronous_commit'));
        RETURN NULL;
    END $$;
    CREATE TRIGGER vote_noted AFTER INSERT OR UPDATE OR DELETE ON vote FOR EACH ROW EXECUTE FUNCTION note();
"""
BUDGET = "UPDATE campaign SET vote_method = 'budget', votes_each = 5, votes_per_idea = 3 WHERE id = {}"


async def stand(world, who, idea="vote"):
    """Somebody, and how an idea stands for her."""
    actor = await actor_of_person(world.person_id[who])
    return actor, await standing(actor, world.idea[idea])


async def test_a_vote_is_counted_before_the_disk_has_it_and_answered_after_that(fresh_db, world, monkeypatch):
    monkeypatch.setattr(db, "LASTING", f"SELECT pg_advisory_xact_lock({HELD})")
    disk = await asyncpg.connect(fresh_db)
    before = await fetch_value("SELECT supporters FROM idea WHERE id = {}", world.idea_id["vote"])
    async with disk.transaction():
        await disk.execute(f"SELECT pg_advisory_xact_lock({HELD})")
        votes = [asyncio.create_task(give_support(*await stand(world, who))) for who in ("employee", "colleague")]
        waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = {HELD}"
        while await disk.fetchval(waiting) < 2 and not any(vote.done() for vote in votes):
            await asyncio.sleep(0.005)
        assert [vote.done() for vote in votes] == [False, False]
        assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", world.idea_id["vote"]) == before + 2
    assert None not in await asyncio.gather(*votes)
    await disk.close()


@pytest.mark.parametrize("way", ["give", "take back", "lay", "pick up"])
async def test_each_vote_lets_the_row_go_at_once(fresh_db, world, way):
    actor, row = await stand(world, "employee")
    if way in ("lay", "pick up"):
        await execute("DELETE FROM vote")
        await execute(BUDGET, world.campaign_id["vote"])
        row = await standing(actor, world.idea["vote"])
    if way == "take back":
        await give_support(actor, row)
    if way == "pick up":
        await lay_votes(actor, row, 1)
    await db.script(NOTED)
    deed = {
        "give": lambda: give_support(actor, row),
        "take back": lambda: take_support_back(actor, row),
        "lay": lambda: lay_votes(actor, row, 1),
        "pick up": lambda: lay_votes(actor, row, 0),
    }[way]
    await deed()
    assert [row["way"] for row in await execute("SELECT way FROM noted")] == ["off"]
    assert await fetch_value("SELECT current_setting('synchronous_commit')") == "on"


async def test_within_a_transaction_a_vote_commits_like_what_it_belongs_to(fresh_db, world):
    await db.script(NOTED)
    async with db.transaction():
        await give_support(*await stand(world, "employee"))
        assert await fetch_value("SELECT current_setting('synchronous_commit')") == "on"
    assert await fetch_value("SELECT way FROM noted") == "on"
