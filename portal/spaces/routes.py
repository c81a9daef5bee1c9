"""The list of groups, starting and joining one. A space's own page is in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.colleagues.forms import chosen_colleague
from portal.spaces import actions, queries
from portal.spaces.forms import AddMemberForm, GroupForm
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/groups")
async def list_groups(request: Request) -> Response[Any]:
    """The groups that one can read."""
    return page(request, "spaces/list.html", section="groups", groups=await queries.groups(request.actor))


@get("/groups/new")
async def new_group(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.SPACE_START)
    return page(request, "spaces/form.html", section="groups", form=GroupForm(language=request.actor.language))


@post("/groups")
async def start_group(request: Request) -> Response[Any]:
    """Starts it."""
    require(request.actor, Action.SPACE_START)
    form = await GroupForm.sent(request)
    if not form.valid():
        return page(request, "spaces/form.html", section="groups", form=form, status=form.status)
    public_id = await actions.start_group(
        request.actor,
        name=form.name.data,
        purpose=form.purpose.data,
        language=form.language.data,
        open=form.access.data == "open",
        form_key=form.once,
    )
    return see_other(f"/spaces/{public_id}", "group-started")


@post("/spaces/{public_id:str}/membership")
async def join(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Joins an open group."""
    space = found(await queries.get_space(request.actor, public_id))
    await actions.join(request.actor, space)
    return see_other(f"/spaces/{public_id}", "group-joined")


@post("/spaces/{public_id:str}/membership/end")
async def leave(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Leaves a group."""
    space = found(await queries.get_space(request.actor, public_id))
    await actions.leave(request.actor, space)
    return see_other("/groups", "group-left")


@get("/spaces/{public_id:str}/members/new")
async def add_member_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_ADD_MEMBER, space)
    return page(request, "spaces/add_member.html", section="groups", form=AddMemberForm(), space=space)


@post("/spaces/{public_id:str}/members")
async def add_member(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes a colleague into the group."""
    space = found(await queries.get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_ADD_MEMBER, space)
    form = await AddMemberForm.sent(request)
    form.valid()
    chosen = await chosen_colleague(request.actor, form, "colleague")
    if chosen is None or not form.complete:
        return page(request, "spaces/add_member.html", section="groups", form=form, space=space, status=form.status)
    await actions.add_member(request.actor, space, chosen)
    return see_other(f"/spaces/{public_id}", "member-added")


router = Router(
    path="/",
    route_handlers=[list_groups, new_group, start_group, join, leave, add_member_page, add_member],
)
