"""Attaching files, and serving them: always through the scope, whatever is asked of them."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Closed
from portal.access.policy import Action, require
from portal.attachments import actions, queries
from portal.attachments.forms import AttachForm, DescriptionForm
from portal.files.kinds import ACCEPT, KINDS
from portal.ideas.queries import IdeaRow, get_idea
from portal.settings import settings
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.files import send_file
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.web.uploads import LARGEST_FORM, WITH_FILES


@get("/ideas/{public_id:str}/attachments")
async def attachments_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is attached, with a form for more."""
    idea = found(await get_idea(request.actor, public_id))
    return await _page(request, idea, AttachForm())


@post("/ideas/{public_id:str}/attachments", opt=WITH_FILES, request_max_body_size=LARGEST_FORM)
async def attach(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Attaches what can be; what can't is named, with the reason."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_ATTACH, idea)
    form = await AttachForm.sent(request)
    if form.valid():
        try:
            for problem in await actions.attach(request.actor, idea, form.files.data, form.once):
                form.refuse("files", problem)
        except Closed:
            form.refuse("files", gettext("This idea was frozen meanwhile: nothing can be attached to it any more."))
    if not form.complete:
        return await _page(request, idea, form)
    return see_other(f"/ideas/{public_id}/attachments", "attached")


@get("/attachments/{public_id:str}/description")
async def description_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What does it show?"""
    row = found(await queries.get_attachment(request.actor, public_id))
    require(request.actor, Action.ATTACHMENT_DESCRIBE, row)
    return page(request, "attachments/description.html", form=DescriptionForm(obj=row), attachment=row)


@post("/attachments/{public_id:str}/description")
async def describe(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    row = found(await queries.get_attachment(request.actor, public_id))
    require(request.actor, Action.ATTACHMENT_DESCRIBE, row)
    form = await DescriptionForm.sent(request)
    if not form.valid():
        return page(request, "attachments/description.html", form=form, attachment=row, status=form.status)
    await actions.describe(request.actor, row, form.description.data)
    return see_other(f"/ideas/{row.idea_public_id}/attachments", "attachment-described")


@post("/attachments/{public_id:str}/removal")
async def remove(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes it away."""
    row = found(await queries.get_attachment(request.actor, public_id))
    await actions.remove(request.actor, row)
    return see_other(f"/ideas/{row.idea_public_id}/attachments", "attachment-removed")


@get("/attachments/{public_id:str}")
async def download(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The file itself, to be saved."""
    row = found(await queries.get_attachment(request.actor, public_id))
    require(request.actor, Action.ATTACHMENT_DOWNLOAD, row)
    return await send_file(request, row.file, KINDS[row.kind].media_type, row.name)


@get("/attachments/{public_id:str}/thumbnail")
async def thumbnail(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A small picture of an image."""
    row = found(await queries.get_attachment(request.actor, public_id))
    require(request.actor, Action.ATTACHMENT_DOWNLOAD, row)
    return await send_file(request, row.file, "image/webp", f"{row.name}.webp", small=True)


async def _page(request: Request, idea: IdeaRow, form: AttachForm) -> Response[Any]:
    return page(
        request,
        "attachments/list.html",
        section="campaigns",
        form=form,
        idea=idea,
        attachments=await queries.attachments_of(request.actor, idea),
        accept=ACCEPT,
        largest=settings().file_mb,
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[attachments_page, attach, description_page, describe, remove, download, thumbnail],
)
