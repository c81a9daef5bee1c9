"""Who answers for a space with guests looks at it through a guest's eyes: what a guest sees, and nothing is written."""

from __future__ import annotations

from typing import Any

from portal.db import execute, fetch_value
from portal.web.guards import ENDS, OWN
from tests.client import text_of
from tests.sitemap import GETS, POSTS, filled, form
from tests.world import World


async def test_the_host_sees_what_a_guest_sees_and_nothing_else(as_: Any, world: World):
    host, guest = await as_("insider_a"), await as_("guest_a")
    home, idea = f"/spaces/{world.space['closed_a']}", f"/ideas/{world.idea['closed_a']}"
    assert "As a guest sees it" in text_of(await host.get(home))
    assert (await host.post(f"{home}/as-guest")).status_code == 303
    for address in ("/", home, idea, f"/campaigns/{world.campaign['closed_a']}", "/campaigns", "/groups"):
        response = await host.get(address)
        assert response.status_code == (await guest.get(address)).status_code == 200, address
        assert "This is how a guest sees it." in text_of(response), address
    for address in (
        f"/spaces/{world.space['organisation']}",
        f"/ideas/{world.idea['collect']}",
        f"/campaigns/{world.campaign['vote']}",
        f"/people/{world.person['author']}",
    ):
        assert (await host.get(address)).status_code == (await guest.get(address)).status_code == 404, address
    assert (await host.get(f"{home}/moderation")).status_code == 403
    assert 'id="composer"' not in (await host.get(idea)).text
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'space.seen_as_guest'") == 1


async def test_nothing_is_written_meanwhile_and_one_button_ends_it(as_: Any, world: World):
    host, home = await as_("insider_a"), f"/spaces/{world.space['closed_a']}"
    comment = f"/ideas/{world.idea['closed_a']}/comments"
    await host.post(f"{home}/as-guest")
    before = await fetch_value("SELECT count(*) FROM comment")
    assert (await host.post(comment, {"body": "Hello."})).status_code == 403
    assert await fetch_value("SELECT count(*) FROM comment") == before
    assert (await host.post(f"{home}/as-guest/end")).status_code == 303
    assert "This is how a guest sees it." not in text_of(await host.get(home))
    assert (await host.post(comment, {"body": "Hello."})).status_code == 303


async def test_every_page_that_is_not_ones_own_is_a_guests_and_no_form_is_taken(as_: Any, world: World):
    host, home = await as_("insider_a"), f"/spaces/{world.space['closed_a']}"
    await host.post(f"{home}/as-guest")
    for route, (_, address) in GETS.items():
        response = await host.get(filled(address, world))
        assert response.status_code < 500, route
        if response.status_code == 200 and "<html" in response.text:
            assert ("This is how a guest sees it." in text_of(response)) != route.startswith(OWN), route
    for route in POSTS:
        if not route.startswith(OWN) and not route.endswith(ENDS):
            response = await host.post(filled(POSTS[route][1], world), form(route, world))
            assert response.status_code == 403, route


async def test_it_is_for_who_answers_for_the_space_and_shows_nobody_more(as_: Any, world: World):
    home = f"/spaces/{world.space['closed_a']}"
    assert (await (await as_("guest_a")).post(f"{home}/as-guest")).status_code == 403
    for name in ("employee", "administrator", "guest_b"):
        browser = await as_(name)
        assert (await browser.post(f"{home}/as-guest")).status_code == 404
        browser.http.cookies.set("eyes", world.space["closed_a"], domain="127.0.0.1")  # made up by hand
        assert (await browser.get(home)).status_code == 404
    host = await as_("insider_a")
    await host.post(f"{home}/as-guest")
    await execute("DELETE FROM membership WHERE person = {} AND role <> 'member'", world.person_id["insider_a"])
    await execute("UPDATE space SET host = NULL")
    assert "This is how a guest sees it." not in text_of(await host.get(home))
