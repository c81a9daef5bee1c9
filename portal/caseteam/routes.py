"""The room of a case team: its notes and files, whose advice is asked, and who is on it."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.caseteam import actions, queries
from portal.caseteam.forms import AdviceForm, NoteForm
from portal.escalation.queries import CaseRow, get_case
from portal.files.kinds import ACCEPT, KINDS
from portal.ideas.queries import get_idea
from portal.settings import settings
from portal.text import cases as words
from portal.web.errors import found
from portal.web.files import send_file
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.web.uploads import LARGEST_FORM, WITH_FILES


@get("/cases/{public_id:str}/team")
async def team_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """All of it, for the team."""
    case = found(await get_case(request.actor, public_id))
    require(request.actor, Action.ESCALATION_NOTE, case)
    return await _room(request, case, NoteForm())


@post("/cases/{public_id:str}/team", opt=WITH_FILES, request_max_body_size=LARGEST_FORM)
async def write_note(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A note, and its files."""
    case = found(await get_case(request.actor, public_id))
    require(request.actor, Action.ESCALATION_NOTE, case)
    form = await NoteForm.sent(request)
    if form.valid():
        for problem in await actions.write_note(request.actor, case, form.body.data, form.files.data, form.once):
            form.refuse("files", problem)
    if not form.complete:
        return await _room(request, case, form)
    return see_other(f"/cases/{public_id}/team#notes", "note-written")


@post("/cases/{public_id:str}/team/{person:str}/end")
async def release(request: Request, public_id: FromPath[str], person: FromPath[str]) -> Response[Any]:
    """Somebody leaves the team."""
    case = found(await get_case(request.actor, public_id))
    try:
        await actions.release(request.actor, case, person)
    except Changed:
        return see_other(f"/cases/{public_id}/team")
    return see_other(f"/cases/{public_id}/team", "member-released")


@get("/case-files/{public_id:str}")
async def download(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A file of the team, to be saved."""
    row = found(await queries.get_case_file(request.actor, public_id))
    return await send_file(request, row.file, KINDS[row.kind].media_type, row.name)


@get("/consultations/{public_id:str}")
async def advice_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is asked, with a form for the answer."""
    asked = found(await queries.get_consultation(request.actor, public_id))
    require(request.actor, Action.CONSULTATION_ANSWER, asked)
    return await _advice(request, asked, AdviceForm())


@post("/consultations/{public_id:str}")
async def advise(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The answer, for the team."""
    asked = found(await queries.get_consultation(request.actor, public_id))
    require(request.actor, Action.CONSULTATION_ANSWER, asked)
    form = await AdviceForm.sent(request)
    if form.valid():
        try:
            await actions.advise(request.actor, asked, form.outcome.data, form.words.data)
        except Changed:
            form.refuse("words", words.CHANGED)
    if not form.complete:
        return await _advice(request, asked, form)
    return see_other(f"/cases/{asked.case_public_id}/team", "advice-given")


async def _advice(request: Request, asked: queries.ConsultationRow, form: Any) -> Response[Any]:
    idea = found(await get_idea(request.actor, asked.idea_public_id))
    return page(
        request,
        "caseteam/advice.html",
        section="cases",
        asked=asked,
        idea=idea,
        words=words,
        form=form,
        status=form.status,
    )


async def _room(request: Request, case: CaseRow, form: Any) -> Response[Any]:
    idea = found(await get_idea(request.actor, case.idea_public_id))
    return page(
        request,
        "caseteam/room.html",
        section="cases",
        case=case,
        idea=idea,
        **await queries.room_of(request.actor, case.id),
        kept=await queries.years_of_notes(request.actor),
        words=words,
        form=form,
        accept=ACCEPT,
        largest=settings().file_mb,
        status=form.status,
    )


router = Router(path="/", route_handlers=[team_page, write_note, release, download, advice_page, advise])
