"""Attaching files to ideas, describing them, and taking them away."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Closed, Sensitive
from portal.access.phases import WHILE_EDITING
from portal.access.policy import Action, require
from portal.attachments.queries import AttachmentRow, FileWishRow, bytes_of
from portal.campaigns.queries import UNANSWERED
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.files import MB, store
from portal.files.kinds import PLAIN, Refused
from portal.files.store import Kept, Upload
from portal.ideas.queries import IdeaRow
from portal.sensitive.holding import refuse_sensitive
from portal.settings import settings
from portal.tables.base import new_public_id
from portal.text.language import gettext

# The idea is held, and then the author's row: two forms can't both take the last of their room.
HOLD_IDEA = "SELECT anonymous FROM idea WHERE id = {} FOR NO KEY UPDATE"
HOLD = "SELECT 1 FROM person WHERE id = {} FOR NO KEY UPDATE"
ROOM = "SELECT coalesce(sum(size), 0)::bigint FROM attachment WHERE idea = {}"
ATTACH = f"""
    INSERT INTO attachment (public_id, idea, space, author, kind, name, file, size, width, height, form_key)
    SELECT {{}}, i.id, i.space, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}
    FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.id = {{}} AND plein_phase(c, plein_now()) = ANY({{}}) AND {UNANSWERED}
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id
"""
KNOWN = "SELECT 1 FROM attachment WHERE author = {} AND form_key = {}"


async def attach(actor: Actor, idea: IdeaRow, uploads: list[Upload], form_key: str) -> list[str]:
    """Attaches what can be, and says of each other file why not: its name is read as any text is (rule 15). The same
    form twice attaches once. Raises Closed when the idea was frozen meanwhile, and store.NoRoom."""
    require(actor, Action.IDEA_ATTACH, idea)
    problems = []
    for upload in uploads:
        try:
            await _refuse_sensitive_name(upload.name)
            kept = await store.keep(upload)
            await _attach_one(actor, idea, upload.name, kept, f"{form_key[:20]}{upload.digest[:20]}")
        except Refused as reason:
            problems.append(str(reason))
    return problems


async def _refuse_sensitive_name(name: str) -> None:
    try:
        await refuse_sensitive(name)
    except Sensitive:
        raise Refused(
            gettext("“%(name)s” says something sensitive in its name, which does not belong here. Rename it first.")
            % {"name": name}
        ) from None


async def _attach_one(actor: Actor, idea: IdeaRow, name: str, kept: Kept, form_key: str) -> None:
    """What comes to nothing loses its file at once; where nobody knows how it ended, it is swept with the hour."""
    try:
        async with transaction():
            if await fetch_value(HOLD_IDEA, idea.id) and kept.kind not in PLAIN:
                raise Refused(
                    gettext("“%(name)s” may hold the name of who made it: without your name only pictures and text go.")
                    % {"name": name}
                )
            await execute(HOLD, actor.id)
            if await fetch_value(KNOWN, actor.id, form_key):
                store.remove(kept.file)
                return
            await _refuse_too_much(actor, idea, name, kept.size)
            made = (new_public_id(), actor.id, kept.kind, name, kept.file, kept.size, kept.width, kept.height, form_key)
            if await fetch_value(ATTACH, *made, idea.id, list(WHILE_EDITING)) is None:
                raise Closed
            # Of a draft it is not written down who: it may be posted without a name.
            by = actor.id if idea.idea_state != "draft" else None
            await record(Kind.ATTACHMENT_ADDED, actor=by, space=idea.space, idea=idea.id)
    except (Refused, Closed):
        store.remove(kept.file)
        raise


async def _refuse_too_much(actor: Actor, idea: IdeaRow, name: str, size: int) -> None:
    """Raises Refused where the file is more than the idea or its author has room for."""
    if await fetch_value(ROOM, idea.id) + size > settings().files_per_idea_mb * MB:
        raise Refused(
            gettext("“%(name)s” does not fit: the files of one idea may have %(n)s MB together.")
            % {"name": name, "n": settings().files_per_idea_mb}
        )
    if await bytes_of(actor) + size > settings().files_per_person_mb * MB:
        raise Refused(
            gettext("“%(name)s” does not fit: your files may have %(n)s MB together. Remove some first.")
            % {"name": name, "n": settings().files_per_person_mb}
        )


async def describe(actor: Actor, attachment: AttachmentRow, description: str) -> None:
    """Says what a file shows, for those who don't see it. Raises Sensitive."""
    require(actor, Action.ATTACHMENT_DESCRIBE, attachment)
    await refuse_sensitive(description)
    await execute("UPDATE attachment SET description = {} WHERE id = {}", description, attachment.id)


REMOVE = "DELETE FROM attachment x USING idea i WHERE x.id = {} AND i.id = x.idea RETURNING i.state"


async def remove(actor: Actor, attachment: AttachmentRow) -> None:
    """Takes a file away for good: out of sight at once, from the disk with the next sweep."""
    require(actor, Action.ATTACHMENT_REMOVE, attachment)
    async with transaction():
        under = await fetch_value(REMOVE, attachment.id)
        if under is not None:
            by = actor.id if under != "draft" else None
            await record(Kind.ATTACHMENT_REMOVED, actor=by, space=attachment.space, idea=attachment.idea)


# Whoever was refused may ask once more; who waits, or has it, is not asked for twice.
ASK = """
    INSERT INTO file_wish (attachment, space, person, words) VALUES ({}, {}, {}, {})
    ON CONFLICT (attachment, person) WHERE state <> 'refused' DO NOTHING RETURNING id
"""
ANSWER = """
    UPDATE file_wish SET state = {}, reason = {}, decided_at = plein_now(), decided_by = {}
    WHERE id = {} AND state = 'waiting' RETURNING id
"""


async def ask_for(actor: Actor, attachment: AttachmentRow, words: str) -> None:
    """Asks for a file; whoever answers for its space hears of it. Raises Sensitive."""
    require(actor, Action.ATTACHMENT_ASK, attachment)
    await refuse_sensitive(words)
    async with transaction():
        wish = await fetch_value(ASK, attachment.id, attachment.space, actor.id, words)
        if wish:
            await record(Kind.FILE_ASKED, actor=actor.id, space=attachment.space, idea=attachment.idea, wish=wish)


async def answer_wish(actor: Actor, wish: FileWishRow, *, give: bool, reason: str) -> None:
    """Gives the file to who asked, and to nobody else; or says why not. She hears of it. Raises Sensitive."""
    require(actor, Action.FILE_WISH_ANSWER, wish)
    await refuse_sensitive("" if give else reason)
    async with transaction():
        state = "given" if give else "refused"
        if await fetch_value(ANSWER, state, "" if give else reason, actor.id, wish.id):
            await record(Kind.FILE_ANSWERED, actor=actor.id, space=wish.space, idea=wish.idea, wish=wish.id)
