"""The page of a case."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from portal.cases import queries
from portal.cases.chart import drawn
from portal.escalation.queries import CaseRow, get_case
from portal.ideas.queries import get_idea
from portal.text import cases as words
from portal.web.errors import found
from portal.web.page import page
from portal.web.request import Request


@get("/cases/{public_id:str}")
async def case(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where it stands, for everybody who reads the item."""
    return await _show(request, found(await get_case(request.actor, public_id)))


async def _show(request: Request, row: CaseRow) -> Response[Any]:
    idea = found(await get_idea(request.actor, row.idea_public_id))
    known = await queries.all_of(request.actor, row)
    facts, growth = known["facts"], known["growth"] if idea.supporters is not None else []
    limits = (facts.t1_at_count, facts.t2_at_count)
    return page(
        request,
        "cases/show.html",
        section="campaigns" if idea.kind == "idea" else "groups",
        case=row,
        idea=idea,
        facts=facts,
        growth=growth,
        chart=drawn(growth, facts.begun, facts.today, limits),
        steps=[(line, one) for one in known["happened"] if (line := words.told(one.kind, one.owner_name))],
        team=known["team"],
        words=words,
        now=request.now,
    )


router = Router(path="/", route_handlers=[case])
