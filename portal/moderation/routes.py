"""The moderators' desk, and receipts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.colleagues.names import names_in
from portal.ideas.forms import name_of
from portal.ideas.queries import get_idea, questions
from portal.mentions.queries import Ambiguous, words_of
from portal.moderation import WAITED_DAYS, actions, queries, receipts
from portal.moderation.counts import removals
from portal.moderation.decided import decided
from portal.moderation.forms import AppealDecisionForm, AppealForm, DecisionForm, NewIdeaForm, NewTextForm
from portal.moderation.queries import VIEWS, ItemRow
from portal.moderation.receipts import Receipt
from portal.moderation.refusing import refuse_decider
from portal.spaces.queries import get_space
from portal.text.decisions import DECISIONS, REASONS, words_for
from portal.text.language import gettext
from portal.text.mentions import several_people, typed
from portal.text.rules import HOUSE_RULES
from portal.web.errors import found
from portal.web.forms import Form, options
from portal.web.page import page, see_other
from portal.web.request import Request

# --- the moderators' desk


@get("/moderation")
async def overview(request: Request) -> Response[Any]:
    """The spaces that one moderates, with what waits there."""
    return page(request, "moderation/overview.html", section="moderation", queues=await queries.queues(request.actor))


@get("/spaces/{public_id:str}/moderation")
async def queue(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A space's queue, with the item that has waited longest."""
    space = found(await get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_MODERATE, space)
    view = request.query_params.get("view", "open")
    view = view if view in VIEWS else "open"
    rows = await queries.items(request.actor, space.id, view)
    return await _desk(request, space.id, view, rows, rows[0] if rows else None)


@get("/moderation/items/{public_id:str}")
async def show_item(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An item beside its queue."""
    return await _item_page(request, found(await queries.get_item(request.actor, public_id)))


@post("/moderation/items/{public_id:str}/claim")
async def claim(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes an item, or leaves it to others."""
    item = found(await queries.get_item(request.actor, public_id))
    require(request.actor, Action.ITEM_CLAIM, item)
    if (await request.typed()).get("release"):
        await actions.release(request.actor, item)
        return see_other(f"/moderation/items/{public_id}#item", "item-released")
    try:
        await actions.claim(request.actor, item)
    except actions.Held:
        return see_other(f"/moderation/items/{public_id}#item", "item-held")
    return see_other(f"/moderation/items/{public_id}#item", "item-claimed")


@post("/moderation/items/{public_id:str}/decision")
async def decide(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Judges an item, and goes on to the next."""
    item = found(await queries.get_item(request.actor, public_id))
    await refuse_decider(request.actor, Action.ITEM_DECIDE, item)
    require(request.actor, Action.ITEM_DECIDE, item)
    form = _decision_form(item, await DecisionForm.sent(request))
    if not form.valid():
        return await _item_page(request, item, form)
    try:
        await actions.decide(
            request.actor,
            item,
            action=form.action.data,
            rule=form.rule.data,
            words=form.words.data or "",
            version=form.version.data,
            days=int(form.days.data),
        )
    except (Changed, actions.Held) as conflict:
        return await _conflict(request, public_id, form, "words", conflict)
    return see_other(f"/spaces/{item.space_public_id}/moderation#item", "item-decided")


@post("/moderation/decisions/{public_id:str}/undo")
async def undo(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes one's own decision back."""
    decision = found(await queries.get_decision(request.actor, public_id))
    item = found(await queries.get_item(request.actor, decision.item_public_id))
    try:
        await actions.undo(request.actor, item, decision)
    except Changed:
        return see_other(f"/moderation/items/{item.public_id}#item", "item-changed")
    return see_other(f"/moderation/items/{item.public_id}#item", "decision-undone")


@post("/moderation/items/{public_id:str}/appeal")
async def decide_appeal(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Decides an appeal against somebody else's decision."""
    item = found(await queries.get_item(request.actor, public_id))
    await refuse_decider(request.actor, Action.APPEAL_DECIDE, item)
    require(request.actor, Action.APPEAL_DECIDE, item)
    form = await AppealDecisionForm.sent(request)
    if not form.valid():
        return await _item_page(request, item, form)
    try:
        await actions.decide_appeal(request.actor, item, form.outcome.data, form.reason.data)
    except (Changed, actions.Held) as conflict:
        return await _conflict(request, public_id, form, "reason", conflict)
    return see_other(f"/spaces/{item.space_public_id}/moderation?view=appeals#item", "appeal-decided")


def _decision_form(item: ItemRow, form: DecisionForm) -> DecisionForm:
    words = words_for(item.checked)
    form.action.choices = options((action, words[action].choice) for action in actions.choices(item))
    return form


async def _conflict(request: Request, public_id: str, form: Form, field: str, conflict: Exception) -> Response[Any]:
    """Shows the item as it is now, with what was written."""
    item = found(await queries.get_item(request.actor, public_id))
    held = gettext("A colleague took this item meanwhile. Your text is kept here.")
    changed = gettext("This item was decided or changed meanwhile. Your text is kept here: take it along.")
    form.refuse(field, held if isinstance(conflict, actions.Held) else changed)
    return await _item_page(request, item, form)


async def _item_page(request: Request, item: ItemRow, form: Form | None = None) -> Response[Any]:
    view = next(name for name, states in VIEWS.items() if item.state in states)
    return await _desk(request, item.space, view, await queries.items(request.actor, item.space, view), item, form)


async def _desk(
    request: Request, space: int, view: str, rows: list[ItemRow], item: ItemRow | None, form: Form | None = None
) -> Response[Any]:
    actor = request.actor
    if item is not None and form is None:
        form = AppealDecisionForm() if item.state == "appealed" else DecisionForm(rule=item.rule, version=item.version)
    if item is not None and isinstance(form, DecisionForm):
        _decision_form(item, form)
    reports = await queries.reports_on(actor, item) if item else []
    texts = [report.body_html for report in reports] + ([item.body_html] if item else [])
    return page(
        request,
        "moderation/desk.html",
        section="moderation",
        status=form.status if form else 200,
        queue=found(next(iter(await queries.queues(actor, space)), None)),
        view=view,
        rows=rows,
        item=item,
        form=form,
        reports=reports,
        names=await names_in(actor, texts),
        **(await decided(actor, space, item))._asdict(),
        removals=await removals(actor, [space]),
        rules=HOUSE_RULES,
        words=DECISIONS,
        choices=words_for(bool(item and item.checked)),
        reasons=REASONS,
        now=request.now,
    )


# --- receipts


@get("/receipts")
async def list_receipts(request: Request) -> Response[Any]:
    """What moderators decided about one's own words."""
    rows = await receipts.receipts(request.actor)
    return page(
        request,
        "moderation/receipts.html",
        receipts=rows,
        words=DECISIONS,
        rules=HOUSE_RULES,
        now=request.now,
    )


@get("/receipts/{public_id:str}")
async def show_receipt(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """One decision: what, why, and what one can do."""
    receipt = found(await receipts.get_receipt(request.actor, public_id))
    await actions.read_receipt(request.actor, receipt)
    return await _receipt(request, receipt)


@post("/receipts/{public_id:str}/appeal")
async def appeal(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks somebody else to look at it."""
    receipt = found(await receipts.get_receipt(request.actor, public_id))
    require(request.actor, Action.RECEIPT_APPEAL, receipt)
    form = await AppealForm.sent(request)
    if not form.valid():
        return await _receipt(request, receipt, appeal=form)
    try:
        await actions.appeal(request.actor, receipt, form.words.data)
    except Changed:
        form.refuse("words", gettext("This decision was changed meanwhile. Your text is kept here: take it along."))
        return await _receipt(request, receipt, appeal=form)
    return see_other(f"/receipts/{public_id}", "appealed")


@post("/receipts/{public_id:str}/text")
async def put_back(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts what was sent back up again, changed."""
    receipt = found(await receipts.get_receipt(request.actor, public_id))
    require(request.actor, Action.RECEIPT_PUT_BACK, receipt)
    kind, _ = await _as_it_stands(request.actor, receipt)
    form = await kind.sent(request)
    if not form.valid():
        return await _receipt(request, receipt, text=form)
    try:
        with form.screened():
            await actions.put_back(request.actor, receipt, form.content(receipt.language))
            return see_other(f"/{receipt.kind}s/{receipt.thing_public_id}", "put-back")
    except Ambiguous as of:
        form.refuse("body", several_people(of.name))
    except Changed:
        form.refuse("body", gettext("This was changed meanwhile. Your text is kept here: take it along."))
    return await _receipt(request, receipt, text=form)


async def _as_it_stands(actor: Actor, receipt: Receipt) -> tuple[type[NewIdeaForm | NewTextForm], dict[str, Any]]:
    """The form in which what was sent back is changed, and what stands in it."""
    idea = await get_idea(actor, receipt.thing_public_id) if receipt.idea else None
    if idea is None:
        words = await words_of(actor, receipt.space, receipt.comment) if receipt.comment else {}
        return NewTextForm, {"body": typed(receipt.body, words)}
    asked = await questions(actor, idea.campaign, idea.form_version, idea.id)
    return NewIdeaForm.of(idea, asked), {"obj": idea} | {name_of(question): question.reply for question in asked}


async def _receipt(
    request: Request, receipt: Receipt, *, appeal: AppealForm | None = None, text: Form | None = None
) -> Response[Any]:
    if text is None:
        kind, stands = await _as_it_stands(request.actor, receipt)
        text = kind(**stands)
    return page(
        request,
        "moderation/receipt.html",
        status=max(appeal.status if appeal else 200, text.status),
        receipt=receipt,
        appeal=appeal or AppealForm(),
        text=text,
        names=await names_in(request.actor, [receipt.body_html]),
        words=DECISIONS[receipt.action],
        rule=HOUSE_RULES[receipt.rule],
        waited_until=receipt.created_at + timedelta(days=WAITED_DAYS),
        now=request.now,
    )


router = Router(
    path="/",
    route_handlers=[
        overview,
        queue,
        show_item,
        claim,
        decide,
        undo,
        decide_appeal,
        list_receipts,
        show_receipt,
        appeal,
        put_back,
    ],
)
