"""The organisation's own pages, read by anybody and edited by administrators."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.about import actions, queries
from portal.about.forms import AboutForm
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.moderation.counts import removals
from portal.text.language import LANGUAGES, gettext
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
    form = AboutForm(title=row.title, body=row.body, version=row.id if same else 0)
    return page(request, "about/form.html", section="admin", form=form, about=row, editing=_language(request))


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
            form.refuse("body", gettext("Somebody else saved this page meanwhile. Compare, then save again."))
            form.version.data = row.id
        else:
            return see_other(f"/about/{slug}", "page-saved")
    return page(
        request,
        "about/form.html",
        section="admin",
        form=form,
        about=row,
        editing=_language(request),
        status=form.status,
    )


def _language(request: Request) -> str:
    asked = request.query_params.get("language", "")
    return asked if asked in LANGUAGES else request.reader.language


router = Router(path="/", route_handlers=[show, edit_page, edit])
