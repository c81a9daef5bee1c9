"""Every page about spaces opens for who may, and is a 403 or 404 for who may not; where guests are, it is marked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.client import Browser
from tests.sitemap import GETS
from tests.world import World

SignIn = Callable[[str | None], Awaitable[Browser]]
MINE = [
    path
    for path in GETS
    if path.startswith(("/spaces/", "/groups", "/projects", "/guest-spaces", "/sister-spaces"))
    or path.endswith("/highlight")
]


@pytest.mark.parametrize("path", MINE)
async def test_a_page_opens_and_an_outsider_gets_a_404(as_: SignIn, world: World, path: str):
    name, address = GETS[path]
    address = address.format(**vars(world))
    response = await (await as_(name)).get(address)
    assert response.status_code == 200, response.text[-300:]
    if "closed_a" in GETS[path][1]:
        assert (await (await as_("insider_b")).get(address)).status_code == 404
        assert 'class="guest-bar"' in response.text
