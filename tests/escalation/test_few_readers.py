"""Among how many one writes without a name: readers are counted when something is posted, also where it waited first;
and that she is the only one who could look at something names nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.screening.jobs import assign_screenings
from tests.client import text_of
from tests.escalation.test_anonymous import ME, allowed, posted
from tests.escalation.test_sensitive import diverted, granted, rule
from tests.pages.forms import errors_of
from tests.world import NOW, set_clock

FEW = "UPDATE person SET active = FALSE WHERE id = {}"


@pytest.fixture
async def fewer(rollback, world):
    """Ten colleagues read the organisation's space, until one of them leaves, or it takes nothing without a name."""

    async def come(why="few"):
        if why == "few":
            await execute(FEW, world.person_id["insider_b"])
        else:
            await execute("UPDATE space SET anonymous = FALSE")

    return come


async def decide(as_, where):
    version = str(await fetch_value("SELECT version FROM idea ORDER BY id DESC LIMIT 1"))
    sent = await (await as_("moderator")).post(f"{where}/decision", {"what": "publish", "version": version})
    assert sent.status_code == 303, text_of(sent)


async def newest(column):
    return await fetch_value(f"SELECT {column} FROM idea ORDER BY id DESC LIMIT 1")


@pytest.mark.parametrize("why", ["few", "no longer allowed"])
async def test_what_waited_is_not_posted_without_a_name_where_that_can_not_be_any_more(as_, world, fewer, why):
    browser = await as_(ME)
    where = await posted(browser, world, confidential="y")
    await fewer(why)
    await decide(as_, where)
    assert await newest("state") == "draft"
    assert await newest("author") == world.person_id[ME]
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'idea.proposed' AND actor IS NULL") == 0
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'screening.settled'") == 1, "she hears of it"
    page = text_of(await browser.get(where))
    assert "It is your draft again" in page
    assert f"/posts/{await newest('public_id')}/edit" in page
    assert "Not posted" in text_of(await (await as_("moderator")).get(where))


async def test_nor_is_what_its_author_changed_meanwhile_taken_for_read(as_, world, fewer):
    where = await posted(await as_(ME), world, confidential="y")
    await fewer()
    screener, old = await as_("moderator"), str(await newest("version"))
    await execute("UPDATE idea SET body = 'Other words', version = version + 1 WHERE id = {}", await newest("id"))
    refused = await screener.post(f"{where}/decision", {"what": "publish", "version": old})
    assert (refused.status_code, set(errors_of(refused))) == (422, {"what"})
    assert await fetch_value("SELECT state FROM screening ORDER BY id DESC LIMIT 1") == "open"


async def test_nor_is_what_the_neutral_gives_back(as_, world, fewer):
    await rule(world)
    await execute("UPDATE topic SET neutral = {} WHERE id = {}", world.person_id["colleague"], world.topic_id["leave"])
    await allowed(world)
    where, post = await diverted(as_, world, topic=world.topic["leave"], anonymous="y")
    await set_clock(NOW + timedelta(days=1))
    await fewer()
    await granted(as_, world, where)
    assert (await newest("state"), await newest("author")) == ("draft", world.person_id["author"])
    browser = await as_("author")
    assert "It is your draft again" in text_of(await browser.get(where))
    assert "Ziekteverzuim" in text_of(await browser.get(f"/posts/{post}/edit")), "with all of its text"


async def test_what_stands_stays_and_its_author_alone_is_told_that_few_read_it(as_, world, fewer):
    browser = await as_(ME)
    where = await posted(browser, world)
    told = "now fewer than ten can"
    assert told not in text_of(await browser.get(where))
    await fewer()
    assert told in text_of(await browser.get(where))
    other = text_of(await (await as_("employee")).get(where))
    assert "What nobody says" in other
    assert told not in other


@pytest.mark.parametrize(
    ("author", "name", "called"), [("moderator", "", [0, 1]), (ME, "", [1, 1]), (ME, "hers", [1, 0])]
)
async def test_of_what_has_no_name_and_one_screener_administrators_hear_whoever_wrote_it(
    as_, world, rollback, author, name, called
):
    """She may have: were they called then alone, it would be told. Of what has a name nobody more is called."""
    await rule(world, screeners=("moderator",))
    where = await posted(await as_(author), world, confidential="y", anonymous="" if name else "y")
    await assign_screenings()
    told = "SELECT count(*) FROM event WHERE kind = {} AND particulars ->> 'item' = {}"
    waits = where.rpartition("/")[2]
    assert [await fetch_value(told, kind, waits) for kind in ("duty.screen", "screening.screener_needed")] == called
