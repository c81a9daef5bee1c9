"""Rule 7 before somebody is named: whoever would decide a case moderates nothing of its item."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.cases.duties import duties_of
from portal.db import execute, fetch_value, transaction
from portal.escalation.jobs import assign_what_waits_for_somebody
from portal.escalation.opening import call_for_triage
from portal.tables.base import new_public_id
from tests.cases.test_triage import by_rule, owner_of
from tests.moderation.desk import decide
from tests.world import NOW, add_report, take_name_off


@pytest.fixture(params=["owner", "deputy", "chain", "decision owner"])
async def would(request, rollback, world):
    """The moderator would decide what nobody owns yet, as whoever the rules name, or stand beside."""
    moderator, owner = world.person_id["moderator"], world.person_id["colleague"]
    await by_rule(world)
    if request.param == "owner":
        await by_rule(world, owner="moderator")
    elif request.param == "deputy":
        await by_rule(world, deputy="moderator")
    elif request.param == "chain":
        unit = await fetch_value(
            "INSERT INTO org_unit (public_id, name, head) VALUES ({}, 'Above', {}) RETURNING id",
            new_public_id(),
            moderator,
        )
        await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, owner)
    else:
        await execute(
            "UPDATE campaign SET decision_owner = {} WHERE id = (SELECT campaign FROM idea WHERE id = {})",
            moderator,
            world.idea_id["discuss"],
        )


async def refused():
    return await fetch_value("SELECT count(*) FROM event WHERE kind = 'moderation.refused'")


async def test_who_would_decide_it_names_nobody(as_, world, would):
    address = f"/cases/{world.case['discuss']}/triage"
    assert (await (await as_("moderator")).post(address, {})).status_code == 403
    assert await refused() == 1
    assert (await (await as_("administrator")).post(address, {})).status_code == 303


async def test_who_would_decide_it_doubts_no_support(as_, world, would):
    await execute(
        "UPDATE escalation SET state = 'qualifying', hold_until = due_at WHERE id = {}", world.case_id["discuss"]
    )
    address = f"/cases/{world.case['discuss']}/doubt"
    assert (await (await as_("moderator")).post(address, {"number": "1", "words": "Two are one."})).status_code == 403
    assert await refused() == 1


async def test_who_would_decide_it_merges_nothing(as_, world, would):
    form = {"other": f"http://here/ideas/{world.idea['collect']}", "reason": "The same."}
    answer = await (await as_("moderator")).post(f"/ideas/{world.idea['discuss']}/cluster", form)
    assert answer.status_code == 403
    assert await refused() == 1


@pytest.mark.parametrize("thing", ["idea", "comment"])
async def test_who_would_decide_it_judges_nothing_of_it(as_, world, would, thing):
    comment = await fetch_value(
        "SELECT id FROM comment WHERE idea = {} AND state = 'published'", world.idea_id["discuss"]
    )
    world.comment_id["under it"] = comment
    await add_report(world, "it", reporter="sponsor", **{thing: "discuss" if thing == "idea" else "under it"})
    assert (await decide(await as_("moderator"), world, "it", "remove")).status_code == 403
    assert await refused() == 1


async def test_who_would_not_decide_it_does_all_of_that(as_, world, rollback):
    await by_rule(world)
    await add_report(world, "it", reporter="sponsor", idea="discuss")
    assert (await decide(await as_("moderator"), world, "it", "warn")).status_code == 303
    assert (await (await as_("moderator")).post(f"/cases/{world.case['discuss']}/triage", {})).status_code == 303


async def asked_to_name(world, who):
    """Whether it stands at her home that she names who decides it."""
    rows = await duties_of(await actor_of_person(world.person_id[who]))
    return any(row.ask == "triage" and row.public_id == world.case["discuss"] for row in rows)


async def called(world):
    """Who is called to name somebody now, each as often as that is."""
    async with transaction():
        await call_for_triage([world.case_id["discuss"]])
    rows = await execute("SELECT person FROM event WHERE kind = 'duty.triage' ORDER BY id")
    await execute("DELETE FROM event_queue")
    known = {number: who for who, number in world.person_id.items()}
    return [known[row["person"]] for row in rows]


async def alone(world):
    """One moderator is left in the organisation's space, and one administrator."""
    space = world.space_id["organisation"]
    await execute("UPDATE membership SET role = 'member' WHERE space = {} AND role = 'owner'", space)


async def test_who_would_decide_it_is_not_asked_to_name_somebody_and_another_moderator_is(as_, world, would):
    await alone(world)
    assert await called(world) == ["administrator"], "who has nobody else is told"
    assert not await asked_to_name(world, "moderator")
    assert await asked_to_name(world, "administrator")
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        world.space_id["organisation"],
        world.person_id["insider_a"],
    )
    assert await called(world) == ["administrator", "insider_a"]
    assert await asked_to_name(world, "insider_a")
    assert not await asked_to_name(world, "administrator")


@pytest.mark.parametrize(
    ("author", "asked"), [("moderator", ["administrator"]), ("colleague", ["moderator", "administrator"])]
)
async def test_of_what_has_no_name_administrators_are_called_whoever_wrote_it(world, rollback, author, asked):
    """A space's only moderator may have: were they called then alone, it would be told."""
    await by_rule(world, owner="decision_maker", deputy="sponsor")
    await alone(world)
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id[author], world.idea_id["discuss"])
    await take_name_off(world.idea_id["discuss"])
    assert await called(world) == asked
    assert await asked_to_name(world, "administrator"), "and at home, too"


async def test_what_has_a_name_and_a_moderator_calls_no_administrator(world, rollback):
    await by_rule(world, owner="decision_maker", deputy="sponsor")
    await alone(world)
    assert await called(world) == ["moderator"]
    assert not await asked_to_name(world, "administrator")


async def test_where_who_would_decide_it_is_alone_the_clock_names_her(as_, world, rollback):
    """The rules name the only administrator, and there is no moderator."""
    await by_rule(world, owner="administrator")
    space, case = world.space_id["organisation"], world.case_id["discuss"]
    await execute("UPDATE membership SET role = 'member' WHERE space = {} AND role IN ('owner', 'moderator')", space)
    address = f"/cases/{world.case['discuss']}/triage"
    assert not await asked_to_name(world, "administrator")
    assert (await (await as_("administrator")).post(address, {})).status_code == 403
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator')",
        space,
        world.person_id["author"],
    )
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["colleague"], world.idea_id["discuss"])
    assert await asked_to_name(world, "author"), "another administrator is, at once"
    await execute("UPDATE escalation SET triage_due_at = {} WHERE id = {}", NOW - timedelta(minutes=1), case)
    await assign_what_waits_for_somebody()
    assert await owner_of(world) == (world.person_id["administrator"], "assigned")


async def test_where_nobody_is_left_to_decide_it_a_moderator_names_somebody(as_, world, rollback):
    await by_rule(world, owner="administrator")  # the only one
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind) SELECT e.id, e.space, p.id, 'declared'"
        " FROM escalation e, person p WHERE e.id = {} AND p.id <> {} AND p.kind = 'employee'",
        world.case_id["discuss"],
        world.person_id["moderator"],
    )
    assert await fetch_value(
        "SELECT person IS NULL FROM escalation e, plein_deciders(ARRAY[e], '{{}}', FALSE, plein_now()) d WHERE e.id = {}",
        world.case_id["discuss"],
    )
    assert await asked_to_name(world, "moderator")
    assert (await (await as_("moderator")).get(f"/cases/{world.case['discuss']}/triage")).status_code == 200
