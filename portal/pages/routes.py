"""The pages that one reads most."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.exceptions import NotFoundException as NotFound
from litestar.params import FromPath

from portal.access.conflicts import Closed
from portal.attachments.queries import attachments_of
from portal.boards.queries import COLUMNS, board, by_answer, ideas_of_campaign, tags_of_campaign
from portal.boards.wanted import Wanted, orders_of
from portal.campaigns.queries import campaigns_of_space, get_campaign, open_campaigns
from portal.comments import actions as commenting
from portal.comments.forms import CommentForm
from portal.comments.queries import PAGE as COMMENTS_A_PAGE
from portal.comments.queries import get_comment, thread
from portal.ideas.queries import Cursor, IdeaRow, answer_to, get_idea, ideas_by, ideas_of_author, lively_ideas
from portal.moderation.queries import receipts_lately, removals
from portal.people.queries import get_person, shared_spaces
from portal.spaces.queries import get_space, members
from portal.text.language import gettext
from portal.votes.queries import left_to_vote, standing, votes_given
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/")
async def home(request: Request) -> Response[Any]:
    """What is open, what people talk about, and one's own."""
    actor = request.actor
    return page(
        request,
        "pages/home.html",
        section="home",
        campaigns=await open_campaigns(actor, 6),
        lively=await lively_ideas(actor, 6),
        own=await ideas_of_author(actor, 5),
        to_vote=await left_to_vote(actor, 3),
        told=await receipts_lately(actor),
        now=request.now,
    )


@get("/campaigns/{public_id:str}")
async def campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A campaign with a page of its ideas."""
    row = found(await get_campaign(request.actor, public_id))
    actor, wanted = request.actor, Wanted.read(request.query_params, row)
    tags = await tags_of_campaign(actor, row)
    themes = [tagged.tag for tagged in tags[:COLUMNS]]
    after = Cursor.read(request.query_params.get("after", ""))
    on_board = wanted.view == "board"
    listed = None if on_board else await ideas_of_campaign(actor, row, wanted, themes, after)
    return page(
        request,
        "pages/campaign.html",
        fragment="results",
        section="campaigns",
        campaign=row,
        wanted=wanted,
        orders=orders_of(row),
        tags=tags,
        cards=listed.cards if listed else [],
        more=listed.more if listed else "",
        columns=await board(actor, row, wanted, themes) if on_board else [],
        by_answer=by_answer(row),
        given=await votes_given(actor, row),
        first=after is None,
        now=request.now,
    )


@get("/ideas/{public_id:str}")
async def idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An idea with its answer and a page of its thread."""
    row = found(await get_idea(request.actor, public_id))
    return await _idea(request, row, CommentForm())


@get("/ideas/{public_id:str}/comments")
async def back_to_the_thread(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where a comment was refused, the browser shows this address: asked for again, it leads back to the thread."""
    found(await get_idea(request.actor, public_id))
    return see_other(f"/ideas/{public_id}#comments")


@post("/ideas/{public_id:str}/comments")
async def comment(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Adds a comment or a reply to the thread."""
    row = found(await get_idea(request.actor, public_id))
    form = await CommentForm.sent(request)
    reply_to = None
    if form.reply_to.data:
        reply_to = found(await get_comment(request.actor, form.reply_to.data))
        if reply_to.idea_public_id != public_id:
            raise NotFound
    if not form.valid():
        return await _idea(request, row, form)
    try:
        new = await commenting.comment(request.actor, row, body=form.body.data, reply_to=reply_to, form_key=form.once)
    except Closed:
        form.refuse("body", gettext("This campaign has just ended. Your text is kept here: take it along."))
        return await _idea(request, row, form)
    return see_other(f"/comments/{new}", "comment-added")


async def _idea(request: Request, row: IdeaRow, form: Any) -> Response[Any]:
    actor, asked = request.actor, request.query_params
    newest_first = asked.get("order") == "newest"
    start = await get_comment(actor, asked["start"]) if asked.get("start") else None
    after = await get_comment(actor, asked["after"]) if asked.get("after") else None
    reply_id = form.reply_to.data or asked.get("reply", "")
    roots = await thread(
        actor,
        row,
        newest_first=newest_first,
        after=after.id if after else None,
        start=start.id if start and start.root is None else None,
    )
    return page(
        request,
        "pages/idea.html",
        fragment="thread",
        section="campaigns",
        status=form.status,
        idea=row,
        standing=row if row.vote_method == "support" else await standing(actor, row.public_id),
        answer=await answer_to(actor, row) if row.answered else None,
        files=await attachments_of(actor, row),
        roots=roots[:COMMENTS_A_PAGE],
        more=roots[COMMENTS_A_PAGE - 1].comment.public_id if len(roots) > COMMENTS_A_PAGE else "",
        newest_first=newest_first,
        earlier=bool(start or after),
        form=form,
        reply_to=await get_comment(actor, reply_id) if reply_id else None,
        now=request.now,
    )


@get("/spaces/{public_id:str}")
async def space(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A space with its campaigns and members."""
    row = found(await get_space(request.actor, public_id))
    return page(
        request,
        "pages/space.html",
        section="groups",
        space=row,
        members=await members(request.actor, row),
        campaigns=await campaigns_of_space(request.actor, row.id),
        removals=await removals(request.actor, [row.id]),
        now=request.now,
    )


@get("/people/{public_id:str}")
async def person(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Somebody as her colleagues see her, with the ideas of hers that the reader may read."""
    row = found(await get_person(request.actor, public_id))
    return page(
        request,
        "pages/person.html",
        section="people",
        person=row,
        spaces=await shared_spaces(request.actor, row),
        ideas=await ideas_by(request.actor, row.id, 20),
        now=request.now,
    )


router = Router(path="/", route_handlers=[home, campaign, idea, back_to_the_thread, comment, space, person])
