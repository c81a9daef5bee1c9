"""Duties on cases: home, the inbox and the case tell the same, of whom they are, until they are done."""

import re
from datetime import timedelta
from html import unescape

import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Action, can
from portal.cases.duties import MOST, duties_of
from portal.cases.inbox import FIRST, LISTS, PAGE, Wanted, listed
from portal.cases.next import nearest, next_of
from portal.caseteam.queries import get_consultation
from portal.db import execute, fetch_value
from portal.escalation.queries import get_case
from tests.cases.test_inbox import above, copies
from tests.cases.test_triage import RULE
from tests.client import text_of
from tests.world import CAST, NOW, email_of

MAY = {
    "takeover": Action.ESCALATION_TAKE_OVER,
    "agreement": Action.ESCALATION_DECIDE_EXTENSION,
    "reply": Action.ESCALATION_REPLY,
    "approval": Action.ANSWER_APPROVE,
    "triage": Action.ESCALATION_TRIAGE,
}
LATE = "UPDATE escalation SET triage_due_at = {} WHERE id = {}"
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


EVERYBODY = [name for name, facts in CAST.items() if facts.get("active", True)]
CONFLICT = (
    "INSERT INTO case_conflict (escalation, space, person, kind) SELECT id, space, {}, 'declared' FROM escalation"
    " WHERE id = {}"
)
DEPUTY = (
    "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'deputy' FROM escalation"
    " WHERE id = {}"
)


async def duties(who, world):
    """What she has to do about the case, as home tells it."""
    actor = await actor_of_person(world.person_id[who])
    rows = await duties_of(actor)
    return [row for row in rows if row.public_id == world.case["decide"]]


async def asked(who, world):
    """What is asked of her on the case."""
    return {row.ask: row for row in await duties(who, world) if row.ask}


async def there(who, world):
    """What the case says that she has to do, and what its line in a list leads her to."""
    actor = await actor_of_person(world.person_id[who])
    case = await get_case(actor, world.case["decide"])
    step = case and nearest(actor, case)
    lists = [row for which in LISTS for row in await listed(actor, Wanted(which, FIRST[which]))]
    return step, {next_of(actor, row).hers for row in lists if row.public_id == world.case["decide"]}


async def compare(world):
    """Of everybody: home, the case itself and the lists say the same."""
    for who in EVERYBODY:
        at_home = [duty.next(NOW) for duty in await duties(who, world) if duty.ask != "advice"]
        step, in_lists = await there(who, world)
        assert step == next(iter(at_home), None), who
        assert in_lists <= {any(duty.ask in ("", "triage") for duty in await duties(who, world))}, who


@pytest.mark.parametrize("ask", ASKS)
async def test_what_is_asked_stands_at_home_and_in_the_inbox_of_whom_it_is_asked_alone(as_, world, ask):
    who = await ASKS[ask](as_, world)
    for name in EVERYBODY:
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
    assert can(actor, MAY[ask], await get_case(actor, world.case["decide"]))
    if ask == "triage":  # an administrator may from the beginning on, and is asked once it is late
        await execute(LATE, NOW - timedelta(hours=1), world.case_id["decide"])
    await compare(world)
    if (await asked(who, world))[ask].address.endswith("/" + ask):
        for name in EVERYBODY:
            page = await (await as_(name)).get(duty.address)
            assert (page.status_code == 200) is (ask in await asked(name, world)), name


@pytest.mark.parametrize("ask", ["takeover", "agreement", "approval", "triage", ""])
@pytest.mark.parametrize("part", [CONFLICT, DEPUTY], ids=["conflict", "deputy"])
async def test_who_may_not_decide_it_is_told_so_nowhere(as_, world, ask, part):
    """Whoever has a part in a case is asked for no more than she may do, at home, in the lists and on the case."""
    who = await ASKS[ask](as_, world) if ask else "sponsor"
    if ask == "triage":
        await execute(LATE, NOW - timedelta(hours=1), world.case_id["decide"])
    await compare(world)
    for name in (who, "administrator"):
        await execute(part, world.person_id[name], world.case_id["decide"])
    await compare(world)
    if ask == "triage" or (part is CONFLICT and ask != "takeover"):
        assert await duties(who, world) == []


async def test_while_its_item_is_hidden_its_owner_owes_nothing(rollback, world):
    assert [duty.ask for duty in await duties("sponsor", world)] == [""]
    await execute("UPDATE escalation SET hidden_from = plein_now() WHERE id = {}", world.case_id["decide"])
    assert await duties("sponsor", world) == []
    await compare(world)


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
    rows = await duties_of(actor)
    assert [row.ask for row in rows] == ["takeover"] * MOST + [""]
    due = "SELECT due_at FROM escalation WHERE owner = {} ORDER BY due_at LIMIT {}"
    assert [row.by for row in rows[:-1]] == [
        row["due_at"] for row in await execute(due, world.person_id["colleague"], MOST)
    ]


@pytest.mark.parametrize("at_once", [True, False])
async def test_however_much_is_asked_of_her_she_pages_through_all_of_it_in_the_inbox(as_, world, at_once):
    """Each once, what is due first before the rest; also where all is due at one moment."""
    await copies(world, 2 * PAGE + 1, "colleague")
    if at_once:
        await execute("UPDATE escalation SET due_at = {} WHERE owner = {}", NOW, world.person_id["colleague"])
    await execute(
        "INSERT INTO handover (escalation, space, person, body, asked_by, asked_at)"
        " SELECT id, space, {}, 'Hers', owner, {} FROM escalation WHERE owner = {}",
        *(world.person_id["sponsor"], NOW, world.person_id["colleague"]),
    )
    due = "SELECT public_id FROM escalation WHERE owner = {} ORDER BY due_at"
    cases = [row["public_id"] for row in await execute(due, world.person_id["colleague"])]
    browser, address, seen = await as_("sponsor"), "/cases", []
    for _ in range(3):
        page = (await browser.get(address)).text
        seen += re.findall(r'href="/cases/(\w{12})/takeover"', page)
        found = re.search(r'href="(/cases\?list=asked&amp;after=[^"#]*)', page)
        address = unescape(found[1]) if found else None
    assert address is None
    assert sorted(seen) == sorted(cases)
    assert at_once or seen == cases


@pytest.mark.parametrize("why", ["nobody", "over", "writes", "decides"])
async def test_where_no_moderator_may_name_who_decides_administrators_are_asked_at_once(as_, world, why):
    await triage(as_, world)
    await execute(RULE, world.person_id["campaign_owner"], None)  # the administrator, as the rules name her, decides it
    assert "triage" not in await asked("administrator", world), "the control: the moderator is asked"
    moderator, space = world.person_id["moderator"], world.space_id["organisation"]
    owners = (
        "UPDATE membership SET role = 'member' WHERE space = {} AND role IN ('owner', 'moderator') AND person <> {}"
    )
    await execute(owners, space, moderator)
    assert "triage" not in await asked("administrator", world), "the control: she alone"
    match why:
        case "nobody":
            await execute("UPDATE membership SET role = 'member' WHERE space = {} AND person = {}", space, moderator)
        case "over":
            await execute("UPDATE membership SET until = {} WHERE space = {} AND person = {}", NOW, space, moderator)
        case "writes":
            await execute("UPDATE idea SET author = {} WHERE id = {}", moderator, world.idea_id["decide"])
        case "decides":
            await execute(DEPUTY, moderator, world.case_id["decide"])
    assert "triage" in await asked("administrator", world)
    await compare(world)
