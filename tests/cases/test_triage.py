"""Naming who decides: who would get it, and why, stands there before; and cases that no threshold opens."""

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.db import execute, fetch_value
from portal.escalation import actions
from portal.escalation.queries import get_case
from tests.client import text_of
from tests.world import NOW, email_of

RULE = (
    "INSERT INTO topic_rule (topic, unit, owner, deputy) VALUES (NULL, NULL, {}, {})"
    " ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0)) DO UPDATE SET owner = excluded.owner, deputy = excluded.deputy"
)


async def by_rule(world, owner="colleague", deputy="employee"):
    """Who answers for whatever has no rule of its own; no campaign has a decision owner before that."""
    await execute("UPDATE campaign SET decision_owner = NULL WHERE state = 'open'")
    await execute(RULE, world.person_id[owner], world.person_id[deputy])


async def owner_of(world, case="discuss"):
    """Whose case it is, and its state."""
    row = (await execute("SELECT owner, state FROM escalation WHERE id = {}", world.case_id[case]))[0]
    return row["owner"], row["state"]


@pytest.mark.parametrize(
    ("who", "status"), [("moderator", 303), ("administrator", 303), ("employee", 403), ("guest_a", 404)]
)
async def test_moderators_and_administrators_name_who_decides(as_, world, who, status):
    await by_rule(world)
    browser, address = await as_(who), f"/cases/{world.case['discuss']}/triage"
    assert (await browser.get(address)).status_code == (200 if status == 303 else status)
    assert (await browser.post(address, {})).status_code == status
    expected = (world.person_id["colleague"], "assigned") if status == 303 else (None, "triage")
    assert await owner_of(world) == expected


async def test_who_would_get_it_is_shown_before_and_nothing_is_done(as_, world):
    await by_rule(world)
    browser, address = await as_("moderator"), f"/cases/{world.case['discuss']}/triage"
    page = await browser.get(address)
    assert text_of(page).count("gets it") == 1
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["colleague"])
    assert f"<b>{name}</b>" in page.text
    page = await browser.post(address, {"named": email_of("colleague"), "preview": "1"})
    assert page.status_code == 200
    assert f"<b>{name}</b>" not in page.text
    assert "may not decide it" in text_of(page)
    assert await owner_of(world) == (None, "triage")


@pytest.mark.parametrize(
    ("form", "owner"),
    [
        ({"named": email_of("colleague")}, "employee"),
        ({"named": email_of("colleague"), "other": email_of("employee"), "owner": email_of("sponsor")}, "sponsor"),
    ],
)
async def test_who_is_named_does_not_decide_and_a_moderator_may_name_somebody_else(as_, world, form, owner):
    await by_rule(world)
    browser, address = await as_("moderator"), f"/cases/{world.case['discuss']}/triage"
    assert (await browser.post(address, form)).status_code == 303
    assert await owner_of(world) == (world.person_id[owner], "assigned")


@pytest.mark.parametrize("owner", ["author", "moderator", "nobody"])
async def test_neither_who_wrote_it_nor_who_names_becomes_its_owner_so(as_, world, owner):
    await by_rule(world)
    browser, address = await as_("moderator"), f"/cases/{world.case['discuss']}/triage"
    page = await browser.post(address, {"owner": email_of(owner) if owner != "nobody" else "Nobody at all"})
    assert page.status_code == 422
    assert await owner_of(world) == (None, "triage")


async def test_what_was_named_meanwhile_is_told_and_the_form_kept(rollback, world):
    await by_rule(world)
    actor = await actor_of_person(world.person_id["moderator"])
    case = await get_case(actor, world.case["discuss"])
    await actions.triage(actor, case, topic=None, unit=None, named=[])
    with pytest.raises(Changed):
        await actions.triage(actor, case, topic=None, unit=None, named=[])


async def test_two_moderators_doubt_the_support_from_its_form(as_, world):
    case, address = world.case_id["discuss"], f"/cases/{world.case['discuss']}/doubt"
    await execute("UPDATE escalation SET state = 'qualifying' WHERE id = {}", case)
    await execute("UPDATE idea SET t1_at_count = 5, supporters = 5 WHERE id = {}", world.idea_id["discuss"])
    form = {"number": "3", "words": "Three accounts of one person"}
    assert (await (await as_("employee")).post(address, form)).status_code == 403
    assert (await (await as_("guest_a")).post(address, form)).status_code == 404
    browser = await as_("moderator")
    assert (await browser.post(address, {"number": "0"})).status_code == 422
    assert (await browser.post(address, form)).status_code == 303
    assert await fetch_value("SELECT state FROM escalation WHERE id = {}", case) == "qualifying"
    await execute("UPDATE membership SET role = 'moderator' WHERE person = {}", world.person_id["decision_maker"])
    second = await as_("decision_maker")
    assert "Three accounts of one person" in text_of(await second.get(address))
    assert (await second.post(address, form)).status_code == 303
    assert await fetch_value("SELECT state FROM escalation WHERE id = {}", case) == "dropped"
    page = await (await as_("employee")).get(f"/cases/{world.case['discuss']}")
    assert "Three accounts of one person" in text_of(page)


@pytest.mark.parametrize(
    ("who", "status"), [("decision_maker", 303), ("moderator", 303), ("employee", 403), ("guest_a", 404)]
)
async def test_a_case_is_opened_before_any_threshold(as_, world, who, status):
    await by_rule(world)
    browser, idea = await as_(who), world.idea["done"]
    assert ("before any threshold" in (await browser.get(f"/ideas/{idea}")).text) == (status == 303)
    form = {"reason": "It concerns all of us.", "statement": "I look into it this week."}
    if status == 303:
        assert (await browser.post(f"/ideas/{idea}/case", {})).status_code == 422
    assert (await browser.post(f"/ideas/{idea}/case", form)).status_code == status
    rows = await execute(
        "SELECT origin, owner, reason, statement FROM escalation WHERE idea = {}", world.idea_id["done"]
    )
    expected = {
        "decision_maker": [("unasked", world.person_id["decision_maker"], form["reason"], form["statement"])],
        "moderator": [("moderator", world.person_id["colleague"], form["reason"], "")],
    }
    assert [tuple(row) for row in rows] == expected.get(who, [])
    if status == 303:
        assert (await browser.post(f"/ideas/{idea}/case", form)).status_code == 403  # there is one


async def test_who_answers_by_the_rules_takes_it_up_too(as_, world):
    await by_rule(world)
    browser = await as_("colleague")
    assert (await browser.post(f"/ideas/{world.idea['done']}/case", {"reason": "Mine to answer"})).status_code == 303
    assert await fetch_value("SELECT due_at FROM escalation WHERE idea = {}", world.idea_id["done"]) > NOW


@pytest.mark.parametrize("who", ["decision_maker", "moderator"])
@pytest.mark.parametrize("idea", ["collect", "vote"])
async def test_while_its_campaign_runs_nobody_opens_what_nobody_may_answer(as_, world, who, idea):
    await by_rule(world)
    browser = await as_(who)
    assert "before any threshold" not in (await browser.get(f"/ideas/{world.idea[idea]}")).text
    sent = await browser.post(f"/ideas/{world.idea[idea]}/case", {"reason": "It concerns all of us."})
    assert sent.status_code == 403
    assert await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", world.idea_id[idea]) == 0
