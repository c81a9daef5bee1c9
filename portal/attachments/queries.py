"""Reading what is attached."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import Reading, fetch_one, fetch_value
from portal.ideas.queries import IdeaRow
from portal.tables import Attachment


class AttachmentRow(msgspec.Struct, frozen=True):
    """A file of an idea, with what the policy needs to know of that."""

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
    label: str


ATTACHMENTS = """
    SELECT x.id, x.public_id, x.idea, i.public_id AS idea_public_id, x.space, x.author, x.state, x.kind, x.name,
        x.description, x.file, x.size, x.width, x.height, x.created_at, plein_phase(c, {}) AS phase,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id) AS answered, s.label
    FROM attachment x JOIN space s ON s.id = x.space JOIN idea i ON i.id = x.idea JOIN campaign c ON c.id = i.campaign
    WHERE {}
"""


def attachments_of(actor: Actor, idea: IdeaRow) -> Reading[AttachmentRow]:
    """What is attached to an idea, in the order in which it came."""
    return Reading(
        AttachmentRow,
        ATTACHMENTS + " AND x.idea = {} ORDER BY x.id",
        actor.now,
        visible(Attachment, actor, "x"),
        idea.id,
    )


async def get_attachment(actor: Actor, public_id: str) -> AttachmentRow | None:
    """A file that the actor may read."""
    return await fetch_one(
        AttachmentRow, ATTACHMENTS + " AND x.public_id = {}", actor.now, visible(Attachment, actor, "x"), public_id
    )


async def bytes_of(actor: Actor) -> int:  # access: a sum of the actor's own files, for her quota
    """How much the actor has attached, to whatever idea, in bytes."""
    total: int = await fetch_value("SELECT coalesce(sum(size), 0)::bigint FROM attachment WHERE author = {}", actor.id)
    return total
