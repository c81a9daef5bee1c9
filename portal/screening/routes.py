"""What waits to be screened, and one thing's page: for its author, for who screens it, for the neutral."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden, can, require
from portal.colleagues.names import names_in
from portal.ideas.queries import IdeaRow, get_idea
from portal.screening import actions, queries, unmasking
from portal.screening.forms import AppealForm, DecideForm, OutcomeForm, UnmaskForm
from portal.screening.queries import ScreeningRow
from portal.sensitive.queries import Shown, categories
from portal.text.language import gettext
from portal.text.markdown import rendered
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/screenings")
async def desk(request: Request) -> Response[Any]:
    """What waits for the actor."""
    if request.actor.guest:
        raise Forbidden(Action.SCREENING_DECIDE)
    rows = await queries.to_screen(request.actor)
    names = {one.key: one.name for one in await categories(request.actor)}
    return page(request, "screening/desk.html", section="moderation", rows=rows, names=names, now=request.now)


@get("/screenings/{public_id:str}")
async def show(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """One thing, with what its reader can do about it."""
    return await _show(request, await _row(request, public_id))


@post("/screenings/{public_id:str}/decision")
async def decide(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Publishes it, or diverts it."""
    row = await _row(request, public_id)
    require(request.actor, Action.SCREENING_DECIDE, row)
    offered = await categories(request.actor)
    form: Any = await DecideForm.of(offered).sent(request)
    form.valid()
    door = form.chosen_door(offered)
    if not form.complete:
        return await _show(request, row, form)
    said = {"words": form.words.data or "", "version": form.version.data}
    became = form.what.data
    try:
        if became == "publish":
            if not await actions.publish(request.actor, row, **said):
                became = "kept"
        else:
            await actions.divert(request.actor, row, category=form.category.data, door=door, **said)
    except Changed:
        form.refuse("what", gettext("Its author changed it, or somebody decided meanwhile. Read it again."))
        form.version.data = row.version
        return await _show(request, await _row(request, public_id), form)
    return see_other("/screenings", f"screened-{became}")


@post("/screenings/{public_id:str}/taking-back")
async def take_back(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Its author takes it back."""
    row = await _row(request, public_id)
    try:
        await actions.take_back(request.actor, row)
    except Changed:
        return see_other(f"/screenings/{public_id}")
    return see_other(f"/screenings/{public_id}", "screening-taken-back")


@post("/screenings/{public_id:str}/appeal")
async def appeal(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks the neutral."""
    row = await _row(request, public_id)
    require(request.actor, Action.SCREENING_APPEAL, row)
    form = await AppealForm.sent(request)
    if not form.valid():
        return await _show(request, row, appeal=form)
    try:
        await actions.appeal(request.actor, row, form.words.data)
    except Changed:
        form.refuse("words", gettext("This was changed meanwhile. Your text is kept here: take it along."))
        return await _show(request, row, appeal=form)
    return see_other(f"/screenings/{public_id}", "screening-appealed")


@post("/screenings/{public_id:str}/outcome")
async def outcome(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What the neutral decides."""
    row = await _row(request, public_id)
    require(request.actor, Action.SCREENING_DECIDE_APPEAL, row)
    form = await OutcomeForm.sent(request)
    if not form.valid():
        return await _show(request, row, outcome=form)
    try:
        await actions.decide_appeal(request.actor, row, outcome=form.outcome.data, words=form.words.data)
    except Changed:
        form.refuse("words", gettext("This was changed meanwhile. Your text is kept here: take it along."))
        return await _show(request, row, outcome=form)
    return see_other("/screenings", "screening-appeal-decided")


@get("/posts/{public_id:str}/author")
async def unmasking_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who asked who is behind it; for the two who did, who it is."""
    return await _unmasking(request, await _anonymous(request, public_id), UnmaskForm())


@post("/posts/{public_id:str}/author")
async def unmask(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Signs for it."""
    row = await _anonymous(request, public_id)
    form = await UnmaskForm.sent(request)
    if not form.valid():
        return await _unmasking(request, row, form)
    if not await unmasking.sign(request.actor, row, form.reason.data):
        form.refuse("reason", gettext("You signed already, or somebody in your role did. It takes another role."))
        return await _unmasking(request, row, form)
    return see_other(f"/posts/{public_id}/author", "unmasking-signed")


async def _anonymous(request: Request, public_id: str) -> IdeaRow:
    row = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_UNMASK, row)
    return row


async def _unmasking(request: Request, row: IdeaRow, form: UnmaskForm) -> Response[Any]:
    return page(
        request,
        "screening/unmask.html",
        section="moderation",
        idea=row,
        form=form,
        signatures=await unmasking.signatures(request.actor, row),
        name=await unmasking.behind(request.actor, row),
        now=request.now,
        status=form.status,
    )


async def _row(request: Request, public_id: str) -> ScreeningRow:
    return found(await queries.get_screening(request.actor, public_id))


async def _show(
    request: Request,
    row: ScreeningRow,
    form: Any = None,
    appeal: AppealForm | None = None,
    outcome: OutcomeForm | None = None,
) -> Response[Any]:
    offered = await categories(request.actor)
    if form is None and can(request.actor, Action.SCREENING_DECIDE, row):
        form = DecideForm.of(offered)(category=row.category or "", version=row.version)
    html = await rendered(row.body)
    sent = form or appeal or outcome
    return page(
        request,
        "screening/show.html",
        section="moderation" if row.person != request.actor.id else "",
        row=row,
        category=_category(offered, row),
        categories=offered,
        html=html,
        names=await names_in(request.actor, [html]),
        form=form,
        appeal=appeal or AppealForm(),
        outcome=outcome or OutcomeForm(),
        now=request.now,
        status=sent.status if sent else 200,
    )


def _category(offered: list[Shown], row: ScreeningRow) -> Shown | None:
    return next((one for one in offered if one.key == row.category), None)


router = Router(path="/", route_handlers=[desk, show, decide, take_back, appeal, outcome, unmasking_page, unmask])
