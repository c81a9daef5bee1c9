"""Mail about who answers for topics: that somebody of them left. Administrators have to act on it, so it goes to all of
them, whatever mail they want."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.db import QueryString
from portal.notifications.written import Written
from portal.settings import settings
from portal.text.language import gettext
from portal.topics.queries import gaps
from portal.topics.words import missing

ADMINISTRATORS = QueryString("SELECT a.person FROM membership a WHERE a.role = 'administrator'")


async def write_owner_left(reader: Actor, event: int | None) -> Written | None:
    """What lacks somebody; nothing once all of it is mended."""
    left = [missing(gap) for gap in await gaps(reader) if gap.kind.endswith(" left")]
    if not left:
        return None
    return gettext("Somebody who answers for a topic has left"), {
        "left": left,
        "address": f"{settings().base_url}/admin/topics",
    }
