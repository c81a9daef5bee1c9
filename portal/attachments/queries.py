"""Reading what is attached."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import Reading, fetch, fetch_one, fetch_value
from portal.ideas.queries import IdeaRow
from portal.tables import Attachment, FileWish


class AttachmentRow(msgspec.Struct, frozen=True):
    """A file of an idea, with what the policy needs to know of that. `own`: the actor attached it; `given`: or got it
    when she asked; `wish`: what became of her asking, with the reason of a refusal; `waits`: it is checked before
    others see it."""

    id: int
    public_id: str
    idea: int
    idea_public_id: str
    space: int
    author: int
    state: str
    kind: str
    name: str
    description: str
    file: str
    size: int
    width: int | None
    height: int | None
    created_at: datetime
    phase: str
    answered: bool
    waits: bool
    label: str
    own: bool
    given: bool
    wish: str
    refusal: str


LAST_WISH = """
    SELECT w.state, w.reason FROM file_wish w WHERE w.attachment = x.id AND w.person = me.id ORDER BY w.id DESC LIMIT 1
"""
WAITS = """
    EXISTS (SELECT FROM moderation_item m WHERE m.attachment = x.id AND m.state = 'open' AND m.checks IS NOT NULL)
"""
ATTACHMENTS = f"""
    SELECT x.id, x.public_id, x.idea, i.public_id AS idea_public_id, x.space, x.author, x.state, x.kind, x.name,
        x.description, x.file, x.size, x.width, x.height, x.created_at, plein_phase(c, {{}}) AS phase,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id) AS answered, {WAITS} AS waits, s.label,
        x.author = me.id AS own, x.author = me.id OR w.state IS NOT DISTINCT FROM 'given' AS given,
        coalesce(w.state, '') AS wish, coalesce(w.reason, '') AS refusal
    FROM attachment x JOIN space s ON s.id = x.space JOIN idea i ON i.id = x.idea JOIN campaign c ON c.id = i.campaign
    CROSS JOIN (SELECT {{}}::bigint AS id) me
    LEFT JOIN LATERAL ({LAST_WISH}) w ON TRUE
    WHERE {{}}
"""


def attachments_of(actor: Actor, idea: IdeaRow) -> Reading[AttachmentRow]:
    """What is attached to an idea, in the order in which it came."""
    return Reading(
        AttachmentRow,
        ATTACHMENTS + " AND x.idea = {} ORDER BY x.id",
        *(actor.now, actor.id),
        visible(Attachment, actor, "x"),
        idea.id,
    )


async def get_attachment(actor: Actor, public_id: str) -> AttachmentRow | None:
    """A file that the actor may read."""
    known = (actor.now, actor.id, visible(Attachment, actor, "x"))
    return await fetch_one(AttachmentRow, ATTACHMENTS + " AND x.public_id = {}", *known, public_id)


async def bytes_of(actor: Actor) -> int:  # access: a sum of the actor's own files, for her quota
    """How much the actor has attached, to whatever idea, in bytes."""
    total: int = await fetch_value("SELECT coalesce(sum(size), 0)::bigint FROM attachment WHERE author = {}", actor.id)
    return total


#: What a file `f` is said to show, as Markdown would have it.
SHOWS = """
    CASE WHEN f.description <> '' THEN '<p>' ||
        replace(replace(replace(f.description, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</p>' END
"""


class FileWishRow(msgspec.Struct, frozen=True):
    """Somebody asks for a file that she may not open. Who left has no name any more."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    host: int | None
    label: str
    state: str
    words: str
    reason: str
    file_name: str
    idea: int
    idea_public_id: str
    title: str
    language: str
    person: int
    name: str
    guest: bool
    person_public_id: str
    created_at: datetime


WISHES = """
    SELECT w.id, w.public_id, w.space, s.public_id AS space_public_id, s.host, s.label,
        w.state, w.words, w.reason, x.name AS file_name, i.id AS idea, i.public_id AS idea_public_id,
        i.title, i.language, w.person, coalesce(n.name, '') AS name,
        p.kind = 'guest' AS guest, p.public_id AS person_public_id, w.created_at
    FROM file_wish w JOIN attachment x ON x.id = w.attachment JOIN idea i ON i.id = x.idea
    JOIN space s ON s.id = w.space JOIN person p ON p.id = w.person LEFT JOIN identity n ON n.person = p.id
    WHERE {}
"""


async def wishes_for_files(actor: Actor, space: int) -> list[FileWishRow]:
    """Who waits for which file of a space: the longest first, at most 100."""
    return await fetch(
        FileWishRow,
        WISHES + " AND w.space = {} AND w.state = 'waiting' ORDER BY w.id LIMIT 100",
        visible(FileWish, actor, "w"),
        space,
    )


async def get_file_wish(actor: Actor, public_id: str) -> FileWishRow | None:
    """One of them, answered or not."""
    return await fetch_one(FileWishRow, WISHES + " AND w.public_id = {}", visible(FileWish, actor, "w"), public_id)
