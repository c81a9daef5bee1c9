"""The vote control, and the page of what one voted for."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.exceptions import ClientException
from litestar.params import FromPath

from portal.access.conflicts import Spent
from portal.access.phases import WHILE_SUPPORTING
from portal.paging import Cursor
from portal.text.language import lazy
from portal.votes import actions, queries
from portal.web.errors import found
from portal.web.page import own_address, page, see_other
from portal.web.request import Request, Typed

#: What is said on top of a page, by why a vote was refused.
SAID = {"over": "votes-closed", "much": "votes-spent", "spent": "votes-spent"}


@post("/ideas/{public_id:str}/vote")
async def give(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Support this idea; or let so many votes lie on it as the form says."""
    return await _vote(request, public_id, _weight(await request.typed()))


@post("/ideas/{public_id:str}/vote/withdrawal")
async def take_back(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Take the support back, or all votes that one has laid there."""
    return await _vote(request, public_id, 0)


async def _vote(request: Request, public_id: str, weight: int) -> Response[Any]:
    idea = found(await queries.standing(request.actor, public_id))
    if _is_over(idea):
        return await _control(request, public_id, idea)
    if idea.vote_method == "support":
        vote = actions.give_support if weight else actions.take_support_back
        return await _control(request, public_id, await vote(request.actor, idea))
    try:
        counted = await actions.lay_votes(request.actor, idea, weight)
    except Spent:
        return await _control(request, public_id, None, refused="much" if weight > idea.votes_per_idea else "spent")
    return await _control(request, public_id, None, counted=counted)


def _is_over(idea: queries.Standing) -> bool:
    """Whoever finds the idea reads in which phase it is, whether or not she may vote."""
    return idea.phase not in WHILE_SUPPORTING[idea.vote_method]


def _weight(typed: Typed) -> int:
    """How many votes a form lays; one, where it doesn't say."""
    text = typed.get("weight", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise ClientException(detail=lazy("The form that was sent is damaged."), status_code=400)
    return int(text)


async def _control(
    request: Request, public_id: str, voted: queries.Standing | None, *, counted: bool = False, refused: str = ""
) -> Response[Any]:
    """What the click brought, and what it was refused for, where the vote is: without scripts on top of the page.
    `voted`: how the idea stands since then; where that isn't known it is asked."""
    typed = await request.typed()
    idea = voted or found(await queries.standing(request.actor, public_id))
    why = "" if counted else "over" if _is_over(idea) else refused
    if not request.wants_fragment:
        back = own_address(typed.get("next", f"/ideas/{public_id}#vote-panel-{public_id}"))
        return see_other(back.partition("#")[0], SAID[why]) if why else see_other(back)
    shape = "panel" if typed.get("shape") == "panel" else "control"
    return page(
        request, "votes/vote.html", fragment=shape, idea=idea, refused=why, status=422 if why == "over" else 200
    )


@get("/votes")
async def own(request: Request) -> Response[Any]:
    """What one voted for; nobody else sees this page."""
    after = Cursor.read(request.query_params.get("after", ""))
    listed = await queries.own_votes(request.actor, after)
    return page(request, "votes/own.html", fragment="results", listed=listed, now=request.now)


router = Router(path="/", route_handlers=[give, take_back, own])
