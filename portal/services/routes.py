"""The services, and what would improve each."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Taken
from portal.access.policy import Action, can, require
from portal.paging import Cursor
from portal.services import actions, queries
from portal.services.forms import ServiceForm
from portal.text.language import gettext
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/services")
async def list_services(request: Request) -> Response[Any]:
    """All services."""
    section = "admin" if can(request.actor, Action.SERVICE_EDIT) else ""
    return page(request, "services/list.html", section=section, services=await queries.services(request.actor))


@get("/services/new")
async def new_service(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.SERVICE_EDIT)
    return _form(request, ServiceForm())


@post("/services")
async def add_service(request: Request) -> Response[Any]:
    """Adds it."""
    require(request.actor, Action.SERVICE_EDIT)
    form = await ServiceForm.sent(request)
    if not form.valid():
        return _form(request, form)
    try:
        service = await actions.add_service(
            request.actor, name=form.name.data, description=form.description.data, form_key=form.once
        )
    except Taken:
        form.refuse("name", gettext("There is a service with this name already."))
        return _form(request, form)
    return see_other(f"/services/{service}", "service-saved")


@get("/services/{public_id:str}")
async def show_service(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A service with the ideas that would improve it."""
    service = found(await queries.get_service(request.actor, public_id))
    after = Cursor.read(request.query_params.get("after", ""))
    listed = await queries.improvements(request.actor, service, after)
    return page(request, "services/show.html", service=service, listed=listed, now=request.now)


@get("/services/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    service = found(await queries.get_service(request.actor, public_id))
    require(request.actor, Action.SERVICE_EDIT, service)
    return _form(request, ServiceForm(obj=service), service)


@post("/services/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    service = found(await queries.get_service(request.actor, public_id))
    require(request.actor, Action.SERVICE_EDIT, service)
    form = await ServiceForm.sent(request)
    if not form.valid():
        return _form(request, form, service)
    words = {"name": form.name.data, "description": form.description.data, "archived": form.archived.data}
    try:
        await actions.edit_service(request.actor, service, **words, seen=form.seen.data)
    except Taken:
        form.refuse("name", gettext("There is a service with this name already."))
        return _form(request, form, service)
    except Changed:
        stands = found(await queries.get_service(request.actor, public_id))
        return _form(request, form, stands, await collided(form, ServiceForm(obj=stands), "name"))
    return see_other(f"/services/{public_id}", "service-saved")


def _form(
    request: Request, form: Any, service: queries.ServiceRow | None = None, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"form": form, "service": service, "changed": changed}
    return page(request, "services/form.html", section="admin", status=form.status, **context)


router = Router(path="/", route_handlers=[list_services, new_service, add_service, show_service, edit_page, edit])
