"""Duties on cases: home, the inbox and the case tell the same, of whom they are, until they are done."""

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Action, can
from portal.cases.duties import MOST, Duty, duties_of
from portal.cases.next import nearest
from portal.caseteam.queries import get_consultation
from portal.db import Reading, execute, fetch_value
from portal.escalation.queries import get_case
from tests.cases.test_inbox import above, copies
from tests.client import text_of
from tests.world import NOW, email_of

MAY = {
    "takeover": Action.ESCALATION_TAKE_OVER,
    "agreement": Action.ESCALATION_DECIDE_EXTENSION,
    "reply": Action.ESCALATION_REPLY,
    "approval": Action.ANSWER_APPROVE,
    "triage": Action.ESCALATION_TRIAGE,
}
HIGHER = "INSERT INTO org_unit (name, head) VALUES ('Higher', {}) RETURNING id"


async def takeover(as_, world):
    """A colleague is asked to take it over."""
    asked = {"to": email_of("colleague"), "words": "It is hers"}
    assert (await (await as_("sponsor")).post(f"/cases/{world.case['decide']}/handover", asked)).status_code == 303
    return "colleague"


async def agreement(as_, world):
    """More time is asked for, of who stands one level above, and not of who stands above her."""
    higher = await fetch_value(HIGHER, world.person_id["colleague"])
    await above(world, "sponsor", world.person_id["employee"])
    await execute("UPDATE org_unit SET parent = {} WHERE head = {}", higher, world.person_id["employee"])
    await execute("SELECT plein_staff_anew(ARRAY[{}::bigint])", world.case_id["decide"])
    asked = {"days": "3", "words": "The measurements run"}
    assert (await (await as_("sponsor")).post(f"/cases/{world.case['decide']}/extension", asked)).status_code == 303
    return "employee"


async def reply(as_, world):
    """Its author is asked."""
    await execute("UPDATE escalation SET state = 'acknowledged' WHERE id = {}", world.case_id["decide"])
    asked = {"words": "Which shed?"}
    assert (await (await as_("sponsor")).post(f"/cases/{world.case['decide']}/question", asked)).status_code == 303
    return "author"


async def asked_already(_as, _world):
    """Her yes and her advice wait for her since the world began."""
    return "decision_maker"


async def triage(_as, world):
    """Who decides is to be named."""
    await execute(
        "UPDATE escalation SET state = 'triage', owner = NULL, triage_due_at = {} WHERE id = {}",
        NOW + timedelta(hours=2),
        world.case_id["decide"],
    )
    return "moderator"


ASKS = {
    "takeover": takeover,
    "agreement": agreement,
    "reply": reply,
    "approval": asked_already,
    "advice": asked_already,
    "triage": triage,
}


async def asked(who, world):
    """What is asked of her on the case."""
    actor = await actor_of_person(world.person_id[who])
    rows = await Reading(Duty, "{}", duties_of(actor, owes=False))
    return {row.ask: row for row in rows if row.public_id == world.case["decide"]}


@pytest.mark.parametrize("ask", ASKS)
async def test_what_is_asked_stands_at_home_and_in_the_inbox_of_whom_it_is_asked_alone(as_, world, ask):
    who = await ASKS[ask](as_, world)
    for name in ("author", "colleague", "decision_maker", "employee", "moderator", "sponsor", "guest_a"):
        assert (ask in await asked(name, world)) is (name == who), name
    duty = (await asked(who, world))[ask]
    browser = await as_(who)
    for path in ("/", "/cases"):
        page = await browser.get(path)
        assert f'href="{duty.address}"' in page.text
        assert str(duty.next(NOW).what) in text_of(page)
    actor = await actor_of_person(world.person_id[who])
    if ask == "advice":
        assert can(actor, Action.CONSULTATION_ANSWER, await get_consultation(actor, duty.address.split("/")[-1]))
        return
    case = await get_case(actor, world.case["decide"])
    assert can(actor, MAY[ask], case)
    assert nearest(actor, case) == duty.next(NOW)  # the case itself says the same


@pytest.mark.parametrize("ask", ["takeover", "agreement"])
async def test_it_is_asked_until_it_is_decided(as_, world, ask):
    who = await ASKS[ask](as_, world)
    address = (await asked(who, world))[ask].address
    assert (await (await as_(who)).post(address, {"agreed": "no"})).status_code == 303
    assert await asked(who, world) == {}


@pytest.mark.parametrize("ask", [ask for ask in ASKS if ask != "triage"])
async def test_nothing_is_asked_about_a_case_that_is_over(as_, world, ask):
    who = await ASKS[ask](as_, world)
    await execute(
        "UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE id = {}", world.case_id["decide"]
    )
    assert await asked(who, world) == {}


async def test_nobody_decides_about_more_time_once_it_is_late(as_, world):
    who = await agreement(as_, world)
    await execute("UPDATE escalation SET due_at = {} WHERE id = {}", NOW - timedelta(hours=1), world.case_id["decide"])
    assert await asked(who, world) == {}


async def test_an_owner_finds_at_home_what_she_owes_first(as_, world):
    assigned = "UPDATE escalation SET state = 'assigned', acknowledge_due_at = {} WHERE id = {}"
    await execute(assigned, NOW + timedelta(hours=2), world.case_id["decide"])
    page = await (await as_("sponsor")).get("/")
    assert f'href="/cases/{world.case["decide"]}/acknowledgement"' in page.text
    assert "The day of the answer is named by" in text_of(page)


async def test_however_much_is_asked_of_her_what_she_owes_stands_there_too(rollback, world):
    await copies(world, 8 * MOST, "colleague")
    await execute(
        "INSERT INTO handover (escalation, space, person, body, asked_by, asked_at)"
        " SELECT id, space, {}, 'Hers', owner, {} FROM escalation WHERE owner = {}",
        *(world.person_id["sponsor"], NOW, world.person_id["colleague"]),
    )
    actor = await actor_of_person(world.person_id["sponsor"])
    rows = await Reading(Duty, "{}", duties_of(actor))
    assert [row.ask for row in rows] == ["takeover"] * MOST + [""]
    due = "SELECT due_at FROM escalation WHERE owner = {} ORDER BY due_at LIMIT {}"
    assert [row.by for row in rows[:-1]] == [
        row["due_at"] for row in await execute(due, world.person_id["colleague"], MOST)
    ]


@pytest.mark.parametrize(
    "part",
    [
        "INSERT INTO case_conflict (escalation, space, person, kind) SELECT id, space, {}, 'declared' FROM escalation"
        " WHERE id = {}",
        "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'deputy' FROM escalation"
        " WHERE id = {}",
    ],
)
async def test_a_moderator_who_has_a_part_in_it_names_nobody(as_, world, part):
    who = await triage(as_, world)
    await execute(part, world.person_id[who], world.case_id["decide"])
    assert await asked(who, world) == {}
