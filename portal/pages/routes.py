"""The pages that one reads most."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.exceptions import NotFoundException as NotFound
from litestar.params import FromPath

from portal.access.conflicts import Closed
from portal.access.policy import Action, allowed, can
from portal.boards.queries import COLUMNS, board, by_answer, ideas_of_campaign, tags_of_campaign
from portal.boards.wanted import Wanted, orders_of
from portal.campaigns.queries import (
    CampaignRow,
    about_campaign,
    campaigns_of_space,
    get_campaign,
    notices,
    owed,
)
from portal.comments import actions as commenting
from portal.comments.forms import CommentForm
from portal.comments.queries import first_of_day, get_comment
from portal.comments.routes import written
from portal.ideas.cards import ideas_by, ideas_of_space
from portal.ideas.nameless import guessable
from portal.ideas.queries import IdeaRow, drafts, get_idea
from portal.mentions.queries import Ambiguous
from portal.moderation.counts import removals
from portal.moderation.receipts import receipts_lately
from portal.notifications.actions import read_of
from portal.pages.answers import answers
from portal.pages.beside import beside
from portal.pages.home import at_home, at_home_of_guest
from portal.pages.queries import guest_spaces
from portal.pages.threads import ThreadPlace, preview, thread_of
from portal.paging import Cursor, Page
from portal.people.queries import get_person, shared_spaces
from portal.posts.queries import last_asked
from portal.preboarding.queries import chapters, latest_chapters
from portal.proposals.queries import UNOPENED, get_proposal
from portal.proposals.routes import show_proposal
from portal.spaces.queries import audience, get_space, looked_at_first, sections, units_of
from portal.stewards.queries import caretakers, members
from portal.text.dates import read_date
from portal.text.language import gettext
from portal.text.mentions import several_people
from portal.votes.queries import votes_given
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request

#: What an idea's page offers beside voting.
ON_AN_IDEA = (
    *(
        Action.IDEA_EDIT,
        Action.IDEA_CORRECT,
        Action.IDEA_WITHDRAW,
        Action.IDEA_MOVE,
        Action.IDEA_PUT_BACK,
        Action.IDEA_MOVE_ON,
        Action.IDEA_ANSWER,
    ),
    *(Action.ANSWER_CORRECT, Action.IDEA_INVITE, Action.IDEA_JOIN, Action.IDEA_LEAVE),
    *(Action.IDEA_OFFER_HELP, Action.IDEA_TAKE_OFFER_BACK, Action.IDEA_UNMASK, Action.POST_ASK, Action.POST_ACT),
    *(Action.IDEA_COMMENT, Action.IDEA_OBJECT, Action.DIGEST_WRITE),
)


@get("/")
async def home(request: Request) -> Response[Any]:
    """What is open, what people talk about, and one's own; a guest finds her spaces."""
    actor = request.actor
    if actor.guest:
        return await _home_of_guest(request)
    return page(
        request,
        "pages/home.html",
        section="home",
        told=await receipts_lately(actor),
        **await at_home(actor),
        now=request.now,
    )


async def _home_of_guest(request: Request) -> Response[Any]:
    actor = request.actor
    return page(
        request,
        "pages/guest_home.html",
        section="home",
        spaces=await guest_spaces(actor),
        chapters=await latest_chapters(actor, 3),
        drafts=await drafts(actor, 5),
        told=await receipts_lately(actor),
        **await at_home_of_guest(actor),
        now=request.now,
    )


@get("/campaigns/{public_id:str}")
async def campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A campaign with a page of its ideas."""
    row = found(await get_campaign(request.actor, public_id))
    if row.state in UNOPENED:
        return await show_proposal(request, found(await get_proposal(request.actor, public_id)))
    await read_of(request.actor, campaign=row.id)
    actor, wanted = request.actor, Wanted.read(request.query_params, row)
    tags = await tags_of_campaign(actor, row)
    themes = [tagged.tag for tagged in tags[:COLUMNS]]
    after = Cursor.read(request.query_params.get("after", ""))
    on_board = wanted.view == "board"
    listed = Page([]) if on_board else await ideas_of_campaign(actor, row, wanted, themes, after)
    return page(
        request,
        "pages/campaign.html",
        fragment="results",
        section="campaigns",
        campaign=row,
        wanted=wanted,
        orders=orders_of(row),
        tags=tags,
        listed=listed,
        columns=await board(actor, row, wanted, themes) if on_board else [],
        by_answer=by_answer(row),
        given=await votes_given(actor, row),
        now=request.now,
        **await _beside(request, row),
    )


async def _beside(request: Request, row: CampaignRow) -> dict[str, Any]:
    """What a campaign's page tells beside its ideas; who leads it also sees what it owes."""
    if request.wants_fragment:
        return {}
    about = found(await about_campaign(request.actor, row))
    owes = can(request.actor, Action.CAMPAIGN_ARCHIVE, row) or (
        row.phase == "decide" and can(request.actor, Action.CAMPAIGN_EDIT, row)
    )
    return {
        "about": about,
        "notices": await notices(request.actor, row) if about.noticed else [],
        "owed": await owed(request.actor, row, 5) if owes else [],
    }


@get("/ideas/{public_id:str}")
async def idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An idea with its answer and a page of its thread; or on to the post that it is."""
    return await _own_page(request, public_id)


@get("/posts/{public_id:str}")
async def post_(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The same of a post; or on to the idea that it became."""
    return await _own_page(request, public_id)


async def _own_page(request: Request, public_id: str) -> Response[Any]:
    row = found(await get_idea(request.actor, public_id))
    if row.address != request.url.path:
        return see_other(row.address + (f"?{request.url.query}" if request.url.query else ""))
    await read_of(request.actor, idea=row.id)
    return await _idea(request, row, CommentForm.blank())


@get("/ideas/{public_id:str}/comments")
async def back_to_the_thread(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Where a comment was refused, the browser shows this address: asked for again, it leads back to the thread. With a
    day, to the first comment of that day."""
    row = found(await get_idea(request.actor, public_id))
    day = read_date(request.query_params.get("day", ""))
    first = await first_of_day(request.actor, row, day) if day else None
    if first:
        return see_other(f"/comments/{first}")
    return see_other(f"{row.address}#comments")


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
    try:
        if not form.valid():
            await preview(request.actor, row, form)
            return await _idea(request, row, form)
        new = await commenting.comment(request.actor, row, body=form.body.data, reply_to=reply_to, form_key=form.once)
    except Closed:
        form.refuse("body", gettext("This campaign has just ended. Your text is kept here: take it along."))
        return await _idea(request, row, form)
    except Ambiguous as error:
        form.refuse("body", several_people(error.name))
        return await _idea(request, row, form)
    return await written(request, new, "comment-added")


async def _idea(request: Request, row: IdeaRow, form: CommentForm) -> Response[Any]:
    asked = request.query_params
    wanted = ThreadPlace(
        order=asked.get("order", ""),
        start=asked.get("start", ""),
        after=asked.get("after", ""),
        reply=asked.get("reply", ""),
        reads=request.method == "GET" and not request.wants_fragment and not request.actor.eyes,
    )
    stands = await beside(request.actor, row)
    return page(
        request,
        "pages/idea.html",
        fragment="preview" if "preview" in form.typed else "thread",
        section=row.section,
        status=form.status,
        idea=row,
        may=allowed(request.actor, row, *ON_AN_IDEA),
        asked=await last_asked(request.actor, row.id) if row.kind != "idea" else None,
        **stands,
        opens=tuple(file.public_id for file in stands["files"] if can(request.actor, Action.ATTACHMENT_DOWNLOAD, file)),
        **await thread_of(request.actor, row, wanted, form, stands["seen"]),
        first=await looked_at_first(request.actor, row.space),
        guessable=await guessable(request.actor, row),
        now=request.now,
    )


@get("/spaces/{public_id:str}")
async def space(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A space with its campaigns and members."""
    row = found(await get_space(request.actor, public_id))
    grouped = row.kind != "organisation"
    return page(
        request,
        "pages/space.html",
        section="groups",
        space=row,
        members=(await members(request.actor, row, most=12)).rows if grouped else [],
        caretakers=await caretakers(request.actor, row),
        ideas=await ideas_of_space(request.actor, row.id, 5 if grouped else 0),
        sections=await sections(request.actor, row) if not row.outside else [],
        units=await units_of(request.actor, row) if row.kind == "project" else [],
        campaigns=await campaigns_of_space(request.actor, row.id),
        readers=await audience(request.actor, row.id) if row.kind == "section" else None,
        chapters=await chapters(request.actor, row.id) if row.preboarding else [],
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


router = Router(
    path="/", route_handlers=[home, campaign, idea, post_, back_to_the_thread, comment, space, person, answers]
)
