"""Who may not decide: nobody finds who has no name by naming her, nobody agrees with herself, and two find one number."""

from __future__ import annotations

from typing import Any

import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value, transaction
from portal.escalation.actions import ask_extension, decide_extension, invalidate
from portal.escalation.jobs import pass_on_what_is_unowned
from portal.escalation.moving import above
from portal.escalation.opening import assign_all
from portal.escalation.queries import get_case
from tests.cases.test_answering import SECRET, TYPED
from tests.client import text_of
from tests.escalation.stage import assigned, hand_over, work
from tests.escalation.test_anonymous import ME, posted
from tests.pages.forms import errors_of, form_of
from tests.world import NOW, add_case, email_of, set_clock


async def case_of(as_: Any, world: Any, me: str = ME, **facts: Any) -> str:
    """The case of a post that `me` put up without her name; its address."""
    world.idea["anon"] = (await posted(await as_(me), world)).rpartition("/")[2]
    world.idea_id["anon"] = await fetch_value("SELECT id FROM idea WHERE public_id = {}", world.idea["anon"])
    await add_case(world, "anon", idea="anon", **facts)
    return f"/cases/{world.case['anon']}"


async def test_naming_colleagues_finds_nobody_who_has_no_name(as_, world):
    case = await case_of(as_, world, state="assigned", owner="sponsor")
    sponsor = await as_("sponsor")
    told = set()
    for who in ("employee", ME):
        sent = await sponsor.post(f"{case}/member", {"who": email_of(who), "role": "adviser"})
        typed = {"about": "legal", "who": email_of(who), "words": "Is it lawful?", "on": "2026-07-01"}
        asked = await sponsor.post(f"{case}/consultation", typed)
        form = form_of(await sponsor.get(case), f"{case}/answer") | TYPED | SECRET | {"approver_called": email_of(who)}
        second = await sponsor.post(f"{case}/answer", form)
        told.add(tuple((one.status_code, str(errors_of(one))) for one in (sent, asked, second)))
    assert told == {((303, "{}"),) * 3}
    me = await as_(ME)
    for address in (f"{case}/team", f"{case}/approval"):
        assert (await me.get(address)).status_code == 403, address
    assert (await me.post(f"{case}/approval", {"agreed": "yes", "version": "1"})).status_code == 403
    assert (await me.post(f"{case}/answer", TYPED | {"draft": "1", "version": "2"})).status_code == 403
    handed = await sponsor.post(f"{case}/handover", {"to": email_of(ME), "words": "She knows it"})
    assert (handed.status_code, errors_of(handed)) == (303, {})
    owner = "SELECT owner FROM escalation WHERE id = {}"
    yes = await me.post(f"{case}/takeover", {"agreed": "yes"})
    assert (yes.status_code, set(errors_of(yes))) == (422, {"agreed"})
    assert (await me.post(f"{case}/takeover", {"agreed": "no"})).status_code == 303
    assert await fetch_value(owner, world.case_id["anon"]) == sponsor.person
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", me.person, world.case_id["anon"])  # by the rules
    for deed in ("statement", "acknowledgement", "answer", "handover"):
        assert (await me.post(f"{case}/{deed}", TYPED)).status_code == 403, deed
    assert f"{case}/conflict" in (await me.get(case)).text
    assert (await me.post(f"{case}/conflict", {})).status_code == 303
    assert await fetch_value(owner, world.case_id["anon"]) not in (None, me.person)


@pytest.mark.parametrize("me", ["decision_maker", ME])
async def test_the_triage_passes_over_nobody_in_sight(as_, world, me):
    case = await case_of(as_, world, me, state="triage", owner=None)
    await execute("UPDATE escalation SET topic = {} WHERE id = {}", world.topic_id["leave"], world.case_id["anon"])
    moderator = await as_("moderator")
    page = text_of(await moderator.get(f"{case}/triage"))
    assert "gets it" in page
    assert "may not decide it" not in page
    assert "Femke Rijnders" in page, "who wrote it is passed over as little as anybody else"
    sent = await moderator.post(f"{case}/triage", {"owner": email_of(me)})
    assert (sent.status_code, errors_of(sent)) == (303, {})
    assert await fetch_value("SELECT owner FROM escalation WHERE id = {}", world.case_id["anon"]) == world.person_id[me]


async def assign_by_rules(world: Any) -> None:
    """It is about leave, and nobody says who decides it."""
    await execute("UPDATE escalation SET topic = {} WHERE id = {}", world.topic_id["leave"], world.case_id["anon"])
    async with transaction():
        await assign_all([world.case_id["anon"]])


@pytest.mark.parametrize("me", ["decision_maker", ME])
async def test_the_rules_name_whom_they_would_name_whoever_wrote_it(as_, world, me):
    """Who wrote it does nothing there but say that she does not decide it; or somebody else is named as ever."""
    case = await case_of(as_, world, me, state="triage", owner=None)
    await assign_by_rules(world)
    owner = "SELECT owner FROM escalation WHERE id = {}"
    her = world.person_id["decision_maker"]
    assert await fetch_value(owner, world.case_id["anon"]) == her
    for who in ("employee", "moderator"):
        assert "Femke Rijnders" in text_of(await (await as_(who)).get(case))
    decides = await as_("decision_maker")
    assert (await decides.post(f"{case}/acknowledgement", {})).status_code == (403 if me == "decision_maker" else 422)
    assert (await decides.post(f"{case}/conflict", {})).status_code == 303
    assert await fetch_value(owner, world.case_id["anon"]) != her


@pytest.mark.parametrize("me", ["decision_maker", ME])
async def test_it_is_passed_on_in_the_same_words_whoever_wrote_it(as_, world, me):
    await case_of(as_, world, me, state="assigned", owner="decision_maker")
    her = world.person_id["decision_maker"]
    await execute("UPDATE person SET active = FALSE WHERE id = {}", her)
    await pass_on_what_is_unowned()
    assert await fetch_value("SELECT owner FROM escalation WHERE id = {}", world.case_id["anon"]) != her
    why = "SELECT particulars ->> 'why' FROM event WHERE kind = 'case.handed_over' AND escalation = {}"
    assert await fetch_value(why, world.case_id["anon"]) == "absent"


@pytest.mark.parametrize("me", ["decision_maker", ME])
async def test_the_same_one_stands_above_the_owner_whoever_wrote_it(as_, world, me):
    """Were who wrote it passed over, the next one above would find her by being asked."""
    await case_of(as_, world, me, state="acknowledged", owner="employee")
    her, case = world.person_id["decision_maker"], world.case_id["anon"]
    unit = await fetch_value("INSERT INTO org_unit (name, head) VALUES ('Locks', {}) RETURNING id", her)
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, world.person_id["employee"])
    assert await above(case) == {case: her}
    read = await get_case(await actor_of_person(world.person_id["employee"]), world.case["anon"])
    assert read.superior == her


@pytest.mark.parametrize("below", [True, False])
async def test_of_a_complaint_without_a_name_nobody_learns_above_whom_she_stands(as_, world, below):
    case = await case_of(as_, world, state="triage", owner=None)
    unit = await fetch_value(
        "INSERT INTO org_unit (name, head) VALUES ('Locks', {}) RETURNING id", world.person_id["decision_maker"]
    )
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit if below else None, world.person_id[ME])
    await execute("UPDATE escalation SET complaint = TRUE WHERE id = {}", world.case_id["anon"])
    await assign_by_rules(world)
    her = world.person_id["decision_maker"]
    assert await fetch_value("SELECT owner FROM escalation WHERE id = {}", world.case_id["anon"]) == her
    assert "may not decide" not in text_of(await (await as_("decision_maker")).get(case))
    barred = "SELECT {} = ANY (plein_barred(e)) FROM escalation e WHERE id = {}"
    assert await fetch_value(barred, her, world.case_id["anon"]) is False


async def test_nobody_agrees_to_the_time_that_she_asked_for(stage):
    post, h = await assigned(stage), stage.heads
    await stage.does(h["first"], hand_over, post, h["first"])
    await stage.does(h["first"], ask_extension, post, 10, "It takes long.")
    due = (await stage.owed(post)).due_at
    await stage.does(h["first"], hand_over, post, h["owner"])
    with pytest.raises(Forbidden):
        await stage.does(h["first"], decide_extension, post, True)
    await stage.does(h["second"], decide_extension, post, True)
    assert (await stage.owed(post)).due_at > due, "the next one above may"


async def test_of_two_numbers_of_doubted_supporters_the_lower_one_counts(stage):
    await set_clock(NOW)
    post, h = await stage.post(), stage.heads
    need = await fetch_value("SELECT t1_at_count FROM idea WHERE id = {}", post)
    await stage.support(post, stage.people[1 : need + 6])
    await work()
    await stage.does(h["moderator"], invalidate, post, 6, "Six accounts are one person's")
    assert await stage.does(h["second_moderator"], invalidate, post, 1_000_000, "All of them")
    await work()
    assert await fetch_value("SELECT discounted FROM idea WHERE id = {}", post) == 6
