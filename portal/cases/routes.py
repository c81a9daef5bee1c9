"""The page of a case, and the steps of who decides it."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import require
from portal.cases import answering, opening, triage
from portal.cases.briefing import briefing
from portal.cases.desk import STEPS, Step
from portal.cases.inbox import LISTS, MANY, ONLY, Wanted, inbox, next_of
from portal.cases.shown import show
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.text import cases as words
from portal.text.language import gettext
from portal.topics.queries import topics_to_choose
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/cases")
async def cases(request: Request) -> Response[Any]:
    """What one has to do with, the most urgent first."""
    actor = request.actor
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
    actor = request.actor
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


async def _at(request: Request, public_id: str, name: str) -> tuple[CaseRow, Step]:
    row = found(await get_case(request.actor, public_id))
    step = found(STEPS.get(name))
    require(request.actor, step.action, row)
    return row, step


@get("/cases/{public_id:str}/{step:str}")
async def step_page(request: Request, public_id: FromPath[str], step: FromPath[str]) -> Response[Any]:
    """An empty form."""
    row, deed = await _at(request, public_id, step)
    return await _form(request, row, deed, step, deed.form())


@post("/cases/{public_id:str}/{step:str}")
async def take_step(request: Request, public_id: FromPath[str], step: FromPath[str]) -> Response[Any]:
    """Does it; who reads the case no more after that goes home."""
    row, deed = await _at(request, public_id, step)
    form = await deed.form.sent(request)
    if form.valid():
        try:
            await deed.do(request.actor, row, form)
        except Changed:
            form.refuse("form_key", gettext("This case was changed meanwhile. Your text is kept here."))
    if not form.complete:
        return await _form(request, row, deed, step, form)
    return see_other(f"/cases/{public_id}" if await get_case(request.actor, public_id) else "/", "holds-now")


async def _form(request: Request, row: CaseRow, step: Step, name: str, form: Any) -> Response[Any]:
    idea = found(await get_idea(request.actor, row.idea_public_id))
    return page(
        request,
        "cases/step.html",
        section="campaigns" if idea.kind == "idea" else "groups",
        case=row,
        idea=idea,
        step=step,
        name=name,
        form=form,
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
        step_page,
        take_step,
        triage.router,
        opening.router,
    ],
)
