"""Wherever a guest goes from her home, every link opens."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from portal.db import execute, transaction
from tests.client import Browser, text_of
from tests.world import NOW, World, add_case, add_idea

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
MOST = 400


async def dead_ends(browser: Browser, start: str = "/") -> tuple[set[str], dict[str, int]]:
    """All pages that are reached from `start` by links, and those of them that don't open."""
    waiting, seen, dead = [start], {start}, {}
    while waiting:
        address = waiting.pop()
        response = await browser.get(address)
        if response.status_code == 303:
            found = [response.headers["location"].partition("#")[0]]
        elif response.status_code == 200:
            html = response.headers["content-type"].startswith("text/html")
            found = [unescape(link) for link in LINK.findall(response.text)] if html else []
        else:
            dead[address] = response.status_code
            continue
        for link in found:
            if link not in seen and not link.startswith("/static/"):
                seen.add(link)
                waiting.append(link)
        assert len(seen) < MOST
    return seen, dead


async def test_every_link_that_a_guest_comes_across_opens(as_: Any, world: World):
    async with transaction():
        await add_idea(world, "hers", campaign="closed_a", author="guest_a")
        await add_idea(world, "begun", campaign="closed_a", author="guest_a", state="draft", comments=False)
    asked = {"question": "Which days?", "clarify_from": NOW, "clarify_until": NOW + timedelta(days=5)}
    await add_case(world, "hers", idea="hers", state="clarifying", owner="insider_a", acknowledged_at=NOW, **asked)
    seen, dead = await dead_ends(await as_("guest_a"))
    assert not dead
    places = {f"/spaces/{world.space['closed_a']}", f"/ideas/{world.idea['hers']}", "/groups", "/settings/data"}
    places |= {f"/cases/{world.case['hers']}", f"/cases/{world.case['hers']}/reply"}
    assert places <= seen
    assert not [link for link in seen if link.startswith(("/admin", "/services", "/moderation"))]


async def test_so_it_is_for_a_guest_whose_rights_are_kept_back(as_: Any, world: World):
    await execute(
        "UPDATE membership SET may_write = FALSE, may_vote = FALSE, may_download = FALSE WHERE person = {}",
        world.person_id["guest_a"],
    )
    seen, dead = await dead_ends(await as_("guest_a"))
    assert not dead
    assert f"/attachments/{world.attachment['closed_a']}/wish" in seen
    home = text_of(await (await as_("guest_a")).get("/"))
    assert "You may read." in home
    assert "Files: ask for each one." in home


async def test_a_dead_end_is_found(as_: Any, world: World):
    """The control: where a guest came by an employee's pages, there would be some."""
    browser = await as_("guest_a")
    _, dead = await dead_ends(browser, "/admin")
    assert dead == {"/admin": 403}
    await execute("UPDATE person SET kind = 'employee' WHERE id = {}", world.person_id["guest_a"])
    links = LINK.findall((await browser.get("/")).text)
    await execute("UPDATE person SET kind = 'guest' WHERE id = {}", world.person_id["guest_a"])
    assert {(await browser.get(unescape(link))).status_code for link in links if "/static" not in link} >= {404}
