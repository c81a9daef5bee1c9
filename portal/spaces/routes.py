"""The list of spaces, starting and keeping one, its charter, joining it. A space's own page is in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.colleagues.forms import chosen_colleague
from portal.spaces import actions, queries
from portal.spaces.actions import STARTS, WITH_GUESTS
from portal.spaces.forms import CharterForm, JoinForm, SpaceForm
from portal.text.language import gettext
from portal.units.queries import all_units
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request

#: Where each kind is started; a section is started at the space that it is one of.
PLACES = {"groups": "group", "projects": "project", "guest-spaces": "guest", "sister-spaces": "sister"}


@get("/groups")
async def list_groups(request: Request) -> Response[Any]:
    """What one can read beside the organisation."""
    return page(request, "spaces/list.html", section="groups", groups=await queries.groups(request.actor))


@get("/groups/similar")
async def similar(request: Request) -> Response[Any]:
    """What is called nearly so, while a name is typed."""
    rows = await queries.similar_spaces(request.actor, request.query_params.get("name", ""))
    form = SpaceForm.for_starting("group", request.actor)
    return page(request, "spaces/similar.html", similar=rows, form=form)


# --- starting ---


@get([f"/{place}/new" for place in PLACES])
async def new_space(request: Request) -> Response[Any]:
    """An empty form."""
    kind = PLACES[request.url.path.split("/")[1]]
    require(request.actor, STARTS[kind])
    return _form(request, SpaceForm.for_starting(kind, request.actor), None)


@post([f"/{place}" for place in PLACES])
async def start_space(request: Request) -> Response[Any]:
    """Starts it."""
    return await _start(request, PLACES[request.url.path.strip("/")], None)


@get("/spaces/{public_id:str}/sections/new")
async def new_section(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form for a section with guests."""
    parent = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_OPEN_SECTION, parent)
    return _form(request, SpaceForm.for_starting("section", request.actor), parent)


@post("/spaces/{public_id:str}/sections")
async def start_section(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Opens a section to guests."""
    return await _start(request, "section", found(await queries.get_space(request.actor, public_id)))


async def _start(request: Request, kind: str, parent: queries.SpaceRow | None) -> Response[Any]:
    require(request.actor, STARTS[kind], parent)
    form = await SpaceForm.for_kind(kind, starting=True).sent(request)
    form.valid()
    units = form.check(await all_units(request.actor))
    second = await chosen_colleague(request.actor, form, "second_owner") if form.second_owner else None
    if second and second.id == request.actor.id:
        form.refuse("second_owner", gettext("Name somebody beside yourself."))
    alike = await queries.similar_spaces(request.actor, form.name.data, form.once)
    if alike and not form.anyway.data and not form.only_shown:
        form.refuse("anyway", gettext("Something is called nearly so already. Look whether it serves you."))
    if not form.complete:
        return _form(request, form, parent, alike)
    public_id = await actions.start_space(
        request.actor,
        kind,
        form.draft(units),
        preset=form.preset.data,
        charter=form.text(form.language.data, request.actor.zone),
        parent=parent,
        second_owner=second.id if second else None,
        form_key=form.once,
    )
    return see_other(f"/spaces/{public_id}", "space-started")


def _form(
    request: Request,
    form: SpaceForm,
    parent: queries.SpaceRow | None,
    alike: list[queries.Named] | None = None,
) -> Response[Any]:
    place = next((f"/{place}" for place, kind in PLACES.items() if kind == form.kind), "")
    context: dict[str, Any] = {
        "form": form,
        "kind": form.kind,
        "space": parent,
        "similar": alike or [],
        "action": place or f"/spaces/{parent.public_id if parent else ''}/sections",
        "outside": form.kind in WITH_GUESTS,
    }
    return page(request, "spaces/form.html", section="groups", status=form.status, **context)


# --- keeping ---


@get("/spaces/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What there is to change."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_EDIT, space)
    return _edit_page(request, space, await _filled(request, space))


@post("/spaces/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_EDIT, space)
    form = await SpaceForm.for_kind(space.kind, starting=False).sent(request)
    form.valid()
    units = form.check(await all_units(request.actor))
    if not form.complete:
        return _edit_page(request, space, form)
    try:
        await actions.edit_space(request.actor, space, form.draft(units, space), seen=form.seen.data)
    except Changed:
        stands = found(await queries.get_space(request.actor, public_id))
        return _edit_page(request, stands, form, await collided(form, await _filled(request, stands), "name"))
    return see_other(f"/spaces/{public_id}", "space-saved")


async def _filled(request: Request, space: queries.SpaceRow) -> SpaceForm:
    units = await queries.units_of(request.actor, space)
    return SpaceForm.for_editing(space, units, await all_units(request.actor))


def _edit_page(
    request: Request, space: queries.SpaceRow, form: SpaceForm, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"space": space, "form": form, "changed": changed}
    return page(request, "spaces/edit.html", section="groups", status=form.status, **context)


@post("/spaces/{public_id:str}/archive")
async def archive(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Archives it: it is read on."""
    await actions.archive(request.actor, found(await queries.get_space(request.actor, public_id)))
    return see_other(f"/spaces/{public_id}", "space-archived")


@post("/spaces/{public_id:str}/archive/end")
async def reopen(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Lets what was archived go on."""
    await actions.reopen(request.actor, found(await queries.get_space(request.actor, public_id)))
    return see_other(f"/spaces/{public_id}", "space-reopened")


@post("/spaces/{public_id:str}/keep")
async def keep(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """It is idle, and kept."""
    await actions.keep(request.actor, found(await queries.get_space(request.actor, public_id)))
    return see_other(f"/spaces/{public_id}", "space-kept")


# --- the charter ---


@get("/spaces/{public_id:str}/charter")
async def charter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What holds in a space, and what held before."""
    space = found(await queries.get_space(request.actor, public_id))
    versions = await queries.charters(request.actor, space)
    return page(request, "spaces/charter.html", section="groups", space=space, versions=versions, now=request.now)


@get("/spaces/{public_id:str}/charter/new")
async def new_charter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The one that holds, to be changed."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_EDIT, space)
    return _charter_page(request, space, CharterForm.of(await queries.charters(request.actor, space)))


@post("/spaces/{public_id:str}/charter")
async def change_charter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Another one holds from now on."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_EDIT, space)
    form = await CharterForm.sent(request)
    if not form.valid():
        return _charter_page(request, space, form)
    text = form.text(space.language, request.actor.zone)
    try:
        await actions.change_charter(request.actor, space, form.preset.data, text, seen=form.seen.data)
    except Changed:
        holds = CharterForm.of(await queries.charters(request.actor, space))
        return _charter_page(request, space, form, await collided(form, holds, "charter"))
    return see_other(f"/spaces/{public_id}/charter", "charter-changed")


def _charter_page(
    request: Request, space: queries.SpaceRow, form: CharterForm, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"space": space, "form": form, "changed": changed}
    return page(request, "spaces/charter_form.html", section="groups", status=form.status, **context)


@post("/spaces/{public_id:str}/charter/acceptance")
async def accept_charter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who belongs to the space accepts the charter that holds now."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.CHARTER_ACCEPT, space)
    form = await JoinForm.sent(request)
    if not form.agrees(space):
        return await _joining(request, space, form)
    await actions.accept(request.actor, space)
    return see_other(f"/spaces/{public_id}", "charter-accepted")


# --- joining and leaving ---


@get("/spaces/{public_id:str}/membership/new")
async def joining(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The charter, before one joins or where one belongs already."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.CHARTER_ACCEPT if space.mine else Action.SPACE_JOIN, space)
    return await _joining(request, space, JoinForm(version=space.charter))


async def _joining(request: Request, space: queries.SpaceRow, form: JoinForm) -> Response[Any]:
    versions = await queries.charters(request.actor, space)
    form.version.data = space.charter
    context: dict[str, Any] = {"space": space, "form": form, "now": request.now}
    context["charter"] = versions[0] if versions else None
    return page(request, "spaces/join.html", section="groups", status=form.status, **context)


@post("/spaces/{public_id:str}/membership")
async def join(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Joins an open group or project."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_JOIN, space)
    form = await JoinForm.sent(request)
    if not form.agrees(space):
        return await _joining(request, space, form)
    await actions.join(request.actor, space)
    return see_other(f"/spaces/{public_id}", "group-joined")


@post("/spaces/{public_id:str}/membership/end")
async def leave(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Leaves."""
    space = found(await queries.get_space(request.actor, public_id))
    await actions.leave(request.actor, space)
    left = "group-left" if space.kind == "group" else "space-left"
    return see_other("/" if request.actor.guest else "/groups", left)


router = Router(
    path="/",
    route_handlers=[
        *(list_groups, similar, new_space, start_space, new_section, start_section),
        *(edit_page, edit, archive, reopen, keep),
        *(charter, new_charter, change_charter, accept_charter),
        *(joining, join, leave),
    ],
)
