"""Posts: writing them, a space's list of them, what becomes of one, and who posts for whom. A post's own page is in
pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.actor import Right
from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, can, require
from portal.campaigns.queries import CampaignRow, collecting_campaigns
from portal.colleagues.forms import ColleagueForm, chosen_colleague
from portal.escalation.queries import Item, get_actionable
from portal.ideas.desk import desk_of, written
from portal.ideas.queries import IdeaRow, get_idea
from portal.paging import Cursor
from portal.posts import acting, actions, queries
from portal.posts.desk import PostDesk, desk_for
from portal.posts.forms import ActForm, AskForm
from portal.posts.queries import Leader
from portal.spaces.queries import get_space, own_spaces
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/posts/new")
async def choose_space(request: Request) -> Response[Any]:
    """Where does it belong?"""
    actor = request.actor
    spaces = [space for space in await own_spaces(actor) if actor.may(space.id, Right.WRITE)]
    return page(request, "posts/choose_space.html", section="groups", spaces=spaces)


@get("/spaces/{public_id:str}/posts")
async def posts(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A space's posts, a page of them."""
    stream = found(await queries.get_stream(request.actor, public_id))
    order = asked if (asked := request.query_params.get("order", "")) in queries.ORDERS else "newest"
    after = Cursor.read(request.query_params.get("after", ""))
    return page(
        request,
        "posts/list.html",
        fragment="results",
        section="groups",
        stream=stream,
        thing=stream,
        order=order,
        listed=await queries.posts_of(request.actor, stream.space, order, after),
        now=request.now,
    )


@get("/spaces/{public_id:str}/posts/new")
async def new_post(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    desk = await desk_for(request, public_id)
    require(request.actor, Action.POST_WRITE, desk.stream)
    return await desk.show(desk.empty())


@post("/spaces/{public_id:str}/posts/new")
async def publish(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Puts it there, or keeps it as a draft."""
    desk = await desk_for(request, public_id)
    require(request.actor, Action.POST_WRITE, desk.stream)
    form = await desk.sent()
    if not form.valid():
        return await desk.show(form)
    actor, content, version = request.actor, desk.content(form), form.version.data
    speaks = desk.speaks_for
    try:
        if form.is_draft:
            return desk.saved(
                await actions.begin_draft(actor, desk.stream, content, speaks, key=form.form_key.data, version=version)
            )
        new = await actions.publish(
            actor, desk.stream, content, speaks, form_key=form.once, draft_key=form.form_key.data, version=version
        )
    except (Changed, Closed) as error:
        return await desk.refuse(form, error)
    return await written(request, new, "post-published")


async def _desk_of(request: Request, row: IdeaRow) -> PostDesk:
    require(request.actor, Action.IDEA_EDIT, row)
    return await desk_for(request, row.space_public_id, row)


@get("/posts/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    row = found(await get_idea(request.actor, public_id))
    if row.kind == "idea":
        return see_other(f"{row.address}/edit")
    desk = await _desk_of(request, row)
    return await desk.show(desk.filled(row))


@post("/posts/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it: a draft as a draft, or posted; what was posted as a new version."""
    row = found(await get_idea(request.actor, public_id))
    if row.kind == "idea":
        return await _typed_for_idea(request, row)
    desk = await _desk_of(request, row)
    form = await desk.sent()
    form.is_draft = form.is_draft and row.idea_state == "draft"
    if not form.valid():
        return await desk.show(form)
    actor, content, version = request.actor, desk.content(form), form.version.data
    speaks = desk.speaks_for
    try:
        if form.is_draft:
            return desk.saved(await actions.save_draft(actor, row, content, speaks, version=version))
        if row.idea_state == "draft":
            await actions.post_draft(actor, row, content, speaks, version=version, form_key=form.once)
            return await written(request, public_id, "post-published")
        await actions.edit(actor, row, content, version=version)
    except (Changed, Closed) as error:
        return await desk.refuse(form, error)
    return await written(request, public_id, "idea-saved")


async def _typed_for_idea(request: Request, row: IdeaRow) -> Response[Any]:
    """It became an idea while she typed: the form of the idea holds her text, beside what is saved."""
    require(request.actor, Action.IDEA_EDIT, row)
    desk = await desk_of(request, row)
    return await desk.refuse(await desk.sent(), Changed())


@get("/posts/{public_id:str}/request")
async def ask_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What should be done about it?"""
    row = await _post_to(request, public_id, Action.POST_ASK)
    return _ask(request, row, AskForm(comment=request.query_params.get("comment", "")))


@post("/posts/{public_id:str}/request")
async def ask(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Brings it before the moderators of its space."""
    row = await _post_to(request, public_id, Action.POST_ASK)
    form = await AskForm.sent(request)
    if not form.valid():
        return _ask(request, row, form)
    about = form.comment.data
    comment = found(await queries.comment_of(request.actor, row.id, about)) if about else None
    await acting.ask(request.actor, row, reason=form.reason.data, comment=comment)
    return see_other(row.address, "action-asked")


def _ask(request: Request, row: IdeaRow, form: AskForm) -> Response[Any]:
    return page(request, "posts/ask.html", section="groups", form=form, idea=row, status=form.status)


async def _post_to(request: Request, public_id: str, action: Action) -> IdeaRow:
    """A post to which this may be done."""
    row = found(await get_idea(request.actor, public_id))
    require(request.actor, action, row)
    return row


@get("/spaces/{public_id:str}/requests")
async def requests(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is asked to be done in a space, for its moderators."""
    space = found(await get_space(request.actor, public_id))
    require(request.actor, Action.SPACE_MODERATE, space)
    rows = await queries.requests_in(request.actor, space.id)
    return page(request, "posts/requests.html", section="moderation", space=space, requests=rows, now=request.now)


@get("/posts/{public_id:str}/action")
async def act_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What becomes of it?"""
    row = await _post_to(request, public_id, Action.POST_ACT)
    campaigns, item = await _open_to(request, row)
    return await _act(request, row, ActForm.of(campaigns, item is not None)())


@post("/posts/{public_id:str}/action")
async def act(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Does it."""
    row = await _post_to(request, public_id, Action.POST_ACT)
    campaigns, item = await _open_to(request, row)
    form: Any = await ActForm.of(campaigns, item is not None).sent(request)
    if not form.valid():
        return await _act(request, row, form)
    words = form.words.data
    try:
        if form.what.data == "idea":
            chosen = next((one for one in campaigns if one.public_id == form.campaign.data), None)
            if chosen is None:
                form.refuse("campaign", gettext("Choose one of these."))
                return await _act(request, row, form)
            await acting.become_idea(request.actor, row, chosen, words)
            return see_other(f"/ideas/{public_id}", "became-idea")
        if form.what.data == "case" and item:
            await acting.bring(request.actor, row, item, words)
        else:
            await acting.leave(request.actor, row, words)
    except Changed:
        form.refuse("what", gettext("This changed meanwhile. Look again."))
        return await _act(request, row, form)
    return see_other(row.address, "request-settled")


async def _open_to(request: Request, row: IdeaRow) -> tuple[list[CampaignRow], Item | None]:
    """The campaigns that take it in, and what can be brought to who decides, if it can."""
    actor = request.actor
    campaigns = [
        one
        for one in await collecting_campaigns(actor, row.space)
        if can(actor, Action.IDEA_PROPOSE, one) and one.vote_method == "support"
    ]
    item = await get_actionable(actor, row.public_id)
    return campaigns, item if item and can(actor, Action.ESCALATION_MAKE_ACTIONABLE, item) else None


async def _act(request: Request, row: IdeaRow, form: ActForm) -> Response[Any]:
    asked = await queries.requests_about(request.actor, row.id)
    return page(
        request,
        "posts/act.html",
        section="moderation",
        form=form,
        idea=row,
        requests=asked,
        now=request.now,
        status=form.status,
    )


async def _leader_to(request: Request, public_id: str) -> Leader:
    """A leader for whom the actor may name delegates."""
    leader = found(await queries.get_leader(request.actor, public_id))
    require(request.actor, Action.DELEGATE_NAME, leader)
    return leader


@get("/people/{public_id:str}/delegates")
async def delegates_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who may post for a leader."""
    leader = await _leader_to(request, public_id)
    await actions.looked_at_delegates(request.actor, leader)
    return await _delegates(request, leader, ColleagueForm())


@post("/people/{public_id:str}/delegates")
async def name_delegate(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Names one more."""
    leader = await _leader_to(request, public_id)
    form = await ColleagueForm.sent(request)
    form.valid()
    chosen = await chosen_colleague(request.actor, form, "colleague")
    if chosen and chosen.id == leader.id:
        form.refuse("colleague", gettext("A leader posts for herself without being named."))
    elif chosen and chosen.id == request.actor.id:
        form.refuse("colleague", gettext("Nobody names herself: ask the leader, or another administrator."))
    if chosen is None or not form.complete:
        return await _delegates(request, leader, form)
    await actions.name_delegate(request.actor, leader, chosen.id)
    return see_other(f"/people/{public_id}/delegates", "delegate-named")


@post("/people/{public_id:str}/delegates/{person:str}/end")
async def end_delegate(request: Request, public_id: FromPath[str], person: FromPath[str]) -> Response[Any]:
    """Somebody posts for her no longer."""
    await actions.end_delegate(request.actor, await _leader_to(request, public_id), person)
    return see_other(f"/people/{public_id}/delegates", "delegate-ended")


async def _delegates(request: Request, leader: Leader, form: ColleagueForm) -> Response[Any]:
    rows = await queries.delegates_of(request.actor, leader)
    return page(request, "posts/delegates.html", leader=leader, delegates=rows, form=form, status=form.status)


router = Router(
    path="/",
    route_handlers=[
        *(choose_space, posts, new_post, publish, edit_page, edit),
        *(ask_page, ask, requests, act_page, act),
        *(delegates_page, name_delegate, end_delegate),
    ],
)
