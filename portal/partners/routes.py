"""The organisations that guests come from."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Taken
from portal.access.policy import Action, require
from portal.partners import actions, queries
from portal.partners.forms import PartnerForm
from portal.text.language import gettext
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/partners")
async def list_partners(request: Request) -> Response[Any]:
    """The organisations that guests come from, and a form for another."""
    require(request.actor, Action.PARTNER_EDIT)
    return await _partners_page(request, PartnerForm())


@post("/partners")
async def add_partner(request: Request) -> Response[Any]:
    """Adds one."""
    require(request.actor, Action.PARTNER_EDIT)
    form = await PartnerForm.sent(request)
    if form.valid():
        try:
            await actions.add_partner(request.actor, form.name.data, form.domains.data)
        except Taken:
            form.refuse("name", gettext("There is an organisation of this name already."))
    if not form.complete:
        return await _partners_page(request, form)
    return see_other("/partners", "partner-saved")


@get("/partners/{public_id:str}")
async def partner_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Its name and domains, to be changed."""
    partner = found(await queries.get_partner(request.actor, public_id))
    require(request.actor, Action.PARTNER_EDIT)
    return _partner_page(request, partner, PartnerForm(obj=partner))


@post("/partners/{public_id:str}")
async def edit_partner(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    partner = found(await queries.get_partner(request.actor, public_id))
    require(request.actor, Action.PARTNER_EDIT)
    form = await PartnerForm.sent(request)
    if form.valid():
        try:
            await actions.edit_partner(request.actor, partner, form.name.data, form.domains.data, seen=form.seen.data)
        except Taken:
            form.refuse("name", gettext("There is an organisation of this name already."))
        except Changed:
            stands = found(await queries.get_partner(request.actor, public_id))
            return _partner_page(request, stands, form, await collided(form, PartnerForm(obj=stands), "name"))
    if not form.complete:
        return _partner_page(request, partner, form)
    return see_other("/partners", "partner-saved")


def _partner_page(
    request: Request, partner: queries.PartnerRow, form: Any, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"partner": partner, "form": form, "changed": changed}
    return page(request, "partners/partner.html", section="groups", status=form.status, **context)


async def _partners_page(request: Request, form: PartnerForm) -> Response[Any]:
    known = await queries.partners(request.actor)
    return page(request, "partners/list.html", section="groups", partners=known, form=form, status=form.status)


router = Router(path="/", route_handlers=[list_partners, add_partner, partner_page, edit_partner])
