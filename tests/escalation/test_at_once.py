"""What one statement changes on many cases is worked out for each of them as if it came alone."""

from portal.db import execute, fetch_value
from portal.escalation.moving import deciders
from tests.escalation.stage import assigned

WHO = "SELECT role, person FROM case_role WHERE escalation = {} AND until IS NULL ORDER BY role, person"


async def on(case):
    """Who is on it, by role."""
    return [(row["role"], row["person"]) for row in await execute(WHO, case)]


async def two_cases(stage):
    """Of one topic and owner; who stands above her works in the unit of who stands above that."""
    posts = [await assigned(stage), await assigned(stage)]
    first = stage.heads["first"]
    await execute(
        "UPDATE person SET org_unit = (SELECT parent FROM org_unit WHERE head = {}) WHERE id = {}", first, first
    )
    return [await fetch_value("SELECT id FROM escalation WHERE idea = {}", post) for post in posts]


async def test_cases_given_away_by_one_statement_have_each_its_own_people(stage):
    one, other = await two_cases(stage)
    h = stage.heads
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind) VALUES ({}, {}, {}, 'named')",
        other,
        stage.space,
        h["neutral"],
    )
    gifts = [h["first"], h["deputy"]]
    await execute(
        "UPDATE escalation e SET owner = n.owner FROM unnest({}::bigint[], {}::bigint[]) n (id, owner) WHERE e.id = n.id",
        [one, other],
        gifts,
    )
    assert await on(one) == sorted(
        [
            ("owner", h["first"]),
            ("deputy", h["deputy"]),
            ("neutral", h["neutral"]),
            ("chain", h["second"]),
            ("chain", h["top"]),
        ]
    )
    assert await on(other) == [("owner", h["deputy"])]


async def test_a_change_of_something_else_leaves_who_is_on_it_alone(stage):
    case, _ = await two_cases(stage)
    before = await execute("SELECT id, until FROM case_role WHERE escalation = {} ORDER BY id", case)
    await execute("UPDATE topic_rule SET deputy = NULL WHERE topic = {}", stage.topic)
    await execute("UPDATE escalation SET level = 2, owner = owner")
    assert await execute("SELECT id, until FROM case_role WHERE escalation = {} ORDER BY id", case) == before


async def test_what_has_no_owner_or_has_ended_is_given_nobody(stage):
    one, other = await two_cases(stage)
    before = [await on(one), await on(other)]
    await execute("UPDATE escalation SET state = 'triage', owner = NULL WHERE id = {}", one)
    await execute("UPDATE escalation SET ended_at = plein_now(), state = 'closed' WHERE id = {}", other)
    assert before[1]
    assert await on(other) == []
    await execute("UPDATE escalation SET owner = {}, topic = NULL WHERE id = {}", stage.heads["first"], other)
    await execute("UPDATE escalation SET topic = NULL WHERE id = {}", one)
    assert [await on(one), await on(other)] == [before[0], []]


async def test_who_decides_is_found_for_each_by_what_it_alone_has(stage):
    one, other = await two_cases(stage)
    h = stage.heads
    assert await deciders([one, other]) == {one: h["owner"], other: h["owner"]}
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind) VALUES ({}, {}, {}, 'named')",
        one,
        stage.space,
        h["owner"],
    )
    await execute("UPDATE escalation SET height = 2 WHERE id = {}", other)
    assert await deciders([one, other]) == {one: h["deputy"], other: h["second"]}
    await execute("UPDATE escalation SET height = 1000, handed_to = {} WHERE id = {}", h["first"], other)
    assert await deciders([one, other], h["deputy"], h["top"]) == {one: h["first"], other: h["second"]}
