"""Naming who decides a case: what it is about, whom it names, and, before it is done, who would get it and why."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, can
from portal.cases.candidates import Placed, would_get_it
from portal.cases.forms import TriageForm
from portal.cases.stale import Since, refuse_stale, since_read
from portal.colleagues.forms import chosen_colleague
from portal.escalation import actions
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.text import cases as words
from portal.text.language import gettext
from portal.topics.forms import chosen_topic, with_topic
from portal.topics.queries import Choice, topics_to_choose
from portal.topics.words import PARTS
from portal.units.forms import chosen_unit
from portal.units.paths import UnitPaths
from portal.units.queries import all_units
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


async def _case_to(request: Request, public_id: str) -> tuple[CaseRow, Since]:
    row = found(await get_case(request.actor, public_id))
    return row, await since_read(request, row, Action.ESCALATION_TRIAGE)


@get("/cases/{public_id:str}/triage")
async def triage_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is known of it, and who would get it as it stands."""
    row, since = await _case_to(request, public_id)
    units = await all_units(request.actor)
    known = await topics_to_choose(request.actor)
    topic = next((one.public_id for one in known if one.id == row.topic), "")
    form = with_topic(TriageForm, known)(topic=topic, unit=units.path(row.unit) if row.unit else "")
    return await _show(request, row, form, Placed(row.topic, row.unit, False, [], None), since)


@post("/cases/{public_id:str}/triage")
async def name_owner(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Names who decides; or only shows who would."""
    row, since = await _case_to(request, public_id)
    topics, units = await topics_to_choose(request.actor), await all_units(request.actor)
    form = await with_topic(TriageForm, topics).sent(request)
    form.valid()
    placed = await _placed(request.actor, row, form, topics, units)
    if not form.tried:
        refuse_stale(form, since)
    if form.complete:
        try:
            await actions.triage(request.actor, row, **msgspec.structs.asdict(placed))
            return see_other(f"/cases/{public_id}" if await get_case(request.actor, public_id) else "/", "holds-now")
        except actions.NotEligible:
            form.refuse("owner", gettext("This colleague is away, or may not decide it."))
        except Changed:
            form.refuse("form_key", words.CHANGED)
    return await _show(request, row, form, placed, since)


async def _placed(actor: Actor, row: CaseRow, form: Any, topics: list[Choice], units: UnitPaths) -> Placed:
    unit = chosen_unit(form, "unit", units)
    named = [await chosen_colleague(actor, form, field) for field in ("named", "other", "owner")]
    return Placed(
        chosen_topic(form, topics, row.topic),
        unit.id if unit else None,
        form.complaint.data,
        [one.id for one in named[:2] if one],
        named[2].id if named[2] else None,
    )


async def _show(request: Request, row: CaseRow, form: Any, placed: Placed, since: Since) -> Response[Any]:
    idea = found(await get_idea(request.actor, row.idea_public_id))
    return page(
        request,
        "cases/triage.html",
        fragment="who",
        section="cases",
        case=row,
        idea=idea,
        form=form,
        since=since,
        may=can(request.actor, Action.ESCALATION_TRIAGE, row),
        candidates=await would_get_it(request.actor, row, placed),
        parts=PARTS | {"campaign": gettext("Decision owner of the campaign")},
        status=form.status,
    )


router = Router(path="/", route_handlers=[triage_page, name_owner])
