"""Suggesting whom one may mean while one types."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.ideas.queries import get_idea
from portal.mentions import queries
from portal.web.errors import found
from portal.web.page import page
from portal.web.request import Request

LONGEST = 60  # characters of a name that are looked for


@get("/ideas/{public_id:str}/mentions")
async def suggestions(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Readers of this idea, for the list under the cursor."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_COMMENT, idea)
    typed = request.query_params.get("typed", "")[:LONGEST]
    return page(request, "colleagues/suggestions.html", people=await queries.suggested(request.actor, idea, typed))


router = Router(path="/", route_handlers=[suggestions])
