"""Suggesting colleagues while one types a name."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get

from portal.colleagues.queries import colleagues_like, place_of
from portal.web.errors import found
from portal.web.page import page
from portal.web.request import Request

LONGEST = 60  # characters of a name that are looked for


@get("/colleagues")
async def suggestions(request: Request) -> Response[Any]:
    """Colleagues who read a space, for the list under the field."""
    place = found(await place_of(request.actor, request.query_params.get("space", "")))
    typed = request.query_params.get("typed", "")[:LONGEST].replace("\0", "")
    people = await colleagues_like(request.actor, place.id, typed)
    return page(request, "colleagues/suggestions.html", people=people)


router = Router(path="/", route_handlers=[suggestions])
