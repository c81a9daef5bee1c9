"""What is answered without a case: everybody hears of it, and what it promises is seen to."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from portal.crowd.promising import pass_on_promises
from portal.db import execute, fetch_value
from portal.timetable import tick_cases
from tests.cases.test_answering import TYPED
from tests.client import text_of
from tests.escalation.stage import work
from tests.notifications.work import tell_all
from tests.pages.forms import errors_of, form_of
from tests.pages.locks import until_waiting

ANSWER = {name: said for name, said in TYPED.items() if not name.startswith("reply")}
TOLD = """
    SELECT count(i.title) FROM notice n JOIN event e ON e.id = n.event JOIN idea i ON i.id = n.idea
    WHERE e.kind = 'duty.promise' AND n.person = {}
"""
WAITING = "SELECT count(*) FROM event_queue"


async def says(browser, address, **typed):
    """Fills in the form there and sends it."""
    sent = await browser.post(address, form_of(await browser.get(address), address) | ANSWER | typed)
    assert sent.status_code == 303, errors_of(sent)


@pytest.mark.parametrize(("kind", "promises"), [("pilot", 1), ("declined", 0)])
async def test_everybody_hears_of_an_answer_and_who_sees_to_it_of_its_promise(as_, world, kind, promises):
    await says(await as_("sponsor"), f"/ideas/{world.idea['done']}/answer", kind=kind)
    await work()
    await tell_all()
    assert not await fetch_value(WAITING)
    assert await fetch_value("SELECT count(*) FROM notice n WHERE kind = 'answer' AND idea = {}", world.idea_id["done"])
    assert await fetch_value("SELECT count(*) FROM promise WHERE idea = {}", world.idea_id["done"]) == promises
    assert await fetch_value(TOLD, world.person_id["colleague"]) == promises
    page = await (await as_("colleague")).get("/notifications")
    assert ("Jij zorgt voor een toezegging" in text_of(page)) is bool(promises)


async def test_what_it_comes_to_promise_by_its_correction_is_promised(as_, world):
    case, promise = world.case_id["told"], world.promise["told"]
    await execute("UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE id = {}", case)
    await execute("UPDATE promise SET state = 'replaced' WHERE public_id = {}", promise)
    await says(await as_("sponsor"), f"/ideas/{world.idea['told']}/answer/correction")
    await work()
    assert not await fetch_value(WAITING)
    made = "SELECT count(*) FROM promise WHERE idea = {} AND state = 'open' AND escalation IS NULL"
    assert await fetch_value(made, world.idea_id["told"]) == 1


async def test_moved_a_second_time_it_is_told_above_its_owner(as_, world):
    owner, head = world.person_id["sponsor"], world.person_id["decision_maker"]
    await execute("INSERT INTO org_unit (name, head) VALUES ('Trams', {})", head)
    await execute("UPDATE person SET org_unit = (SELECT max(id) FROM org_unit) WHERE id = {}", owner)
    promise = world.promise["told"]
    free = (
        "UPDATE promise SET escalation = NULL, owner = {}, due_on = '2026-09-01', state = 'open' WHERE public_id = {}"
    )
    await execute(free, owner, promise)
    browser, address = await as_("sponsor"), f"/promises/{promise}/date"
    for day in ("2026-10-01", "2026-11-01"):
        typed = {"due_on": day, "body": "The rails come later."}
        sent = await browser.post(address, form_of(await browser.get(address), address) | typed)
        assert sent.status_code == 303, errors_of(sent)
    await work()
    await tell_all()
    assert await fetch_value(TOLD, head) == 1


@pytest.mark.parametrize("alone", [True, False])
async def test_where_who_saw_to_it_leaves_somebody_else_does_and_is_told(as_, world, alone):
    """Whoever answered; where she left, too, an administrator at last. With a case its owner looks after it."""
    colleague, promise = world.person_id["colleague"], world.promise["told"]
    free = "UPDATE promise SET owner = {}, author = {}, state = 'open' WHERE public_id = {}"
    await execute(free, colleague, world.person_id["sponsor"], promise)
    if alone:
        await execute("UPDATE promise SET escalation = NULL WHERE public_id = {}", promise)
    owner = "SELECT owner FROM promise WHERE public_id = {}"
    for leaves, then in (("colleague", "sponsor"), ("sponsor", "administrator")):
        await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id[leaves])
        for _ in range(2):  # told once
            await tick_cases()
        assert await fetch_value(owner, promise) == (world.person_id[then] if alone else colleague)
        told = "SELECT count(*) FROM event WHERE kind = 'duty.promise' AND person = {}"
        assert await fetch_value(told, world.person_id[then]) == alone


async def test_of_two_workers_that_pass_a_promise_on_at_once_one_tells_of_it(fresh_db, world):
    left = "UPDATE promise SET owner = {}, author = {}, state = 'open', escalation = NULL WHERE public_id = {}"
    await execute(left, world.person_id["colleague"], world.person_id["sponsor"], world.promise["told"])
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["colleague"])
    between = await asyncpg.connect(fresh_db)
    async with between.transaction():  # both find it, and neither holds it yet
        await between.execute("SELECT id FROM promise FOR UPDATE")
        workers = [asyncio.create_task(pass_on_promises()) for _ in range(2)]
        await until_waiting(between, *workers)
    await between.close()
    await asyncio.gather(*workers)
    told = "SELECT count(*) FROM event WHERE kind = 'duty.promise' AND person = {}"
    assert await fetch_value(told, world.person_id["sponsor"]) == 1
