"""The organisation's own pages, read by anybody and edited by administrators."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.about import actions, queries
from portal.about.forms import AboutForm
from portal.about.queries import AboutRow
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.moderation.counts import removals
from portal.text.language import LANGUAGES
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.guards import PUBLIC
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/about/{slug:str}", opt=PUBLIC)
async def show(request: Request, slug: FromPath[str]) -> Response[Any]:
    """The page in the reader's language."""
    row = found(await queries.get_page(slug, request.reader.language))
    actor = request.actor_or_none
    counted = await removals(actor, actor.space_ids) if actor and slug == "house-rules" else None
    return page(request, "about/show.html", about=row, removals=counted)


@get("/about/{slug:str}/edit")
async def edit_page(request: Request, slug: FromPath[str]) -> Response[Any]:
    """The form, in one language at a time."""
    require(request.actor, Action.ABOUT_EDIT)
    row = found(await queries.get_page(slug, _language(request)))
    same = row.language == _language(request)
    return _form(request, row, _filled(row) if same else AboutForm(title=row.title, body=row.body))


@post("/about/{slug:str}/edit")
async def edit(request: Request, slug: FromPath[str]) -> Response[Any]:
    """Saves it; the text before is kept."""
    require(request.actor, Action.ABOUT_EDIT)
    row = found(await queries.get_page(slug, _language(request)))
    form = await AboutForm.sent(request)
    if form.valid():
        try:
            await actions.save_page(
                request.actor, row, _language(request), form.title.data, form.body.data, form.version.data
            )
        except Changed:
            stands = found(await queries.get_page(slug, _language(request)))
            changed = await collided(form, _filled(stands), "body", at=stands.created_at)
            return _form(request, stands, form, changed)
        return see_other(f"/about/{slug}", "page-saved")
    return _form(request, row, form)


def _filled(row: AboutRow) -> AboutForm:
    return AboutForm(title=row.title, body=row.body, version=row.id)


def _form(request: Request, row: AboutRow, form: AboutForm, changed: Beside | None = None) -> Response[Any]:
    return page(
        request,
        "about/form.html",
        section="admin",
        form=form,
        about=row,
        editing=_language(request),
        changed=changed,
        now=request.now,
        status=form.status,
    )


def _language(request: Request) -> str:
    asked = request.query_params.get("language", "")
    return asked if asked in LANGUAGES else request.reader.language


router = Router(path="/", route_handlers=[show, edit_page, edit])
