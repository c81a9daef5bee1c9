"""The charter: thresholds, clocks and rules in plain words, and what they were."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.scoreboard.board import all_together
from portal.sensitive.queries import diverted_last_quarter
from portal.thresholds import actions, queries
from portal.thresholds.forms import CharterForm
from portal.thresholds.queries import AUDIENCES
from portal.web.beside import Beside, collided
from portal.web.page import page, see_other
from portal.web.request import Request

#: No organisation has more people.
MOST = 10_000_000


@get("/charter")
async def charter(request: Request) -> Response[Any]:
    """What holds, worked out for a few sizes, and for one's own."""
    wanted = _size(request.query_params.get("a", ""))
    versions = await queries.history(request.actor)
    sizes = [*AUDIENCES, *([wanted] if wanted else [])]
    rows = await queries.thresholds(request.actor, versions[0], *sizes)
    mine = next((row for row in rows[len(AUDIENCES) :]), None)
    return page(
        request,
        "thresholds/charter.html",
        section="answers",
        setting=versions[0],
        versions=versions,
        rows=rows[: len(AUDIENCES)],
        wanted=request.query_params.get("a", "")[:20],
        mine=mine,
        kept=await all_together(request.actor, request.now),
        diverted=None if request.actor.guest else await diverted_last_quarter(request.actor),
        now=request.now,
    )


@get("/charter/new")
async def charter_page(request: Request) -> Response[Any]:
    """What holds, to be changed."""
    require(request.actor, Action.CHARTER_CHANGE)
    versions = await queries.history(request.actor)
    return _form(request, CharterForm.of(versions[0]))


@post("/charter")
async def change(request: Request) -> Response[Any]:
    """A new version, for what is published from now on."""
    require(request.actor, Action.CHARTER_CHANGE)
    form = await CharterForm.sent(request)
    consent = form.consent(request.now.date())
    if consent is None:
        return _form(request, form)
    try:
        await actions.change_charter(request.actor, form.numbers(), **consent, read=form.read.data)
    except Changed:
        stands = CharterForm.of((await queries.history(request.actor))[0])
        return _form(request, form, await collided(form, stands, "k1"))
    return see_other("/charter", "thresholds-changed")


def _size(typed: str) -> int:
    """The number that was typed, with or without points; 0 where it is none."""
    digits = "".join(c for c in typed if c.isascii() and c.isdigit())[:9]
    return min(int(digits), MOST) if digits else 0


def _form(request: Request, form: Any, changed: Beside | None = None) -> Response[Any]:
    return page(request, "thresholds/form.html", section="answers", form=form, changed=changed, status=form.status)


router = Router(path="/", route_handlers=[charter, charter_page, change])
