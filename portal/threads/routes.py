"""A thread's digest, and its days. The thread itself is part of the idea's page, in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.ideas.queries import IdeaRow, get_idea
from portal.threads import actions, queries
from portal.threads.forms import DigestForm
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/ideas/{public_id:str}/digest")
async def versions(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """All digests that were written, the latest first."""
    idea = found(await get_idea(request.actor, public_id))
    rows = await queries.digests(request.actor, idea)
    return page(request, "threads/digests.html", section="campaigns", idea=idea, digests=rows, now=request.now)


@get("/ideas/{public_id:str}/digest/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form with the latest digest, or an empty one."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.DIGEST_WRITE, idea)
    latest = next(iter(await queries.latest_digest(request.actor, idea)), None)
    return _form(request, idea, _filled(request, latest))


@post("/ideas/{public_id:str}/digest/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Publishes it; the one before is kept."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.DIGEST_WRITE, idea)
    form = await DigestForm.sent(request)
    if not form.valid():
        return _form(request, idea, form)
    try:
        await actions.write_digest(
            request.actor,
            idea,
            body=form.body.data,
            how=form.how.data,
            language=form.language.data,
            version=form.version.data,
        )
    except Changed:
        latest = next(iter(await queries.latest_digest(request.actor, idea)), None)
        by, at = (latest.author_name, latest.created_at) if latest else (None, None)
        return _form(request, idea, form, await collided(form, _filled(request, latest), "body", by=by, at=at))
    return see_other(f"/ideas/{public_id}#digest", "digest-written")


def _filled(request: Request, latest: queries.DigestRow | None) -> DigestForm:
    return DigestForm(obj=latest) if latest else DigestForm(language=request.actor.language)


def _form(request: Request, idea: IdeaRow, form: DigestForm, changed: Beside | None = None) -> Response[Any]:
    return page(
        request,
        "threads/digest_form.html",
        section="campaigns",
        idea=idea,
        form=form,
        changed=changed,
        status=form.status,
    )


router = Router(path="/", route_handlers=[versions, edit_page, edit])
