"""The tree of units, for administrators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, JustLeft, Taken
from portal.access.policy import Action, require
from portal.colleagues.forms import chosen_colleague
from portal.text.language import gettext
from portal.units import actions, queries
from portal.units.forms import MergeForm, UnitForm, chosen_unit
from portal.units.paths import Unit, UnitPaths
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/admin/units")
async def list_units(request: Request) -> Response[Any]:
    """The tree, or what lies under one unit."""
    require(request.actor, Action.UNIT_EDIT)
    units = await queries.all_units(request.actor)
    at = units.of_address(request.query_params.get("at", ""))
    branches = await queries.tree(request.actor, units, at.id if at else None)
    return page(
        request,
        "units/tree.html",
        section="admin",
        branches=branches,
        at=at,
        line=units.line(at.id) if at else [],
        total=len(units.units),
        heads=await queries.heads(request.actor),
    )


@get("/admin/units/new")
async def new_unit(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.UNIT_EDIT)
    units = await queries.all_units(request.actor)
    under = units.of_address(request.query_params.get("under", ""))
    form = UnitForm(parent=units.path(under.id) if under else "")
    return page(request, "units/new.html", section="admin", form=form)


@post("/admin/units")
async def add_unit(request: Request) -> Response[Any]:
    """Adds it."""
    require(request.actor, Action.UNIT_EDIT)
    form = await UnitForm.sent(request)
    form.valid()
    under = chosen_unit(form, "parent", await queries.all_units(request.actor))
    head = await chosen_colleague(request.actor, form, "head")
    if form.complete:
        said = (form.name.data, form.code.data, under.id if under else None, head.id if head else None)
        with _refused(form):
            await actions.add_unit(request.actor, *said)
    if not form.complete:
        return page(request, "units/new.html", section="admin", form=form, status=form.status)
    return see_other(f"/admin/units?at={under.public_id}" if under else "/admin/units", "unit-added")


@get("/admin/units/{public_id:str}")
async def unit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A unit, to be renamed, moved, merged or removed."""
    units, unit = await _unit(request, public_id)
    return await _unit_page(request, unit, await _as_it_is(request, units, unit), MergeForm())


@post("/admin/units/{public_id:str}")
async def edit_unit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Renames or moves it, or says who leads it."""
    units, unit = await _unit(request, public_id)
    form = await UnitForm.sent(request)
    form.valid()
    under = chosen_unit(form, "parent", units)
    head = await chosen_colleague(request.actor, form, "head")
    if form.complete:
        said = (form.name.data, form.code.data, under.id if under else None)
        try:
            with _refused(form):
                leads = head.id if head else None
                await actions.edit_unit(request.actor, unit, *said, head=leads, seen=form.seen.data)
        except Changed:
            units, unit = await _unit(request, public_id)
            changed = await collided(form, await _as_it_is(request, units, unit), "name")
            return await _unit_page(request, unit, form, MergeForm(), changed)
    if not form.complete:
        return await _unit_page(request, unit, form, MergeForm())
    return see_other(f"/admin/units/{public_id}", "unit-saved")


@post("/admin/units/{public_id:str}/merger")
async def merge_unit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes it up into another."""
    units, unit = await _unit(request, public_id)
    form = await MergeForm.sent(request)
    form.valid()
    into = chosen_unit(form, "into", units)
    if into is not None and unit in units.line(into.id):
        form.refuse("into", gettext("Choose a unit that lies elsewhere in the tree."))
    if into is not None and form.complete:
        try:
            await actions.merge_unit(request.actor, unit, into)
            return see_other(f"/admin/units?at={into.public_id}", "unit-merged")
        except (actions.Circle, Taken):
            form.refuse("into", gettext("Both hold a unit of the same name. Merge those two first."))
    return await _unit_page(request, unit, await _as_it_is(request, units, unit), form)


@post("/admin/units/{public_id:str}/removal")
async def remove_unit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Removes it, if it is empty."""
    units, unit = await _unit(request, public_id)
    form = MergeForm()
    try:
        await actions.remove_unit(request.actor, unit)
    except actions.NotEmpty:
        form.into.errors = [gettext("There are people or units in it. Say which unit takes them up.")]
        return await _unit_page(request, unit, await _as_it_is(request, units, unit), form)
    return see_other("/admin/units", "unit-removed")


async def _unit(request: Request, public_id: str) -> tuple[UnitPaths, Unit]:
    require(request.actor, Action.UNIT_EDIT)
    units = await queries.all_units(request.actor)
    return units, found(units.of_address(public_id))


async def _as_it_is(request: Request, units: UnitPaths, unit: Unit) -> UnitForm:
    head = (await queries.heads(request.actor)).get(unit.id)
    named = head.called if head and head.here else ""  # who left stands there no more
    return UnitForm(name=unit.name, code=unit.code, parent=units.path(unit.parent), head=named, seen=unit.seen)


async def _unit_page(
    request: Request, unit: Unit, form: UnitForm, merge: MergeForm, changed: Beside | None = None
) -> Response[Any]:
    return page(
        request,
        "units/unit.html",
        section="admin",
        unit=unit,
        contents=await queries.contents(request.actor, unit),
        form=form,
        merge=merge,
        changed=changed,
        status=max(form.status, merge.status),
    )


@contextmanager
def _refused(form: Form) -> Iterator[None]:
    """What the database refuses stands at its field."""
    try:
        yield
    except Taken:
        form.refuse("name", gettext("There is a unit of this name or code already."))
    except actions.Circle:
        form.refuse("parent", gettext("That unit lies under this one: they would go in a circle."))
    except JustLeft:
        form.refuse("head", gettext("Somebody whom you named has just left. Name somebody else."))


router = Router(
    path="/",
    route_handlers=[list_units, new_unit, add_unit, unit_page, edit_unit, merge_unit, remove_unit],
)
