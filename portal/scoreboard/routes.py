"""The scoreboard, its numbers as a file, and the cases behind each of them."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.paging import Cursor
from portal.scoreboard.board import Board, board
from portal.scoreboard.numbers import NUMBERS, PARTS
from portal.scoreboard.queries import cases_behind, sums
from portal.scoreboard.sheet import as_csv
from portal.scoreboard.words import comes_to, group_name, working_hours
from portal.text.counts import FEW
from portal.web.errors import found
from portal.web.page import page
from portal.web.request import Request


@get("/answers/scoreboard")
async def scoreboard(request: Request) -> Response[Any]:
    """Whether what was owed an answer got one in time."""
    return page(request, "scoreboard/board.html", section="answers", board=await _board(request), few=FEW, **WORDS)


@get("/answers/scoreboard/file")
async def scoreboard_file(request: Request) -> Response[Any]:
    """The numbers that are shown, as a list."""
    headers = {"Content-Disposition": 'attachment; filename="scoreboard.csv"'}
    text = as_csv(await _board(request))
    return Response(("\ufeff" + text).encode(), media_type="text/csv", headers=headers)


@get("/answers/scoreboard/{number:str}")
async def behind_number(request: Request, number: FromPath[str]) -> Response[Any]:
    """The cases that a number is taken of, with what their events say."""
    part, key = request.query_params.get("by", ""), request.query_params.get("of", "")
    shown = await _board(request)
    found(number if number in NUMBERS and part in ("", *PARTS) and shown.tells(number, part, key) else None)
    after = Cursor.read(request.query_params.get("after", ""))
    return page(
        request,
        "scoreboard/behind.html",
        section="answers",
        name=number,
        by=part,
        line=next(one for one in (shown.parts[part] if part else [shown.whole]) if one.sums.key == key),
        listed=await cases_behind(request.actor, number, part, key, after),
        **WORDS,
    )


async def _board(request: Request) -> Board:
    require(request.actor, Action.SCOREBOARD_READ)
    return board(await sums(request.actor))


WORDS: dict[str, Any] = {
    "numbers": NUMBERS,
    "part_names": PARTS,
    "group_name": group_name,
    "comes_to": comes_to,
    "working_hours": working_hours,
}
router = Router(path="/", route_handlers=[scoreboard, scoreboard_file, behind_number])
