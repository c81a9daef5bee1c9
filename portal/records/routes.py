"""The record of a space that has ended, for who keeps it; and of a case, for who decides it or keeps the archive."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.records import actions, queries
from portal.records.case_parts import PARTS as CASE_PARTS
from portal.records.case_parts import TEAM_PARTS
from portal.records.forms import CaseRecordForm
from portal.records.jobs import DAYS
from portal.records.of_cases import may_have_whole
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


@get("/cases/{public_id:str}/record")
async def case_record_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What the record of a case holds, and the last one that she had made."""
    case = found(await get_case(request.actor, public_id))
    require(request.actor, Action.ESCALATION_RECORD, case)
    return await _of_case(request, case, CaseRecordForm())


@post("/cases/{public_id:str}/record")
async def ask_for_case_record(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Has it made."""
    case = found(await get_case(request.actor, public_id))
    require(request.actor, Action.ESCALATION_RECORD, case)
    form = await CaseRecordForm.sent(request)
    if not form.valid():
        return await _of_case(request, case, form)
    await actions.ask_for_case_record(request.actor, case, may_have_whole(case), form.reason.data)
    return see_other(f"/cases/{public_id}/record")


@get("/case-records/{public_id:str}")
async def download_of_case(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The file."""
    record = found(await queries.case_record_file(request.actor, public_id))
    return await send_file(request, record.file, "application/zip", f"case-{record.made_at:%Y-%m-%d}.zip")


async def _of_case(request: Request, case: CaseRow, form: Any) -> Response[Any]:
    idea = found(await get_idea(request.actor, case.idea_public_id))
    return page(
        request,
        "records/case.html",
        fragment="download",
        section="cases",
        case=case,
        idea=idea,
        parts=CASE_PARTS,
        team_parts=TEAM_PARTS if may_have_whole(case) else (),
        record=await queries.latest_case_record(request.actor, case),
        form=form,
        days=DAYS,
        now=request.now,
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        *(record_page, ask_for_record, download),
        *(case_record_page, ask_for_case_record, download_of_case),
    ],
)
