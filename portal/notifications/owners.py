"""Mail about who answers for topics: that somebody of them left. Administrators have to act on it, so it goes to all of
them, whatever mail they want."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.db import execute
from portal.events.jobs import queue
from portal.settings import settings
from portal.text.language import gettext
from portal.topics.queries import gaps
from portal.topics.words import missing

Written = tuple[str, dict[str, Any]]

TELL = """
    INSERT INTO mail (kind, recipient, event)
    SELECT DISTINCT 'owner_left', p.id, {}::bigint FROM membership m
    JOIN person p ON p.id = m.person AND p.active JOIN identity n ON n.person = p.id
    WHERE m.role = 'administrator' ON CONFLICT (event, recipient, kind) DO NOTHING RETURNING id
"""


async def tell_of_owner(event: int) -> None:
    """Administrators hear that somebody who answered for a topic has left."""
    if await execute(TELL, event):
        await queue("deliver_mail")


async def write_owner_left(reader: Actor, event: int | None) -> Written | None:
    """What lacks somebody; nothing once all of it is mended."""
    left = [missing(gap) for gap in await gaps(reader) if gap.kind.endswith(" left")]
    if not left:
        return None
    return gettext("Somebody who answers for a topic has left"), {
        "left": left,
        "address": f"{settings().base_url}/admin/topics",
    }
