"""Handing a case over: with a reason, looked at before, and by the yes of who takes it."""

import re

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.caseteam.handover import ask_to_take_over
from portal.db import execute, fetch_value
from portal.escalation.queries import get_case
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import email_of

WHY = "The nurses’ hours are hers"
OWNER = "SELECT owner FROM escalation WHERE id = {}"
ROLES = "SELECT coalesce(array_agg(role ORDER BY role), '{{}}') FROM case_role WHERE escalation = {} AND person = {} AND until IS NULL"


@pytest.fixture
async def asked(as_, world):
    """The owner asks a colleague to take it over."""
    address = f"/cases/{world.case['decide']}"
    sent = await (await as_("sponsor")).post(f"{address}/handover", {"to": email_of("colleague"), "words": WHY})
    assert (sent.status_code, errors_of(sent)) == (303, {})
    return address


async def owner(world):
    return await fetch_value(OWNER, world.case_id["decide"])


async def roles(world, who):
    return await fetch_value(ROLES, world.case_id["decide"], world.person_id[who])


async def test_nothing_goes_without_a_reason_and_it_can_be_looked_at_first(as_, world):
    browser, address = await as_("sponsor"), f"/cases/{world.case['decide']}/handover"
    assert set(errors_of(await browser.post(address, {}))) == {"to", "words"}
    typed = {"to": email_of("colleague"), "words": WHY}
    shown = await browser.post(address, typed | {"preview": "1"})
    assert shown.status_code == 200
    assert "owes an answer to 0 cases already" in text_of(shown)
    assert form_of(shown, address)["words"] == WHY
    assert await fetch_value("SELECT count(*) FROM handover") == 0
    for nobody in ("author", "sponsor"):  # who wrote it may not decide it, and she has it
        assert set(errors_of(await browser.post(address, {"to": email_of(nobody), "words": WHY}))) == {"to"}


async def test_it_stays_hers_until_the_other_one_says_yes(as_, world, asked):
    due = await fetch_value("SELECT due_at FROM escalation WHERE id = {}", world.case_id["decide"])
    other, reader = await as_("colleague"), await as_("employee")
    assert await owner(world) == world.person_id["sponsor"]
    assert await roles(world, "colleague") == ["counsel"]
    assert WHY in text_of(await other.get(f"{asked}/takeover"))
    assert f'href="{asked}/takeover"' in (await other.get(asked)).text
    assert WHY in text_of(await (await as_("sponsor")).get(asked))
    assert WHY not in text_of(await reader.get(asked))
    assert (await other.post(f"{asked}/takeover", {"agreed": "yes"})).status_code == 303
    assert await owner(world) == world.person_id["colleague"]
    assert "owner" in await roles(world, "colleague")
    assert "counsel" not in await roles(world, "colleague")
    assert await fetch_value("SELECT due_at FROM escalation WHERE id = {}", world.case_id["decide"]) == due
    assert WHY in text_of(await reader.get(asked))


async def test_that_somebody_is_asked_stands_nowhere_in_public(as_, world, asked):
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["colleague"])
    reader = await as_("employee")
    assert name not in _team(await reader.get(asked))
    assert name in text_of(await (await as_("sponsor")).get(asked))
    await execute("UPDATE handover SET joined = FALSE")  # she was on it before, as counsel
    assert name in _team(await reader.get(asked))


def _team(page):
    """Who is on the case, for everybody."""
    assert page.status_code == 200
    found = re.search(r'aria-labelledby="team".*?</section>', page.text, re.S)
    return found[0] if found else ""


async def test_nobody_is_asked_to_take_over_what_was_answered_just_now(rollback, world):
    actor = await actor_of_person(world.person_id["sponsor"])
    case = await get_case(actor, world.case["decide"])
    await execute("UPDATE escalation SET state = 'answered', answered_at = plein_now() WHERE id = {}", case.id)
    with pytest.raises(Changed):
        await ask_to_take_over(actor, case, world.person_id["colleague"], WHY)
    assert await fetch_value("SELECT count(*) FROM handover") == 0
    assert await roles(world, "colleague") == []


async def test_who_says_no_reads_it_no_more_and_who_asked_is_told(as_, world, asked):
    other = await as_("colleague")
    assert set(errors_of(await other.post(f"{asked}/takeover", {}))) == {"agreed"}
    assert (await other.post(f"{asked}/takeover", {"agreed": "no"})).status_code == 303
    assert await owner(world) == world.person_id["sponsor"]
    assert await roles(world, "colleague") == []
    told = await execute("SELECT kind, person FROM event WHERE kind LIKE 'duty.%' ORDER BY id DESC LIMIT 1")
    assert tuple(told[0]) == ("duty.reminder", world.person_id["sponsor"])
    assert WHY not in text_of(await (await as_("employee")).get(asked))


@pytest.mark.parametrize(("who", "status"), [("employee", 403), ("sponsor", 403), ("guest_a", 404)])
async def test_nobody_else_takes_it(as_, world, asked, who, status):
    assert (await (await as_(who)).post(f"{asked}/takeover", {"agreed": "yes"})).status_code == status
    assert await owner(world) == world.person_id["sponsor"]


async def test_a_question_ends_with_another_one_and_with_another_owner(as_, world, asked):
    actor = await actor_of_person(world.person_id["sponsor"])
    case = await get_case(actor, world.case["decide"])
    await ask_to_take_over(actor, case, world.person_id["employee"], WHY)
    assert (await (await as_("colleague")).post(f"{asked}/takeover", {"agreed": "yes"})).status_code == 403
    assert await roles(world, "colleague") == []
    now = world.person_id["decision_maker"]
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", now, case.id)
    assert await fetch_value("SELECT array_agg(outcome) FROM handover") == ["lapsed", "lapsed"]
    assert await roles(world, "employee") == []
