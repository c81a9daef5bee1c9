"""The record of a space that has ended, for who keeps it."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.records import actions, queries
from portal.records.jobs import DAYS
from portal.records.parts import PARTS
from portal.spaces.queries import get_space
from portal.web.errors import found
from portal.web.files import send_file
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/spaces/{public_id:str}/record")
async def record_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What the record holds, and the last one that was made."""
    space = found(await get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_RECORD, space)
    return page(
        request,
        "records/record.html",
        fragment="download",
        section="groups",
        space=space,
        parts=PARTS,
        record=await queries.latest_record(request.actor, space),
        days=DAYS,
        now=request.now,
    )


@post("/spaces/{public_id:str}/record")
async def ask_for_record(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Has it made."""
    await actions.ask_for_record(request.actor, found(await get_space(request.actor, public_id)))
    return see_other(f"/spaces/{public_id}/record")


@get("/records/{public_id:str}")
async def download(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The file."""
    record = found(await queries.record_file(request.actor, public_id))
    return await send_file(request, record.file, "application/zip", f"record-{record.made_at:%Y-%m-%d}.zip")


router = Router(path="/", route_handlers=[record_page, ask_for_record, download])
