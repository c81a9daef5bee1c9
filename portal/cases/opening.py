"""Bringing an idea or post to who decides before any threshold: by a moderator, or by who decides herself (R6)."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden, can, require
from portal.cases.forms import BringForm, TakeUpForm
from portal.escalation import actions
from portal.escalation.queries import Item, get_actionable
from portal.ideas.queries import get_idea
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


def opens_case(actor: Actor, item: Item) -> Action | None:
    """By which right she may open a case on it, if she may: who decides it rather than who moderates there."""
    ways = (Action.ESCALATION_OPEN_UNASKED, Action.ESCALATION_MAKE_ACTIONABLE)
    return next((way for way in ways if can(actor, way, item)), None)


async def _item_to(request: Request, public_id: str) -> tuple[Item, Action]:
    if request.actor.guest:  # she never does, and the second wall lets her ask nothing about topics
        found(await get_idea(request.actor, public_id))
        raise Forbidden(Action.ESCALATION_OPEN_UNASKED)
    item = found(await get_actionable(request.actor, public_id))
    way = opens_case(request.actor, item) or Action.ESCALATION_OPEN_UNASKED
    require(request.actor, way, item)
    return item, way


def _form_of(way: Action) -> type[BringForm]:
    return TakeUpForm if way is Action.ESCALATION_OPEN_UNASKED else BringForm


@get("/ideas/{public_id:str}/case")
async def opening_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    item, way = await _item_to(request, public_id)
    return await _show(request, item, _form_of(way)())


@post("/ideas/{public_id:str}/case")
async def open_case(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Opens it."""
    item, way = await _item_to(request, public_id)
    form = await _form_of(way).sent(request)
    if not form.valid():
        return await _show(request, item, form)
    try:
        with form.screened():
            await _open(request.actor, item, form)
            return see_other(found(await get_idea(request.actor, public_id)).address, "case-opened")
    except Changed:
        form.refuse("form_key", gettext("This changed meanwhile. Your text is kept here."))
    return await _show(request, item, form)


async def _open(actor: Actor, item: Item, form: BringForm) -> None:
    if isinstance(form, TakeUpForm):
        await actions.open_unasked(actor, item, form.reason.data or "", form.statement.data or "")
    else:
        await actions.make_actionable(actor, item, form.reason.data or "")


async def _show(request: Request, item: Item, form: Any) -> Response[Any]:
    idea = found(await get_idea(request.actor, item.public_id))
    return page(
        request,
        "cases/open.html",
        section=idea.section,
        idea=idea,
        form=form,
        status=form.status,
    )


router = Router(path="/", route_handlers=[opening_page, open_case])
