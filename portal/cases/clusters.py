"""Clusters (rule 12): putting items together that ask for the same, taking them apart, and a space's list of both."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden, require
from portal.cases.clustered import cluster_of, clusters_in, compared, proposed, resembling
from portal.cases.forms import ApartForm, LeavingForm, TogetherForm
from portal.escalation.clusters import Hindrance, StaysApart, merge, split
from portal.escalation.queries import Clustered, get_clustered
from portal.escalation.refusing import refuse_decider
from portal.ideas.queries import get_idea
from portal.settings import settings
from portal.spaces.queries import get_space
from portal.text.language import gettext, lazy
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request

#: Why two can't count together.
APART = {
    Hindrance.GONE: lazy("One of them is not published any more."),
    Hindrance.HIDDEN: lazy("One of them hides how many support it, until the voting is over."),
    Hindrance.ANSWERED: lazy("One of them has its answer already."),
    Hindrance.UNDER: lazy("It stands with others already: give the address of the one that leads them."),
    Hindrance.LEADS: lazy(
        "Others stand with each of them: take those of one out first, then put them here one by one."
    ),
    Hindrance.OPTED_OUT: lazy("Its author wants it to stand by itself."),
    Hindrance.DUE_FIRST: lazy(
        "Its answer is due before that of the one that leads the others: take those out first, then it leads."
    ),
}


@get("/spaces/{public_id:str}/clusters")
async def clusters(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What looks alike in a space, and what counts together there, for its moderators."""
    space = found(await get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_MODERATE, space)
    return page(
        request,
        "cases/clusters.html",
        section="moderation",
        space=space,
        proposed=await proposed(request.actor, space.id),
        clusters=await clusters_in(request.actor, space.id),
        now=request.now,
    )


async def _item_to(request: Request, public_id: str, action: Action) -> Clustered:
    item = found(await get_clustered(request.actor, public_id))
    if request.method == "POST":
        await refuse_decider(request.actor, action, item)
    require(request.actor, action, item)
    return item


@get("/ideas/{public_id:str}/cluster")
async def together_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """With which other one? The one that was chosen from a list is named as one would, by its address."""
    item = await _item_to(request, public_id, Action.ESCALATION_MERGE)
    chosen = await compared(request.actor, request.query_params.get("with", ""))
    form = TogetherForm(other="".join(settings().base_url + one.address for one in chosen))
    return await _together(request, item, form)


@post("/ideas/{public_id:str}/cluster")
async def put_together(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """They count together from now on."""
    item = await _item_to(request, public_id, Action.ESCALATION_MERGE)
    form = await TogetherForm.sent(request)
    other = await get_clustered(request.actor, form.named) if form.valid() else None
    if form.valid() and (other is None or other.space != item.space or other.id == item.id):
        form.refuse("other", gettext("Give the address of another idea or post of this space."))
    if other is None or not form.complete:
        return await _together(request, item, form)
    try:
        with form.screened():
            return see_other(await _put(request, item, other, form.reason.data), "counts-together")
    except StaysApart as apart:
        form.refuse("other", str(APART[apart.reason]))
    except Changed:
        form.refuse("other", gettext("This changed meanwhile. Your text is kept here."))
    except Forbidden:
        form.refuse("other", gettext("You wrote that one, or decide about it: another moderator puts it together."))
    return await _together(request, item, form)


async def _put(request: Request, item: Clustered, other: Clustered, reason: str) -> str:
    """The one that leads; gives its address. Raises StaysApart, Changed, Sensitive, and Forbidden where the other is
    not hers to put."""
    actor = request.actor
    await refuse_decider(actor, Action.ESCALATION_MERGE, other)
    lead = (await compared(actor, item.public_id, other.public_id))[0]
    under = other if lead.public_id == item.public_id else item
    await merge(actor, under, item if under is other else other, reason)
    return lead.address


async def _together(request: Request, item: Clustered, form: Any) -> Response[Any]:
    idea = found(await get_idea(request.actor, item.public_id))
    named = form.named
    return page(
        request,
        "cases/together.html",
        section="moderation",
        idea=idea,
        form=form,
        compared=await compared(request.actor, item.public_id, named) if named else [],
        resembling=[one for one in await resembling(request.actor, item.id) if one.public_id != named],
        now=request.now,
        status=form.status,
    )


def _form_of(actor: Actor, item: Clustered) -> type[LeavingForm]:
    return LeavingForm if item.author in actor.selves else ApartForm


@get("/ideas/{public_id:str}/cluster/leaving")
async def leaving_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What that means."""
    item = await _item_to(request, public_id, Action.ESCALATION_SPLIT)
    return await _leaving(request, item, _form_of(request.actor, item)())


@post("/ideas/{public_id:str}/cluster/leaving")
async def leave(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """It stands by itself again, with all of its votes."""
    item = await _item_to(request, public_id, Action.ESCALATION_SPLIT)
    form = await _form_of(request.actor, item).sent(request)
    if form.valid():
        with form.screened(), suppress(Changed):  # somebody else did it just now
            await split(request.actor, item, form.reason.data or "")
    if not form.complete:
        return await _leaving(request, item, form)
    alone = found(await get_clustered(request.actor, public_id)).lead is None
    return see_other(found(await get_idea(request.actor, public_id)).address, "stands-alone" if alone else "")


async def _leaving(request: Request, item: Clustered, form: LeavingForm) -> Response[Any]:
    idea = found(await get_idea(request.actor, item.public_id))
    together = await cluster_of(request.actor, item.id)
    return page(
        request,
        "cases/leaving.html",
        section=idea.section,
        idea=idea,
        form=form,
        together=together,
        own=item.author in request.actor.selves,
        status=form.status,
    )


router = Router(path="/", route_handlers=[clusters, together_page, put_together, leaving_page, leave])
