"""Proposing, editing and answering an idea. An idea's own page is in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Closed
from portal.access.policy import WHILE_PROPOSING, Action, require
from portal.campaigns.queries import CampaignRow, campaigns, get_campaign
from portal.ideas import actions, queries
from portal.ideas.forms import AnswerForm, IdeaForm
from portal.spaces.forms import chosen_colleague
from portal.spaces.queries import audience
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/ideas/new")
async def choose_campaign(request: Request) -> Response[Any]:
    """Where does the idea belong?"""
    rows = [row for row in await campaigns(request.actor) if row.phase in WHILE_PROPOSING]
    return page(request, "ideas/choose_campaign.html", campaigns=rows, now=request.now)


@get("/campaigns/{public_id:str}/ideas/new")
async def new_idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.IDEA_PROPOSE, campaign)
    return await _form(request, IdeaForm(language=campaign.language), campaign)


@get("/campaigns/{public_id:str}/ideas")
async def back_to_the_form(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where a form was refused, the browser shows this address: asked for again, it leads back to the form."""
    found(await get_campaign(request.actor, public_id))
    return see_other(f"/campaigns/{public_id}/ideas/new")


@post("/campaigns/{public_id:str}/ideas")
async def propose(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts it there."""
    campaign = found(await get_campaign(request.actor, public_id))
    form = await IdeaForm.sent(request)
    if not form.valid():
        return await _form(request, form, campaign)
    try:
        idea = await actions.propose(
            request.actor,
            campaign,
            title=form.title.data,
            body=form.body.data,
            tags=form.tags.data,
            language=form.language.data,
            form_key=form.once,
        )
    except Closed:
        form.refuse("title", gettext("Collecting has just closed. Your text is kept here: take it along."))
        return await _form(request, form, campaign)
    return see_other(f"/ideas/{idea}", "idea-proposed")


@get("/ideas/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    idea = found(await queries.get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_EDIT, idea)
    campaign = found(await get_campaign(request.actor, idea.campaign_public_id))
    return await _form(request, IdeaForm(obj=idea), campaign, idea)


@post("/ideas/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it; the text before is kept."""
    idea = found(await queries.get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_EDIT, idea)
    campaign = found(await get_campaign(request.actor, idea.campaign_public_id))
    form = await IdeaForm.sent(request)
    if not form.valid():
        return await _form(request, form, campaign, idea)
    try:
        await actions.edit_idea(
            request.actor,
            idea,
            title=form.title.data,
            body=form.body.data,
            tags=form.tags.data,
            language=form.language.data,
            version=form.version.data,
        )
    except Changed:
        form.refuse("body", gettext("This idea was saved elsewhere meanwhile. Compare, then save again."))
        form.version.data = idea.version
        return await _form(request, form, campaign, idea)
    return see_other(f"/ideas/{public_id}", "idea-saved")


@get("/ideas/{public_id:str}/answer")
async def answer_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty answer."""
    idea = found(await queries.get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_ANSWER, idea)
    return page(request, "ideas/answer.html", section="campaigns", form=AnswerForm(), idea=idea)


@post("/ideas/{public_id:str}/answer")
async def answer(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Publishes it."""
    idea = found(await queries.get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_ANSWER, idea)
    form = await AnswerForm.sent(request)
    form.valid()
    if form.next_day and form.next_day < request.now.date():
        form.refuse("next_date", gettext("Give a day that is still to come."))
    owner = await chosen_colleague(request.actor, form, "next_owner_email", idea.space)
    if owner is None or not form.complete:
        return page(request, "ideas/answer.html", section="campaigns", form=form, idea=idea, status=form.status)
    try:
        await actions.answer(
            request.actor,
            idea,
            kind=form.kind.data,
            summary=form.summary.data,
            reason=form.reason.data,
            from_when=form.from_when.data,
            next_step=form.next_step.data,
            next_owner=owner.id,
            next_date=form.next_day,
        )
    except Changed:
        form.refuse("summary", gettext("Somebody answered meanwhile. Your text is kept here."))
        return page(request, "ideas/answer.html", section="campaigns", form=form, idea=idea, status=422)
    return see_other(f"/ideas/{public_id}", "idea-answered")


async def _form(
    request: Request, form: IdeaForm, campaign: CampaignRow, idea: queries.IdeaRow | None = None
) -> Response[Any]:
    return page(
        request,
        "ideas/form.html",
        fragment="preview" if "preview" in form.typed else None,
        section="campaigns",
        form=form,
        campaign=campaign,
        idea=idea,
        readers=await audience(request.actor, campaign.space),
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[choose_campaign, new_idea, back_to_the_form, propose, edit_page, edit, answer_page, answer],
)
