"""The administrators' page."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.about import SLUGS
from portal.access.policy import Action, require
from portal.notifications import actions, queries
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/admin")
async def overview(request: Request) -> Response[Any]:
    """What waits for an administrator."""
    require(request.actor, Action.ADMINISTER)
    return page(
        request,
        "admin/overview.html",
        section="admin",
        slugs=SLUGS,
        undelivered=await queries.undelivered_mail(request.actor),
        now=request.now,
    )


@post("/admin/mail/{public_id:str}/retry")
async def retry_mail(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Tries a message again that was given up."""
    require(request.actor, Action.MAIL_RETRY)
    mail = found(await queries.get_undelivered(request.actor, public_id))
    await actions.retry_mail(request.actor, mail)
    return see_other("/admin", "mail-retried")


router = Router(path="/", route_handlers=[overview, retry_mail])
