"""Naming who decides a case: what it is about, whom it names, and, before it is done, who would get it and why."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.colleagues.forms import ColleagueField, chosen_colleague
from portal.db import fetch
from portal.escalation import actions
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.tables import Escalation
from portal.text.language import gettext, lazy
from portal.topics.choice import chosen_topic, topic_field
from portal.topics.queries import Choice, topics_to_choose
from portal.topics.words import PARTS
from portal.units.forms import chosen_unit
from portal.units.paths import UnitPaths
from portal.units.queries import all_units
from portal.web.errors import found
from portal.web.forms import BooleanField, Form, SelectField, StringField, at_most
from portal.web.page import page, see_other
from portal.web.request import Request


class TriageForm(Form):
    """What a case is about, and whom it is about. Without `owner` the rules say who decides."""

    topic = SelectField(lazy("Topic"), default="")
    unit = StringField(lazy("Unit"), [at_most(500)])
    complaint = BooleanField(lazy("Its author complains about somebody above her or him"))
    named = ColleagueField(lazy("Is somebody named, or complained about?"))
    other = ColleagueField(lazy("And somebody else?"))
    owner = ColleagueField(lazy("Should somebody else decide than the rules say?"))

    @classmethod
    def of(cls, topics: list[Choice]) -> type[TriageForm]:
        """With the topics there are."""
        return type("TriageForm", (cls,), {"topic": topic_field(topics)})


class Placed(msgspec.Struct, frozen=True):
    """What a moderator says of a case."""

    topic: int | None
    unit: int | None
    complaint: bool
    named: list[int]
    owner: int | None


class WouldGetIt(msgspec.Struct, frozen=True):
    """Somebody who could get a case, and why; `barred`: she may not decide it (rule 6)."""

    public_id: str
    name: str
    part: str
    in_office: bool
    absent: bool
    barred: bool
    gets_it: bool


# The case as it would be; a decision owner of its campaign comes before all rules.
WOULD = """
    SELECT p.public_id, coalesce(n.name, '') AS name, c.part, c.in_office, c.absent, c.person = ANY(x.barred) AS barred,
        c.person = x.decider AS gets_it
    FROM escalation e
    CROSS JOIN LATERAL jsonb_populate_record(e, jsonb_build_object('topic', {}::bigint, 'unit',
        coalesce({}::bigint, e.unit), 'complaint', {}::boolean)) w
    CROSS JOIN LATERAL (SELECT plein_barred(w) || {}::bigint[] AS barred) b
    CROSS JOIN LATERAL (SELECT b.barred, plein_decider(w, b.barred, plein_now()) AS decider) x
    CROSS JOIN LATERAL (
        SELECT 0 AS place, x.decider AS person, 'campaign' AS part, TRUE AS in_office, FALSE AS absent
        WHERE NOT EXISTS (SELECT FROM plein_candidates(w.topic, w.unit, plein_now()) k WHERE k.person = x.decider)
        UNION ALL SELECT k.* FROM plein_candidates(w.topic, w.unit, plein_now()) k) c
    JOIN person p ON p.id = c.person LEFT JOIN identity n ON n.person = c.person
    WHERE e.id = {} AND {} ORDER BY c.place LIMIT 20
"""


async def would_get_it(actor: Actor, case: CaseRow, placed: Placed) -> list[WouldGetIt]:
    """Who would decide it, one after the other."""
    about = placed.topic, placed.unit, placed.complaint, placed.named
    return await fetch(WouldGetIt, WOULD, *about, case.id, visible(Escalation, actor, "e"))


async def _case_to(request: Request, public_id: str) -> CaseRow:
    row = found(await get_case(request.actor, public_id))
    require(request.actor, Action.ESCALATION_TRIAGE, row)
    return row


@get("/cases/{public_id:str}/triage")
async def triage_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is known of it, and who would get it as it stands."""
    row = await _case_to(request, public_id)
    units = await all_units(request.actor)
    known = await topics_to_choose(request.actor)
    topic = next((one.public_id for one in known if one.id == row.topic), "")
    form = TriageForm.of(known)(topic=topic, unit=units.path(row.unit) if row.unit else "")
    return await _show(request, row, form, Placed(row.topic, row.unit, False, [], None))


@post("/cases/{public_id:str}/triage")
async def name_owner(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Names who decides; or only shows who would."""
    row = await _case_to(request, public_id)
    topics, units = await topics_to_choose(request.actor), await all_units(request.actor)
    form = await TriageForm.of(topics).sent(request)
    asked, form.only_shown = form.only_shown, False
    form.valid()
    placed = await _placed(request.actor, row, form, topics, units)
    form.only_shown = asked
    if form.complete:
        try:
            await actions.triage(request.actor, row, **msgspec.structs.asdict(placed))
            return see_other(f"/cases/{public_id}" if await get_case(request.actor, public_id) else "/", "holds-now")
        except actions.NotThat:
            form.refuse("owner", gettext("This colleague is away, or may not decide it."))
        except Changed:
            form.refuse("form_key", gettext("This case was changed meanwhile. Your text is kept here."))
    return await _show(request, row, form, placed)


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


async def _show(request: Request, row: CaseRow, form: Any, placed: Placed) -> Response[Any]:
    idea = found(await get_idea(request.actor, row.idea_public_id))
    return page(
        request,
        "cases/triage.html",
        fragment="who",
        section="cases",
        case=row,
        idea=idea,
        form=form,
        candidates=await would_get_it(request.actor, row, placed),
        parts=PARTS | {"campaign": gettext("Decision owner of the campaign")},
        status=form.status,
    )


router = Router(path="/", route_handlers=[triage_page, name_owner])
