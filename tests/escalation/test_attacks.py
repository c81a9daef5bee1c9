"""What somebody tried who wished the crowd, or the one who decides, ill."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.caseteam.actions import release
from portal.db import execute, fetch_value
from portal.escalation.actions import declare_conflict
from portal.escalation.queries import get_case
from portal.timetable import tick_cases
from portal.worker import pass_on_events
from tests.cases.test_answering import TYPED, asked, draft, filled
from tests.client import text_of
from tests.escalation.stage import happened
from tests.escalation.test_anonymous import posted
from tests.escalation.test_sensitive import diverted, rule, screened
from tests.pages.forms import form_of
from tests.world import NOW, add_case, set_clock

__all__ = ["asked"]
SENSITIVE_REPORT = {"rule": "private life", "words": "", "sensitive": "y"}
STATE = "SELECT state FROM idea WHERE public_id = {}"


async def test_who_was_released_writes_no_word_into_the_draft(as_, world, asked):
    adviser, sponsor, address = await as_("employee"), await as_("sponsor"), f"{asked}/answer"
    typed = await filled(sponsor, asked)
    assert (await sponsor.post(address, typed | {"draft": "1"})).status_code == 303
    actor = await actor_of_person(world.person_id["sponsor"])
    await release(actor, await get_case(actor, world.case["decide"]), world.person["employee"])
    for version in ("0", "1", "2"):
        forged = TYPED | {"reason": "Never.", "version": version, "draft": "1"}
        await adviser.post(address, forged)
        assert await draft(world) == TYPED["reason"]


async def test_who_declared_a_conflict_writes_no_word_into_the_draft(as_, world, asked):
    sponsor, address = await as_("sponsor"), f"{asked}/answer"
    actor = await actor_of_person(world.person_id["sponsor"])
    await declare_conflict(actor, await get_case(actor, world.case["decide"]))
    assert await fetch_value("SELECT owner FROM escalation WHERE id = {}", world.case_id["decide"]) != sponsor.person
    await sponsor.post(address, TYPED | {"reason": "Never.", "version": "0", "draft": "1"})
    assert await draft(world) is None


async def test_what_is_adopted_is_its_new_authors_when_it_is_screened(as_, world):
    await rule(world)
    before, after = await as_("insider_a"), await as_("employee")
    where = await posted(before, world)
    public_id = where.rpartition("/")[2]
    idea = await fetch_value("SELECT id FROM idea WHERE public_id = {}", public_id)
    await execute("UPDATE idea SET author = {}, anonymous = FALSE WHERE id = {}", after.person, idea)  # as `adopt` does
    form = form_of(await after.get(f"{where}/edit"), f"{where}/edit")
    assert (await after.post(f"{where}/edit", form | {"body": "Ik ben ziek"})).status_code == 303
    waits = await fetch_value("SELECT public_id FROM screening WHERE idea = {} AND state = 'open'", idea)
    assert (await before.post(f"/screenings/{waits}/taking-back")).status_code == 404
    assert (await after.get(f"/screenings/{waits}")).status_code == 200


async def test_what_was_screened_stays_while_the_clock_runs(as_, world):
    await rule(world)
    where, idea = await screened(await as_("author"), world)
    await execute("DELETE FROM test_clock")
    version = str(await fetch_value("SELECT version FROM idea WHERE public_id = {}", idea))
    decided = {"what": "publish", "version": version}
    assert (await (await as_("moderator")).post(f"{where}/decision", decided)).status_code == 303
    assert (await (await as_("employee")).post(f"/ideas/{idea}/report", SENSITIVE_REPORT)).status_code == 303
    await pass_on_events()
    assert await fetch_value(STATE, idea) == "published"


async def test_what_the_neutral_restored_stays(as_, world):
    await rule(world)
    where, idea = await diverted(as_, world)
    author, neutral = await as_("author"), await as_("decision_maker")
    assert (await author.post(f"{where}/appeal", {"words": "It is about work."})).status_code == 303
    await execute("UPDATE screening SET appeal_to = {} WHERE appealed_at IS NOT NULL", neutral.person)
    assert (await neutral.post(f"{where}/outcome", {"outcome": "granted", "words": "It is."})).status_code == 303
    assert (await (await as_("employee")).post(f"/ideas/{idea}/report", SENSITIVE_REPORT)).status_code == 303
    await pass_on_events()
    assert await fetch_value(STATE, idea) == "published"


@pytest.mark.parametrize("column", ["sponsor", "decision_owner"])
async def test_who_decides_a_campaign_hides_none_of_its_ideas_by_calling_it_sensitive(as_, world, column):
    browser, idea = await as_("campaign_owner"), world.idea["collect"]
    await execute(f"UPDATE campaign SET {column} = {{}} WHERE id = {{}}", browser.person, world.campaign_id["collect"])
    assert (await browser.post(f"/ideas/{idea}/report", SENSITIVE_REPORT)).status_code == 303
    await pass_on_events()
    assert await fetch_value(STATE, idea) == "published"


async def test_who_would_decide_it_hides_nothing_by_calling_it_sensitive(as_, world):
    browser, idea = await as_("decision_maker"), world.idea["collect"]
    assert (await browser.post(f"/ideas/{idea}/report", SENSITIVE_REPORT)).status_code == 303
    await pass_on_events()
    assert await fetch_value(STATE, idea) == "published"


async def test_while_it_waits_to_be_screened_no_clock_runs_against_who_owes_the_answer(as_, world):
    await rule(world)
    idea, due = world.idea_id["post"], NOW + timedelta(hours=1)
    await add_case(world, "post", idea="post", state="acknowledged", owner="sponsor", due_at=due)
    await (await as_("colleague")).post(f"/ideas/{world.idea['post']}/report", SENSITIVE_REPORT)
    await pass_on_events()
    case = f"/cases/{world.case['post']}"
    assert (await (await as_("sponsor")).get(case)).status_code == 404
    lateness = "SELECT plein_lateness(e, plein_now()) FROM escalation e WHERE idea = {}"
    before = await fetch_value(lateness, idea)
    await set_clock(NOW + timedelta(hours=3))
    await tick_cases()
    assert await happened(idea) == []
    assert await fetch_value(lateness, idea) == before == "on time", "nor is it called late meanwhile"
    waits = await fetch_value("SELECT public_id FROM screening WHERE idea = {} AND state = 'open'", idea)
    version = str(await fetch_value("SELECT version FROM idea WHERE id = {}", idea))
    sent = await (await as_("moderator")).post(f"/screenings/{waits}/decision", {"what": "publish", "version": version})
    assert sent.status_code == 303
    await tick_cases()
    assert await happened(idea) == ["case.screened"]
    assert "The clock goes on" in text_of(await (await as_("sponsor")).get(case))
    assert await fetch_value("SELECT due_at FROM escalation WHERE idea = {}", idea) == await fetch_value(
        "SELECT plein_working_after({}, plein_working_minutes({}, plein_now()))", due, NOW
    )
    await set_clock(NOW + timedelta(days=4))
    await tick_cases()
    assert "case.overdue" in await happened(idea), "the control: it runs again"
