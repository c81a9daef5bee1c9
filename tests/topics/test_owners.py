"""Who answers for what, as the database finds it: rules, deputies, the chain, the neutral, and who is barred."""

from __future__ import annotations

import asyncpg
import pytest

from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from tests.world import NOW, World


async def rule(world: World, owner: str, *, topic: str = "", unit: str = "", deputy: str = "") -> None:
    """Says who answers for a topic in a unit."""
    await execute(
        "INSERT INTO topic_rule (topic, unit, owner, deputy) VALUES ({}, {}, {}, {})"
        " ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0)) DO UPDATE SET owner = excluded.owner,"
        " deputy = excluded.deputy",
        world.topic_id.get(topic),
        world.unit_id.get(unit),
        world.person_id[owner],
        world.person_id.get(deputy),
    )


async def owner(world: World, topic: str = "", unit: str = "", *barred: str) -> str | None:
    """Who answers, by name in the world's cast."""
    found = await fetch_value(
        "SELECT plein_owner({}, {}, {}::bigint[], {})",
        world.topic_id.get(topic),
        world.unit_id.get(unit),
        [world.person_id[name] for name in barred],
        NOW,
    )
    return next((name for name, person in world.person_id.items() if person == found), None)


async def chain(world: World, name: str) -> list[str]:
    rows = await execute("SELECT level, person FROM plein_chain({}) ORDER BY level", world.person_id[name])
    assert [row["level"] for row in rows] == list(range(1, len(rows) + 1))
    names = {person: name for name, person in world.person_id.items()}
    return [names[row["person"]] for row in rows]


async def away(world: World, name: str) -> None:
    await execute(
        "INSERT INTO absence (person, from_day, until_day) VALUES ({}, '2026-06-17', '2026-06-17')",
        world.person_id[name],
    )


async def leaves(world: World, name: str) -> None:
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id[name])


@pytest.fixture
async def tree(rollback, world: World) -> World:
    """Water is above dikes, and dikes above pumps; each has a head, and the author works at the pumps."""
    above = world.unit_id["water"]
    for name, head in (("water", "campaign_owner"), ("dikes", "colleague"), ("pumps", "employee")):
        if name not in world.unit_id:
            world.unit_id[name] = above = await fetch_value(
                "INSERT INTO org_unit (name, parent) VALUES ({}, {}) RETURNING id", name, above
            )
        await execute("UPDATE org_unit SET head = {} WHERE id = {}", world.person_id[head], world.unit_id[name])
    for name in ("author", "employee", "decision_maker"):
        await execute("UPDATE person SET org_unit = {} WHERE id = {}", world.unit_id["pumps"], world.person_id[name])
    return world


async def test_the_most_specific_rule_answers(tree):
    """Topic in the nearest unit, then the topic, then the nearest unit, then the default."""
    assert await owner(tree) == "administrator"  # the first one, from the first day
    assert await owner(tree, "leave", "pumps") == "decision_maker"
    await rule(tree, "moderator", unit="dikes")
    assert await owner(tree, "leave", "pumps") == "decision_maker"
    assert await owner(tree, "draft", "pumps") == await owner(tree, "", "pumps") == "moderator"
    assert await owner(tree, "draft", "water") == "administrator"
    await rule(tree, "colleague", topic="leave", unit="water")
    assert await owner(tree, "leave", "pumps") == "colleague"
    await rule(tree, "employee", topic="leave", unit="dikes")
    assert await owner(tree, "leave", "pumps") == "employee"
    assert await owner(tree, "leave", "roads") == "decision_maker"


async def test_who_is_away_barred_or_gone_is_followed_by_the_deputy_and_then_by_the_chain(tree):
    """Then by the topic's neutral, then by the default rule."""
    await execute("UPDATE topic SET neutral = {}", tree.person_id["insider_b"])
    await away(tree, "decision_maker")
    assert await owner(tree, "leave") == "sponsor"
    assert await owner(tree, "leave", "", "sponsor") == "employee"  # the head of the owner's own unit
    await leaves(tree, "employee")
    assert await owner(tree, "leave", "", "sponsor") == "colleague"
    await away(tree, "colleague")
    assert await owner(tree, "leave", "", "sponsor") == "campaign_owner"
    everybody = ("decision_maker", "sponsor", "colleague", "campaign_owner")
    assert await owner(tree, "leave", "", *everybody) == "insider_b"
    assert await owner(tree, "leave", "", *everybody, "insider_b") == "administrator"


async def test_somebody_is_always_found(tree):
    """The default owner has left, and so has everybody whom a rule names: a decision maker or an administrator answers;
    where all of them are away, the first who would; nobody only where everybody is barred."""
    await rule(tree, "moderator")
    await leaves(tree, "moderator")
    assert await owner(tree) == "decision_maker"
    assert await owner(tree, "", "", "decision_maker") == "administrator"
    for name in ("decision_maker", "administrator"):
        await away(tree, name)
    assert await owner(tree) == "decision_maker"
    assert await owner(tree, "", "", "decision_maker", "administrator") is None


async def test_the_chain_goes_up_without_herself_and_without_anybody_twice(tree):
    assert await chain(tree, "author") == ["employee", "colleague", "campaign_owner"]
    assert await chain(tree, "employee") == ["colleague", "campaign_owner"]
    await execute("UPDATE org_unit SET head = {}", tree.person_id["employee"])
    assert await chain(tree, "author") == ["employee"]
    assert await chain(tree, "employee") == []
    await leaves(tree, "employee")
    assert await chain(tree, "author") == []
    assert await chain(tree, "guest_a") == []


async def test_a_chain_that_points_to_itself_ends(tree):
    """The tree refuses a circle; should there be one all the same, the chain goes round once."""
    await execute("ALTER TABLE org_unit DISABLE TRIGGER org_unit_tree")
    await execute("UPDATE org_unit SET parent = {} WHERE id = {}", tree.unit_id["pumps"], tree.unit_id["water"])
    assert await chain(tree, "author") == ["employee", "colleague", "campaign_owner"]
    await rule(tree, "moderator", unit="water")
    assert await owner(tree, "", "pumps") == "moderator"
    with pytest.raises(asyncpg.CheckViolationError, match="topic_rule_deputy"):
        async with transaction():
            await rule(tree, "moderator", unit="water", deputy="moderator")


@pytest.mark.parametrize("who", ["guest_a", "sister", "deactivated"])
async def test_only_colleagues_who_are_here_are_named(rollback, world, who):
    for sql in (
        "INSERT INTO topic_rule (unit, owner) SELECT id, {} FROM org_unit LIMIT 1",
        "UPDATE topic_rule SET deputy = {}",
        "UPDATE topic SET neutral = {}",
        "UPDATE org_unit SET head = {}",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with transaction():
                await execute(sql, world.person_id[who])


async def test_a_topic_is_published_with_an_owner_and_keeps_one(rollback, world):
    publish = "UPDATE topic SET state = 'published' WHERE id = {}"
    topic = world.topic_id["draft"]
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction():
            await execute(publish, topic)
    await rule(world, "employee", topic="draft")
    await leaves(world, "employee")
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction():
            await execute(publish, topic)
    await rule(world, "colleague", topic="draft")
    await execute(publish, topic)
    for where in (f"topic = {topic}", "topic IS NULL AND unit IS NULL"):
        with pytest.raises(asyncpg.CheckViolationError):
            async with transaction():
                await execute(f"DELETE FROM topic_rule WHERE {where}")


@pytest.mark.parametrize(
    "change", ["active = FALSE", "kind = 'guest'", "active = FALSE, erased_at = plein_now()"], ids=str
)
async def test_administrators_hear_of_it_with_the_owner_who_leaves(rollback, world, change):
    """Whichever way she goes: it is the database that writes the event, and somebody else answers at once."""
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["decision_maker"])
    await execute(f"UPDATE person SET {change} WHERE id = {{}}", world.person_id["decision_maker"])
    told = await execute(
        "SELECT e.particulars FROM event e JOIN event_queue q ON q.event = e.id WHERE e.kind = {}",
        Kind.TOPIC_OWNER_LEFT.value,
    )
    assert [row["particulars"] for row in told] == [f'{{"member": {world.person_id["decision_maker"]}}}']
    assert await owner(world, "leave") == "sponsor"


async def test_nobody_hears_of_who_answered_for_nothing_public(rollback, world):
    await rule(world, "employee", topic="draft")
    await leaves(world, "employee")
    assert await execute("SELECT 1 FROM event WHERE kind = {}", Kind.TOPIC_OWNER_LEFT.value) == []
