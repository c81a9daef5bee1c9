"""Answering a case on its own page: its draft, which saves itself, its preview, and the answer."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden, can, require
from portal.answers import actions, approval, drafts
from portal.answers.desk import Desk
from portal.answers.routes import preview
from portal.cases.forms import ApprovalForm
from portal.cases.shown import desk_of, show
from portal.escalation.actions import NotEligible
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.text.answers import OVERTAKEN
from portal.text.language import gettext
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/cases/{public_id:str}/answer")
async def back_to_the_desk(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where an answer was refused, the browser shows this address: asked for again, it leads back to the form."""
    require(request.actor, Action.ESCALATION_DRAFT, found(await get_case(request.actor, public_id)))
    return see_other(f"/cases/{public_id}#answering")


@post("/cases/{public_id:str}/answer")
async def answer(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Keeps it as a draft, shows how it will look, or publishes it, which only who decides does (rule 23)."""
    row = found(await get_case(request.actor, public_id))
    late = not can(request.actor, Action.ESCALATION_DRAFT, row)
    if late and not row.drafted:
        raise Forbidden(Action.ESCALATION_DRAFT)
    desk = await desk_of(request, row, found(await get_idea(request.actor, row.idea_public_id)))
    form = await desk.sent()
    if "preview" in form.typed and request.wants_fragment:
        return await preview(desk, form)
    if late:
        return await _too_late(row, desk, form)
    if form.is_draft:
        return await _keep(row, desk, form)
    if form.only_shown:
        return await _again(row, desk, form)
    return await _publish(row, desk, form)


async def _publish(row: CaseRow, desk: Desk, form: Any) -> Response[Any]:
    actor, idea, version = desk.request.actor, desk.idea, version_of(form)
    require(actor, Action.IDEA_ANSWER, idea)
    decision = await desk.decision(form)
    if decision is None:
        return await _again(row, desk, form)
    try:
        if form.for_approval:
            await approval.submit(actor, row, idea, decision, desk.typed(form), version)
            return see_other(f"/cases/{row.public_id}#answering", "answer-submitted")
        await actions.answer(actor, idea, decision, draft=version)
    except NotEligible:
        form.refuse("approver_called", gettext("This colleague is away, or may not decide it: name somebody else."))
        return await _again(row, desk, form)
    except actions.Overtaken:
        form.refuse("summary", OVERTAKEN)
        return await _again(row, desk, form)
    except Changed:
        return await _too_late(row, desk, form)
    return see_other(f"/cases/{row.public_id}", "idea-answered")


async def _keep(row: CaseRow, desk: Desk, form: Any) -> Response[Any]:
    """A draft that saves itself hears only how that went."""
    try:
        version = await drafts.save_draft(desk.request.actor, row, desk.typed(form), version_of(form))
    except Changed:
        return await _collided(row, desk, form)
    if not desk.request.wants_fragment:
        return see_other(f"/cases/{row.public_id}#answering", "answer-draft-saved")
    return _state(row, desk, form, version)


def _state(row: CaseRow, desk: Desk, form: Any, saved: int) -> Response[Any]:
    now = desk.request.now
    return page(desk.request, "cases/_draft_state.html", case=row, saved=saved, form=form, now=now, status=form.status)


async def _collided(row: CaseRow, desk: Desk, form: Any) -> Response[Any]:
    """A draft that saves itself hears only that somebody on the case saved it meanwhile."""
    by, at = (desk.draft.edited_name, desk.draft.edited_at) if desk.draft else (None, None)
    changed = await collided(form, desk.filled(), "reason", by=by, at=at)
    if desk.request.wants_fragment:
        return _state(row, desk, form, 0)
    return await _again(row, desk, form, changed)


async def _too_late(row: CaseRow, desk: Desk, form: Any) -> Response[Any]:
    """Somebody else answered, or decides by now: the text is kept in the form, and as a draft."""
    await drafts.keep_what_came_late(desk.request.actor, row, desk.typed(form), version_of(form))
    form.refuse("summary", gettext("It was answered or handed over meanwhile. Your text is kept here."))
    return await _again(row, desk, form)


async def _again(row: CaseRow, desk: Desk, form: Any, changed: Beside | None = None) -> Response[Any]:
    row = found(await get_case(desk.request.actor, row.public_id))
    return await show(desk.request, row, desk=desk, form=form, changed=changed)


def version_of(form: Any) -> int:
    """Of which draft it is: 0 where there was none."""
    version = form.version.data or 0
    return version if 0 <= version < 2**31 else 0


@get("/cases/{public_id:str}/approval")
async def back_to_the_approval(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What waits for a second yes stands on the page of its case."""
    require(request.actor, Action.ANSWER_APPROVE, found(await get_case(request.actor, public_id)))
    return see_other(f"/cases/{public_id}#approval")


@post("/cases/{public_id:str}/approval")
async def approve(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Agrees to what can't be discussed in public, which publishes it; or sends it back with a reason (rule 10)."""
    actor, row = request.actor, found(await get_case(request.actor, public_id))
    require(actor, Action.ANSWER_APPROVE, row)
    form = await ApprovalForm.sent(request)
    if not form.valid():
        return await show(request, row, agreeing=form)
    try:
        if form.agreed.data == "yes":
            idea = found(await get_idea(actor, row.idea_public_id))
            await approval.approve(actor, row, idea, version_of(form))
            return see_other(await _there(request, public_id), "answer-approved")
        await approval.send_back(actor, row, version_of(form), form.words.data)
    except actions.Overtaken:
        form.refuse("agreed", OVERTAKEN)
        return await show(request, row, agreeing=form)
    except Changed:
        form.refuse("agreed", gettext("The answer was changed or taken back meanwhile. Read it again."))
        return await show(request, found(await get_case(actor, public_id)), agreeing=form)
    return see_other(await _there(request, public_id), "answer-sent-back")


async def _there(request: Request, public_id: str) -> str:
    """The case; or home, for who read it because she was asked."""
    return f"/cases/{public_id}" if await get_case(request.actor, public_id) else "/"
