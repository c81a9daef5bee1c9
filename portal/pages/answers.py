"""The entry to what colleagues asked for: how it goes, who waits longest, what was answered, and what holds."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from portal.answers.overview import answers_given, waiting_longest
from portal.pages.queries import weighed_lately
from portal.policies.queries import policies
from portal.scoreboard.board import all_together
from portal.scoreboard.numbers import NUMBERS
from portal.scoreboard.words import comes_to
from portal.thresholds.queries import history, thresholds
from portal.web.page import page
from portal.web.request import Request

FEW = 5  # of each list
SMALL = 25  # people in a team, of which it is told beside all colleagues


@get("/answers")
async def answers(request: Request) -> Response[Any]:
    """What colleagues asked for, who decides, and what became of it."""
    actor = request.actor
    setting = (await history(actor))[0]
    return page(
        request,
        "pages/answers.html",
        section="answers",
        figures=await all_together(actor, request.now),
        numbers=NUMBERS,
        comes_to=comes_to,
        setting=setting,
        owed=await waiting_longest(actor, most=FEW),
        given=await answers_given(actor, most=FEW),
        policies=await policies(actor, FEW),
        needed=await thresholds(actor, setting, weighed_lately(actor), SMALL),
        now=request.now,
    )
