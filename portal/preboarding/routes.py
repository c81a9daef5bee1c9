"""What people find who start soon: chapters and a mentor; and what their hosts do about it."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, can, require
from portal.invitations.queries import GuestSpace, guest_space
from portal.invitations.recipients import end_after
from portal.preboarding import actions, queries
from portal.preboarding.forms import ChapterForm, FirstDayForm, MentorForm
from portal.text.chapters import opening
from portal.text.language import gettext
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/spaces/{public_id:str}/chapters")
async def chapters_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is open to whoever starts, and her mentor; to those who invite, all of it with the days."""
    return await _chapters(request, await _space(request, public_id), MentorForm())


async def _space(request: Request, public_id: str) -> GuestSpace:
    space = await guest_space(request.actor, public_id)
    return found(space if space and space.preboarding else None)


async def _chapters(request: Request, space: GuestSpace, form: MentorForm) -> Response[Any]:
    actor = request.actor
    offered = await queries.mentors(actor, space)
    own = next((row for row in offered if row.person == actor.id), None)
    if own and not form.typed:
        form.most.data, form.words.data = own.most, own.words
    return page(
        request,
        "preboarding/chapters.html",
        section="groups",
        status=form.status,
        space=space,
        chapters=await queries.chapters(actor, space.id),
        mentor=await queries.own_mentor(actor, space) if actor.day is not None else None,
        mentors=offered,
        own=own,
        starters=await queries.starters(actor, space, can(actor, Action.GUEST_RENEW, space)),
        form=form,
        opening=opening,
    )


@get("/spaces/{public_id:str}/chapters/new")
async def new_chapter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    space = await _space(request, public_id)
    require(request.actor, Action.CHAPTER_WRITE, space)
    return page(request, "preboarding/chapter_form.html", section="groups", space=space, form=ChapterForm())


@post("/spaces/{public_id:str}/chapters")
async def write_chapter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    space = await _space(request, public_id)
    require(request.actor, Action.CHAPTER_WRITE, space)
    form = await ChapterForm.sent(request)
    if not form.valid():
        return page(
            request, "preboarding/chapter_form.html", section="groups", space=space, form=form, status=form.status
        )
    await actions.write_chapter(request.actor, space, title=form.title.data, body=form.body.data, opens=form.opens)
    return see_other(f"/spaces/{public_id}/chapters", "chapter-saved")


@get("/chapters/{public_id:str}")
async def chapter(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """One chapter."""
    row = found(await queries.get_chapter(request.actor, public_id))
    return page(request, "preboarding/chapter.html", section="groups", chapter=row, opening=opening, now=request.now)


@get("/chapters/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What there is to change."""
    row = found(await queries.get_chapter(request.actor, public_id))
    require(request.actor, Action.CHAPTER_WRITE, row)
    return _chapter_form(request, row, ChapterForm().of(row))


@post("/chapters/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    row = found(await queries.get_chapter(request.actor, public_id))
    require(request.actor, Action.CHAPTER_WRITE, row)
    form = await ChapterForm.sent(request)
    if not form.valid():
        return _chapter_form(request, row, form)
    words = {"title": form.title.data, "body": form.body.data, "opens": form.opens}
    try:
        await actions.edit_chapter(request.actor, row, **words, seen=form.seen.data)
    except Changed:
        stands = found(await queries.get_chapter(request.actor, public_id))
        return _chapter_form(request, stands, form, await collided(form, ChapterForm().of(stands), "body"))
    return see_other(f"/chapters/{public_id}", "chapter-saved")


def _chapter_form(
    request: Request, chapter: queries.ChapterRow, form: Any, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"chapter": chapter, "form": form, "changed": changed}
    return page(request, "preboarding/chapter_edit.html", section="groups", status=form.status, **context)


@post("/chapters/{public_id:str}/removal")
async def remove(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes it away."""
    row = found(await queries.get_chapter(request.actor, public_id))
    await actions.remove_chapter(request.actor, row)
    return see_other(f"/spaces/{row.space_public_id}/chapters", "chapter-removed")


@post("/spaces/{public_id:str}/mentors")
async def offer(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Offers oneself to people who start."""
    space = await _space(request, public_id)
    require(request.actor, Action.MENTOR_OFFER, space)
    form = await MentorForm.sent(request)
    if not form.valid():
        return await _chapters(request, space, form)
    await actions.offer(request.actor, space, most=form.most.data or 1, words=form.words.data)
    return see_other(f"/spaces/{public_id}/chapters", "mentor-offered")


@post("/spaces/{public_id:str}/mentors/end")
async def end_offer(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Does so no longer."""
    await actions.end_offer(request.actor, await _space(request, public_id))
    return see_other(f"/spaces/{public_id}/chapters", "mentor-ended")


@get("/spaces/{public_id:str}/guests/{guest:str}/first-day")
async def first_day_page(request: Request, public_id: FromPath[str], guest: FromPath[str]) -> Response[Any]:
    """The day that stands."""
    space = await _space(request, public_id)
    require(request.actor, Action.GUEST_RENEW, space)
    starter = found(await queries.starter(request.actor, space, guest))
    form = FirstDayForm(starts_on=starter.starts_on)
    return page(request, "preboarding/first_day.html", section="groups", space=space, starter=starter, form=form)


@post("/spaces/{public_id:str}/guests/{guest:str}/first-day")
async def move_first_day(request: Request, public_id: FromPath[str], guest: FromPath[str]) -> Response[Any]:
    """Another day."""
    space = await _space(request, public_id)
    require(request.actor, Action.GUEST_RENEW, space)
    starter = found(await queries.starter(request.actor, space, guest))
    form = (await FirstDayForm.sent(request)).within(space)
    if form.valid() and (day := form.starts_on.data):
        if await actions.move_first_day(request.actor, space, guest, day, end_after(day, space)):
            return see_other(f"/spaces/{public_id}/guests", "first-day-moved")
        form.refuse(
            "starts_on", gettext("Somebody else expects her or him too: ask an administrator who invites here.")
        )
    context: dict[str, Any] = {"space": space, "starter": starter, "form": form}
    return page(request, "preboarding/first_day.html", section="groups", status=form.status, **context)


router = Router(
    path="/",
    route_handlers=[
        *(chapters_page, new_chapter, write_chapter, chapter, edit_page, edit, remove),
        *(offer, end_offer, first_day_page, move_first_day),
    ],
)
