"""The buttons with which one follows."""

from __future__ import annotations

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


@post("/campaigns/{public_id:str}/follow")
async def follow_campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow this campaign."""
    await actions.follow_campaign(request.actor, found(await get_campaign(request.actor, public_id)))
    return _button(request, f"/campaigns/{public_id}", True)


@post("/campaigns/{public_id:str}/follow/end")
async def unfollow_campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow it no more."""
    await actions.unfollow_campaign(request.actor, found(await get_campaign(request.actor, public_id)))
    return _button(request, f"/campaigns/{public_id}", False)


@post("/ideas/{public_id:str}/follow")
async def follow_idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow this idea."""
    await actions.follow_idea(request.actor, found(await get_idea(request.actor, public_id)))
    return _button(request, f"/ideas/{public_id}", True)


@post("/ideas/{public_id:str}/follow/end")
async def unfollow_idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow it no more."""
    await actions.unfollow_idea(request.actor, found(await get_idea(request.actor, public_id)))
    return _button(request, f"/ideas/{public_id}", False)


@post("/policies/{public_id:str}/follow")
async def follow_policy(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow this policy."""
    await actions.follow_policy(request.actor, found(await get_policy(request.actor, public_id)))
    return _button(request, f"/policies/{public_id}", True)


@post("/policies/{public_id:str}/follow/end")
async def unfollow_policy(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Follow it no more."""
    await actions.unfollow_policy(request.actor, found(await get_policy(request.actor, public_id)))
    return _button(request, f"/policies/{public_id}", False)


def _button(request: Request, thing: str, following: bool) -> Response[Any]:
    if not request.wants_fragment:
        return see_other(thing, "followed" if following else "unfollowed")
    return page(request, "follows/follow.html", fragment="follow", thing=thing, following=following)


router = Router(
    path="/",
    route_handlers=[follow_campaign, unfollow_campaign, follow_idea, unfollow_idea, follow_policy, unfollow_policy],
)
