"""Writing along, and offering help."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.colleagues.forms import ColleagueForm, chosen_colleague
from portal.ideas.queries import get_idea
from portal.text.language import gettext
from portal.together import actions, queries
from portal.together.forms import OfferForm
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/ideas/{public_id:str}/co-authors")
async def invite_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who writes along, and who could."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_INVITE, idea)
    return await _co_authors(request, idea, ColleagueForm())


@post("/ideas/{public_id:str}/co-authors")
async def invite(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks somebody."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_INVITE, idea)
    form = await ColleagueForm.sent(request)
    form.valid()
    colleague = await chosen_colleague(request.actor, form, "colleague", idea.space)
    if colleague is None or not form.complete:
        return await _co_authors(request, idea, form)
    if colleague.id == idea.author:
        form.refuse("colleague", gettext("That is you: you write it already."))
        return await _co_authors(request, idea, form)
    try:
        await actions.invite(request.actor, idea, colleague.id)
    except Changed:
        form.refuse("colleague", gettext("Ten people write this along already."))
        return await _co_authors(request, idea, form)
    return see_other(f"/ideas/{public_id}/co-authors", "co-author-invited")


@post("/ideas/{public_id:str}/co-authors/{person:str}/end")
async def take_out(request: Request, public_id: FromPath[str], person: FromPath[str]) -> Response[Any]:
    """The author ends it."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_INVITE, idea)
    await actions.take_out(request.actor, idea, found(await queries.get_member(request.actor, idea, person)))
    return see_other(f"/ideas/{public_id}/co-authors", "co-author-out")


@post("/ideas/{public_id:str}/co-authorship")
async def join(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Yes."""
    idea = found(await get_idea(request.actor, public_id))
    await actions.join(request.actor, idea)
    return see_other(f"/ideas/{public_id}", "co-author-joined")


@post("/ideas/{public_id:str}/co-authorship/end")
async def end(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """No, or no longer."""
    idea = found(await get_idea(request.actor, public_id))
    await (actions.decline if idea.invited else actions.leave)(request.actor, idea)
    return see_other("/" if idea.idea_state == "draft" else f"/ideas/{public_id}", "co-author-ended")


@get("/ideas/{public_id:str}/help")
async def offer_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What can you do?"""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_OFFER_HELP, idea)
    offers = (await queries.around(request.actor, idea))[0].offers
    before = next((offer.body for offer in offers if offer.mine), "")
    return page(request, "together/help.html", section="campaigns", idea=idea, form=OfferForm(body=before))


@post("/ideas/{public_id:str}/help")
async def offer(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Says so."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_OFFER_HELP, idea)
    form = await OfferForm.sent(request)
    if form.valid():
        with form.screened():
            await actions.offer_help(request.actor, idea, form.body.data)
            return see_other(f"/ideas/{public_id}#together", "help-offered")
    return page(request, "together/help.html", section="campaigns", idea=idea, form=form, status=form.status)


@post("/ideas/{public_id:str}/help/end")
async def take_back(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Not after all."""
    idea = found(await get_idea(request.actor, public_id))
    await actions.take_back_offer(request.actor, idea)
    return see_other(f"/ideas/{public_id}#together", "help-taken-back")


async def _co_authors(request: Request, idea: Any, form: Any) -> Response[Any]:
    people = (await queries.around(request.actor, idea))[0].people
    return page(
        request,
        "together/co_authors.html",
        section="campaigns",
        idea=idea,
        people=people,
        form=form,
        status=form.status,
    )


router = Router(path="/", route_handlers=[invite_page, invite, take_out, join, end, offer_page, offer, take_back])
