"""Writing ideas: drafts, proposing, editing, correcting, withdrawing, and what changed. Its own page is in pages/."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, can, require
from portal.campaigns.queries import collecting_campaigns, get_campaign
from portal.ideas import actions, queries, withdrawing
from portal.ideas.desk import changes, desk_for, desk_of, written
from portal.ideas.forms import CorrectionForm, PutBackForm, WithdrawalForm
from portal.ideas.queries import IdeaRow
from portal.paging import Page
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request

VERSIONS_A_PAGE = 10


@get("/ideas/new")
async def choose_campaign(request: Request) -> Response[Any]:
    """Where does the idea belong? Who is paused sees where she could, and until when she waits."""
    actor = request.actor
    rows = [
        row
        for row in await collecting_campaigns(actor)
        if can(actor, Action.IDEA_PROPOSE, row) or actor.pause_in(row.space)
    ]
    return page(
        request,
        "ideas/choose_campaign.html",
        campaigns=rows,
        drafts=await queries.drafts(request.actor, 3),
        now=request.now,
    )


@get("/ideas/drafts")
async def drafts(request: Request) -> Response[Any]:
    """What one is writing."""
    rows = await queries.drafts(request.actor)
    return page(request, "ideas/drafts.html", drafts=rows, now=request.now)


@get("/campaigns/{public_id:str}/ideas/new")
async def new_idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.IDEA_PROPOSE, campaign)
    desk = await desk_for(request, campaign)
    return await desk.show(desk.empty())


@get("/campaigns/{public_id:str}/ideas")
async def back_to_the_form(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where a form was refused, the browser shows this address: asked for again, it leads back to the form."""
    found(await get_campaign(request.actor, public_id))
    return see_other(f"/campaigns/{public_id}/ideas/new")


@post("/campaigns/{public_id:str}/ideas")
async def propose(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts it there, or keeps it as a draft."""
    campaign = found(await get_campaign(request.actor, public_id))
    desk = await desk_for(request, campaign)
    form = await desk.sent()
    if not form.valid():
        return await desk.show(form)
    content, version = desk.content(form), form.version.data
    try:
        if form.is_draft:
            draft = await actions.begin_draft(request.actor, campaign, content, key=form.form_key.data, version=version)
            return desk.saved(draft)
        idea = await actions.propose(
            request.actor, campaign, content, form_key=form.once, draft_key=form.form_key.data, version=version
        )
    except (Changed, Closed) as error:
        return await desk.refuse(form, error)
    return await written(request, idea, "idea-proposed")


@get("/ideas/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    idea = await _idea_to(request, public_id, Action.IDEA_EDIT)
    if idea.kind != "idea":
        return see_other(f"{idea.address}/edit")
    desk = await desk_of(request, idea)
    return await desk.show(desk.filled(idea))


@post("/ideas/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it: a draft as a draft, or posted; what was posted as a new version."""
    idea = await _idea_to(request, public_id, Action.IDEA_EDIT)
    if idea.kind != "idea":
        return see_other(f"{idea.address}/edit")
    desk = await desk_of(request, idea)
    form = await desk.sent()
    form.is_draft = form.is_draft and idea.idea_state == "draft"
    if not form.valid():
        return await desk.show(form)
    content, version = desk.content(form), form.version.data
    try:
        if form.is_draft:
            return desk.saved(await actions.save_draft(request.actor, idea, content, version=version))
        if idea.idea_state == "draft":
            await actions.post_draft(request.actor, idea, content, version=version, form_key=form.once)
            return await written(request, public_id, "idea-proposed")
        await actions.edit_idea(request.actor, idea, content, version=version)
    except (Changed, Closed) as error:
        return await desk.refuse(form, error)
    return await written(request, public_id, "idea-saved")


@post("/ideas/{public_id:str}/discard")
async def discard(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Throws a draft away."""
    idea = found(await queries.get_idea(request.actor, public_id))
    await actions.discard_draft(request.actor, idea)
    return see_other("/ideas/drafts", "draft-thrown-away")


@get("/ideas/{public_id:str}/versions")
async def versions(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What changed from version to version, newest first."""
    idea = found(await queries.get_idea(request.actor, public_id))
    after = request.query_params.get("after", "")
    newest = int(after) if after.isdecimal() and len(after) < 10 else idea.version
    texts = await queries.versions_before(request.actor, idea, newest, VERSIONS_A_PAGE + 1)
    if newest >= idea.version:
        texts.insert(0, found(await queries.current_version(request.actor, idea.id)))
    return page(
        request,
        "ideas/versions.html",
        section="campaigns",
        idea=idea,
        changes=[(new, await changes(old, new)) for new, old in pairwise(texts)],
        listed=Page(texts, newest >= idea.version, f"{texts[-1].version + 1}" if len(texts) > VERSIONS_A_PAGE else ""),
        first=texts[-1] if texts and texts[-1].number == 1 else None,
        now=request.now,
    )


async def _idea_to(request: Request, public_id: str, action: Action) -> IdeaRow:
    """An idea to do this with, or 404; 403 for who may not."""
    idea = found(await queries.get_idea(request.actor, public_id))
    require(request.actor, action, idea)
    return idea


def _ask(request: Request, template: str, idea: IdeaRow, form: Form) -> Response[Any]:
    return page(request, template, section="campaigns", form=form, idea=idea, status=form.status)


@get("/ideas/{public_id:str}/correction")
async def correction_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty correction."""
    idea = await _idea_to(request, public_id, Action.IDEA_CORRECT)
    return _ask(request, "ideas/correction.html", idea, CorrectionForm())


@post("/ideas/{public_id:str}/correction")
async def correction(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Adds it below the text."""
    idea = await _idea_to(request, public_id, Action.IDEA_CORRECT)
    form = await CorrectionForm.sent(request)
    if form.valid():
        try:
            with form.screened():
                await actions.correct(request.actor, idea, body=form.body.data, form_key=form.once)
                return see_other(f"/ideas/{public_id}", "idea-corrected")
        except Closed:
            form.refuse(
                "body", gettext("This idea can’t be corrected any more. Your text is kept here: take it along.")
            )
    return _ask(request, "ideas/correction.html", idea, form)


@get("/ideas/{public_id:str}/withdrawal")
async def withdrawal_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Why?"""
    idea = await _idea_to(request, public_id, Action.IDEA_WITHDRAW)
    return _ask(request, "ideas/withdrawal.html", idea, WithdrawalForm(words=not idea.checked_first))


@post("/ideas/{public_id:str}/withdrawal")
async def withdrawal(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes it back."""
    idea = await _idea_to(request, public_id, Action.IDEA_WITHDRAW)
    form = await WithdrawalForm.sent(request, words=not idea.checked_first)
    if form.valid():
        try:
            with form.screened():
                await withdrawing.withdraw(request.actor, idea, reason=form.reason.data)
                return see_other(idea.address, "idea-withdrawn")
        except Changed:
            form.refuse("reason", gettext("This idea was answered meanwhile. Your text is kept here."))
    return _ask(request, "ideas/withdrawal.html", idea, form)


@get("/ideas/{public_id:str}/return")
async def return_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Why now?"""
    idea = await _idea_to(request, public_id, Action.IDEA_PUT_BACK)
    return _ask(request, "ideas/return.html", idea, PutBackForm(words=not idea.checked_first))


@post("/ideas/{public_id:str}/return")
async def put_back(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts it back."""
    idea = await _idea_to(request, public_id, Action.IDEA_PUT_BACK)
    form = await PutBackForm.sent(request, words=not idea.checked_first)
    if form.valid():
        try:
            with form.screened():
                await withdrawing.put_back(request.actor, idea, reason=form.reason.data)
                return see_other(idea.address, "idea-put-back")
        except Closed:
            form.refuse("reason", gettext("Voting has just begun: it can’t be put back any more."))
    return _ask(request, "ideas/return.html", idea, form)


router = Router(
    path="/",
    route_handlers=[
        choose_campaign,
        drafts,
        new_idea,
        back_to_the_form,
        propose,
        edit_page,
        edit,
        discard,
        versions,
        correction_page,
        correction,
        withdrawal_page,
        withdrawal,
        return_page,
        put_back,
    ],
)
