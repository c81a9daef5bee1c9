"""Writing down what a workshop brought, its yield, and claiming what is one's own."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow, get_campaign
from portal.colleagues.forms import chosen_colleague
from portal.colleagues.queries import colleagues_called
from portal.spaces.queries import audience
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.workshops import actions, queries
from portal.workshops.forms import ROWS, WorkshopForm


@get("/campaigns/{public_id:str}/workshops")
async def list_workshops(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The workshops of a campaign and what they brought."""
    campaign = found(await get_campaign(request.actor, public_id))
    rows = await queries.workshops(request.actor, campaign.id)
    return page(request, "workshops/list.html", section="campaigns", campaign=campaign, workshops=rows)


@get("/campaigns/{public_id:str}/workshops/new")
async def new_workshop(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty sheet."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.WORKSHOP_CAPTURE, campaign)
    day = request.now.astimezone(request.reader.tz).date()
    return await _form(request, WorkshopForm.of(ROWS)(language=campaign.language, held_on=str(day)), campaign)


@post("/campaigns/{public_id:str}/workshops")
async def capture(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Writes all of it down, or nothing."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.WORKSHOP_CAPTURE, campaign)
    form = await WorkshopForm.sent(request)
    form.valid()
    notes = await _notes(request, form, campaign)
    if not form.complete:
        return await _form(request, form, campaign)
    try:
        with form.screened():
            workshop = await actions.capture(
                request.actor,
                campaign,
                notes,
                name=form.name.data,
                place=form.place.data,
                held_on=form.day,
                language=form.language.data,
                form_key=form.once,
            )
            return see_other(f"/workshops/{workshop}", "workshop-captured")
    except Closed:
        form.refuse("name", gettext("Collecting has just closed. Your text is kept here: take it along."))
    return await _form(request, form, campaign)


@get("/workshops/{public_id:str}")
async def show_workshop(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What a workshop brought."""
    workshop = found(await queries.get_workshop(request.actor, public_id))
    rows = await queries.captures_of(request.actor, workshop)
    return page(request, "workshops/show.html", section="campaigns", workshop=workshop, captures=rows)


@post("/captures/{public_id:str}/claim")
async def claim(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """It is mine."""
    noted = found(await queries.get_capture(request.actor, public_id))
    try:
        settled = await actions.claim(request.actor, noted)
    except Changed:
        return see_other(f"/ideas/{noted.idea_public_id}", "claimed-before")
    return see_other(f"/ideas/{noted.idea_public_id}", "handed-over" if settled else "claimed")


@post("/captures/{public_id:str}/refusal")
async def refuse(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """It is not mine."""
    noted = found(await queries.get_capture(request.actor, public_id))
    await actions.refuse(request.actor, noted)
    return see_other("/", "capture-refused")


@post("/captures/{public_id:str}/confirmation")
async def confirm(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The claim is right."""
    noted = found(await queries.get_capture(request.actor, public_id))
    try:
        await actions.confirm(request.actor, noted, (await request.typed()).get("claimant", ""))
    except Changed:
        return see_other(f"/ideas/{noted.idea_public_id}", "claimed-before")
    return see_other(f"/ideas/{noted.idea_public_id}", "claim-confirmed")


@post("/captures/{public_id:str}/confirmation/refusal")
async def reject(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The claim is not right."""
    noted = found(await queries.get_capture(request.actor, public_id))
    try:
        await actions.reject(request.actor, noted, (await request.typed()).get("claimant", ""))
    except Changed:
        return see_other(f"/ideas/{noted.idea_public_id}", "claimed-before")
    return see_other(f"/ideas/{noted.idea_public_id}", "claim-rejected")


async def _notes(request: Request, form: Any, campaign: CampaignRow) -> list[actions.Noted]:
    """What stands in the rows; an address that is nobody's is an error in its row."""
    notes = []
    for n in form.filled if not form.only_shown else []:
        whom, person = form[f"whom_{n}"].data, None
        if "@" in whom:
            colleague = await chosen_colleague(request.actor, form, f"whom_{n}", campaign.space)
            person, whom = (colleague.id if colleague else None), ""
        elif whom:
            readers = [one for one in await colleagues_called(request.actor, whom, campaign.space) if one.reads]
            person, whom = (readers[0].id, "") if len(readers) == 1 else (None, whom)
        notes.append(actions.Noted(form[f"title_{n}"].data, form[f"text_{n}"].data, person, whom))
    return notes


async def _form(request: Request, form: Any, campaign: CampaignRow) -> Response[Any]:
    readers = await audience(request.actor, campaign.space)
    return page(
        request,
        "workshops/form.html",
        section="campaigns",
        form=form,
        campaign=campaign,
        readers=readers,
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        list_workshops,
        new_workshop,
        capture,
        show_workshop,
        claim,
        refuse,
        confirm,
        reject,
    ],
)
