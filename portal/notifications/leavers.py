"""Mail to those who answer for guests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import execute, fetch_one
from portal.events.jobs import queue
from portal.settings import settings
from portal.tables import Space
from portal.text.dates import plain_date
from portal.text.language import gettext

Written = tuple[str, dict[str, Any]]

# Its host, and where there is none any more, its owners.
TELL = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'guest_data', m.person, e.id FROM event e JOIN space s ON s.id = e.space
    JOIN mailed m ON m.person = s.host OR NOT EXISTS (SELECT FROM mailed h WHERE h.person = s.host) AND EXISTS (
        SELECT FROM membership o WHERE o.space = s.id AND o.person = m.person AND o.role = 'owner')
    WHERE e.id = {} ON CONFLICT (event, recipient, kind) DO NOTHING RETURNING id
"""


async def tell_of_ending_data(event: int) -> None:
    """Who answers for a guest's space hears that her data go."""
    if await execute(TELL, event):
        await queue("deliver_mail")


class Going(msgspec.Struct, frozen=True):
    """Whose data go, and from when on."""

    name: str
    space: str
    space_public_id: str
    goes_at: datetime


# As long as she has not come back.
GOING = """
    SELECT n.name, s.name AS space, s.public_id AS space_public_id,
        greatest(d.at + make_interval(days => s.keep_days), d.announced_at + interval '1 day') AS goes_at
    FROM event e JOIN space s ON s.id = e.space
    JOIN departure d ON d.space = s.id AND d.person = (e.particulars ->> 'member')::bigint
    JOIN identity n ON n.person = d.person WHERE e.id = {} AND {}
"""


async def write_ending_data(reader: Actor, event: int | None) -> Written | None:
    """Whose data go, when, and what to do if she should stay."""
    going = await fetch_one(Going, GOING, event, visible(Space, reader, "s"))
    if going is None:
        return None
    return gettext("The data of %(name)s will be erased") % {"name": going.name}, {
        "going": going,
        "day": plain_date(going.goes_at.date()),
        "address": f"{settings().base_url}/spaces/{going.space_public_id}",
    }
