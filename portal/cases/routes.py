"""The page of a case, and what who decides it does."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response, Router, get, post
from litestar.exceptions import NotFoundException as NotFound
from litestar.params import FromPath

from portal.access.actor import Actor
from portal.access.policy import can
from portal.cases import answering, clusters, opening, triage
from portal.cases.briefing import briefing
from portal.cases.deeds import DEEDS
from portal.cases.inbox import LISTS, MANY, ONLY, Wanted, inbox
from portal.cases.next import next_of
from portal.cases.shown import show
from portal.cases.stale import Since, refuse_stale, since_read
from portal.caseteam.handover import asked_to_take_over
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.text import cases as words
from portal.topics.queries import topics_to_choose
from portal.web.deeds import Deed
from portal.web.errors import found
from portal.web.flashes import FLASHES
from portal.web.page import page, see_other
from portal.web.request import Request


def _colleague(request: Request) -> Actor:
    """Guests decide nothing, and are told of no other case than those whose posts they read."""
    if request.actor.guest:
        raise NotFound
    return request.actor


@get("/cases")
async def cases(request: Request) -> Response[Any]:
    """What one has to do with, the most urgent first."""
    actor = _colleague(request)
    wanted = Wanted.asked(request.query_params)
    return page(
        request,
        "cases/list.html",
        fragment="results",
        section="cases",
        wanted=wanted,
        lists=LISTS,
        only=ONLY,
        many=MANY,
        topics=await topics_to_choose(actor, wanted.topic),
        next_of=partial(next_of, actor),
        words=words,
        now=actor.now,
        **await inbox(actor, wanted),
    )


@get("/cases/briefing")
async def leaders_briefing(request: Request) -> Response[Any]:
    """What a head has to know in the morning, to be read or printed."""
    actor = _colleague(request)
    return page(
        request,
        "cases/briefing.html",
        section="cases",
        next_of=partial(next_of, actor),
        words=words,
        many=MANY,
        now=actor.now,
        **await briefing(actor),
    )


@get("/cases/{public_id:str}")
async def case(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where it stands, for everybody who reads the item."""
    return await show(request, found(await get_case(request.actor, public_id)))


async def _at(request: Request, public_id: str, name: str) -> tuple[CaseRow, Deed, Since]:
    row = found(await get_case(request.actor, public_id))
    deed = found(DEEDS.get(name))
    return row, deed, await since_read(request, row, deed.action)


@get("/cases/{public_id:str}/{name:str}")
async def deed_page(request: Request, public_id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """An empty form."""
    row, deed, since = await _at(request, public_id, name)
    return await _form(request, row, deed, name, deed.form_for(row)(), since)


@post("/cases/{public_id:str}/{name:str}")
async def do_deed(request: Request, public_id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Does it; who reads the case no more after that goes home."""
    row, deed, since = await _at(request, public_id, name)
    form = await (deed.form_for(row).sent(request) if since.lines else deed.sent(request, row, words.CHANGED))
    refuse_stale(form, since)
    if not form.complete:
        return await _form(request, row, deed, name, form, since)
    done = f"case-{name}" if f"case-{name}" in FLASHES else "holds-now"
    return see_other(f"/cases/{public_id}" if await get_case(request.actor, public_id) else "/", done)


async def _form(request: Request, row: CaseRow, deed: Deed, name: str, form: Any, since: Since) -> Response[Any]:
    idea = found(await get_idea(request.actor, row.idea_public_id))
    return page(
        request,
        "cases/deed.html",
        section="cases",
        case=row,
        idea=idea,
        deed=deed,
        name=name,
        form=form,
        since=since,
        may=can(request.actor, deed.action, row),
        offers=await asked_to_take_over(request.actor, row.id) if name == "takeover" else [],
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        cases,
        leaders_briefing,
        case,
        answering.back_to_the_desk,
        answering.answer,
        answering.back_to_the_approval,
        answering.approve,
        deed_page,
        do_deed,
        triage.router,
        opening.router,
        clusters.router,
    ],
)
