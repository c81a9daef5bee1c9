"""The list of what one heard."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.notifications import actions
from portal.notifications.listed import ONLY, PAGE, bundles, get_notice, grouped, muted
from portal.notifications.words import BY_SOMEBODY, address, says, sign
from portal.paging import paged
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/notifications")
async def notifications(request: Request) -> Response[Any]:
    """What one heard, the newest first, and what one muted."""
    after = request.query_params.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None
    only = asked if (asked := request.query_params.get("only", "")) in ONLY else ""
    listed = paged(await bundles(request.actor, before, only), PAGE, lambda row: row.id, after)
    return page(
        request,
        "notifications/list.html",
        listed=listed,
        groups=grouped(listed.rows, request.now),
        only=only,
        says=says,
        sign=sign,
        by_somebody=BY_SOMEBODY,
        leads=address,
        muted=await muted(request.actor),
    )


@post("/notifications/read")
async def read_all(request: Request) -> Response[Any]:
    """Marks all as read."""
    await actions.read_all(request.actor)
    return see_other("/notifications")


@post("/notifications/{public_id:str}/read")
async def read(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Marks one as read."""
    await actions.read(request.actor, found(await get_notice(request.actor, public_id)))
    return see_other("/notifications")


@post("/notifications/{public_id:str}/mute")
async def mute(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Mutes what it tells of."""
    await actions.mute(request.actor, found(await get_notice(request.actor, public_id)))
    return see_other("/notifications")


@post("/notifications/muted/{public_id:str}/end")
async def unmute(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Hears of it again."""
    one = next((row for row in await muted(request.actor) if row.public_id == public_id), None)
    await actions.unmute(request.actor, found(one))
    return see_other("/notifications")


router = Router(path="/", route_handlers=[notifications, read_all, read, mute, unmute])
