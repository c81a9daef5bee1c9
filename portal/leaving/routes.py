"""Removing a guest from a space, and making an employee a guest."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.admin import deactivation, people, roles, turning
from portal.admin.forms import BecomeGuestForm, chosen_spaces, chosen_successor
from portal.leaving import actions, queries
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/spaces/{public_id:str}/guests/{guest:str}/removal")
async def removal_page(request: Request, public_id: FromPath[str], guest: FromPath[str]) -> Response[Any]:
    """What it means, before it is done."""
    leaver = found(await queries.get_guest(request.actor, public_id, guest))
    require(request.actor, Action.GUEST_REMOVE, leaver)
    return page(request, "leaving/removal.html", section="groups", guest=leaver, form=Form(), outside=True)


@post("/spaces/{public_id:str}/guests/{guest:str}/removal")
async def remove(request: Request, public_id: FromPath[str], guest: FromPath[str]) -> Response[Any]:
    """Removes her, at once."""
    leaver = found(await queries.get_guest(request.actor, public_id, guest))
    await actions.remove(request.actor, leaver)
    return see_other(f"/spaces/{public_id}/guests", "guest-removed")


@get("/admin/people/{public_id:str}/guest")
async def become_guest_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What it means, before it is done."""
    return await _become_guest_page(request, await _employee(request, public_id), BecomeGuestForm())


@post("/admin/people/{public_id:str}/guest")
async def become_guest(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An employee is a guest from now on."""
    person = await _employee(request, public_id)
    form = await BecomeGuestForm.sent(request)
    form.valid()
    heir = await chosen_successor(request.actor, form, person.id)
    spaces = await chosen_spaces(request.actor, form)
    if form.complete:
        try:
            await turning.become_guest(request.actor, person.id, spaces, heir)
        except roles.WithoutAdministrator:
            form.refuse("successor", gettext("Nobody else is an administrator. Give somebody that role first."))
        except deactivation.SuccessorNeeded:
            form.refuse("successor", gettext("Name a colleague who takes over."))
    if not form.complete:
        return await _become_guest_page(request, person, form)
    return see_other(f"/admin/people/{public_id}", "person-is-guest")


async def _employee(request: Request, public_id: str) -> people.PersonRow:
    require(request.actor, Action.PEOPLE_MANAGE)
    person = found(await people.get_person(request.actor, public_id))
    return found(person if person.active and person.kind == "employee" else None)


async def _become_guest_page(request: Request, person: people.PersonRow, form: BecomeGuestForm) -> Response[Any]:
    duties = await deactivation.duties(request.actor, person.id)
    return page(
        request,
        "leaving/become_guest.html",
        section="admin",
        person=person,
        form=form,
        duties=duties,
        status=form.status,
    )


router = Router(path="/", route_handlers=[removal_page, remove, become_guest_page, become_guest])
