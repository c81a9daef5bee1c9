"""Removing a guest from a space."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.leaving import actions, queries
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/spaces/{public_id:str}/guests/{guest:str}/removal")
async def removal_page(request: Request, public_id: FromPath[str], guest: FromPath[str]) -> Response[Any]:
    """What it means, before it is done."""
    leaver = found(await queries.get_guest(request.actor, public_id, guest))
    require(request.actor, Action.GUEST_REMOVE, leaver)
    return page(request, "leaving/removal.html", section="groups", guest=leaver, form=Form())


@post("/spaces/{public_id:str}/guests/{guest:str}/removal")
async def remove(request: Request, public_id: FromPath[str], guest: FromPath[str]) -> Response[Any]:
    """Removes her, at once."""
    leaver = found(await queries.get_guest(request.actor, public_id, guest))
    await actions.remove(request.actor, leaver)
    return see_other(f"/spaces/{public_id}/guests", "guest-removed")


router = Router(path="/", route_handlers=[removal_page, remove])
