"""The retention list, for administrators: what holds, what it would destroy today, and what it has destroyed."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.retention import actions, queries
from portal.retention.forms import ListForm
from portal.text.retention import CATEGORIES
from portal.web.beside import Beside, collided
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/admin/retention")
async def retention(request: Request) -> Response[Any]:
    """All of it; the trial run tells numbers only."""
    require(request.actor, Action.RETENTION_SET)
    versions = await queries.lists(request.actor)
    return page(
        request,
        "retention/list.html",
        section="admin",
        categories=CATEGORIES,
        versions=versions,
        rules=await queries.rules_of(request.actor, versions),
        over=await queries.due(),
        log=await queries.log_of(request.actor),
        now=request.now,
    )


@get("/admin/retention/new")
async def list_page(request: Request) -> Response[Any]:
    """What holds, to be changed."""
    require(request.actor, Action.RETENTION_SET)
    return _form(request, await _filled(request))


@post("/admin/retention")
async def set_list(request: Request) -> Response[Any]:
    """A new version."""
    require(request.actor, Action.RETENTION_SET)
    form = await ListForm.sent(request)
    consent = form.consent(request.now.date())
    if consent is None:
        return _form(request, form)
    try:
        await actions.set_list(request.actor, form.rules(), **consent, read=form.read.data)
    except Changed:
        return _form(request, form, await collided(form, await _filled(request), "reason"))
    return see_other("/admin/retention", "retention-set")


async def _filled(request: Request) -> ListForm:
    """As it holds today."""
    versions = (await queries.lists(request.actor))[:1]
    rules = await queries.rules_of(request.actor, versions)
    return ListForm.of(rules, versions[0].id if versions else 0)


def _form(request: Request, form: Any, changed: Beside | None = None) -> Response[Any]:
    return page(
        request,
        "retention/form.html",
        section="admin",
        form=form,
        changed=changed,
        categories=CATEGORIES,
        status=form.status,
    )


router = Router(path="/", route_handlers=[retention, list_page, set_list])
