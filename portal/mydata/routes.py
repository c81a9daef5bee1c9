"""One's own data: what is stored and why, and all of it to take along."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.mydata import actions, queries
from portal.mydata.jobs import DAYS
from portal.mydata.parts import PARTS
from portal.web.errors import found
from portal.web.files import send_file
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/settings/data")
async def data_page(request: Request) -> Response[Any]:
    """What is stored about oneself, in plain words."""
    return page(
        request,
        "mydata/data.html",
        fragment="download",
        parts=PARTS,
        export=await queries.latest_export(request.actor),
        days=DAYS,
        now=request.now,
    )


@post("/settings/data")
async def ask_for_data(request: Request) -> Response[Any]:
    """Has the file made."""
    await actions.ask_for_data(request.actor)
    return see_other("/settings/data")


@get("/settings/data/{public_id:str}")
async def download(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The file, for its owner alone."""
    file = found(await queries.export_file(request.actor, public_id))
    return await send_file(request, file.file, "application/zip", "my-data.zip")


router = Router(path="/", route_handlers=[data_page, ask_for_data, download])
