"""Policies that change: who follows one, or spoke about a change of it, hears when it is proposed and when it holds."""

import asyncio
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.notifications.mails import write
from portal.policies.jobs import tell_what_holds
from tests.client import text_of
from tests.notifications.work import tell_all
from tests.policies.test_register import propose
from tests.world import NOW, set_clock

HEARD = """
    SELECT e.kind, n.person FROM notice n JOIN event e ON e.id = n.event WHERE n.kind = 'policy' ORDER BY n.id
"""
MUTE = "INSERT INTO mute (person, space, idea) SELECT {}, i.space, i.id FROM idea i WHERE i.id = {}"
COMMENT = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language)
    SELECT i.id, i.space, {}, {}, 'Yes', '<p>Yes</p>', 'en' FROM idea i WHERE i.id = {}
"""


async def heard(world):
    names = {number: name for name, number in world.person_id.items()}
    return {(row["kind"].partition(".")[2], names[row["person"]]) for row in await execute(HEARD)}


async def follow(as_, world, who, policy="travel", end=False):
    address = f"/policies/{world.policy[policy]}/follow" + ("/end" if end else "")
    return await (await as_(who)).post(address, {})


@pytest.mark.parametrize(("who", "status"), [("employee", 303), ("sponsor", 303), ("guest_a", 404)])
async def test_who_reads_a_policy_follows_it_and_no_more(as_, world, rollback, who, status):
    for _ in range(2):
        assert (await follow(as_, world, who)).status_code == status
    assert await fetch_value("SELECT count(*) FROM follow WHERE policy IS NOT NULL") == (status == 303)
    if status == 303:
        page = text_of(await (await as_(who)).get(f"/policies/{world.policy['travel']}"))
        assert "You follow this" in page
    assert (await follow(as_, world, who, end=True)).status_code == status
    assert await fetch_value("SELECT count(*) FROM follow WHERE policy IS NOT NULL") == 0


async def test_who_follows_or_spoke_hears_of_a_proposal_and_of_the_day_on_which_it_holds_once(as_, world, rollback):
    await follow(as_, world, "employee")
    await follow(as_, world, "decision_maker", policy="nights")
    await propose(as_, world)
    await tell_all()
    assert await heard(world) == {("proposed", "employee")}
    version = "SELECT discussion FROM policy_version WHERE policy = {} AND version = 2"
    talk = await fetch_value(version, world.policy_id["travel"])
    await execute(COMMENT, world.person_id["colleague"], "published", talk)
    await execute(COMMENT, world.person_id["author"], "hidden", talk)
    await execute("UPDATE policy_version SET told_at = plein_now() WHERE policy = {}", world.policy_id["nights"])
    await set_clock(NOW + timedelta(days=50))
    for _ in range(2):
        await tell_what_holds()
        await execute("UPDATE event_queue SET attempts = 0")
        await tell_all()
    assert await heard(world) == {
        ("proposed", "employee"),
        *(("in_force", name) for name in ("employee", "colleague", "sponsor")),
    }
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'policy.in_force'") == 1
    mail = await fetch_value("SELECT event FROM mail WHERE kind = 'policy' ORDER BY id DESC LIMIT 1")
    text = (await write("policy", world.person_id["employee"], mail)).get_content()
    assert "The rule for travel, version 2" in text
    assert f"/policies/{world.policy['travel']}" in text
    page = text_of(await (await as_("employee")).get("/notifications"))
    assert f"/policies/{world.policy['travel']}" in page
    assert "This holds from now on" in page


async def test_who_muted_the_talk_hears_no_more_and_a_proposal_that_was_taken_back_is_told(as_, world, rollback):
    await follow(as_, world, "employee")
    await follow(as_, world, "colleague")
    await propose(as_, world)
    talk = await fetch_value("SELECT max(discussion) FROM policy_version")
    await execute(MUTE, world.person_id["employee"], talk)
    await (await as_("sponsor")).post(f"/policies/{world.policy['travel']}/proposal/end", {"why": "Not yet."})
    await tell_all()
    assert await heard(world) == {("proposed", "colleague"), ("dropped", "colleague")}
    events = dict(tuple(row) for row in await execute("SELECT kind, id FROM event WHERE kind LIKE 'policy.%'"))
    reader = world.person_id["colleague"]
    assert await write("policy", reader, events["policy.proposed"]) is None, "overtaken"
    assert "Not yet." in (await write("policy", reader, events["policy.dropped"])).get_content()
    await set_clock(NOW + timedelta(days=50))
    await execute("UPDATE policy_version SET told_at = plein_now() WHERE policy = {}", world.policy_id["nights"])
    await tell_what_holds()
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'policy.in_force'") == 0


async def test_several_workers_tell_of_a_version_once(fresh_db, world):
    await set_clock(NOW + timedelta(days=200))
    for _ in range(2):
        await asyncio.gather(*(tell_what_holds() for _ in range(6)))
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'policy.in_force'") == 1
