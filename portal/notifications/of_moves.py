"""Mail about what was moved, and so lost its support."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Campaign, Idea
from portal.text.language import gettext


class Moved(msgspec.Struct, frozen=True):
    """What was moved, and where it is now. `title` is that of the idea or post, or empty where a whole campaign was; a
    post stands in no `campaign`."""

    title: str
    public_id: str
    campaign: str
    campaign_public_id: str
    space: str


MOVED = """
    SELECT coalesce(i.title, '') AS title, coalesce(i.public_id, '') AS public_id,
        coalesce(c.title, '') AS campaign, coalesce(c.public_id, '') AS campaign_public_id, s.name AS space
    FROM event e LEFT JOIN idea i ON i.id = e.idea AND {}
    LEFT JOIN campaign c ON c.id = coalesce(e.campaign, i.campaign) AND {}
    JOIN space s ON s.id = coalesce(i.space, c.space) WHERE e.id = {}
"""


async def write_move(reader: Actor, event: int | None) -> Written | None:
    """Where it is now, and that support can be given anew; the same to everybody, so it tells of no vote."""
    moved = await fetch_one(Moved, MOVED, visible(Idea, reader, "i"), visible(Campaign, reader, "c"), event)
    if moved is None:
        return None
    title = moved.title or moved.campaign
    path = f"/ideas/{moved.public_id}" if moved.public_id else f"/campaigns/{moved.campaign_public_id}"
    return gettext("Moved: %(title)s") % {"title": title}, {
        "moved": moved,
        "title": title,
        "address": settings().base_url + path,
    }
