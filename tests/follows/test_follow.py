"""Following a campaign or an idea; nobody else is shown it."""

import pytest

from portal.db import fetch_value


def things(world, name):
    return f"/campaigns/{world.campaign[name]}", f"/ideas/{world.idea[name]}"


async def count():
    return await fetch_value("SELECT count(*) FROM follow")


@pytest.mark.parametrize("which", [0, 1])
async def test_one_follows_once_and_no_more(as_, world, which):
    browser, thing = await as_("employee"), things(world, "vote")[which]
    for _ in range(2):
        sent = await browser.post(f"{thing}/follow")
        assert (sent.status_code, sent.headers["Location"]) == (303, thing)
    assert await count() == 1
    assert "You follow this" in (await browser.get(thing)).text
    assert "You follow this" not in (await (await as_("colleague")).get(thing)).text
    part = await browser.post(f"{thing}/follow/end", htmx=True)
    assert part.text.strip().startswith("<form")
    assert f'action="{thing}/follow"' in part.text
    assert await count() == 0


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("end", ["", "/end"])
async def test_what_is_out_of_sight_can_not_be_followed(as_, world, which, end):
    thing = things(world, "closed_a")[which]
    for who in ("employee", "guest_b", "administrator"):
        assert (await (await as_(who)).post(f"{thing}/follow{end}")).status_code == 404
    assert await count() == 0


async def test_following_leaves_no_trace_in_the_log(as_, world):
    events = "SELECT count(*) FROM event"
    before = await fetch_value(events)
    for thing in things(world, "vote"):
        await (await as_("employee")).post(f"{thing}/follow")
    assert await fetch_value(events) == before


async def test_the_list_can_show_what_one_follows(as_, world):
    browser = await as_("employee")
    await browser.post(f"/campaigns/{world.campaign['vote']}/follow")
    page = (await browser.get("/campaigns?followed=1")).text
    assert world.campaign["vote"] in page
    assert world.campaign["collect"] not in page
