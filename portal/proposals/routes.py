"""The wizard, proposing, and the decision owner's answer. What it becomes has its page in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.of_campaigns import decision_owner_who_decided
from portal.access.policy import Action, require
from portal.proposals import actions, desk, queries
from portal.proposals.forms import (
    KINDS,
    STEPS,
    AcceptForm,
    DeclineForm,
    DraftForm,
    StepForm,
    is_late,
    missing,
    preset_questions,
    steps_of,
)
from portal.proposals.prompts import PROMPTS, prompt
from portal.proposals.queries import Proposal, get_proposal
from portal.spaces.queries import audience, own_spaces
from portal.text.language import Reader, gettext, reader, reading
from portal.web.beside import Beside
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/campaigns/new")
async def new_campaign(request: Request) -> Response[Any]:
    """The first step, empty."""
    require(request.actor, Action.CAMPAIGN_PROPOSE)
    form = DraftForm(language=request.actor.language, space=request.query_params.get("space", ""))
    return _first_step(request, form)


@post("/campaigns/new")
async def start(request: Request) -> Response[Any]:
    """Keeps the first step as a draft."""
    require(request.actor, Action.CAMPAIGN_PROPOSE)
    form = await DraftForm.sent(request)
    _take_prompt(form)
    if not form.valid():
        return _first_step(request, form)
    spaces = await own_spaces(request.actor)
    space = next((s.id for s in spaces if s.public_id == form.space.data), request.actor.organisation_space)
    with reading(Reader(form.language.data, reader().zone)):
        questions = preset_questions()
    public_id = await actions.start(
        request.actor,
        space,
        title=form.title.data,
        lead=form.lead.data,
        brief=form.brief.data,
        language=form.language.data,
        questions=questions,
        form_key=form.once,
    )
    return see_other(f"/campaigns/{public_id}/edit/purpose", "draft-kept")


@get("/campaigns/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """On to the first step that can be changed."""
    proposal = found(await get_proposal(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_EDIT, proposal)
    return see_other(f"/campaigns/{public_id}/edit/{steps_of(proposal)[0].name}")


@get("/campaigns/{public_id:str}/edit/{step:str}")
async def step_page(request: Request, public_id: FromPath[str], step: FromPath[str]) -> Response[Any]:
    """A step as it was saved last."""
    work = await desk.load(request.actor, public_id, step)
    form: Any = await desk.offered(work, request)
    if "space" in form and "space" in request.query_params:
        form.space.data = request.query_params["space"]
    return await _step(request, work, form)


@post("/campaigns/{public_id:str}/edit/{step:str}")
async def save_step(request: Request, public_id: FromPath[str], step: FromPath[str]) -> Response[Any]:
    """Saves a step and goes on to the next; of a campaign that is open, back to its page."""
    work = await desk.load(request.actor, public_id, step)
    form = await desk.sent(work, request)
    _take_prompt(form)
    changed = await desk.carry_out(request.actor, work, form)
    if not form.complete:
        return await _step(request, work, form, changed)
    if not work.proposal.movable:
        return see_other(f"/campaigns/{public_id}", "campaign-saved")
    names = [one.name for one in steps_of(work.proposal)]
    last = "overview" in form.typed or step == names[-1]
    return see_other(
        f"/campaigns/{public_id}" + ("" if last else f"/edit/{names[names.index(step) + 1]}"), "draft-kept"
    )


@post("/campaigns/{public_id:str}/proposal")
async def propose(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks the decision owner, if nothing is missing."""
    proposal = found(await get_proposal(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_EDIT, proposal)
    form = await Form.sent(request)
    if not proposal.movable:
        return see_other(f"/campaigns/{public_id}")
    if not form.valid() or missing(proposal, request.now):
        return await show_proposal(request, proposal, status=422)
    try:
        await actions.propose(request.actor, proposal)
    except Changed:
        return await _meanwhile(request, proposal)
    return see_other(f"/campaigns/{public_id}", "campaign-proposed")


@post("/campaigns/{public_id:str}/acceptance")
async def accept(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The decision owner's yes."""
    proposal = found(await get_proposal(request.actor, public_id))
    form = await AcceptForm.sent(request)
    if decision_owner_who_decided(request.actor, proposal):  # a button that was pressed twice does no harm
        return see_other(f"/campaigns/{public_id}")
    require(request.actor, Action.CAMPAIGN_DECIDE, proposal)
    if not form.valid() or is_late(proposal, request.now):
        return await show_proposal(request, proposal, status=422)
    try:
        await actions.accept(request.actor, proposal, form.version.data)
    except Changed:
        return await _meanwhile(request, proposal)
    later = proposal.collect_from is not None and proposal.collect_from > request.now
    return see_other(f"/campaigns/{public_id}", "campaign-accepted-ahead" if later else "campaign-accepted")


@post("/campaigns/{public_id:str}/refusal")
async def decline(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The decision owner's no, with its reason."""
    proposal = found(await get_proposal(request.actor, public_id))
    form = await DeclineForm.sent(request)
    if decision_owner_who_decided(request.actor, proposal):  # a button that was pressed twice does no harm
        return see_other(f"/campaigns/{public_id}")
    require(request.actor, Action.CAMPAIGN_DECIDE, proposal)
    if not form.valid():
        return await show_proposal(request, proposal, form, status=form.status)
    try:
        await actions.decline(request.actor, proposal, form.reason.data)
    except Changed:
        form.refuse("reason", gettext("This was changed meanwhile. Your text is kept here: take it along."))
        return await show_proposal(request, proposal, form, changed=True, status=form.status)
    return see_other(f"/campaigns/{public_id}", "campaign-declined")


@post("/campaigns/{public_id:str}/removal")
async def discard(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Throws a draft away."""
    proposal = found(await get_proposal(request.actor, public_id))
    await actions.discard(request.actor, proposal)
    return see_other("/campaigns", "draft-discarded")


async def _meanwhile(request: Request, read: Proposal) -> Response[Any]:
    """Something happened between reading and deciding: what stands now."""
    proposal = found(await get_proposal(request.actor, read.public_id))
    if proposal.state != read.state:
        return see_other(f"/campaigns/{read.public_id}")
    return await show_proposal(request, proposal, changed=True, status=422)


async def show_proposal(
    request: Request, proposal: Proposal, form: Any = None, *, changed: bool = False, status: int = 200
) -> Response[Any]:
    """A campaign that is not open yet: all of it, what is missing, and what one can do about it."""
    return page(
        request,
        "proposals/show.html",
        section="campaigns",
        proposal=proposal,
        questions=await queries.questions(request.actor, proposal.id, proposal.form_version),
        kinds=KINDS,
        readers=await audience(request.actor, proposal.space),
        steps=steps_of(proposal),
        missing=missing(proposal, request.now),
        late=is_late(proposal, request.now),
        refusal=await queries.refusal(request.actor, proposal.id),
        form=form or DeclineForm(),
        changed=changed,
        zone=request.reader.zone,
        status=status,
    )


def _take_prompt(form: Any) -> None:
    """A question out of the library takes the place of what stood in the field; nothing is saved yet."""
    chosen = prompt(form.typed.get("prompt"))
    if chosen is not None and "lead" in form:
        form.only_shown = True
        form.lead.raw_data = None
        form.lead.data = chosen.said(form.language.data)


def _previews(form: StepForm) -> bool:
    return "preview" in form.typed and "brief" in form


def _first_step(request: Request, form: Any) -> Response[Any]:
    return page(
        request,
        "proposals/step.html",
        fragment="preview" if _previews(form) else None,
        section="campaigns",
        proposal=None,
        step=STEPS["question"],
        steps=list(STEPS.values()),
        gaps=set(),
        form=form,
        changed=None,
        readers=None,
        prompts=PROMPTS,
        zone=request.reader.zone,
        status=form.status,
    )


async def _step(request: Request, work: desk.Work, form: StepForm, changed: Beside | None = None) -> Response[Any]:
    return page(
        request,
        "proposals/step.html",
        fragment="preview" if _previews(form) else "audience" if "space" in request.query_params else None,
        section="campaigns",
        proposal=work.proposal,
        step=work.step,
        steps=steps_of(work.proposal),
        gaps={gap.step for gap in missing(work.proposal, request.now)},
        form=form,
        changed=changed,
        readers=await desk.readers_of(request.actor, work, form),
        prompts=PROMPTS,
        zone=request.reader.zone,
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        new_campaign,
        start,
        edit,
        step_page,
        save_step,
        propose,
        accept,
        decline,
        discard,
    ],
)
