"""A form of a case that lay open while something happened does nothing, and shows what that was beside what was typed."""

from __future__ import annotations

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.escalation.actions import first_statement
from portal.escalation.queries import get_case
from tests.cases.test_triage import by_rule
from tests.client import text_of
from tests.escalation.stage import hand_over
from tests.pages.forms import form_of
from tests.world import email_of

STATEMENT = "SELECT statement FROM escalation WHERE id = {}"


async def opened(as_, world, step, who="sponsor", case="decide"):
    """The page of a step, opened by its owner: her browser, the address, and the form."""
    browser, address = await as_(who), f"/cases/{world.case[case]}/{step}"
    return browser, address, form_of(await browser.get(address), address)


async def test_what_somebody_said_meanwhile_is_not_written_over(as_, world):
    browser, address, form = await opened(as_, world, "statement")
    actor = await actor_of_person(world.person_id["sponsor"])
    await first_statement(actor, await get_case(actor, world.case["decide"]), "From another window")
    sent = await browser.post(address, form | {"words": "We are late with this"})
    assert sent.status_code == 422
    page = text_of(sent)
    assert "This case was changed meanwhile." in page
    for words in ("We are late with this", "From another window", "What happened meanwhile", "First statement"):
        assert words in page, words
    assert await fetch_value(STATEMENT, world.case_id["decide"]) == "From another window"
    again = await browser.post(address, form_of(sent, address))
    assert again.status_code == 403, "it was said, and stays as it was said"
    assert await fetch_value(STATEMENT, world.case_id["decide"]) == "From another window"


async def test_the_control_a_fresh_page_is_taken(as_, world):
    browser, address, form = await opened(as_, world, "statement")
    assert (await browser.post(address, form | {"words": "We look at it"})).status_code == 303
    assert await fetch_value(STATEMENT, world.case_id["decide"]) == "We look at it"


async def test_whose_it_is_no_longer_is_told_so_with_her_text(as_, world):
    browser, address, form = await opened(as_, world, "statement")
    actor = await actor_of_person(world.person_id["sponsor"])
    await hand_over(actor, await get_case(actor, world.case["decide"]), world.person_id["decision_maker"])
    sent = await browser.post(address, form | {"words": "We are late with this"})
    assert sent.status_code == 422, text_of(sent)
    for words in ("We are late with this", "no longer yours to do", "What happened meanwhile"):
        assert words in text_of(sent), words
    assert (await browser.post(address, form_of(sent, address))).status_code == 403
    assert await fetch_value(STATEMENT, world.case_id["decide"]) == ""


@pytest.mark.parametrize("read", ["0", "1", "-1", "99999999", "x"])
async def test_who_never_had_to_do_with_it_is_refused_whatever_she_says_she_read(as_, world, read):
    actor = await actor_of_person(world.person_id["sponsor"])
    await first_statement(actor, await get_case(actor, world.case["decide"]), "So that something happened")
    for who, right in (("employee", 403), ("guest_a", 404)):
        sent = await (await as_(who)).post(f"/cases/{world.case['decide']}/statement", {"words": "Me", "read": read})
        assert sent.status_code == right, who


async def test_two_moderators_name_who_decides(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        *(world.space_id["organisation"], world.person_id["campaign_owner"]),
    )
    first, address, form = await opened(as_, world, "triage", "moderator", "discuss")
    second, _, other = await opened(as_, world, "triage", "campaign_owner", "discuss")
    assert (await first.post(address, form | {"owner": email_of("decision_maker")})).status_code == 303
    sent = await second.post(address, other | {"unit": "Unit water", "owner": email_of("colleague")})
    assert sent.status_code == 422
    for words in (email_of("colleague"), "Unit water", "What happened meanwhile", "no longer yours to do"):
        assert words in sent.text, words
    owner = await fetch_value("SELECT owner FROM escalation WHERE id = {}", world.case_id["discuss"])
    assert owner == world.person_id["decision_maker"]


async def test_a_moderator_in_a_conflict_with_it_is_refused_whatever_happened(as_, world):
    await by_rule(world)
    browser, address, form = await opened(as_, world, "triage", "moderator", "discuss")
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind) SELECT id, space, {}, 'declared' FROM escalation"
        " WHERE id = {}",
        *(world.person_id["moderator"], world.case_id["discuss"]),
    )
    other, _, theirs = await opened(as_, world, "triage", "administrator", "discuss")
    assert (await other.post(address, theirs | {"owner": email_of("decision_maker")})).status_code == 303
    assert (await browser.post(address, form)).status_code == 403
