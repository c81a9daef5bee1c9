"""The results page, and what appears while one types."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get

from portal.search import queries
from portal.search.queries import KINDS, PERIODS, Filters
from portal.search.similar import similar_ideas
from portal.search.snippets import marked, snippet
from portal.text.language import LANGUAGES
from portal.web.page import page
from portal.web.request import Request

PHASES = ("planned", "collect", "discuss", "vote", "decide", "done", "cancelled")


@get("/search")
async def search(request: Request) -> Response[Any]:
    """What was found, a page of it."""
    asked = request.query_params
    text = asked.get("q", "")
    space = await queries.space_to_search(request.actor, asked["space"]) if asked.get("space") else None
    filters = Filters(
        kind=_one_of(KINDS, asked.get("kind")),
        space=space.id if space else 0,
        phase=_one_of(PHASES, asked.get("phase")),
        language=_one_of(LANGUAGES, asked.get("language")),
        period=_one_of(PERIODS, asked.get("period")),
    )
    after = asked.get("after", "")
    results = await queries.search(request.actor, text, filters, int(after) if _is_number(after) else None)
    return page(
        request,
        "search/results.html",
        fragment="results",
        text=text,
        filters=filters,
        space=space,
        results=results,
        snippet=snippet,
        marked=marked,
    )


@get("/search/suggestions")
async def suggestions(request: Request) -> Response[Any]:
    """A few titles and names, while one types."""
    query, rows = await queries.suggestions(request.actor, request.query_params.get("q", ""))
    return page(request, "search/suggestions.html", rows=rows, beginnings=query.beginnings, marked=marked)


@get("/search/similar")
async def similar(request: Request) -> Response[Any]:
    """Ideas like the one that is being written."""
    asked = request.query_params
    rows = await similar_ideas(request.actor, asked.get("title", ""), asked.get("campaign", ""), asked.get("but", ""))
    return page(request, "search/similar.html", similar=rows, campaign_address=asked.get("campaign", ""))


def _one_of(known: Any, asked: str | None) -> str:
    """What was asked for, if there is such a thing."""
    return asked if asked is not None and asked in known else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


router = Router(path="/", route_handlers=[search, suggestions, similar])
