"""The vote control."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, post
from litestar.params import FromPath

from portal.votes import actions, queries
from portal.web.errors import found
from portal.web.page import own_address, page, see_other
from portal.web.request import Request


@post("/ideas/{public_id:str}/vote")
async def give(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Support this idea."""
    idea = found(await queries.standing(request.actor, public_id))
    return await _control(request, public_id, await actions.give_support(request.actor, idea))


@post("/ideas/{public_id:str}/vote/withdrawal")
async def take_back(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Take the support back."""
    idea = found(await queries.standing(request.actor, public_id))
    return await _control(request, public_id, await actions.take_support_back(request.actor, idea))


async def _control(request: Request, public_id: str, now: queries.Standing | None) -> Response[Any]:
    if not request.wants_fragment:
        typed = await request.typed()
        return see_other(own_address(typed.get("next", f"/ideas/{public_id}")))
    idea = now or found(await queries.standing(request.actor, public_id))
    shape = "panel" if (await request.typed()).get("shape") == "panel" else "control"
    return page(request, "votes/vote.html", fragment=shape, idea=idea)


router = Router(path="/", route_handlers=[give, take_back])
