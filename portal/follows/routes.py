"""The buttons with which one follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, Router, post
from litestar.params import FromPath

from portal.campaigns.queries import get_campaign
from portal.follows import actions
from portal.ideas.queries import get_idea
from portal.policies.queries import get_policy
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request

#: By where things stand: what they are, and how one of them is read.
THINGS: dict[str, tuple[str, Callable[..., Awaitable[Any]]]] = {
    "campaigns": ("campaign", get_campaign),
    "ideas": ("idea", get_idea),
    "policies": ("policy", get_policy),
}


@post([f"/{place}/{{public_id:str}}/follow" for place in THINGS])
async def follow(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow this."""
    await actions.follow(request.actor, *await _thing(request, public_id))
    return _button(request, public_id, following=True)


@post([f"/{place}/{{public_id:str}}/follow/end" for place in THINGS])
async def unfollow(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow it no more."""
    await actions.unfollow(request.actor, *await _thing(request, public_id))
    return _button(request, public_id, following=False)


def _place(request: Request) -> str:
    return request.url.path.split("/")[1]


async def _thing(request: Request, public_id: str) -> tuple[str, Any]:
    kind, read = THINGS[_place(request)]
    return kind, found(await read(request.actor, public_id))


def _button(request: Request, public_id: str, *, following: bool) -> Response[Any]:
    thing = f"/{_place(request)}/{public_id}"
    if not request.wants_fragment:
        return see_other(thing, "followed" if following else "unfollowed")
    return page(request, "follows/follow.html", fragment="follow", thing=thing, following=following)


router = Router(path="/", route_handlers=[follow, unfollow])
