"""Handing in lists, trial runs, and how far they are."""

from __future__ import annotations

import asyncio
import csv
import io
import os
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.files import MB
from portal.imports import actions, queries
from portal.imports.forms import ImportForm, StartForm
from portal.imports.problems import COLUMNS, OF_FILES, OF_LINES
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.guards import OF_ADMINISTRATORS
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.web.uploads import LARGEST_FORM

LARGEST_LIST = 100 * MB  # half a million people; what is larger goes in by `portal people import`
TAKES_A_LIST = {"files": True, "largest_file": LARGEST_LIST, **OF_ADMINISTRATORS}
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@get("/admin/imports")
async def list_imports(request: Request) -> Response[Any]:
    """A form for a list, and those that were handed in."""
    require(request.actor, Action.PEOPLE_MANAGE)
    return await _list(request, ImportForm())


@post("/admin/imports", opt=TAKES_A_LIST, request_max_body_size=LARGEST_FORM)
async def hand_in(request: Request) -> Response[Any]:
    """Takes a list for a trial run."""
    require(request.actor, Action.PEOPLE_MANAGE)
    form = await ImportForm.sent(request)
    form.valid()
    if form.file.data and form.file.data[0].too_large:
        form.refuse("file", gettext("This file is larger than 100 MB. Use “portal people import” for it."))
    if not form.complete:
        return await _list(request, form)
    file = form.file.data[0]
    content = await asyncio.to_thread(os.pread, file.fd, file.size, 0)
    _, public_id = await actions.hand_in(
        request.actor,
        content,
        kind=form.kind.data,
        file_name=file.name,
        make_units=form.make_units.data,
        deactivate_missing=form.deactivate_missing.data,
    )
    return see_other(f"/admin/imports/{public_id}")


@get("/admin/imports/{public_id:str}")
async def import_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What the trial run says, or how far it is."""
    return await _import_page(request, await _import(request, public_id))


@post("/admin/imports/{public_id:str}/start")
async def start(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Goes ahead, or on."""
    row = await _import(request, public_id)
    form = await StartForm.sent(request)
    try:
        await actions.start(request.actor, row, form.seen.data)
    except Changed:
        return await _import_page(request, row, meanwhile=True)
    return see_other(f"/admin/imports/{public_id}")


@post("/admin/imports/{public_id:str}/stop")
async def stop(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Stops after what is being done."""
    await actions.stop(request.actor, await _import(request, public_id))
    return see_other(f"/admin/imports/{public_id}")


@post("/admin/imports/{public_id:str}/removal")
async def throw_away(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Forgets the list."""
    await actions.throw_away(request.actor, await _import(request, public_id))
    return see_other("/admin/imports", "import-removed")


@get("/admin/imports/{public_id:str}/problems")
async def problems_file(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """All that is wrong, as a list to work through."""
    row = await _import(request, public_id)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([gettext("Line"), gettext("Column"), gettext("What is wrong")])
    for problem in await queries.problems(request.actor, row, most=None):
        words = str(OF_LINES[problem.problem]) % {"value": problem.value}
        writer.writerow([problem.line, str(COLUMNS[problem.field]), words])
    headers = {"Content-Disposition": f'attachment; filename="problems-{public_id}.csv"'}
    return Response(("\ufeff" + out.getvalue()).encode(), media_type="text/csv", headers=headers)


async def _import(request: Request, public_id: str) -> queries.ImportRow:
    require(request.actor, Action.PEOPLE_MANAGE)
    return found(await queries.get_import(request.actor, public_id))


async def _list(request: Request, form: ImportForm) -> Response[Any]:
    return page(
        request,
        "imports/list.html",
        section="admin",
        form=form,
        imports=await queries.imports(request.actor),
        now=request.now,
        status=form.status,
    )


async def _import_page(request: Request, row: queries.ImportRow, meanwhile: bool = False) -> Response[Any]:
    return page(
        request,
        "imports/import.html",
        fragment="progress",
        section="admin",
        row=row,
        problems=await queries.problems(request.actor, row),
        of_lines=OF_LINES,
        of_files=OF_FILES,
        columns=COLUMNS,
        separator=SEPARATORS.get(row.separator, row.separator),
        meanwhile=meanwhile or row.problem == "changed meanwhile",
        now=request.now,
        status=422 if meanwhile else 200,
    )


router = Router(
    path="/",
    route_handlers=[list_imports, hand_in, import_page, start, stop, throw_away, problems_file],
)
