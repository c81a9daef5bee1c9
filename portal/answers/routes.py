"""Answering an idea, correcting an answer, moving an idea on, and what waits for an answer."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.answers import actions, overview, queries
from portal.answers.desk import Desk, desk_for
from portal.answers.forms import StatusForm
from portal.campaigns.queries import get_campaign
from portal.ideas.queries import get_idea
from portal.paging import Cursor
from portal.text.answers import ANSWER_KINDS, OVERTAKEN
from portal.text.difference import differences
from portal.text.language import gettext
from portal.topics.queries import topics_to_choose
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/answers/waiting")
async def all_waiting(request: Request) -> Response[Any]:
    """Every case that is owed an answer."""
    after = Cursor.read(request.query_params.get("after", ""))
    listed = await overview.waiting_longest(request.actor, after)
    return page(request, "answers/waiting_longest.html", section="answers", listed=listed, now=request.now)


@get("/answers/given")
async def all_given(request: Request) -> Response[Any]:
    """Every answer."""
    after = Cursor.read(request.query_params.get("after", ""))
    asked = {name: request.query_params.get(name, "") for name in ("topic", "became")}
    listed = await overview.answers_given(request.actor, after, topic=asked["topic"], became=asked["became"])
    topics = await topics_to_choose(request.actor, asked["topic"])
    return page(
        request, "answers/given.html", section="answers", listed=listed, topics=topics, chosen=asked, now=request.now
    )


@get("/campaigns/{public_id:str}/waiting")
async def waiting(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The ideas of a campaign that wait for an answer."""
    campaign = found(await get_campaign(request.actor, public_id))
    require(request.actor, Action.CAMPAIGN_ANSWER, campaign)
    after = Cursor.read(request.query_params.get("after", ""))
    listed = await queries.waiting(request.actor, campaign, after)
    return page(request, "answers/waiting.html", section="campaigns", campaign=campaign, listed=listed, now=request.now)


@get("/ideas/{public_id:str}/answer")
async def answer_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty answer; what has a case is answered there."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_ANSWER, idea)
    if idea.open_case:
        return see_other(f"/cases/{await queries.open_case(request.actor, idea)}#answering")
    desk = await desk_for(request, idea)
    return await _form(desk, desk.filled())


@post("/ideas/{public_id:str}/answer")
async def answer(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Publishes it."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_ANSWER, idea)
    desk = await desk_for(request, idea)
    form = await desk.sent()
    decision = await desk.decision(form)
    if decision is None:
        return await _form(desk, form)
    try:
        await actions.answer(request.actor, idea, decision)
    except actions.Overtaken:
        form.refuse("summary", OVERTAKEN)
        return await _form(desk, form)
    except Changed:
        form.refuse("summary", gettext("Somebody answered meanwhile. Your text is kept here."))
        return await _form(desk, form)
    return see_other(f"/ideas/{public_id}", "idea-answered")


@get("/ideas/{public_id:str}/answer/correction")
async def correction_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The answer as it stands."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.ANSWER_CORRECT, idea)
    desk = await desk_for(request, idea)
    return await _form(desk, desk.standing(found(await queries.answer_text(request.actor, idea))))


@post("/ideas/{public_id:str}/answer/correction")
async def correction(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Publishes a new text; the one before is kept."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.ANSWER_CORRECT, idea)
    desk = await desk_for(request, idea)
    form = await desk.sent()
    decision = await desk.decision(form)
    if decision is not None and form.says(found(await queries.answer_text(request.actor, idea)), decision.next_owner):
        form.refuse("summary", gettext("Change something first: this is what stands there already."))
    if decision is None or not form.complete:
        return await _form(desk, form)
    try:
        await actions.correct_answer(request.actor, idea, decision, form.version.data)
    except Changed:
        return await _collided(desk, form)
    return see_other(f"/ideas/{public_id}", "answer-corrected")


async def _collided(desk: Desk, form: Any) -> Response[Any]:
    stands = found(await queries.answer_text(desk.request.actor, desk.idea))
    return await _form(desk, form, await collided(form, desk.standing(stands), "summary"))


@get("/ideas/{public_id:str}/answer/versions")
async def versions(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What was changed in an answer."""
    idea = found(await get_idea(request.actor, public_id))
    texts = await queries.answers_before(request.actor, idea)
    found(texts[0] if texts else None)
    changes = [(new, await differences(_fields(old), _fields(new))) for new, old in pairwise(texts)]
    return page(
        request,
        "answers/versions.html",
        section="campaigns",
        idea=idea,
        changes=changes,
        first=texts[-1],
        now=request.now,
    )


@get("/ideas/{public_id:str}/status")
async def status_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where does it stand?"""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_MOVE_ON, idea)
    return page(request, "answers/status.html", section="campaigns", form=StatusForm(), idea=idea)


@post("/ideas/{public_id:str}/status")
async def status(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Says where it stands."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_MOVE_ON, idea)
    form = await StatusForm.sent(request)
    if form.valid():
        said = {"status": form.step.data, "body": form.body.data, "form_key": form.once}
        try:
            await actions.move_on(request.actor, idea, **said)
            return see_other(f"/ideas/{public_id}", "status-changed")
        except Changed:
            form.refuse("body", gettext("This was changed meanwhile. Your text is kept here: take it along."))
    return page(request, "answers/status.html", section="campaigns", form=form, idea=idea, status=form.status)


async def _form(desk: Desk, form: Any, changed: Beside | None = None) -> Response[Any]:
    if "preview" in form.typed and desk.request.wants_fragment:
        return await preview(desk, form)
    return page(
        desk.request,
        "answers/form.html",
        section="campaigns",
        form=form,
        idea=desk.idea,
        desk=desk,
        shown=await desk.preview(form),
        correcting=desk.idea.answered,
        changed=changed,
        now=desk.request.now,
        status=form.status,
    )


async def preview(desk: Desk, form: Any) -> Response[Any]:
    """How the answer will look, and nothing else."""
    shown = await desk.preview(form)
    return page(desk.request, "answers/_preview.html", idea=desk.idea, shown=shown, now=desk.request.now)


def _fields(text: queries.AnswerBefore) -> dict[str, str]:
    return {
        "kind": str(ANSWER_KINDS[text.kind].choice),
        "summary": text.summary,
        "reason": text.reason,
        "from_when": text.from_when,
        "next_step": text.next_step,
        "whose": text.whose,
        "replies": "\n\n".join(text.replies),
    }


router = Router(
    path="/",
    route_handlers=[
        all_waiting,
        all_given,
        waiting,
        answer_page,
        answer,
        correction_page,
        correction,
        versions,
        status_page,
        status,
    ],
)
