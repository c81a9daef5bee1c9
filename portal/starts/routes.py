"""The pages on which administrators keep the starting texts of answers."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.starts import actions
from portal.starts.forms import StartForm
from portal.starts.queries import Start, get_start, starts_to_choose
from portal.text.language import LANGUAGES
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/admin/answer-texts")
async def list_starts(request: Request) -> Response[Any]:
    """All of them."""
    require(request.actor, Action.ANSWER_START_EDIT)
    return page(
        request,
        "starts/list.html",
        section="admin",
        starts=await starts_to_choose(request.actor),
        languages=LANGUAGES,
    )


@get("/admin/answer-texts/new")
async def new_start(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.ANSWER_START_EDIT)
    return _form(request, StartForm(language=request.actor.language))


@post("/admin/answer-texts")
async def add_start(request: Request) -> Response[Any]:
    """Adds it."""
    require(request.actor, Action.ANSWER_START_EDIT)
    form = await StartForm.sent(request)
    if not form.valid():
        return _form(request, form)
    await actions.add_start(request.actor, form.words(), form_key=form.once)
    return see_other("/admin/answer-texts", "start-saved")


@get("/admin/answer-texts/{public_id:str}")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    require(request.actor, Action.ANSWER_START_EDIT)
    start = found(await get_start(request.actor, public_id))
    return _form(request, StartForm(obj=start), start)


@post("/admin/answer-texts/{public_id:str}")
async def edit_start(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it, or takes it out of the list."""
    require(request.actor, Action.ANSWER_START_EDIT)
    start = found(await get_start(request.actor, public_id))
    form = await StartForm.sent(request)
    if "remove" in form.typed:
        await actions.remove_start(request.actor, start)
        return see_other("/admin/answer-texts", "start-saved")
    if not form.valid():
        return _form(request, form, start)
    try:
        await actions.edit_start(request.actor, start, form.words(), seen=form.seen.data)
    except Changed:
        stands = found(await get_start(request.actor, public_id))
        return _form(request, form, stands, await collided(form, StartForm(obj=stands), "reason"))
    return see_other("/admin/answer-texts", "start-saved")


def _form(request: Request, form: Any, start: Start | None = None, changed: Beside | None = None) -> Response[Any]:
    context: dict[str, Any] = {"form": form, "start": start, "changed": changed}
    return page(request, "starts/form.html", section="admin", status=form.status, **context)


router = Router(path="/", route_handlers=[list_starts, new_start, add_start, edit_page, edit_start])
