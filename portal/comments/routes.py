"""A comment's own address, its replies, changing and removing it. The thread is part of the idea's page, in pages/."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.comments import actions, queries
from portal.comments.forms import CommentForm
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/comments/{public_id:str}")
async def permalink(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Leads to the page that the comment is on: of the thread, or of the replies where it is not among the first."""
    comment = found(await queries.get_comment(request.actor, public_id))
    root = found(await queries.root_of(request.actor, comment))
    before = await queries.replies_before(request.actor, comment)
    here = f"#comment-{comment.public_id}"
    if before < queries.SHOWN_REPLIES:
        return see_other(f"/ideas/{comment.idea_public_id}?start={root.public_id}{here}")
    start = f"?start={comment.public_id}" if before >= queries.MOST_REPLIES else ""
    return see_other(f"/comments/{root.public_id}/replies{start}{here}")


@get("/comments/{public_id:str}/replies")
async def all_replies(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """All replies to a comment: in place, or as a page of their own."""
    root = found(await queries.get_comment(request.actor, public_id))
    asked = request.query_params.get("start")
    start = await queries.get_comment(request.actor, asked) if asked else None
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


@get("/comments/{public_id:str}/edit")
async def edit_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The comment as it was typed."""
    comment = found(await queries.get_comment(request.actor, public_id))
    require(request.actor, Action.COMMENT_EDIT, comment)
    return page(request, "comments/edit.html", section="campaigns", form=CommentForm(obj=comment), comment=comment)


@post("/comments/{public_id:str}/edit")
async def edit(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Changes it."""
    comment = found(await queries.get_comment(request.actor, public_id))
    require(request.actor, Action.COMMENT_EDIT, comment)
    form = await CommentForm.sent(request)
    if not form.valid():
        return page(request, "comments/edit.html", section="campaigns", form=form, comment=comment, status=form.status)
    try:
        await actions.edit_comment(request.actor, comment, form.body.data)
    except Changed:
        form.refuse("body", gettext("This comment was changed meanwhile. Your text is kept here: take it along."))
        return page(request, "comments/edit.html", section="campaigns", form=form, comment=comment, status=422)
    return see_other(f"/comments/{public_id}", "comment-saved")


@post("/comments/{public_id:str}/removal")
async def remove(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Removes it."""
    comment = found(await queries.get_comment(request.actor, public_id))
    await actions.remove_comment(request.actor, comment)
    return see_other(f"/comments/{public_id}", "comment-removed")


router = Router(path="/", route_handlers=[permalink, all_replies, edit_page, edit, remove])
