"""What follows an answer: supporters reply, promises and their news, and going on with what was withdrawn."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, require
from portal.colleagues.forms import chosen_colleague
from portal.crowd import actions, queries
from portal.crowd.deeds import DEEDS
from portal.crowd.forms import AdoptForm, PromiseForm, ReplyForm
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.text import cases as words
from portal.text.language import gettext
from portal.web.deeds import Deed
from portal.web.errors import found
from portal.web.page import page, page_before, see_other
from portal.web.request import Request


@post("/asked/{public_id:str}")
async def reply(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Yes or no, by a supporter; she may say otherwise until the end."""
    question = found(await queries.get_question(request.actor, public_id))
    require(request.actor, Action.CROWD_REPLY, question)
    form = await ReplyForm.sent(request)
    try:
        await actions.reply(request.actor, question, found(form.said))
    except Closed:
        return see_other(page_before(request), "asked-over")
    return see_other(f"{page_before(request)}#asked-{public_id}", "reply-counted")


async def _case(request: Request, public_id: str) -> CaseRow:
    row = found(await get_case(request.actor, public_id))
    require(request.actor, Action.PROMISE_MAKE, row)
    return row


@get("/cases/{public_id:str}/promises")
async def promise_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    return await _promise_form(request, await _case(request, public_id), PromiseForm())


@post("/cases/{public_id:str}/promises")
async def promise(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The owner of an answered case promises something more."""
    case = await _case(request, public_id)
    form = await PromiseForm.sent(request)
    form.valid()
    if form.due_on.data and form.due_on.data <= request.now.date():
        form.refuse("due_on", gettext("Give a day that is still to come."))
    owner = await chosen_colleague(request.actor, form, "owner")
    if owner is None or not form.complete:
        return await _promise_form(request, case, form)
    said = {"body": form.body.data, "owner": owner.id, "due_on": form.due_on.data, "form_key": form.once}
    try:
        with form.screened():
            await actions.add_promise(request.actor, case, **said)
            return see_other(f"/cases/{public_id}", "promised")
    except Changed:
        form.refuse("form_key", words.CHANGED)
    return await _promise_form(request, case, form)


async def _promise_form(request: Request, case: CaseRow, form: PromiseForm) -> Response[Any]:
    idea = found(await get_idea(request.actor, case.idea_public_id))
    return page(request, "crowd/promise.html", section="answers", case=case, idea=idea, form=form, status=form.status)


async def _at(request: Request, public_id: str, name: str) -> tuple[queries.PromiseRow, Deed]:
    row = found(await queries.get_promise(request.actor, public_id))
    deed = found(DEEDS.get(name))
    require(request.actor, deed.action, row)
    return row, deed


@get("/promises/{public_id:str}/{name:str}")
async def deed_page(request: Request, public_id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """An empty form."""
    row, deed = await _at(request, public_id, name)
    return _form(request, row, deed, name, deed.form())


@post("/promises/{public_id:str}/{name:str}")
async def do_deed(request: Request, public_id: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Tells of a promise: news, another date, or that it is done."""
    row, deed = await _at(request, public_id, name)
    form = await deed.sent(request, row, gettext("This promise was changed meanwhile. Your text is kept here."))
    if not form.complete:
        return _form(request, row, deed, name, form)
    return see_other(row.address, "told-of-promise")


def _form(request: Request, row: queries.PromiseRow, deed: Deed, name: str, form: Any) -> Response[Any]:
    return page(
        request,
        "crowd/deed.html",
        section="answers",
        promise=row,
        deed=deed,
        name=name,
        form=form,
        status=form.status,
    )


async def _withdrawn(request: Request, public_id: str) -> queries.Adoptable:
    item = found(await queries.get_adoptable(request.actor, public_id))
    require(request.actor, Action.IDEA_ADOPT, item)
    return item


def _adoption_form(request: Request, item: queries.Adoptable, form: AdoptForm) -> Response[Any]:
    section = "campaigns" if item.kind == "idea" else "groups"
    return page(request, "crowd/adoption.html", section=section, item=item, form=form, status=form.status)


@get("/ideas/{public_id:str}/adoption")
async def adoption_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks why."""
    item = await _withdrawn(request, public_id)
    return _adoption_form(request, item, AdoptForm())


@post("/ideas/{public_id:str}/adoption")
async def adoption(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A supporter goes on with what its author withdrew."""
    item = await _withdrawn(request, public_id)
    form = await AdoptForm.sent(request)
    if form.valid():
        try:
            with form.screened():
                await actions.adopt(request.actor, item, reason=form.reason.data)
                return see_other(item.address, "adopted")
        except Closed:
            form.refuse("reason", gettext("Somebody else goes on with it already, or the seven days are over."))
    return _adoption_form(request, item, form)


router = Router(
    path="/",
    route_handlers=[reply, promise_page, promise, deed_page, do_deed, adoption_page, adoption],
)
