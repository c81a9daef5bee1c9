"""The thread on an idea's page: in an order, from a place on, with what stands above it."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.access.actor import Actor
from portal.access.policy import Action, allowed
from portal.comments.forms import LONGEST, CommentForm
from portal.comments.queries import ORDERS, PAGE, CommentRow, Place, Root, get_comment, place_of, thread
from portal.ideas.queries import IdeaRow
from portal.mentions.queries import named
from portal.paging import paged
from portal.text.markdown import rendered
from portal.text.mentions import shown
from portal.threads.actions import mark_read
from portal.threads.days import bars
from portal.threads.queries import Overview

#: What the thread offers at each comment.
ON_A_COMMENT = (Action.COMMENT_EDIT, Action.COMMENT_REMOVE, Action.COMMENT_REACT)
LONG = 20  # comments, from which on a thread gets what helps to find one's way


class ThreadPlace(NamedTuple):
    """What an address asks of a thread: an order, where the page begins (with this comment, or after it), to whom one
    replies; and whether this is the page itself, so that it counts as read."""

    order: str
    start: str
    after: str
    reply: str
    reads: bool


class Said(NamedTuple):
    """A comment as its reader sees it: what she may do to it, and whether it is new to her."""

    comment: CommentRow
    may: tuple[str, ...]
    is_new: bool


class Branch(NamedTuple):
    """A root with the replies that are shown under it; `more` more are there."""

    root: Said
    replies: tuple[Said, ...]
    more: int


async def thread_of(
    actor: Actor, row: IdeaRow, asked: ThreadPlace, form: CommentForm, seen: Overview
) -> dict[str, Any]:
    """What the page shows of a thread, seen from above before. That it was read is kept for the reader herself."""
    order = asked.order if asked.order in ORDERS else "helpful"
    place = await _place(actor, row, asked.start, included=True) or await _place(actor, row, asked.after)
    roots = await thread(actor, row, order, place)
    if asked.reads:
        await mark_read(actor, row, seen)
    reply_id = form.reply_to.data or asked.reply
    listed = paged(roots, PAGE, lambda root: _end(root.comment, order), place)
    return {
        "roots": listed,
        "branches": tuple(_branch(actor, root, seen.since) for root in listed.rows),
        "order": order,
        "long": row.comments + row.guest_comments > LONG,
        "bars": bars(seen),
        "form": form,
        "reply_to": await get_comment(actor, reply_id) if reply_id else None,
    }


def _branch(actor: Actor, root: Root, since: int | None) -> Branch:
    replies = tuple(_said(actor, reply, since) for reply in root.replies)
    return Branch(_said(actor, root.comment, since), replies, root.more_replies)


def _said(actor: Actor, comment: CommentRow, since: int | None) -> Said:
    is_new = since is not None and comment.id > since and comment.author != actor.id and comment.seen
    return Said(comment, allowed(actor, comment, *ON_A_COMMENT), is_new)


async def _place(actor: Actor, row: IdeaRow, text: str, included: bool = False) -> Place | None:
    public_id, _, helpful = text.partition("-")
    if not public_id:
        return None
    kept = helpful.isascii() and helpful.isdigit() and len(helpful) < 10
    return await place_of(actor, row, public_id, int(helpful) if kept else None, included=included)


def _end(root: CommentRow, order: str) -> str:
    return f"{root.public_id}-{root.helpful}" if order == "helpful" else root.public_id


async def preview(actor: Actor, row: IdeaRow, form: CommentForm) -> None:
    """Makes the preview of a comment, where it was asked for. Raises Ambiguous."""
    text = form.body.data or ""
    if "preview" in form.typed and len(text) <= LONGEST:
        meant = await named(actor, row.space, text)
        form.preview_html = shown(await rendered(meant.text), meant.mentions)
