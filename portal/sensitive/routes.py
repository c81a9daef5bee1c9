"""The doors, for everybody; and what holds for each category, for administrators."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, can, require
from portal.sensitive import CATEGORIES, actions, queries
from portal.sensitive.forms import RuleForm
from portal.sensitive.suggested import suggested
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/doors")
async def doors(request: Request) -> Response[Any]:
    """Where one can go with what does not belong on the square."""
    shown = await queries.categories(request.actor)
    return page(request, "sensitive/doors.html", section="answers", categories=shown)


@get("/admin/sensitive")
async def list_rules(request: Request) -> Response[Any]:
    """What holds for each category, and what held before."""
    require(request.actor, Action.ADMINISTER)
    return page(
        request,
        "sensitive/list.html",
        section="admin",
        categories=await queries.categories(request.actor),
        rules=await queries.rules(request.actor),
        may_edit=can(request.actor, Action.SENSITIVE_EDIT, await queries.editor(request.actor)),
    )


@get("/admin/sensitive/{category:str}")
async def rule_page(request: Request, category: FromPath[str]) -> Response[Any]:
    """What holds, to be changed; where nothing does yet, what Plein suggests."""
    await _editing(request, category)
    return _form(request, category, await _filled(request, category))


@post("/admin/sensitive/{category:str}")
async def change(request: Request, category: FromPath[str]) -> Response[Any]:
    """A new version, for what is written from now on."""
    editor = await _editing(request, category)
    form = await RuleForm.sent(request)
    rule = await form.rule(request.actor, category)
    if rule is None:
        return _form(request, category, form)
    try:
        await actions.change_rule(request.actor, editor, rule, read=form.read.data or 0)
    except Changed:
        changed = await collided(form, await _filled(request, category), "name_nl")
        return _form(request, category, form, changed)
    return see_other("/admin/sensitive", "sensitive-changed")


async def _editing(request: Request, category: str) -> queries.Editor:
    require(request.actor, Action.ADMINISTER)
    found(CATEGORIES.get(category))
    editor = await queries.editor(request.actor)
    require(request.actor, Action.SENSITIVE_EDIT, editor)
    return editor


async def _filled(request: Request, category: str) -> RuleForm:
    """As it holds today; before anything holds, as Plein suggests it."""
    rules = await queries.rules(request.actor)
    rule = next((row for row in rules if row.category == category and row.newest), None)
    theirs = [door for door in await queries.doors(request.actor) if door.category == category]
    return RuleForm.of(rule, theirs) if rule else RuleForm(**suggested(category))


def _form(request: Request, category: str, form: Any, changed: Beside | None = None) -> Response[Any]:
    brought = CATEGORIES[category]
    return page(
        request,
        "sensitive/form.html",
        section="admin",
        form=form,
        category=category,
        brought=brought,
        changed=changed,
        status=form.status,
    )


router = Router(path="/", route_handlers=[doors, list_rules, rule_page, change])
