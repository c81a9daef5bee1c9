"""The second wall, and what is looked at first: by her own SQL a guest shows no word that nobody has looked at, whichever
columns her statement names."""

from __future__ import annotations

import asyncpg
import pytest

from portal.db import execute, fetch_value, leave_connection, stand_behind_wall, transaction
from tests.access.forged import something_to_forge
from tests.world import World

IDEA = {
    "title": "'x'",
    "body": "'x'",
    "body_html": "'x'",
    "excerpt": "'x'",
    "tags": "ARRAY['x']",
    "core_questions": "ARRAY['x']",
}
COMMENT = {"body": "'x'", "body_html": "'x'"}
OPEN = "SELECT count(*) FROM moderation_item WHERE state = 'open' AND checks IS NOT NULL AND {} IN (idea, comment)"


@pytest.fixture
async def ids(rollback: asyncpg.Connection, world: World) -> dict[str, int]:
    """Something of hers is shown; from here on all that guests write is looked at first."""
    ids = await something_to_forge(world)
    await execute("UPDATE moderation_item SET state = 'closed' WHERE idea = {}", ids["plain"])
    await execute("UPDATE space SET checks = 'all' WHERE id = {}", ids["space"])
    return ids


async def as_guest(ids: dict[str, int], *statements: str) -> None:
    """She sends this, by her own login."""
    await stand_behind_wall(ids["guest"], [ids["space"]])
    try:
        async with transaction():
            for sql in statements:
                assert await execute(sql.format(**ids) + " RETURNING 1")
    finally:
        await leave_connection()


async def hidden(table: str, row: int) -> bool:
    """Whether it waits."""
    state = await fetch_value(f"SELECT state FROM {table} WHERE id = {{}}", row)
    return bool(state == "hidden" and await fetch_value(OPEN, row) == 1)


@pytest.mark.parametrize("column", IDEA)
@pytest.mark.parametrize("before", ["published", "withdrawn"])
async def test_whatever_she_changes_of_an_idea_waits(ids: dict[str, int], column: str, before: str):
    await execute("UPDATE idea SET state = {} WHERE id = {}", before, ids["plain"])
    await as_guest(ids, f"UPDATE idea SET {column} = {IDEA[column]}, edited_by = {{guest}} WHERE id = {{plain}}")
    assert await hidden("idea", ids["plain"])


@pytest.mark.parametrize("column", COMMENT)
async def test_whatever_she_changes_of_a_comment_waits(ids: dict[str, int], column: str):
    await as_guest(ids, f"UPDATE comment SET {column} = {COMMENT[column]} WHERE id = {{comment}}")
    assert await hidden("comment", ids["comment"])


@pytest.mark.parametrize("state", ["published", "withdrawn"])
async def test_no_draft_of_hers_comes_into_sight_before(ids: dict[str, int], state: str):
    await execute("UPDATE idea SET state = 'draft' WHERE id = {}", ids["plain"])
    await as_guest(ids, f"UPDATE idea SET state = '{state}' WHERE id = {{plain}}")
    assert await hidden("idea", ids["plain"])


@pytest.mark.parametrize(("table", "row"), [("idea", "hidden"), ("comment", "hidden_comment")])
async def test_what_she_put_back_and_waits_is_not_shown_by_herself(ids: dict[str, int], table: str, row: str):
    await execute(
        f"UPDATE decision SET put_back_at = plein_now() WHERE item IN (SELECT id FROM moderation_item WHERE {table} = {{}})",
        ids[row],
    )
    await as_guest(ids, f"UPDATE {table} SET state = 'published' WHERE id = {{{row}}}")
    assert await fetch_value(f"SELECT state FROM {table} WHERE id = {{}}", ids[row]) == "hidden"


async def test_what_waits_and_is_changed_is_another_version(ids: dict[str, int]):
    await as_guest(ids, "UPDATE idea SET title = 'x', edited_by = {guest} WHERE id = {plain}")
    read = await fetch_value("SELECT version FROM idea WHERE id = {}", ids["plain"])
    await as_guest(ids, "UPDATE idea SET excerpt = 'y', edited_by = {guest} WHERE id = {plain}")
    assert await fetch_value("SELECT version FROM idea WHERE id = {}", ids["plain"]) == read + 1


async def test_she_replies_to_no_question_below_what_is_shown(ids: dict[str, int]):
    reply = "INSERT INTO idea_reply (idea, space, question, value) SELECT {plain}, {space}, max(id), 'x' FROM question"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_guest(ids, reply)
    await as_guest(ids, "UPDATE idea SET title = 'x', edited_by = {guest} WHERE id = {plain}", reply)


@pytest.mark.parametrize("column", IDEA)
async def test_what_has_ended_keeps_every_word_of_an_idea(ids: dict[str, int], column: str):
    await execute("UPDATE space SET archived_at = plein_now() WHERE id = {}", ids["space"])
    with pytest.raises(asyncpg.PostgresError, match="nothing is written here any more"):
        await as_guest(ids, f"UPDATE idea SET {column} = {IDEA[column]}, edited_by = {{guest}} WHERE id = {{plain}}")


@pytest.mark.parametrize("column", COMMENT)
async def test_what_has_ended_keeps_every_word_of_a_comment(ids: dict[str, int], column: str):
    await execute("UPDATE space SET archived_at = plein_now() WHERE id = {}", ids["space"])
    with pytest.raises(asyncpg.PostgresError, match="nothing is written here any more"):
        await as_guest(ids, f"UPDATE comment SET {column} = {COMMENT[column]} WHERE id = {{comment}}")


PAUSE = """
    INSERT INTO pause (decision, person, space, until) VALUES ({}, {}, {}, plein_now() + interval '1 day')
"""


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [("idea", "plain", column) for column in IDEA] + [("comment", "comment", column) for column in COMMENT],
)
async def test_who_is_paused_changes_no_word(ids: dict[str, int], table: str, row: str, column: str):
    await execute(PAUSE, ids["decision"], ids["guest"], ids["space"])
    by = f", edited_by = {ids['guest']}" if table == "idea" else ""
    with pytest.raises(asyncpg.PostgresError, match="may not write here"):
        await as_guest(ids, f"UPDATE {table} SET {column} = {(IDEA | COMMENT)[column]}{by} WHERE id = {{{row}}}")
