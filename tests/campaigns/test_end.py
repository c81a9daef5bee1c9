"""A campaign that is open is extended, cancelled, and at last archived."""

import asyncio
import re
from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.campaigns.actions import cancel, extend
from portal.campaigns.queries import get_campaign
from portal.db import execute, fetch_value, transaction
from tests.client import text_of
from tests.moderation.desk import decide, receipt_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.world import NOW, add_idea, add_report

WHY = {"reason": "Half of the crews were <away>."}


def address_of(world, name, what):
    return f"/campaigns/{world.campaign[name]}/{what}"


async def form_for(browser, world, name):
    address = address_of(world, name, "extension")
    return form_of(await browser.get(address), address) | WHY


async def column(world, name, which):
    return await fetch_value(f"SELECT {which} FROM campaign WHERE id = {{}}", world.campaign_id[name])


# --- extending ---


@pytest.mark.parametrize("who", ["campaign_owner", "sponsor", "administrator"])
async def test_voting_is_extended_with_a_public_reason(as_, world, who):
    browser = await as_(who)
    form = await form_for(browser, world, "vote")
    assert [name for name in form if name.endswith("_from")] == ["decide_from", "done_from"]
    sent = await browser.post(address_of(world, "vote", "extension"), form | {"decide_from": "2026-06-25T17:00"})
    assert sent.status_code == 303, errors_of(sent)
    assert (await column(world, "vote", "decide_from")).isoformat() == "2026-06-25T15:00:00+00:00"
    page = text_of(await (await as_("employee")).get(address_of(world, "vote", "")[:-1]))
    assert "Half of the crews were <away>." in page
    assert "Thursday 25 June, 17:00" in page
    assert "Monday 22 June, 15:00" in page
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'campaign.extended'") == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"decide_from"}),  # nothing is later
        ({"decide_from": "2026-06-20T17:00"}, {"decide_from"}),  # earlier than it was
        ({"decide_from": "2026-06-30T17:00"}, {"done_from"}),  # past the next
        ({"decide_from": "2026-06-25T17:00", "reason": ""}, {"reason"}),
        ({"decide_from": "soon", "done_from": "", "reason": ""}, {"decide_from", "done_from", "reason"}),
    ],
)
async def test_what_is_no_extension_is_refused_with_all_its_errors(as_, world, values, wrong):
    browser, before = await as_("sponsor"), await column(world, "vote", "version")
    form = await form_for(browser, world, "vote") | values
    sent = await browser.post(address_of(world, "vote", "extension"), form)
    assert (sent.status_code, set(errors_of(sent))) == (422, wrong)
    assert form_of(sent, address_of(world, "vote", "extension"))["decide_from"] == form["decide_from"]
    assert await column(world, "vote", "version") == before


async def test_a_phase_that_has_begun_cannot_be_moved_by_a_forged_field(as_, world):
    browser, before = await as_("sponsor"), await column(world, "vote", "vote_from")
    form = await form_for(browser, world, "vote")
    forged = {"vote_from": "2026-06-21T09:00", "decide_from": "2026-06-25T17:00"}
    assert (await browser.post(address_of(world, "vote", "extension"), form | forged)).status_code == 303
    assert await column(world, "vote", "vote_from") == before


async def test_extended_by_two_the_second_sees_the_new_dates_first(as_, world):
    first, second = await as_("campaign_owner"), await as_("sponsor")
    of_first, of_second = await form_for(first, world, "vote"), await form_for(second, world, "vote")
    address, later = address_of(world, "vote", "extension"), {"decide_from": "2026-06-25T17:00"}
    assert (await first.post(address, of_first | later)).status_code == 303
    sent = await second.post(address, of_second | {"decide_from": "2026-06-24T17:00"})
    assert sent.status_code == 422
    assert (await column(world, "vote", "decide_from")).day == 25


async def test_a_phase_that_ends_while_the_form_is_on_its_way_is_not_reopened(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "vote", "extension")
    form = await form_for(browser, world, "vote") | {"decide_from": "2026-06-25T17:00"}

    async def meanwhile():
        await execute("UPDATE campaign SET decide_from = {} WHERE id = {}", NOW, world.campaign_id["vote"])

    sent = await post_slowly(browser, address, form, meanwhile)
    assert sent.status_code == 422
    assert await column(world, "vote", "decide_from") == NOW


@pytest.mark.parametrize("what", ["extension", "cancellation"])
@pytest.mark.parametrize(("who", "name", "expected"), [("employee", "vote", 403), ("employee", "closed_a", 404)])
async def test_others_neither_extend_nor_cancel(as_, world, what, who, name, expected):
    browser = await as_(who)
    assert (await browser.get(address_of(world, name, what))).status_code == expected
    assert (await browser.post(address_of(world, name, what), WHY)).status_code == expected


async def test_votes_that_are_under_way_and_an_extension_wait_for_each_other(fresh_db, world):
    """Whoever votes as voting ends is counted before or under the new dates; no vote is lost, none comes twice."""
    from portal.votes.actions import give_support
    from portal.votes.queries import standing

    sponsor = await actor_of_person(world.person_id["sponsor"])
    campaign = await get_campaign(sponsor, world.campaign["vote"])
    names = ("employee", "colleague", "campaign_owner", "decision_maker", "moderator", "administrator", "insider_a")
    voters = [await actor_of_person(world.person_id[name]) for name in names]

    async def vote(actor):
        await give_support(actor, await standing(actor, world.idea["vote"]))

    later = {"decide_from": NOW + timedelta(days=8), "done_from": NOW + timedelta(days=20)}
    both = [extend(sponsor, campaign, later, "Later.") for _ in range(3)]
    outcomes = await asyncio.gather(*both, *map(vote, voters), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Changed, Changed]
    count = "SELECT count(*), max(i.supporters) FROM vote v JOIN idea i ON i.id = v.idea WHERE i.id = {}"
    assert tuple((await execute(count, world.idea_id["vote"]))[0]) == (7, 7)
    assert await fetch_value("SELECT count(*) FROM campaign_notice") == 1


# --- cancelling ---


async def test_a_cancelled_campaign_takes_no_votes_and_comments_and_says_why(as_, world):
    browser, employee = await as_("sponsor"), await as_("employee")
    assert set(errors_of(await browser.post(address_of(world, "vote", "cancellation"), {"reason": ""}))) == {"reason"}
    for _ in range(2):  # a button pressed twice does no harm
        assert (await browser.post(address_of(world, "vote", "cancellation"), WHY)).status_code == 303
    page = text_of(await employee.get(f"/campaigns/{world.campaign['vote']}"))
    assert "This campaign was stopped" in page
    assert "Half of the crews were <away>." in page
    idea = f"/ideas/{world.idea['vote']}"
    assert (await employee.get(idea)).status_code == 200
    assert (await employee.post(f"{idea}/vote")).cookies["flash"] == "votes-closed"
    assert (await employee.post(f"{idea}/comments", {"body": "Still here"})).status_code == 403
    assert (await employee.get(f"/campaigns/{world.campaign['vote']}/ideas/new")).status_code == 403
    assert await fetch_value("SELECT count(*) FROM campaign_notice") == 1
    assert (await browser.get(f"{idea}/answer")).status_code == 200  # its ideas are still owed an answer


async def test_cancelled_by_several_at_once_one_reason_stands(fresh_db, world):
    sponsor = await actor_of_person(world.person_id["sponsor"])
    campaign = await get_campaign(sponsor, world.campaign["vote"])
    outcomes = await asyncio.gather(
        *(cancel(sponsor, campaign, f"Reason {n}") for n in range(6)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Changed) for outcome in outcomes) == 5
    assert await fetch_value("SELECT count(*) FROM campaign_notice") == 1


# --- archiving ---


async def answer(world, name):
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " SELECT id, space, {}, 'declined', 'No', 'No', 'No', 'Nothing', 'en' FROM idea WHERE id = {}",
        world.person_id["sponsor"],
        world.idea_id[name],
    )


async def test_it_is_not_archived_while_an_idea_lacks_an_answer_and_says_which(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "done", "archival")
    sent = await browser.post(address)
    assert sent.status_code == 422
    assert f'href="/ideas/{world.idea["done"]}"' in sent.text
    assert await column(world, "done", "state") == "open"
    assert "One idea without an answer" in (await browser.get(f"/campaigns/{world.campaign['done']}")).text
    assert (
        "One idea without an answer"
        not in (await (await as_("employee")).get(f"/campaigns/{world.campaign['done']}")).text
    )
    await answer(world, "done")
    assert [(await browser.post(address)).status_code for _ in range(2)] == [303, 303]
    assert await column(world, "done", "state") == "archived"


@pytest.mark.parametrize(("state", "expected"), [("hidden", 422), ("removed", 303), ("withdrawn", 303)])
async def test_a_hidden_idea_may_come_back_and_is_owed_its_answer(as_, world, state, expected):
    await execute("UPDATE idea SET state = {} WHERE id = {}", state, world.idea_id["done"])
    sent = await (await as_("sponsor")).post(address_of(world, "done", "archival"))
    assert sent.status_code == expected
    assert ("has hidden one more" in sent.text) == (expected == 422)
    assert world.idea["done"] not in sent.text


async def test_only_who_leads_it_sees_what_a_campaign_owes(as_, world):
    for who, name, expected in (("employee", "decide", 403), ("guest_a", "decide", 404), ("sponsor", "vote", 200)):
        assert (await (await as_(who)).get(address_of(world, name, "archival"))).status_code == expected


@pytest.mark.parametrize(("method", "first"), [("support", "popular"), ("budget", "decide")])
@pytest.mark.parametrize("path", ["archival", "waiting"])
async def test_what_is_most_supported_is_answered_first(as_, world, method, first, path):
    async with transaction():
        await add_idea(world, "popular", campaign="decide", comments=False)
    await execute("UPDATE campaign SET vote_method = {} WHERE id = {}", method, world.campaign_id["decide"])
    for name, supporters, votes in (("popular", 9, 1), ("decide", 2, 20)):
        await execute(
            "UPDATE idea SET supporters = {}, votes = {} WHERE id = {}", supporters, votes, world.idea_id[name]
        )
    page = (await (await as_("sponsor")).get(address_of(world, "decide", path))).text
    assert re.findall(r'class="title-link"[^>]*href="/ideas/(\w+)', page)[0] == world.idea[first]


@pytest.mark.parametrize("action", ["send back", "remove"])
async def test_what_was_sent_back_a_month_ago_keeps_no_campaign_from_its_archive(as_, world, action):
    await add_report(world, "done", idea="done", reporter="employee")
    moderator, sponsor = await as_("moderator"), await as_("sponsor")
    await decide(moderator, world, "done", action)
    address = address_of(world, "done", "archival")
    assert (await sponsor.post(address)).status_code == 422
    await execute("UPDATE decision SET created_at = created_at - interval '29 days'")
    assert (await sponsor.post(address)).status_code == 422
    await execute("UPDATE decision SET created_at = created_at - interval '2 days'")
    await execute("UPDATE moderation_item SET state = 'appealed'")
    assert (await sponsor.post(address)).status_code == 422, "it is looked at again"
    await execute("UPDATE moderation_item SET state = 'decided'")
    assert (await sponsor.post(address)).status_code == 303
    assert await column(world, "done", "state") == "archived"
    if action == "send back":  # and it is not lost
        page = f"{await receipt_of(world, 'done')}/text"
        assert (await (await as_("author")).post(page, {"title": "A", "body": "Another text"})).status_code == 303
        assert "Another text" in (await (await as_("employee")).get(f"/ideas/{world.idea['done']}")).text


async def test_what_is_archived_leaves_the_list_and_is_found_in_the_archive(as_, world):
    await answer(world, "done")
    await (await as_("sponsor")).post(address_of(world, "done", "archival"))
    employee = await as_("employee")
    assert world.campaign["done"] not in (await employee.get("/campaigns")).text
    assert world.campaign["done"] in (await employee.get("/campaigns?phase=archived")).text
    assert (await employee.get(f"/campaigns/{world.campaign['done']}")).status_code == 200


@pytest.mark.parametrize(("name", "expected"), [("done", 403), ("decide", 403), ("over", 404)])
async def test_others_do_not_archive(as_, world, name, expected):
    assert (await (await as_("employee")).post(address_of(world, name, "archival"))).status_code == expected
