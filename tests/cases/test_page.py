"""The page of a case: everybody reads it who reads its item, and it tells numbers and never who."""

import re
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value, transaction
from portal.escalation import actions
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.client import text_of
from tests.conftest import statements
from tests.escalation.stage import assigned, at, days_later, make_office, make_stage
from tests.world import NOW, add_case


@pytest.mark.parametrize(
    ("who", "case", "status"),
    [
        ("employee", "decide", 200),
        ("guest_a", "decide", 404),
        ("guest_a", "closed_a", 200),
        ("employee", "closed_a", 404),
    ],
)
async def test_who_reads_the_item_reads_its_case(as_, world, who, case, status):
    browser = await as_(who)
    if case not in world.case:
        await add_case(world, case, idea=case, state="acknowledged", owner="insider_a")
    assert (await browser.get(f"/cases/{world.case[case]}")).status_code == status


@pytest.mark.parametrize("state", ["withdrawn", "merged", "dropped"])
async def test_where_nobody_owes_an_answer_any_more_no_clock_stands_there(as_, world, state):
    browser, address = await as_("employee"), f"/cases/{world.case['decide']}"
    assert 'class="town-clock"' in (await browser.get(address)).text, "the control: it is owed"
    ended = "UPDATE escalation SET state = {}, ended_at = plein_now() WHERE id = {}"
    await execute(ended, state, world.case_id["decide"])
    page = await browser.get(address)
    assert 'class="town-clock"' not in page.text
    assert "due on" not in text_of(page)


async def test_an_item_says_that_an_answer_is_owed_and_leads_to_its_case(as_, world):
    browser = await as_("employee")
    page = await browser.get(f"/ideas/{world.idea['decide']}")
    assert f'href="/cases/{world.case["decide"]}"' in page.text
    assert "owes an answer by" in text_of(page)
    assert f'href="/ideas/{world.idea["decide"]}"' in (await browser.get(f"/cases/{world.case['decide']}")).text


async def test_the_page_of_a_case_sends_few_statements(as_, world):
    browser = await as_("employee")
    await browser.get(f"/cases/{world.case['decide']}")
    async with statements() as sent:
        await browser.get(f"/cases/{world.case['decide']}")
    assert len(sent) == 4, sent


async def test_it_tells_how_it_grew_by_day_and_who_decides_and_what_happened(as_, world, rollback):
    stage = await make_stage(world, 25)
    await make_office(stage)
    post = await assigned(stage)
    await execute(
        "UPDATE vote SET created_at = created_at - interval '1 day' WHERE idea = {} AND person < {}",
        post,
        stage.people[4],
    )
    owed = await stage.owed(post)
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        stage.space,
        world.person_id["employee"],
    )
    browser = await as_("employee")
    page = await browser.get(f"/cases/{owed.public_id}")
    text = text_of(page)
    assert "At 8 an answer is owed." in text
    assert "The audience was 27 colleagues" in text
    assert re.findall(r'ended:">(\d+)<', page.text) == ["3", "8"]
    assert "Enough people: an answer is owed" in text
    assert f"Somebody {stage.heads['owner']} owns it" in text
    assert "Late" not in text.split("If the answer is late")[0]
    supporter = await fetch_value("SELECT name FROM identity WHERE person = {}", stage.people[3])
    assert supporter not in text
    await at(await days_later(NOW, 11))
    browser = await as_("employee")  # that session is over
    assert "Late" in text_of(await browser.get(f"/cases/{owed.public_id}")).split("If the answer is late")[0]


async def test_while_the_clock_stands_still_no_page_names_a_day_that_will_not_hold(as_, world):
    case = world.case["decide"]
    await execute(
        "UPDATE escalation SET due_at = {}, statement_due_at = {}, statement_at = NULL WHERE public_id = {}",
        NOW + timedelta(days=40),
        NOW + timedelta(days=40),
        case,
    )
    day = f'datetime="{(NOW + timedelta(days=40)).date()}'
    pages = {
        f"/cases/{case}": "employee",
        f"/ideas/{world.idea['decide']}": "employee",
        "/answers/waiting": "employee",
        "/cases?only=paused": "sponsor",
        "/cases": "sponsor",
    }
    for address, who in pages.items():
        page = await (await as_(who)).get(address)
        assert (day in page.text) == ("paused" not in address), address
    asked = "UPDATE escalation SET state = 'clarifying', clarify_from = {}, clarify_until = {} WHERE public_id = {}"
    await execute(asked, NOW, NOW + timedelta(days=7), case)
    for address, who in pages.items():
        page = await (await as_(who)).get(address)
        assert day not in page.text, address
        assert "Clock paused" in text_of(page), address


@pytest.mark.parametrize(("days", "says"), [(-1, "No statement yet"), (1, "First statement due")])
async def test_a_first_statement_that_is_late_is_told_as_late_and_not_as_something_to_come(as_, world, days, says):
    await execute(
        "UPDATE escalation SET statement_due_at = {}, statement_at = NULL WHERE public_id = {}",
        NOW + timedelta(days=days),
        world.case["decide"],
    )
    text = text_of(await (await as_("employee")).get(f"/cases/{world.case['decide']}"))
    told = {words for words in ("No statement yet", "First statement due") if words in text}
    assert told == {says}


async def test_the_page_of_a_post_tells_the_public_lines_of_its_case(as_, world, rollback):
    stage = await make_stage(world, 25)
    await make_office(stage)
    post = await assigned(stage)
    await stage.does(stage.heads["owner"], actions.first_statement, post, "We **look** at it.")
    joins = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')"
    await execute(joins, stage.space, world.person_id["employee"])
    address = await fetch_value("SELECT '/posts/' || public_id FROM idea WHERE id = {}", post)
    history = text_of(await (await as_("employee")).get(address)).split("What happened so far")[1]
    places = [
        history.index(words) for words in ("Enough people", f"Somebody {stage.heads['owner']} owns it", "Answer due")
    ]
    assert places == sorted(places)
    assert "We <strong>look</strong> at it." in history
    assert "Support is checked<" not in history
    assert "Colleagues talk it over" not in history


async def test_nobody_is_said_to_talk_where_nobody_did(as_, world, rollback):
    stage = await make_stage(world, 9)
    joins = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')"
    await execute(joins, stage.space, world.person_id["employee"])
    post = await stage.post()
    address = await fetch_value("SELECT '/posts/' || public_id FROM idea WHERE id = {}", post)
    browser = await as_("employee")
    assert "Colleagues talk it over" not in text_of(await browser.get(address))
    await stage.support(post, stage.people[1:2])
    assert "Colleagues talk it over" in text_of(await browser.get(address))


async def shown(as_, pages):
    """The texts of these pages, each as somebody sees it."""
    return {address: text_of(await (await as_(who)).get(address)) for address, who in pages.items()}


@pytest.mark.parametrize("campaign", [False, True])
async def test_while_moderators_hide_it_every_page_and_mail_says_that_the_clock_stands_still(as_, world, campaign):
    """Whoever still reads it then: its author and the moderators."""
    case = world.case["decide"]
    await execute(
        "UPDATE escalation SET state = 'triage', owner = NULL, triage_due_at = due_at WHERE public_id = {}", case
    )
    facts = {"space": world.space_id["organisation"], "escalation": world.case_id["decide"]}
    async with transaction():
        duty = await record(Kind.DUTY_TRIAGE, person=world.person_id["moderator"], **facts)
    await tell_of(duty)
    pages = {
        f"/cases/{case}": "moderator",
        f"/ideas/{world.idea['decide']}": "moderator",
        "/answers/waiting": "moderator",
        "/cases?list=unowned": "moderator",
    }
    says = "The clock stands still, because moderators hid it."
    reader = world.person_id["moderator"]

    async def told():
        mail = await write("duty", reader, duty)
        return await shown(as_, pages) | {"mail": " ".join(mail.get_content().split())}

    assert [where for where, text in (await told()).items() if says in text] == []
    if campaign:
        await execute("UPDATE campaign SET hidden = TRUE WHERE id = {}", world.campaign_id["decide"])
    else:
        await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["decide"])
    texts = await told()
    assert [where for where, text in texts.items() if says not in text] == []
    assert "Clock paused" in texts["/cases?list=unowned"].split("Idea decide")[0], "below its own heading"


async def test_what_waits_to_be_screened_says_so_to_its_author(as_, world):
    await execute("UPDATE idea SET state = 'draft' WHERE id = {}", world.idea_id["decide"])
    address = f"/cases/{world.case['decide']}"
    says = "The clock stands still until somebody has screened it."
    author = await as_("author")
    assert says not in text_of(await author.get(address))
    await execute(
        "INSERT INTO screening (space, idea, person, found, was, due_at)"
        " SELECT space, id, author, 'author', 'published', {} FROM idea WHERE id = {}",
        NOW,
        world.idea_id["decide"],
    )
    assert says in text_of(await author.get(address))
