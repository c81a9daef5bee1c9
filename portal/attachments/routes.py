"""Attaching files, and serving them: always through the scope, whatever is asked of them."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Closed
from portal.access.policy import Action, can, require
from portal.attachments import actions, queries
from portal.attachments.forms import AnswerWishForm, AskForm, AttachForm, DescriptionForm
from portal.files.kinds import ACCEPT, ACCEPT_PLAIN, KINDS
from portal.ideas.queries import IdeaRow, get_idea
from portal.settings import settings
from portal.spaces.queries import get_space
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
    if form.valid():
        with form.screened():
            await actions.describe(request.actor, row, form.description.data)
            return see_other(f"/ideas/{row.idea_public_id}/attachments", "attachment-described")
    return page(request, "attachments/description.html", form=form, attachment=row, status=form.status)


@post("/attachments/{public_id:str}/removal")
async def remove(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes it away."""
    row = found(await queries.get_attachment(request.actor, public_id))
    await actions.remove(request.actor, row)
    return see_other(f"/ideas/{row.idea_public_id}/attachments", "attachment-removed")


@get("/attachments/{public_id:str}")
async def download(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The file itself, to be saved; whoever may not open it is shown how to ask for it."""
    row = found(await queries.get_attachment(request.actor, public_id))
    if not can(request.actor, Action.ATTACHMENT_DOWNLOAD, row):
        return _wish_page(request, row, AskForm(), 403)
    return await send_file(request, row.file, KINDS[row.kind].media_type, row.name)


@get("/attachments/{public_id:str}/thumbnail")
async def thumbnail(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A small picture of an image."""
    row = found(await queries.get_attachment(request.actor, public_id))
    require(request.actor, Action.ATTACHMENT_DOWNLOAD, row)
    return await send_file(request, row.file, "image/webp", f"{row.name}.webp", small=True)


@get("/attachments/{public_id:str}/wish")
async def wish_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """May I have it? And what became of having asked."""
    row = found(await queries.get_attachment(request.actor, public_id))
    return _wish_page(request, row, AskForm(), 200)


@post("/attachments/{public_id:str}/wish")
async def wish(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks whoever answers for the space."""
    row = found(await queries.get_attachment(request.actor, public_id))
    if row.wish == "waiting":
        return see_other(f"/ideas/{row.idea_public_id}#files", "file-asked")
    require(request.actor, Action.ATTACHMENT_ASK, row)
    form = await AskForm.sent(request)
    if form.valid():
        with form.screened():
            await actions.ask_for(request.actor, row, form.words.data)
            return see_other(f"/ideas/{row.idea_public_id}#files", "file-asked")
    return _wish_page(request, row, form, form.status)


def _wish_page(request: Request, row: queries.AttachmentRow, form: AskForm, status: int) -> Response[Any]:
    return page(request, "attachments/wish.html", section="campaigns", form=form, file=row, status=status)


@get("/spaces/{public_id:str}/file-wishes")
async def wishes_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who waits for which file."""
    space = found(await get_space(request.actor, public_id))
    return page(
        request,
        "attachments/wishes.html",
        section="groups",
        space=space,
        wishes=await queries.wishes_for_files(request.actor, space.id),
        now=request.now,
    )


@get("/file-wishes/{public_id:str}")
async def answer_wish_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Does she get it?"""
    row = found(await queries.get_file_wish(request.actor, public_id))
    require(request.actor, Action.FILE_WISH_ANSWER, row)
    return page(request, "attachments/answer.html", section="groups", form=AnswerWishForm(), wish=row)


@post("/file-wishes/{public_id:str}")
async def answer_wish(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Gives it to her, or says why not."""
    row = found(await queries.get_file_wish(request.actor, public_id))
    require(request.actor, Action.FILE_WISH_ANSWER, row)
    form = await AnswerWishForm.sent(request)
    if form.valid():
        with form.screened():
            await actions.answer_wish(request.actor, row, give=form.answer.data == "give", reason=form.reason.data)
            return see_other(f"/spaces/{row.space_public_id}/file-wishes", "file-answered")
    return page(request, "attachments/answer.html", section="groups", form=form, wish=row, status=form.status)


async def _page(request: Request, idea: IdeaRow, form: AttachForm) -> Response[Any]:
    return page(
        request,
        "attachments/list.html",
        section="campaigns",
        form=form,
        idea=idea,
        attachments=await queries.attachments_of(request.actor, idea),
        accept=ACCEPT_PLAIN if idea.anonymous else ACCEPT,
        largest=settings().file_mb,
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        *(attachments_page, attach, description_page, describe, remove, download, thumbnail),
        *(wish_page, wish, wishes_page, answer_wish_page, answer_wish),
    ],
)
