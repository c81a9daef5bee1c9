"""Writing, changing and removing comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed, told_apart
from portal.access.phases import WHILE_ASKED, WHILE_COMMENTING
from portal.access.policy import Action, require
from portal.comments.announcing import announce
from portal.comments.queries import CommentRow
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.holding import hold_above
from portal.ideas.queries import IdeaRow
from portal.mentions.queries import Named, named
from portal.sensitive.holding import Found, found_in, hold_comment, let_pass
from portal.tables.base import new_public_id
from portal.text.markdown import rendered

# The campaign's row is held, so that nobody moves its dates meanwhile; if they were just moved, the new ones count.
ADD = """
    INSERT INTO comment (public_id, idea, space, author, root, kind, state, body, body_html, language, form_key)
    SELECT {}, i.id, i.space, {}, {}, {}, {}, {}, {}, {}, {} FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.id = {} AND i.state = 'published' AND plein_phase(c, plein_now()) = ANY({}) FOR SHARE OF c
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id, public_id
"""


async def comment(actor: Actor, idea: IdeaRow, *, body: str, reply_to: CommentRow | None, form_key: str) -> str:
    """A new comment; gives its public id. A reply to a reply hangs under the same root. What looks sensitive
    waits to be screened. Raises Closed, Ambiguous."""
    require(actor, Action.IDEA_COMMENT, idea)
    return await _write(actor, idea, body=body, kind="comment", reply_to=reply_to, form_key=form_key)


async def answer_question(actor: Actor, idea: IdeaRow, case: Any, *, body: str, form_key: str) -> str:
    """What the owner of its case asked whoever wrote it, as a comment, also when others comment no more; gives its
    public id. Raises Closed, Ambiguous."""
    require(actor, Action.ESCALATION_REPLY, case)
    return await _write(actor, idea, body=body, kind="comment", form_key=form_key, phases=WHILE_ASKED)


async def object_to(actor: Actor, idea: IdeaRow, *, body: str, form_key: str) -> str:
    """An objection, which stands beside the support and takes none away; one for each person (rule 19); gives its
    public id. Raises Changed where she objects already, Closed, Ambiguous."""
    require(actor, Action.IDEA_OBJECT, idea)
    async with told_apart({"comment_objection_once": Changed}):
        return await _write(actor, idea, body=body, kind="objection", form_key=form_key)


async def _write(
    actor: Actor,
    idea: IdeaRow,
    *,
    body: str,
    kind: str,
    form_key: str,
    reply_to: CommentRow | None = None,
    phases: Iterable[str] = WHILE_COMMENTING,
) -> str:
    root = (reply_to.root or reply_to.id) if reply_to else None
    to = {"reply_to": reply_to.id} if reply_to else {}
    text = await named(actor, idea.space, body)
    html = await rendered(text.text)
    found = await found_in(body)
    async with transaction():
        made = await fetch_one(
            Made,
            ADD,
            new_public_id(),
            actor.id,
            root,
            kind,
            "draft" if found else "published",
            text.text,
            html,
            actor.language,
            form_key,
            idea.id,
            list(phases),
        )
        if made is None:
            before = await fetch_value(
                "SELECT public_id FROM comment WHERE author = {} AND form_key = {}", actor.id, form_key
            )
            if before is None:
                raise Closed
            return str(before)
        if found:
            await hold_comment(made.id, found, "draft")
            return made.public_id
        event = await record(Kind.COMMENT_ADDED, actor=actor.id, space=idea.space, comment=made.id, **to)
        await _mention(text, made.id, idea.space, event)
    return made.public_id


MENTION = """
    INSERT INTO mention (comment, space, person, event) SELECT {}, {}, person, {} FROM unnest({}::bigint[]) person
    ON CONFLICT (comment, person) DO NOTHING
"""


async def _mention(text: Named, comment: int, space: int, event: int) -> None:
    if text.people:
        await execute(MENTION, comment, space, event, text.people)


KEEP = """
    WITH held AS (
        SELECT k.* FROM comment k JOIN idea i ON i.id = k.idea JOIN campaign c ON c.id = i.campaign
        WHERE k.id = {} AND k.state = 'published' AND k.version = {} AND plein_phase(c, plein_now()) = ANY({})
        FOR NO KEY UPDATE OF k FOR SHARE OF c
    )
    INSERT INTO comment_version (comment, space, version, body, body_html, created_at)
    SELECT id, space, version, body, body_html, coalesce(edited_at, created_at) FROM held RETURNING version
"""
EDIT = """
    UPDATE comment SET body = {}, body_html = {}, version = version + 1, edited_at = plein_now() WHERE id = {}
"""


OUT_OF_SIGHT = "UPDATE comment SET state = 'draft' WHERE id = {} AND state = 'published'"


async def edit_comment(actor: Actor, old: CommentRow, body: str, version: int) -> None:
    """Changes one's own comment; the text before is kept. With something sensitive in it, it waits to be screened.
    Raises Changed when it is not as it was read, or the thread has closed, and Ambiguous."""
    require(actor, Action.COMMENT_EDIT, old)
    text = await named(actor, old.space, body, old.id)
    html = await rendered(text.text)
    found = await found_in(body, comment=old.id)
    async with transaction():
        if found or old.screening:
            await hold_above(None, old.id)
        if old.screening:
            await _rewrite(actor, old, text, html, found, version)
            return
        if await fetch_value(KEEP, old.id, version, list(WHILE_COMMENTING)) is None:
            raise Changed
        await execute(EDIT, text.text, html, old.id)
        if found:
            await execute(OUT_OF_SIGHT, old.id)
            await hold_comment(old.id, found, "published")
            return
        event = await record(Kind.COMMENT_EDITED, actor=actor.id, space=old.space, comment=old.id)
        await _mention(text, old.id, old.space, event)


# What nobody has read yet is not kept.
REWRITE = """
    UPDATE comment k SET body = {}, body_html = {}, state = {}, edited_at = plein_now(), version = k.version + 1
    FROM screening x, idea i JOIN campaign c ON c.id = i.campaign
    WHERE k.id = {} AND k.state = 'draft' AND k.version = {} AND x.comment = k.id AND x.state = 'open'
        AND i.id = k.idea AND plein_phase(c, plein_now()) = ANY({}) RETURNING x.was
"""


async def _rewrite(actor: Actor, old: CommentRow, text: Named, html: str, found: Found | None, version: int) -> None:
    """What waits is there at once without what was found, and waits once more with it."""
    state = "draft" if found else "published"
    was = await fetch_value(REWRITE, text.text, html, state, old.id, version, list(WHILE_COMMENTING))
    if was is None:
        raise Changed
    if found:
        await hold_comment(old.id, found, was)
        return
    await let_pass(None, old.id)
    await announce(old.id, old.space, actor.id, new=was == "draft")


REMOVE = """
    UPDATE comment SET state = 'removed', body = '', body_html = '' WHERE id = {} AND state = 'published' RETURNING id
"""


FORGET = """
    WITH texts AS (DELETE FROM comment_version WHERE comment = {}) DELETE FROM mention WHERE comment = {}
"""


async def remove_comment(actor: Actor, old: CommentRow) -> None:
    """Takes one's own comment away, its earlier texts too; its place and its replies stay, so that the thread can be
    followed."""
    require(actor, Action.COMMENT_REMOVE, old)
    async with transaction():
        await hold_above(None, old.id)
        if await fetch_value(REMOVE, old.id) is not None:
            await execute(FORGET, old.id, old.id)
            await record(Kind.COMMENT_REMOVED, actor=actor.id, space=old.space, comment=old.id)


STANDING = """
    SELECT k.id, k.space FROM comment k JOIN idea i ON i.id = k.idea JOIN campaign c ON c.id = i.campaign
    WHERE k.id = {} AND k.state = 'published' AND i.state = 'published' AND plein_phase(c, plein_now()) = ANY({})
    FOR SHARE OF c
"""
GIVE = f"""
    WITH item AS ({STANDING})
    INSERT INTO reaction (comment, space, person, kind) SELECT id, space, {{}}, {{}} FROM item
    ON CONFLICT (person, comment, kind) DO NOTHING
"""
TAKE_BACK = f"""
    WITH item AS ({STANDING})
    DELETE FROM reaction x USING item WHERE x.comment = item.id AND x.person = {{}} AND x.kind = {{}}
"""


async def react(actor: Actor, comment: CommentRow, kind: str) -> None:
    """Counts the actor once for this kind, however often it is sent; nothing happens when the thread just closed."""
    require(actor, Action.COMMENT_REACT, comment)
    await execute(GIVE, comment.id, list(WHILE_COMMENTING), actor.id, kind)


async def take_reaction_back(actor: Actor, comment: CommentRow, kind: str) -> None:
    """Takes the actor's own reaction of this kind back."""
    require(actor, Action.COMMENT_REACT, comment)
    await execute(TAKE_BACK, comment.id, list(WHILE_COMMENTING), actor.id, kind)
