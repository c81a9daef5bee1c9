"""The list of campaigns, and what happens to one that is open. A campaign's own page is in pages/."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, can, require
from portal.campaigns import actions, queries
from portal.campaigns.forms import CancelForm, ExtendForm
from portal.campaigns.queries import CampaignRow, get_campaign
from portal.spaces.queries import own_spaces
from portal.text.language import LANGUAGES, gettext
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request

MOST_OWED = 100  # ideas without an answer that are named


@get("/campaigns")
async def list_campaigns(request: Request) -> Response[Any]:
    """The campaigns that one can read, as they were asked for."""
    chosen, after = _chosen(request), request.query_params.get("after", "")
    listed = await queries.find_campaigns(request.actor, chosen, after)
    return page(
        request,
        "campaigns/list.html",
        fragment="results",
        section="campaigns",
        listed=listed,
        groups=_grouped(listed.rows) if chosen.order == "now" else (("all", tuple(listed.rows)),),
        chosen=chosen,
        spaces=tuple(await own_spaces(request.actor)),
        now=request.now,
    )


def _grouped(rows: list[CampaignRow]) -> tuple[tuple[str, tuple[CampaignRow, ...]], ...]:
    """By what one can do in them."""
    groups: dict[str, list[CampaignRow]] = {"open": [], "planned": [], "over": []}
    for row in rows:
        groups[{"planned": "planned", "done": "over", "cancelled": "over"}.get(row.phase, "open")].append(row)
    return tuple((name, tuple(named)) for name, named in groups.items())


def _chosen(request: Request) -> queries.Filter:
    """The filter in an address; what is unknown asks for nothing."""
    asked = request.query_params
    phase, order, language = asked.get("phase", ""), asked.get("order", ""), asked.get("language", "")
    return queries.Filter(
        phase=phase if phase in queries.SHOWN else "",
        space=asked.get("space", ""),
        language=language if language in LANGUAGES else "",
        mine=bool(asked.get("mine")),
        followed=bool(asked.get("followed")),
        order=order if order in queries.ORDERS else "now",
    )


@get("/campaigns/{public_id:str}/extension")
async def extend_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The dates as they are, to be moved on."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_EXTEND, campaign)
    form = ExtendForm(obj=campaign)
    form.only_to_come(campaign)
    return _about(request, "campaigns/extend.html", campaign, form)


@post("/campaigns/{public_id:str}/extension")
async def extend(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Moves them on, and tells why."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_EXTEND, campaign)
    form = await ExtendForm.sent(request)
    form.only_to_come(campaign)
    form.valid()
    if not form.only_shown:
        form.check(campaign, request.now)
    try:
        if not form.complete:
            return _about(request, "campaigns/extend.html", campaign, form)
        if form.version.data != campaign.version:
            raise Changed
        await actions.extend(request.actor, campaign, form.later(campaign), form.reason.data)
    except Changed:
        again = found(await get_campaign(request.actor, public_id))
        form.version.data = again.version
        form.refuse(
            "reason", gettext("The campaign was changed or went on meanwhile. Look at the dates, then send again.")
        )
        return _about(request, "campaigns/extend.html", again, form)
    return see_other(f"/campaigns/{public_id}", "campaign-extended")


@get("/campaigns/{public_id:str}/cancellation")
async def cancel_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks for the reason."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_CANCEL, campaign)
    return _about(request, "campaigns/cancel.html", campaign, CancelForm())


@post("/campaigns/{public_id:str}/cancellation")
async def cancel(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Ends it."""
    campaign = found(await get_campaign(request.actor, public_id))
    form = await CancelForm.sent(request)
    if campaign.state == "cancelled":
        return see_other(f"/campaigns/{public_id}")
    require(request.actor, Action.CAMPAIGN_CANCEL, campaign)
    if not form.valid():
        return _about(request, "campaigns/cancel.html", campaign, form)
    with suppress(Changed):  # somebody else cancelled it at the same moment: her reason stands
        await actions.cancel(request.actor, campaign, form.reason.data)
    return see_other(f"/campaigns/{public_id}", "campaign-cancelled")


@get("/campaigns/{public_id:str}/archival")
async def debt(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What a campaign still owes before it can be archived."""
    campaign = found(await get_campaign(request.actor, public_id))
    if not can(request.actor, Action.CAMPAIGN_ARCHIVE, campaign):
        require(request.actor, Action.CAMPAIGN_EDIT, campaign)
    return await _debt(request, campaign)


@post("/campaigns/{public_id:str}/archival")
async def archive(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts it away, unless it owes an answer."""
    campaign = found(await get_campaign(request.actor, public_id))
    form = await Form.sent(request)
    if campaign.state == "archived":
        return see_other(f"/campaigns/{public_id}")
    require(request.actor, Action.CAMPAIGN_ARCHIVE, campaign)
    try:
        if not form.valid():
            return await _debt(request, campaign)
        await actions.archive(request.actor, campaign)
    except Changed:
        return await _debt(request, campaign, 422)
    return see_other(f"/campaigns/{public_id}", "campaign-archived")


def _about(request: Request, template: str, campaign: CampaignRow, form: Any) -> Response[Any]:
    return page(
        request,
        template,
        section="campaigns",
        campaign=campaign,
        form=form,
        zone=request.reader.zone,
        status=form.status,
    )


async def _debt(request: Request, campaign: CampaignRow, status: int = 200) -> Response[Any]:
    ideas = await queries.owed(request.actor, campaign, MOST_OWED)
    return page(
        request,
        "campaigns/debt.html",
        section="campaigns",
        campaign=campaign,
        ideas=ideas,
        hidden=await queries.owed_hidden(request.actor, campaign),
        status=status,
    )


router = Router(
    path="/",
    route_handlers=[list_campaigns, extend_page, extend, cancel_page, cancel, debt, archive],
)
