"""Posts: where, writing them, and a space's list of them. A post's own page is in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Right
from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, require
from portal.ideas.queries import IdeaRow, get_idea
from portal.paging import Cursor
from portal.posts import actions, queries
from portal.posts.desk import Desk, desk_for
from portal.spaces.queries import own_spaces
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/posts/new")
async def choose_space(request: Request) -> Response[Any]:
    """Where does it belong?"""
    actor = request.actor
    spaces = [space for space in await own_spaces(actor) if actor.may(space.id, Right.WRITE)]
    return page(request, "posts/choose_space.html", section="groups", spaces=spaces)


@get("/spaces/{public_id:str}/posts")
async def posts(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A space's posts, a page of them."""
    stream = found(await queries.get_stream(request.actor, public_id))
    order = asked if (asked := request.query_params.get("order", "")) in queries.ORDERS else "newest"
    after = Cursor.read(request.query_params.get("after", ""))
    return page(
        request,
        "posts/list.html",
        fragment="results",
        section="groups",
        stream=stream,
        thing=stream,
        order=order,
        listed=await queries.posts_of(request.actor, stream.space, order, after),
        now=request.now,
    )


@get("/spaces/{public_id:str}/posts/new")
async def new_post(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    desk = await desk_for(request, public_id)
    require(request.actor, Action.POST_WRITE, desk.stream)
    return await desk.show(desk.empty())


@post("/spaces/{public_id:str}/posts/new")
async def publish(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts it there, or keeps it as a draft."""
    desk = await desk_for(request, public_id)
    require(request.actor, Action.POST_WRITE, desk.stream)
    form = await desk.sent()
    if not form.valid():
        return await desk.show(form)
    actor, content, version = request.actor, form.content(desk.leaders), form.version.data
    speaks = desk.speaks_for
    try:
        if form.is_draft:
            return desk.saved(
                await actions.begin_draft(actor, desk.stream, content, speaks, key=form.form_key.data, version=version)
            )
        new = await actions.publish(
            actor, desk.stream, content, speaks, form_key=form.once, draft_key=form.form_key.data, version=version
        )
    except (Changed, Closed):
        return await desk.refuse(form)
    return await _written(request, new, "post-published")


async def _written(request: Request, public_id: str, said: str) -> Response[Any]:
    row = found(await get_idea(request.actor, public_id))
    return see_other(row.address, "awaits-check" if row.checked_by else said)


async def _desk_of(request: Request, row: IdeaRow) -> Desk:
    require(request.actor, Action.IDEA_EDIT, row)
    return await desk_for(request, row.space_public_id, row)


@get("/posts/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    row = found(await get_idea(request.actor, public_id))
    if row.kind == "idea":
        return see_other(f"{row.address}/edit")
    desk = await _desk_of(request, row)
    return await desk.show(desk.filled(row))


@post("/posts/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it: a draft as a draft, or posted; what was posted as a new version."""
    row = found(await get_idea(request.actor, public_id))
    if row.kind == "idea":
        return see_other(f"{row.address}/edit")
    desk = await _desk_of(request, row)
    form = await desk.sent()
    form.is_draft = form.is_draft and row.idea_state == "draft"
    if not form.valid():
        return await desk.show(form)
    actor, content, version = request.actor, form.content(desk.leaders), form.version.data
    speaks = desk.speaks_for
    try:
        if form.is_draft:
            return desk.saved(await actions.save_draft(actor, row, content, speaks, version=version))
        if row.idea_state == "draft":
            await actions.post_draft(actor, row, content, speaks, version=version, form_key=form.once)
            return await _written(request, public_id, "post-published")
        await actions.edit(actor, row, content, version=version)
    except (Changed, Closed):
        return await desk.refuse(form)
    return await _written(request, public_id, "idea-saved")


router = Router(path="/", route_handlers=[choose_space, posts, new_post, publish, edit_page, edit])
