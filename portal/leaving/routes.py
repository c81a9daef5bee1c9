"""Removing a guest from a space; letting people out and in again; making them guests, employees, and nobody."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.admin import people, roles
from portal.leaving import deactivation, erasure, queries, removal, turning
from portal.leaving.forms import BecomeGuestForm, DeactivateForm, EraseForm, chosen_spaces, chosen_successor
from portal.leaving.waiting import waiting_for
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
    await removal.remove(request.actor, leaver)
    return see_other(f"/spaces/{public_id}/guests", "guest-removed")


@get("/admin/people/{public_id:str}/deactivation")
async def deactivation_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What it means, before it is done."""
    return await _deactivation_page(request, found(await people.get_person(request.actor, public_id)), DeactivateForm())


@post("/admin/people/{public_id:str}/deactivation")
async def deactivate(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Lets somebody out."""
    person = found(await people.get_person(request.actor, public_id))
    form = await DeactivateForm.sent(request)
    form.valid()
    heir = await chosen_successor(request.actor, form, person.id)
    if form.complete:
        try:
            await deactivation.deactivate(request.actor, person.id, heir)
        except (roles.WithoutAdministrator, deactivation.SuccessorNeeded) as needed:
            form.refuse("successor", _who_is_needed(needed))
    if not form.complete:
        return await _deactivation_page(request, person, form)
    return see_other("/admin/people?show=deactivated", "person-deactivated")


@post("/admin/people/{public_id:str}/activation")
async def activate(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Lets somebody in again."""
    person = found(await people.get_person(request.actor, public_id))
    await deactivation.activate(request.actor, person.id)
    return see_other(f"/admin/people/{public_id}", "person-activated")


@get("/admin/people/{public_id:str}/erasure")
async def erasure_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What goes and what stays, before it is done."""
    person = found(await people.get_person(request.actor, public_id))
    if person.active:
        return see_other(f"/admin/people/{public_id}")
    return page(request, "leaving/erasure.html", section="admin", person=person, form=EraseForm())


@post("/admin/people/{public_id:str}/erasure")
async def erase(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Erases who somebody was."""
    person = found(await people.get_person(request.actor, public_id))
    form = await EraseForm.sent(request)
    form.name = person.name
    if not form.valid():
        return page(request, "leaving/erasure.html", section="admin", person=person, form=form, status=form.status)
    try:
        await erasure.erase(request.actor, person.id)
    except erasure.StillHere:
        return see_other(f"/admin/people/{public_id}", "person-still-here")
    return see_other("/admin/people?show=deactivated", "person-erased")


@get("/admin/people/{public_id:str}/guest")
async def become_guest_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What it means, before it is done."""
    return await _become_guest_page(request, await _working(request, public_id, "employee"), BecomeGuestForm())


@post("/admin/people/{public_id:str}/guest")
async def become_guest(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An employee is a guest from now on."""
    person = await _working(request, public_id, "employee")
    form = await BecomeGuestForm.sent(request)
    form.valid()
    heir = await chosen_successor(request.actor, form, person.id)
    spaces = await chosen_spaces(request.actor, form)
    if form.complete:
        try:
            await turning.become_guest(request.actor, person.id, spaces, heir)
        except (roles.WithoutAdministrator, deactivation.SuccessorNeeded) as needed:
            form.refuse("successor", _who_is_needed(needed))
    if not form.complete:
        return await _become_guest_page(request, person, form)
    return see_other(f"/admin/people/{public_id}", "person-is-guest")


@get("/admin/people/{public_id:str}/employee")
async def become_employee_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What it means, before it is done."""
    person = await _working(request, public_id, "guest")
    return page(request, "leaving/become_employee.html", section="admin", person=person, form=Form())


@post("/admin/people/{public_id:str}/employee")
async def become_employee(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A guest is an employee from now on."""
    person = await _working(request, public_id, "guest")
    await turning.become_employee(request.actor, person.id)
    return see_other(f"/admin/people/{public_id}", "person-is-employee")


async def _working(request: Request, public_id: str, kind: str) -> people.PersonRow:
    person = found(await people.get_person(request.actor, public_id))
    return found(person if person.active and person.kind == kind else None)


def _who_is_needed(needed: Exception) -> str:
    if isinstance(needed, roles.WithoutAdministrator):
        return gettext("Nobody else is an administrator. Give somebody that role first.")
    return gettext("Name a colleague who takes over.")


async def _deactivation_page(request: Request, person: people.PersonRow, form: DeactivateForm) -> Response[Any]:
    return page(
        request,
        "leaving/deactivation.html",
        section="admin",
        person=person,
        form=form,
        duties=await deactivation.duties(request.actor, person.id),
        posts=await deactivation.posts(request.actor, person.id),
        waiting=await waiting_for(request.actor, person.id),
        last=await roles.is_last_administrator(request.actor, person.id),
        status=form.status,
    )


async def _become_guest_page(request: Request, person: people.PersonRow, form: BecomeGuestForm) -> Response[Any]:
    return page(
        request,
        "leaving/become_guest.html",
        section="admin",
        person=person,
        form=form,
        duties=await deactivation.duties(request.actor, person.id),
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        removal_page,
        remove,
        deactivation_page,
        deactivate,
        activate,
        erasure_page,
        erase,
        become_guest_page,
        become_guest,
        become_employee_page,
        become_employee,
    ],
)
