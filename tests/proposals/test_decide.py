"""Proposing a campaign, and its decision owner's yes or no."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.proposals.actions import accept, decline
from portal.proposals.queries import get_proposal
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.proposals.steps import facts, proposed, send, written
from tests.world import NOW, email_of

EARLIER = (NOW - timedelta(days=9), NOW)
NO = {"reason": "The hall is closed until May."}


async def state(home):
    return (await facts(home, "state")).strip('"')


async def accepted(browser, home):
    return await browser.post(f"{home}/acceptance", form_of(await browser.get(home), f"{home}/acceptance"))


async def test_what_is_proposed_is_seen_by_few_and_opens_for_all_when_it_is_accepted(as_, world):
    author, owner, employee = await as_("employee"), await as_("decision_maker"), await as_("author")
    home = await proposed(author, world)
    for who, expected in {"sponsor": 200, "moderator": 200, "colleague": 404, "administrator": 404}.items():
        assert (await (await as_(who)).get(home)).status_code == expected, who
    assert "Fewer forms" in (await owner.get("/")).text
    assert "Fewer forms" not in (await employee.get("/campaigns")).text
    assert (await accepted(owner, home)).headers["Location"] == home
    assert "The campaign begins on the day" in text_of(await owner.get(home))
    assert await state(home) == "open"
    page = text_of(await employee.get(home))
    for words in (
        "Fewer forms",
        "Which form can go?",
        "<strong>41</strong>",
        "Coming up",
        "20 by May",
        "Femke Rijnders",
    ):
        assert words in page
    assert "Fewer forms" in (await employee.get("/campaigns")).text
    kinds = await execute("SELECT kind FROM event WHERE kind LIKE 'campaign.%' ORDER BY id")
    assert [row["kind"] for row in kinds] == ["campaign.proposed", "campaign.opened"]


async def test_ideas_wait_until_it_is_accepted(as_, world):
    author = await as_("employee")
    home = await proposed(author, world)
    await execute("UPDATE campaign SET collect_from = {} WHERE state = 'proposed'", NOW)
    assert (await author.get(f"{home}/ideas/new")).status_code == 403
    await accepted(await as_("decision_maker"), home)
    assert (await author.get(f"{home}/ideas/new")).status_code == 200


async def test_what_was_saved_meanwhile_is_not_proposed_unseen(as_, world):
    author = await as_("employee")
    home = await written(author, world)

    async def meanwhile():
        assert (await send(author, f"{home}/edit/purpose", goal="Ten forms")).status_code == 303

    answer = await post_slowly(author, f"{home}/proposal", {}, meanwhile)
    assert answer.status_code == 422
    assert "This proposal was changed after you opened it" in text_of(answer)
    assert await state(home) == "draft"


async def test_a_reason_is_kept_where_somebody_else_is_asked_meanwhile(as_, world):
    author, owner = await as_("employee"), await as_("decision_maker")
    home = await proposed(author, world)
    other = {"sponsor_called": email_of("decision_maker"), "decision_owner_called": email_of("sponsor")}

    async def meanwhile():
        assert (
            await send(author, f"{home}/edit/people", space=world.space["organisation"], **other)
        ).status_code == 303

    answer = await post_slowly(owner, f"{home}/refusal", NO, meanwhile)
    assert answer.status_code == 422
    assert NO["reason"] in text_of(answer)
    assert await state(home) == "proposed"


async def test_declined_with_a_reason_it_can_be_changed_and_proposed_again(as_, world):
    author, owner = await as_("employee"), await as_("decision_maker")
    home = await proposed(author, world)
    assert set(errors_of(await owner.post(f"{home}/refusal", {"reason": ""}))) == {"reason"}
    assert (await owner.post(f"{home}/refusal", NO)).status_code == 303
    assert await state(home) == "declined"
    assert NO["reason"] in text_of(await author.get(home))
    assert (await send(author, f"{home}/edit/purpose", goal="Ten forms")).status_code == 303
    assert (await author.post(f"{home}/proposal")).status_code == 303
    assert await state(home) == "proposed"


@pytest.mark.parametrize(("who", "expected"), [("colleague", 404), ("moderator", 403), ("sponsor", 403)])
async def test_nobody_decides_for_her(as_, world, who, expected):
    home = await proposed(await as_("employee"), world)
    browser = await as_(who)
    assert (await browser.post(f"{home}/acceptance", {"version": "9"})).status_code == expected
    assert (await browser.post(f"{home}/refusal", NO)).status_code == expected
    assert await state(home) == "proposed"


async def test_others_neither_propose_nor_change_it(as_, world):
    home = await written(await as_("employee"), world)
    for who in ("colleague", "sponsor", "decision_maker", "moderator"):
        browser = await as_(who)
        assert (await browser.post(f"{home}/proposal")).status_code == 404
        assert (await browser.post(f"{home}/edit/purpose", {"need": "Mine"})).status_code == 404
    await (await as_("employee")).post(f"{home}/proposal")
    browser = await as_("moderator")
    assert (await browser.get(f"{home}/edit/purpose")).status_code == 403
    assert (await browser.post(f"{home}/edit/purpose", {"need": "Mine"})).status_code == 403
    assert (await browser.post(f"{home}/proposal")).status_code == 403


async def test_who_read_another_version_reads_again_before_she_accepts(as_, world):
    author, owner = await as_("employee"), await as_("decision_maker")
    home = await proposed(author, world)
    seen = form_of(await owner.get(home), f"{home}/acceptance")
    assert (await send(author, f"{home}/edit/purpose", goal="A million")).status_code == 303
    sent = await owner.post(f"{home}/acceptance", seen)
    assert sent.status_code == 422
    assert "changed after you opened it" in sent.text
    assert await state(home) == "proposed"
    assert (await owner.post(f"{home}/acceptance", form_of(sent, f"{home}/acceptance"))).status_code == 303


async def test_too_late_to_collect_it_opens_only_with_later_dates(as_, world):
    author, owner = await as_("employee"), await as_("decision_maker")
    home = await proposed(author, world)
    seen = form_of(await owner.get(home), f"{home}/acceptance")
    await execute("UPDATE campaign SET collect_from = {}, discuss_from = {} WHERE state = 'proposed'", *EARLIER)
    assert (await owner.post(f"{home}/acceptance", seen)).status_code == 422
    actor = await actor_of_person(world.person_id["decision_maker"])
    proposal = await get_proposal(actor, home[11:])
    with pytest.raises(Changed):  # nor where it becomes too late between looking and deciding
        await accept(actor, proposal, proposal.version)
    assert await state(home) == "proposed"
    await owner.post(f"{home}/refusal", NO)
    assert "has passed" in (await author.get(home)).text
    assert (await author.post(f"{home}/proposal")).status_code == 422


async def test_a_button_pressed_twice_does_no_harm(as_, world):
    author, owner = await as_("employee"), await as_("decision_maker")
    home = await proposed(author, world)
    assert (await author.post(f"{home}/proposal")).status_code == 303
    seen = form_of(await owner.get(home), f"{home}/acceptance")
    assert [(await owner.post(f"{home}/acceptance", seen)).status_code for _ in range(2)] == [303, 303]
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'campaign.opened'") == 1


async def test_whom_it_names_must_still_read_the_space(as_, world):
    author = await as_("employee")
    home = await written(author, world)
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["decision_maker"])
    assert (await author.post(f"{home}/proposal")).status_code == 422
    assert "Name somebody else" in text_of(await author.get(home))


async def test_asking_somebody_else_puts_her_in_the_place_of_the_first(as_, world):
    author, first, second = await as_("employee"), await as_("decision_maker"), await as_("author")
    home = await proposed(author, world)
    sent = await send(author, f"{home}/edit/people", decision_owner_called=email_of("author"))
    assert sent.status_code == 303
    assert (await first.get(home)).status_code == 404
    assert (await accepted(second, home)).status_code == 303


WHOLE = """
    UPDATE campaign SET title = 'T', lead = 'L', brief = 'B', need = 'N', goal = 'G', measure = 'M', sponsor = author,
        decision_owner = author, expected_readers = 3 WHERE id = {}
"""
ON = ("state = 'proposed', proposed_at = plein_now()", "state = 'open', accepted_at = plein_now()")


@pytest.mark.parametrize("change", ON)
@pytest.mark.parametrize(
    "gap",
    [
        *(f"{column} = ''" for column in ("title", "lead", "brief", "need", "goal", "measure")),
        *(f"{column} = NULL" for column in ("sponsor", "decision_owner", "expected_readers")),
    ],
)
async def test_the_database_opens_nothing_that_does_not_name_everything(rollback, world, gap, change):
    """Whatever a form lets through."""
    draft = world.campaign_id["draft"]
    await execute(WHOLE, draft)
    went_on = rollback.transaction()
    await went_on.start()
    await execute(f"UPDATE campaign SET {change} WHERE id = {{}}", draft)  # the control: nothing is missing
    await went_on.rollback()
    with pytest.raises(asyncpg.CheckViolationError, match=r"campaign_complete|campaign_title"):
        await execute(f"UPDATE campaign SET {gap}, {change} WHERE id = {{}}", draft)


# --- at the same moment ---


async def naive(proposal, all_have_looked):
    """Looks whether it is still to be decided, then decides."""
    state = await fetch_value("SELECT state FROM campaign WHERE id = {}", proposal.id)
    await all_have_looked.wait()
    if state == "proposed":
        await execute("UPDATE campaign SET state = 'declined' WHERE id = {}", proposal.id)
    return state == "proposed"


async def test_yes_and_no_at_once_are_one_decision(fresh_db, world):
    actor = await actor_of_person(world.person_id["decision_maker"])
    proposal = await get_proposal(actor, world.campaign["proposed"])
    ways = [accept(actor, proposal, proposal.version) if n % 2 else decline(actor, proposal, "No.") for n in range(8)]
    outcomes = await asyncio.gather(*ways, return_exceptions=True)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Changed | Forbidden)] == [None]
    state = await fetch_value("SELECT state FROM campaign WHERE id = {}", proposal.id)
    events = await execute("SELECT kind FROM event WHERE campaign = {}", proposal.id)
    notices = await fetch_value("SELECT count(*) FROM campaign_notice")
    assert [row["kind"] for row in events] == [f"campaign.{'opened' if state == 'open' else 'declined'}"]
    assert notices == (state == "declined")


async def test_the_control_deciding_after_a_look_decides_twice(fresh_db, world):
    actor = await actor_of_person(world.person_id["decision_maker"])
    proposal = await get_proposal(actor, world.campaign["proposed"])
    barrier = asyncio.Barrier(8)
    assert sum(await asyncio.gather(*(naive(proposal, barrier) for _ in range(8)))) == 8
