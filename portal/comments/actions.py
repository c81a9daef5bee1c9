"""Writing, changing and removing comments."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.policy import WHILE_COMMENTING, Action, require
from portal.comments.queries import CommentRow
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.tables.base import new_public_id
from portal.text.markdown import rendered

ADD = """
    INSERT INTO comment (public_id, idea, space, author, root, state, body, body_html, language, form_key)
    SELECT {}, i.id, i.space, {}, {}, 'published', {}, {}, {}, {} FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.id = {} AND i.state = 'published' AND plein_phase(c, plein_now()) = ANY({})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id, public_id
"""


async def comment(actor: Actor, idea: IdeaRow, *, body: str, reply_to: CommentRow | None, form_key: str) -> str:
    """A new comment; gives its public id. A reply to a reply hangs under the same root. Raises Closed."""
    require(actor, Action.IDEA_COMMENT, idea)
    html = await rendered(body)
    root = (reply_to.root or reply_to.id) if reply_to else None
    async with transaction():
        made = await fetch_one(
            Made,
            ADD,
            new_public_id(),
            actor.id,
            root,
            body,
            html,
            actor.language,
            form_key,
            idea.id,
            list(WHILE_COMMENTING),
        )
        if made is None:
            before = await fetch_value(
                "SELECT public_id FROM comment WHERE author = {} AND form_key = {}", actor.id, form_key
            )
            if before is None:
                raise Closed
            return str(before)
        await record(Kind.COMMENT_ADDED, actor=actor.id, space=idea.space, comment=made.id)
    return made.public_id


EDIT = """
    UPDATE comment k SET body = {}, body_html = {}, edited_at = plein_now() FROM idea i, campaign c
    WHERE k.id = {} AND k.state = 'published' AND k.body = {} AND i.id = k.idea AND c.id = i.campaign
        AND plein_phase(c, plein_now()) = ANY({}) RETURNING k.id
"""


async def edit_comment(actor: Actor, old: CommentRow, body: str) -> None:
    """Changes one's own comment; that it was changed is shown. Raises Changed when it is not as it was read, or the
    thread has closed."""
    require(actor, Action.COMMENT_EDIT, old)
    html = await rendered(body)
    async with transaction():
        if await fetch_value(EDIT, body, html, old.id, old.body, list(WHILE_COMMENTING)) is None:
            raise Changed
        await record(Kind.COMMENT_EDITED, actor=actor.id, space=old.space, comment=old.id)


# The idea is held before the comment, in the order in which a reply is counted: on the idea, then on its root.
HOLD = "SELECT i.id FROM idea i JOIN comment k ON k.idea = i.id WHERE k.id = {} FOR NO KEY UPDATE OF i"
REMOVE = """
    UPDATE comment SET state = 'removed', body = '', body_html = '' WHERE id = {} AND state = 'published' RETURNING id
"""


async def remove_comment(actor: Actor, old: CommentRow) -> None:
    """Takes one's own comment away; its place and its replies stay, so that the thread can be followed."""
    require(actor, Action.COMMENT_REMOVE, old)
    async with transaction():
        await execute(HOLD, old.id)
        if await fetch_value(REMOVE, old.id) is not None:
            await record(Kind.COMMENT_REMOVED, actor=actor.id, space=old.space, comment=old.id)
