"""A comment's own address, its replies, changing and removing it, reacting to it. The thread is part of the idea's
page, in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, require
from portal.comments import actions, queries
from portal.comments.forms import EditCommentForm, ObjectionForm, ReactionForm
from portal.ideas.queries import IdeaRow, get_idea
from portal.mentions.queries import Ambiguous, words_of
from portal.paging import Cursor
from portal.text.language import gettext
from portal.text.mentions import several_people, typed
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, page_before, see_other
from portal.web.request import Request


@get("/comments/{public_id:str}")
async def permalink(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Leads to the page that the comment is on, or was, in the order that is asked for: of the thread, or of the
    replies where it is not among the first."""
    comment = found(await queries.get_place(request.actor, public_id))
    root = found(await queries.root_of(request.actor, comment))
    before = await queries.replies_before(request.actor, comment)
    asked = request.query_params.get("order", "")
    here = f"#comment-{comment.public_id}"
    if before < queries.SHOWN_REPLIES:
        order = asked if asked in queries.ORDERS else "oldest"
        start = "" if await queries.on_first_page(request.actor, root, order) else f"&start={root.public_id}"
        return see_other(f"{comment.item_address}?order={order}{start}{here}")
    start = f"?start={comment.public_id}" if before >= queries.MOST_REPLIES else ""
    return see_other(f"/comments/{root.public_id}/replies{start}{here}")


@get("/comments/{public_id:str}/replies")
async def all_replies(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """All replies to a comment: in place, or as a page of their own."""
    root = found(await queries.get_place(request.actor, public_id))
    asked = request.query_params.get("start")
    start = await queries.get_place(request.actor, asked) if asked else None
    rows = await queries.replies(request.actor, root, start.id if start else 0)
    return page(
        request,
        "comments/replies.html",
        fragment="replies",
        section="campaigns",
        root=root,
        replies=rows[: queries.MOST_REPLIES],
        more=rows[-1].public_id if len(rows) > queries.MOST_REPLIES else "",
        earlier=start is not None,
        now=request.now,
    )


@get("/comments/{public_id:str}/versions")
async def versions(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What the comment says, and what it said before."""
    comment = found(await queries.get_comment(request.actor, public_id))
    earlier = await queries.earlier_texts(request.actor, comment)
    return page(
        request, "comments/versions.html", section="campaigns", comment=comment, earlier=earlier, now=request.now
    )


@get("/comments/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The comment as it was typed."""
    comment = found(await queries.get_comment(request.actor, public_id))
    require(request.actor, Action.COMMENT_EDIT, comment)
    return _edit_form(request, comment, await _filled(request, comment))


@post("/comments/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Changes it."""
    comment = found(await queries.get_comment(request.actor, public_id))
    require(request.actor, Action.COMMENT_EDIT, comment)
    form = await EditCommentForm.sent(request)
    if not form.valid():
        return _edit_form(request, comment, form)
    try:
        await actions.edit_comment(request.actor, comment, form.body.data, form.version.data)
    except Changed:
        now = found(await queries.get_comment(request.actor, public_id))
        changed = await collided(form, await _filled(request, now), "body", by=now.author_name, at=now.edited_at)
        return _edit_form(request, now, form, changed)
    except Ambiguous as error:
        form.refuse("body", several_people(error.name))
        return _edit_form(request, comment, form)
    return await written(request, public_id, "comment-saved")


async def written(request: Request, public_id: str, said: str) -> Response[Any]:
    """On to where it stands; to where it waits, if it has to be screened first."""
    row = found(await queries.get_comment(request.actor, public_id))
    if row.screening:
        return see_other(f"/screenings/{row.screening}")
    return see_other(f"/comments/{public_id}", "awaits-check" if row.checked_by else said)


async def _filled(request: Request, comment: queries.CommentRow) -> EditCommentForm:
    words = await words_of(request.actor, comment.space, comment.id)
    return EditCommentForm(body=typed(comment.body, words), version=comment.version)


def _edit_form(
    request: Request, comment: queries.CommentRow, form: EditCommentForm, changed: Beside | None = None
) -> Response[Any]:
    return page(
        request,
        "comments/edit.html",
        section="campaigns",
        form=form,
        comment=comment,
        changed=changed,
        status=form.status,
    )


@get("/ideas/{public_id:str}/objections")
async def objections(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Everything that speaks against it, for whoever reads it."""
    idea = found(await get_idea(request.actor, public_id))
    listed = await queries.objections(request.actor, idea, Cursor.read(request.query_params.get("after", "")))
    return page(
        request,
        "comments/objections.html",
        section=idea.section,
        idea=idea,
        listed=listed,
        now=request.now,
    )


@get("/ideas/{public_id:str}/objection")
async def objection_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_OBJECT, idea)
    return _objection_form(request, idea, ObjectionForm())


@post("/ideas/{public_id:str}/objection")
async def objection(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Objects, once, with a reason."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_OBJECT, idea)
    form = await ObjectionForm.sent(request)
    if not form.valid():
        return _objection_form(request, idea, form)
    try:
        new = await actions.object_to(request.actor, idea, body=form.body.data, form_key=form.once)
    except Changed:
        form.refuse("body", gettext("You object to it already. You can change your objection where it stands."))
        return _objection_form(request, idea, form)
    except Closed:
        form.refuse("body", gettext("This campaign has just ended. Your text is kept here: take it along."))
        return _objection_form(request, idea, form)
    except Ambiguous as error:
        form.refuse("body", several_people(error.name))
        return _objection_form(request, idea, form)
    return await written(request, new, "objected")


def _objection_form(request: Request, idea: IdeaRow, form: ObjectionForm) -> Response[Any]:
    return page(
        request,
        "comments/objection.html",
        section=idea.section,
        idea=idea,
        form=form,
        status=form.status,
    )


@post("/comments/{public_id:str}/removal")
async def remove(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Removes it."""
    comment = found(await queries.get_comment(request.actor, public_id))
    await actions.remove_comment(request.actor, comment)
    return see_other(f"/comments/{public_id}", "comment-removed")


@post("/comments/{public_id:str}/reactions")
async def react(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Gives a reaction, or takes it back: the button says which."""
    comment = found(await queries.get_comment(request.actor, public_id))
    form = await ReactionForm.sent(request)
    kind = found(form.kind or None)
    change = actions.react if form.give.data else actions.take_reaction_back
    await change(request.actor, comment, kind)
    if not request.wants_fragment:
        return see_other(f"{page_before(request)}#comment-{public_id}")
    now = found(await queries.get_comment(request.actor, public_id))
    return page(request, "comments/reacted.html", comment=now)


router = Router(
    path="/",
    route_handlers=[
        *(permalink, all_replies, versions, edit_page, edit, remove, react),
        *(objections, objection_page, objection),
    ],
)
