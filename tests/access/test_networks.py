"""Employees stay employees wherever they sit: where a request comes from says nothing of what may be seen or done."""

from __future__ import annotations

from typing import Any

import pytest

from portal.app import create_app
from portal.db import execute
from tests.client import Browser
from tests.world import World

#: The office, a client's network, a phone on the road, and what a proxy of somebody else says of it.
PLACES = ["10.0.0.7", "198.51.100.23", "2001:db8::17"]
ADDRESSES = ["/", "/campaigns", "/people", "/groups", "/spaces/{space[open]}", "/ideas/{idea[collect]}"]


@pytest.mark.parametrize("name", ["employee", "guest_a"])
async def test_every_network_gives_the_same_answers(rollback: Any, world: World, name: str):
    """With a control: what a person is makes a difference, on every network."""
    app, answers = create_app(own_pool=False), {}
    for place in PLACES:

        async def from_there(scope: Any, receive: Any, send: Any, place: str = place) -> None:
            scope = scope | {"client": (place, 40_000)}
            headers = [*scope.get("headers", []), (b"x-forwarded-for", place.encode())]
            await app(scope | {"headers": headers}, receive, send)

        browser = Browser(from_there, world.person_id[name])
        await browser.start_session()
        statuses = []
        for address in ADDRESSES:
            response = await browser.get(address.format(**vars(world)))
            statuses.append((response.status_code, "Bridge data" in response.text))
        answers[place] = statuses
        await browser.http.aclose()
    assert len({str(statuses) for statuses in answers.values()}) == 1
    reads = [status for status, _ in answers[PLACES[0]]]
    assert reads == [200] * 6 if name == "employee" else reads[-2:] == [404, 404]


async def test_whoever_signs_in_from_elsewhere_stays_what_she_is(rollback: Any, world: World):
    kinds = "SELECT id, kind FROM person ORDER BY id"
    before = [tuple(row) for row in await execute(kinds)]
    app = create_app(own_pool=False)

    async def far_away(scope: Any, receive: Any, send: Any) -> None:
        await app(scope | {"client": ("203.0.113.99", 1)}, receive, send)

    browser = Browser(far_away, world.person_id["employee"])
    await browser.start_session()
    assert (
        await browser.post(f"/ideas/{world.idea['collect']}/comments", {"body": "From the client"})
    ).status_code == 303
    assert [tuple(row) for row in await execute(kinds)] == before
    (comment,) = await execute("SELECT guest FROM comment WHERE body = 'From the client'")
    assert comment["guest"] is False
    await browser.http.aclose()
