"""Moving an idea, a post or a campaign: where to, who reads it then, and that one is sure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Actor, Right
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow, get_campaign
from portal.ideas.queries import IdeaRow, get_idea
from portal.moves import actions, queries
from portal.moves.actions import Reason, Stays
from portal.moves.forms import MoveForm
from portal.moves.queries import Place
from portal.posts.queries import get_stream
from portal.spaces.queries import own_spaces
from portal.text.language import gettext, lazy
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request

WHY = {
    Reason.WRITERS: lazy("Who wrote it or answers for it would lose sight of it. Take them in there first."),
    Reason.NAMELESS: lazy(
        "Something in it stands without a name. It goes only where all colleagues who read it now read it too: "
        "otherwise the move would show who wrote it."
    ),
    Reason.JUDGED: lazy("Moderators here still have something in it to judge. When that is done, it can be moved."),
    Reason.WORKSHOP: lazy("It was written down in a workshop of this campaign, and stays there."),
    Reason.DECIDES: lazy("You decide about a case in it. Somebody else has to move it."),
    Reason.OWED: lazy("It has enough support to be owed an answer. It stays with those who are to read it."),
    Reason.LATE: lazy("It can’t be moved any more: voting began, it was answered, or it changed meanwhile."),
}


def _writable(actor: Actor) -> list[int]:
    return [s for s in actor.space_ids if actor.may(s, Right.WRITE) and actor.pause_in(s) is None]


async def _for_idea(request: Request, idea: IdeaRow) -> list[Place]:
    require(request.actor, Action.IDEA_MOVE, idea)
    writable = _writable(request.actor)
    if idea.kind == "idea":
        return await queries.campaigns_for(request.actor, idea, writable)
    return await queries.spaces_for(request.actor, idea.space, writable, nameless=idea.anonymous)


def _kind(idea: IdeaRow) -> str:
    return "idea" if idea.kind == "idea" else "post"


async def _for_campaign(request: Request, campaign: CampaignRow) -> list[Place]:
    require(request.actor, Action.CAMPAIGN_MOVE, campaign)
    own = {choice.id for choice in await own_spaces(request.actor)}
    return await queries.spaces_for(request.actor, campaign.space, [s for s in _writable(request.actor) if s in own])


@get("/ideas/{public_id:str}/move")
async def move_idea_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """To which campaign, for a post to which space, and who reads it there?"""
    idea = found(await get_idea(request.actor, public_id))
    form = MoveForm(to=request.query_params.get("to", ""))
    return await _page(request, _kind(idea), idea, await _for_idea(request, idea), form)


@post("/ideas/{public_id:str}/move")
async def move_idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Moves it, once it is confirmed."""
    idea = found(await get_idea(request.actor, public_id))

    async def carry_out(place: Place) -> None:
        if idea.kind == "idea":
            await actions.move_idea(request.actor, idea, found(await get_campaign(request.actor, place.public_id)))
        else:
            await actions.move_post(request.actor, idea, found(await get_stream(request.actor, place.public_id)))

    return await _move(request, _kind(idea), idea, await _for_idea(request, idea), carry_out)


@get("/campaigns/{public_id:str}/move")
async def move_campaign_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """To which space, and who reads it there?"""
    campaign = found(await get_campaign(request.actor, public_id))
    form = MoveForm(to=request.query_params.get("to", ""))
    return await _page(request, "campaign", campaign, await _for_campaign(request, campaign), form)


@post("/campaigns/{public_id:str}/move")
async def move_campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Moves it, once it is confirmed."""
    campaign = found(await get_campaign(request.actor, public_id))

    async def carry_out(place: Place) -> None:
        await actions.move_campaign(request.actor, campaign, place.id)

    return await _move(request, "campaign", campaign, await _for_campaign(request, campaign), carry_out)


async def _move(
    request: Request, kind: str, thing: Any, places: list[Place], carry_out: Callable[[Place], Awaitable[None]]
) -> Response[Any]:
    form = await MoveForm.sent(request)
    place = next((place for place in places if place.public_id == form.to.data), None)
    change = await queries.change_of_audience(request.actor, thing.space, place.space) if place else None
    if not form.valid() or place is None or change is None:
        return await _page(request, kind, thing, places, form)
    if form.seen.data != change.key:
        form.refuse("sure", gettext("Who reads it changed since you looked. Look again, and confirm it."))
        return await _page(request, kind, thing, places, form)
    try:
        await carry_out(place)
    except Stays as stays:
        form.refuse("sure", str(WHY[stays.reason]))
        return await _page(request, kind, thing, places, form)
    return see_other(_address(kind, thing), "moved")


def _address(kind: str, thing: Any) -> str:
    return f"/campaigns/{thing.public_id}" if kind == "campaign" else f"/ideas/{thing.public_id}"


async def _page(request: Request, kind: str, thing: Any, places: list[Place], form: MoveForm) -> Response[Any]:
    place = next((place for place in places if place.public_id == form.to.data), None)
    change = await queries.change_of_audience(request.actor, thing.space, place.space) if place else None
    form.seen.data = change.key if change else ""
    return page(
        request,
        "moves/move.html",
        section="campaigns",
        form=form,
        kind=kind,
        thing=thing,
        home=_address(kind, thing),
        places=places,
        place=place,
        change=change,
        status=form.status,
    )


router = Router(path="/", route_handlers=[move_idea_page, move_idea, move_campaign_page, move_campaign])
