"""The list of campaigns, and opening and editing one. A campaign's own page is in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.campaigns import actions, queries
from portal.campaigns.forms import CampaignForm, usual_dates
from portal.spaces.forms import chosen_colleague
from portal.spaces.queries import Choice, own_spaces
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.forms import choose_from
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/campaigns")
async def list_campaigns(request: Request) -> Response[Any]:
    """All campaigns that one can read."""
    rows = await queries.campaigns(request.actor)
    return page(request, "campaigns/list.html", section="campaigns", campaigns=rows, now=request.now)


@get("/campaigns/new")
async def new_campaign(request: Request) -> Response[Any]:
    """An empty form, with dates proposed."""
    require(request.actor, Action.CAMPAIGN_PROPOSE)
    form = CampaignForm(
        space=request.query_params.get("space", ""), language=request.actor.language, **usual_dates(request.now)
    )
    await _offer_spaces(request, form)
    return _form(request, form)


@post("/campaigns")
async def open_campaign(request: Request) -> Response[Any]:
    """Opens it."""
    require(request.actor, Action.CAMPAIGN_PROPOSE)
    form = await CampaignForm.sent(request)
    spaces = await _offer_spaces(request, form)
    form.valid()
    space = next((s for s in spaces if s.public_id == form.space.data), None)
    draft = await _draft(request, form, space.id if space else None)
    if draft is None or space is None:
        return _form(request, form)
    public_id = await actions.open_campaign(request.actor, space, draft, form.once)
    return see_other(f"/campaigns/{public_id}", "campaign-opened")


@get("/campaigns/{public_id:str}/edit")
async def edit_campaign_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    campaign = found(await queries.get_campaign(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_EDIT, campaign)
    text = await queries.campaign_text(request.actor, campaign)
    form = CampaignForm(obj=text, version=campaign.version)
    return _form(request, _fixed(form, campaign), campaign)


@post("/campaigns/{public_id:str}/edit")
async def edit_campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it, unless somebody else did meanwhile."""
    campaign = found(await queries.get_campaign(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_EDIT, campaign)
    form = _fixed(await CampaignForm.sent(request), campaign)
    form.valid()
    draft = await _draft(request, form, campaign.space)
    if draft is None:
        return _form(request, form, campaign)
    try:
        await actions.edit_campaign(request.actor, campaign, draft, form.version.data)
    except Changed:
        form.refuse("title", gettext("Somebody else saved this campaign meanwhile. Compare, then save again."))
        form.version.data = campaign.version
        return _form(request, form, campaign)
    return see_other(f"/campaigns/{public_id}", "campaign-saved")


async def _offer_spaces(request: Request, form: CampaignForm) -> list[Choice]:
    spaces = await own_spaces(request.actor)
    form.space.choices = choose_from([(s.public_id, s.name) for s in spaces])
    return spaces


def _fixed(form: Any, campaign: queries.CampaignRow) -> Any:
    """A campaign stays in its space, and one that is always open has no dates."""
    del form.space
    if campaign.always_open:
        for phase in queries.PHASES:
            del form[f"{phase}_from"]
    return form


async def _draft(request: Request, form: Any, space: int | None) -> actions.Draft | None:
    """What the form says, if it is complete and its sponsor can read the space."""
    sponsor = await chosen_colleague(request.actor, form, "sponsor_email", space)
    if sponsor is None or not form.complete:
        return None
    begins = [f"{phase}_from" for phase in queries.PHASES]
    return actions.Draft(
        title=form.title.data,
        lead=form.lead.data,
        brief=form.brief.data,
        promise=form.promise.data,
        language=form.language.data,
        sponsor=sponsor.id,
        **{name: form[name].data for name in begins if name in form},
    )


def _form(request: Request, form: Any, campaign: queries.CampaignRow | None = None) -> Response[Any]:
    return page(request, "campaigns/form.html", section="campaigns", form=form, campaign=campaign, status=form.status)


router = Router(
    path="/", route_handlers=[list_campaigns, new_campaign, open_campaign, edit_campaign_page, edit_campaign]
)
