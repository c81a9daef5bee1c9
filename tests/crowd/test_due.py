"""Whoever sees to a promise is told at home and in the inbox once its day comes near or is over, or news is owed."""

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Action, can
from portal.cases.duties import duties_of
from portal.crowd.promising import expect_news
from portal.crowd.queries import get_promise
from portal.db import execute, fetch_value
from portal.escalation.moving import hold
from tests.client import text_of
from tests.world import CAST, NOW, set_clock

EVERYBODY = [name for name, facts in CAST.items() if facts.get("active", True)]
DAYS = {"near": 7, "late": -1, "news": 90}
#: For the sponsor, who reads English, and the colleague, who reads Dutch.
SAID = {
    "near": ("The day of this promise comes near", "De dag van deze toezegging komt dichterbij"),
    "late": ("The day of this promise is over", "De dag van deze toezegging is voorbij"),
    "news": ("Nothing was told of this promise for long", "Over deze toezegging is lang niets verteld"),
}


async def promised(world, days, *, alone=False):
    """The colleague sees to it until so many days from now; the sponsor owns its case, unless it is `alone`."""
    sees_to_it = "UPDATE promise SET owner = {}, due_on = plein_day({}) + {}::int WHERE public_id = {}"
    await execute(sees_to_it, world.person_id["colleague"], NOW, days, world.promise["told"])
    if alone:
        await execute("UPDATE promise SET escalation = NULL WHERE public_id = {}", world.promise["told"])


async def since_news(world, days):
    """So many days went by since the last news; 20 working days are there for the next."""
    last = await fetch_value("SELECT max(id) FROM promise_news")
    await expect_news(await hold(world.case_id["told"]), last)
    await set_clock(NOW + timedelta(days=days))


async def told(who, world):
    """What she is told of the promise."""
    actor = await actor_of_person(world.person_id[who])
    rows = await duties_of(actor)
    return [row for row in rows if row.ask in SAID and world.promise["told"] in row.address]


@pytest.mark.parametrize(
    ("ask", "alone"), [("near", False), ("near", True), ("late", False), ("late", True), ("news", False)]
)
async def test_whoever_may_tell_of_it_is_told_and_nobody_else(as_, world, ask, alone):
    await promised(world, DAYS[ask], alone=alone)
    if ask == "news":
        await since_news(world, 25)
    hers = {"colleague"} if alone else {"colleague", "sponsor"}
    for name in EVERYBODY:
        actor = await actor_of_person(world.person_id[name])
        promise = await get_promise(actor, world.promise["told"])
        assert [row.ask for row in await told(name, world)] == ([ask] if name in hers else []), name
        assert bool(promise and can(actor, Action.PROMISE_TELL, promise)) is (name in hers), name
    for name in hers:
        browser, (duty,) = await as_(name), await told(name, world)
        for path in ("/", "/cases"):
            page = await browser.get(path)
            assert SAID[ask][name == "colleague"] in text_of(page)
            assert f'href="{duty.address}"' in page.text
        there = await browser.get(duty.address)
        assert there.status_code in (200, 303)
        if "#" in duty.address:
            assert (
                f'id="promise-{world.promise["told"]}"'
                in (await browser.get(there.headers.get("location", duty.address))).text
            )


@pytest.mark.parametrize("alone", [True, False])
async def test_while_its_day_is_far_and_news_was_told_lately_nobody_is(rollback, world, alone):
    await promised(world, 8, alone=alone)
    for name in EVERYBODY:
        assert not await told(name, world), name


@pytest.mark.parametrize("days", [15, 40])
async def test_news_is_owed_from_the_first_reminder_until_the_case_is_open_again(rollback, world, days):
    await promised(world, 90)
    await since_news(world, days)
    if days > 28:
        step = "UPDATE case_step SET done_at = plein_now() WHERE escalation = {} AND kind = 'promise_news_missed'"
        await execute(step, world.case_id["told"])
    assert not await told("colleague", world)


async def test_once_there_is_news_none_is_owed(as_, world):
    await promised(world, 90)
    await since_news(world, 25)
    address = f"/promises/{world.promise['told']}/news"
    assert (await (await as_("colleague")).post(address, {"body": "The rails are ordered."})).status_code == 303
    assert not await told("colleague", world)


@pytest.mark.parametrize("over", ["done", "kept", "replaced", "reopened", "hidden"])
@pytest.mark.parametrize("ask", ["near", "late"])
async def test_of_what_is_over_nobody_is_told(rollback, world, ask, over):
    await promised(world, DAYS[ask])
    match over:
        case "reopened":
            await execute("UPDATE escalation SET state = 'assigned' WHERE id = {}", world.case_id["told"])
        case "hidden":
            await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["told"])
        case _:
            await execute("UPDATE promise SET state = {} WHERE public_id = {}", over, world.promise["told"])
    assert not await told("colleague", world)
    assert not await told("sponsor", world)
