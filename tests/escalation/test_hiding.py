"""Rule 7: who decides an item's case brings nothing of it out of sight; and a case that a wrong diversion ended goes on."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.mydata.jobs import make_export
from portal.screening.jobs import assign_screenings
from tests.client import text_of
from tests.escalation.stage import at, work
from tests.escalation.test_sensitive import DIVERT, door, rule
from tests.moderation.desk import decide, newest
from tests.moderation.test_masks import FILE
from tests.pages.forms import form_of
from tests.world import NOW, add_case, set_clock

JOIN = "INSERT INTO membership (space, person, role) VALUES ({}, {}, {}) ON CONFLICT DO NOTHING"
NEUTRAL = "SELECT appeal_to FROM screening WHERE public_id = {}"


async def reported(as_, world):
    """Something published that was reported as sensitive; its screening."""
    report = {"rule": "private life", "words": "", "sensitive": "y"}
    sent = await (await as_("colleague")).post(f"/ideas/{world.idea['post']}/report", report)
    assert sent.status_code == 303
    await work()
    waits = "SELECT public_id FROM screening WHERE idea = {} AND state = 'open'"
    return f"/screenings/{await fetch_value(waits, world.idea_id['post'])}"


async def divert(browser, where):
    """Says that it belongs at another door."""
    idea = "SELECT i.version FROM screening x JOIN idea i ON i.id = x.idea WHERE x.public_id = {}"
    version = str(await fetch_value(idea, where.rpartition("/")[2]))
    return (await browser.post(f"{where}/decision", DIVERT | await door() | {"version": version})).status_code


async def named_neutral(as_, where):
    """Its author appeals; who decides about that."""
    appeal = await (await as_("author")).post(f"{where}/appeal", {"words": "But it is about trains."})
    assert appeal.status_code == 303
    await assign_screenings()
    return await fetch_value(NEUTRAL, where.rpartition("/")[2])


@pytest.mark.parametrize(("owner", "status"), [("sponsor", 404), ("decision_maker", 303)])
async def test_who_decides_it_does_not_say_that_it_is_sensitive(as_, world, owner, status):
    await rule(world, screeners=("sponsor", "moderator"))
    await add_case(world, "post", idea="post", state="assigned", owner=owner)
    where = await reported(as_, world)
    assert await divert(await as_("sponsor"), where) == status


async def test_who_decided_it_is_not_asked_whether_that_was_right(as_, world):
    await rule(world)
    await add_case(world, "post", idea="post", state="assigned", owner="decision_maker")
    where = await reported(as_, world)
    assert await divert(await as_("moderator"), where) == 303
    assert await named_neutral(as_, where) not in (None, world.person_id["decision_maker"])


async def test_the_control_without_a_case_it_is_the_decision_maker(as_, world):
    await rule(world)
    where = await reported(as_, world)
    assert await divert(await as_("moderator"), where) == 303
    assert await named_neutral(as_, where) == world.person_id["decision_maker"]


async def test_what_the_neutral_restores_is_owed_its_answer_again(as_, world):
    await rule(world)
    await add_case(world, "post", idea="post", state="assigned", owner="sponsor")
    due = await fetch_value("SELECT due_at FROM escalation WHERE id = {}", world.case_id["post"])
    where = await reported(as_, world)
    assert await divert(await as_("moderator"), where) == 303
    state = "SELECT state FROM escalation WHERE id = {}"
    assert await fetch_value(state, world.case_id["post"]) == "diverted"
    neutral = await named_neutral(as_, where)
    who = next(name for name, number in world.person_id.items() if number == neutral)
    outcome = {"outcome": "granted", "words": "Nothing in it."}
    assert (await (await as_(who)).post(f"{where}/outcome", outcome)).status_code == 303
    await work()
    assert await fetch_value(state, world.case_id["post"]) == "triage"
    await at(NOW + timedelta(days=3))
    owned = "SELECT due_at FROM escalation WHERE id = {} AND ended_at IS NULL AND owner IS NOT NULL"
    assert await fetch_value(owned, world.case_id["post"]) == due


@pytest.mark.parametrize(("owner", "status"), [("sponsor", 422), ("decision_maker", 303)])
async def test_who_decides_it_does_not_move_its_campaign_out_of_sight(as_, world, owner, status):
    await execute("DELETE FROM co_author")
    here = await fetch_value("SELECT space FROM idea WHERE id = {}", world.idea_id["open"])
    await execute(JOIN, here, world.person_id["sponsor"], "moderator")
    for person, role in (("sponsor", "owner"), ("author", "member"), ("campaign_owner", "member")):
        await execute(JOIN, world.space_id["closed_a"], world.person_id[person], role)
    await add_case(world, "open", idea="open", state="acknowledged", owner=owner)
    to = world.space["closed_a"]
    browser, address = await as_("sponsor"), f"/campaigns/{world.campaign['open']}/move"
    form = form_of(await browser.get(f"{address}?to={to}"), address) | {"to": to, "sure": "y"}
    sent = await browser.post(address, form)
    assert sent.status_code == status, text_of(sent)
    page = await (await as_("employee")).get(f"/cases/{world.case['open']}")
    assert page.status_code == (200 if status == 422 else 404)


@pytest.mark.parametrize(("owner", "status"), [("sponsor", 403), ("decision_maker", 303)])
async def test_who_decides_it_takes_no_file_of_it_away(as_, world, owner, status):
    await execute(JOIN, world.space_id["organisation"], world.person_id["sponsor"], "moderator")
    await execute("UPDATE cluster_item SET left_at = plein_now()")  # she decides its lead
    await add_case(world, "vote", idea="vote", state="assigned", owner=owner)
    row = (await execute(FILE, world.attachment_id["vote"]))[0]
    world.item_id["file"], world.item["file"] = row["id"], row["public_id"]
    assert (await decide(await as_("sponsor"), world, "file", "remove")).status_code == status


async def turn(world, hidden, campaign=False):
    """Moderators hide it, or its campaign; or it is shown again."""
    if campaign:
        await execute("UPDATE campaign SET hidden = {} WHERE id = {}", hidden, world.campaign_id["vote"])
    else:
        state = "hidden" if hidden else "published"
        await execute("UPDATE idea SET state = {} WHERE id = {}", state, world.idea_id["vote"])


@pytest.mark.parametrize("campaign", [False, True])
async def test_while_moderators_hide_it_the_clock_stands_still(world, rollback, campaign):
    """Nobody who owes the answer can read it: no step is taken, and all is due so much later as that took (rule 2)."""
    await add_case(world, "vote", idea="vote", state="acknowledged", owner="sponsor")
    case = world.case_id["vote"]
    facts = "SELECT due_at, plein_lateness(e, plein_now()) AS lateness FROM escalation e WHERE id = {}"
    due = (await execute(facts, case))[0]["due_at"]
    await turn(world, True, campaign)
    await at(due + timedelta(days=30))
    assert dict((await execute(facts, case))[0]) == {"due_at": due, "lateness": "on time"}
    assert await fetch_value("SELECT count(*) FROM case_step WHERE escalation = {} AND done_at IS NOT NULL", case) == 0
    await turn(world, False, campaign)
    await at(due + timedelta(days=30))
    row = (await execute(facts, case))[0]
    left = "SELECT plein_working_minutes({}, {})"
    assert row["lateness"] == "on time"
    assert await fetch_value(left, due + timedelta(days=30), row["due_at"]) == await fetch_value(left, NOW, due)
    told = "SELECT count(*) FROM event WHERE escalation = {} AND kind = 'case.screened'"
    assert await fetch_value(told, case) == 1, "its timeline says that the clock goes on"


@pytest.mark.parametrize("campaign", [False, True])
async def test_the_clock_stood_still_until_it_was_shown_however_late_that_is_found(world, rollback, campaign):
    """Hidden twice while no worker ran: what it was in sight between and after is not given."""
    await add_case(world, "vote", idea="vote", state="acknowledged", owner="sponsor")
    facts = "SELECT due_at, hidden_from, hidden_turns FROM escalation WHERE id = {}"
    due = (await execute(facts, world.case_id["vote"]))[0]["due_at"]
    minutes = 0
    for day in (0, 3):
        hid, shown = NOW + timedelta(days=day), NOW + timedelta(days=day + 1)
        await set_clock(hid)
        await turn(world, True, campaign)
        await set_clock(shown)
        await turn(world, False, campaign)
        minutes += await fetch_value("SELECT plein_working_minutes({}, {})", hid, shown)
    await at(NOW + timedelta(days=20))
    row = (await execute(facts, world.case_id["vote"]))[0]
    assert await fetch_value("SELECT plein_working_minutes({}, {})", due, row["due_at"]) == minutes > 0
    assert (row["hidden_from"], row["hidden_turns"]) == (None, [])


async def test_what_is_hidden_with_its_campaign_stands_still_until_both_are_shown(world, rollback):
    await add_case(world, "vote", idea="vote", state="acknowledged", owner="sponsor")
    await turn(world, True, campaign=True)
    await turn(world, True)
    await turn(world, False, campaign=True)
    since = "SELECT hidden_from FROM escalation WHERE id = {}"
    await at(NOW + timedelta(hours=1))
    assert await fetch_value(since, world.case_id["vote"]) == NOW
    await turn(world, False)
    await at(NOW + timedelta(hours=1))
    assert await fetch_value(since, world.case_id["vote"]) is None


async def judged(as_, world, action):
    """Moderators decide about an idea with a case that somebody reported; the decision."""
    await add_case(world, "vote", idea="vote", state="assigned", owner="sponsor")
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/report", {"rule": "persons", "words": ""})
    world.item["idea"] = (await newest("moderation_item"))["public_id"]
    assert (await decide(await as_("moderator"), world, "idea", action)).status_code == 303
    return await newest("decision")


STATE = "SELECT state FROM escalation WHERE id = {}"


@pytest.mark.parametrize(("action", "days"), [("remove", 0), ("send back", 30)])
async def test_what_was_removed_for_good_ends_its_case_with_a_line(as_, world, action, days):
    """What was sent back may be changed for 30 days."""
    await judged(as_, world, action)
    case = world.case_id["vote"]
    if days:
        await at(NOW + timedelta(days=days - 1))
        assert await fetch_value(STATE, case) == "assigned"
    await at(NOW + timedelta(days=days, hours=1))
    row = (await execute("SELECT state, ended_at FROM escalation WHERE id = {}", case))[0]
    assert (row["state"], row["ended_at"]) == ("withdrawn", NOW + timedelta(days=days, hours=1))
    told = "SELECT count(*) FROM event WHERE escalation = {} AND kind = 'case.removed'"
    assert await fetch_value(told, case) == 1


async def test_what_is_hidden_for_now_or_appealed_keeps_its_case(as_, world):
    decision = await judged(as_, world, "remove")
    await execute("UPDATE moderation_item SET state = 'appealed' WHERE id = {}", decision["item"])
    await at(NOW + timedelta(days=40))
    assert await fetch_value(STATE, world.case_id["vote"]) == "assigned"


async def test_a_removal_that_is_undone_lets_its_case_go_on_due_so_much_later(as_, world):
    decision = await judged(as_, world, "remove")
    case = world.case_id["vote"]
    due = await fetch_value("SELECT due_at FROM escalation WHERE id = {}", case)
    await at(NOW + timedelta(minutes=1))
    assert await fetch_value(STATE, case) == "withdrawn"
    shown = NOW + timedelta(days=1)
    await set_clock(shown)
    sent = await (await as_("moderator")).post(f"/moderation/decisions/{decision['public_id']}/undo", {})
    assert sent.status_code == 303
    await at(NOW + timedelta(days=1, minutes=1))
    assert await fetch_value(STATE, case) == "triage"
    now = await fetch_value("SELECT due_at FROM escalation WHERE id = {}", case)
    took = "SELECT plein_working_minutes({}, {})"
    assert await fetch_value(took, due, now) == await fetch_value(took, NOW, shown)


async def test_a_question_that_is_hidden_may_be_answered_so_much_longer(world, rollback):
    await add_case(world, "vote", idea="vote", state="clarifying", owner="sponsor")
    until = NOW + timedelta(days=5)
    await execute(
        "UPDATE escalation SET question = 'When?', clarify_from = {}, clarify_until = {} WHERE id = {}",
        *(NOW, until, world.case_id["vote"]),
    )
    await turn(world, True)
    await at(NOW + timedelta(days=14))
    state = "SELECT state FROM escalation WHERE id = {}"
    assert await fetch_value(state, world.case_id["vote"]) == "clarifying"
    await turn(world, False)
    await at(NOW + timedelta(days=14))
    assert await fetch_value(state, world.case_id["vote"]) == "clarifying"
    assert await fetch_value("SELECT clarify_until > plein_now() FROM escalation WHERE id = {}", world.case_id["vote"])


@pytest.mark.parametrize(("owner", "status"), [("moderator", 403), ("sponsor", 303)])
async def test_who_decides_a_case_in_a_campaign_does_not_hide_the_campaign(as_, world, owner, status):
    await (await as_("employee")).post(f"/campaigns/{world.campaign['vote']}/report", {"rule": "persons"})
    item = await newest("moderation_item")
    world.item["campaign"] = item["public_id"]
    await add_case(world, "vote", idea="vote", state="assigned", owner=owner)
    assert (await decide(await as_("moderator"), world, "campaign", "hide")).status_code == status
    refused = await fetch_value("SELECT count(*) FROM event WHERE kind = 'moderation.refused'")
    assert refused == (status == 403)


ANSWERS_FOR = """
    WITH made AS (
        INSERT INTO topic_rule (topic, unit, owner, deputy) SELECT t.id, NULL, {}, {} FROM topic t ORDER BY id LIMIT 1
        ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0)) DO UPDATE SET owner = excluded.owner, deputy = excluded.deputy
        RETURNING topic)
    UPDATE idea i SET topic = m.topic FROM made m WHERE i.id = {}
"""


@pytest.mark.parametrize("part", ["owner", "deputy", "nobody"])
@pytest.mark.parametrize("action", ["hide", "remove", "send back"])
async def test_who_answers_for_its_topic_takes_nothing_out_of_sight_before_anybody_owes_an_answer(
    as_, world, part, action
):
    """Else what many come to support would never reach its threshold."""
    await (await as_("employee")).post(f"/ideas/{world.idea['post']}/report", {"rule": "persons", "words": ""})
    world.item["post"] = (await newest("moderation_item"))["public_id"]
    moderator, other = world.person_id["moderator"], world.person_id["sponsor"]
    people = {"owner": (moderator, other), "deputy": (other, moderator), "nobody": (other, None)}[part]
    await execute(ANSWERS_FOR, *people, world.idea_id["post"])
    assert not await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", world.idea_id["post"])
    sent = await decide(await as_("moderator"), world, "post", action)
    assert sent.status_code == (303 if part == "nobody" else 403)
    refused = await fetch_value("SELECT count(*) FROM event WHERE kind = 'moderation.refused'")
    assert refused == (part != "nobody")


@pytest.mark.parametrize("thing", ["a comment", "another topic", "nobody has read it"])
async def test_who_answers_for_a_topic_moderates_everything_else(as_, world, thing):
    address = f"/comments/{world.comment['post']}" if thing == "a comment" else f"/ideas/{world.idea['post']}"
    await (await as_("employee")).post(f"{address}/report", {"rule": "persons", "words": ""})
    world.item["post"] = (await newest("moderation_item"))["public_id"]
    await execute(ANSWERS_FOR, world.person_id["moderator"], None, world.idea_id["post"])
    if thing == "another topic":
        await execute("UPDATE idea SET topic = NULL WHERE id = {}", world.idea_id["post"])
    elif thing == "nobody has read it":
        await execute(
            "UPDATE moderation_item SET checks = 'first', due_at = plein_now() WHERE public_id = {}", world.item["post"]
        )
    assert (await decide(await as_("moderator"), world, "post", "remove")).status_code == 303


async def test_who_decides_the_lead_hides_nothing_that_stands_under_it(as_, world):
    await execute("DELETE FROM co_author")
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/report", {"rule": "persons", "words": ""})
    item = await newest("moderation_item")
    world.item["idea"] = item["public_id"]
    await execute("UPDATE cluster_item SET lead = {}", world.idea_id["decide"])
    await execute("UPDATE case_role SET person = {} WHERE role = 'owner'", world.person_id["moderator"])
    assert (await decide(await as_("moderator"), world, "idea", "hide")).status_code == 403
    await execute("UPDATE cluster_item SET left_at = plein_now()")
    sent = await decide(await as_("moderator"), world, "idea", "hide")
    assert sent.status_code == 303, "the control"


async def test_no_file_that_somebody_else_had_made_before_holds_it(as_, world):
    await rule(world)
    browser = await as_("employee")
    assert (await browser.post(f"/ideas/{world.idea['post']}/vote", {}, htmx=True)).status_code == 200
    assert (await browser.post("/settings/data")).status_code == 303
    await make_export(await fetch_value("SELECT max(id) FROM data_export"))
    made = await fetch_value("SELECT public_id FROM data_export WHERE made_at IS NOT NULL")
    file = await browser.get(f"/settings/data/{made}")
    assert file.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    assert any(world.idea["post"].encode() in archive.read(name) for name in archive.namelist())
    where = await reported(as_, world)
    assert await divert(await as_("moderator"), where) == 303
    assert (await browser.get(f"/settings/data/{made}")).status_code == 404
