"""Mail to those who answer for guests."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Space
from portal.text.dates import plain_date
from portal.text.language import gettext

# Its host, and where there is none any more, its owners.
ANSWERING = QueryString("""
    SELECT p.id AS person FROM space s JOIN person p ON p.id = s.host AND p.active WHERE s.id = e.space
    UNION SELECT o.person FROM space s JOIN membership o ON o.space = s.id AND o.role = 'owner'
        WHERE s.id = e.space AND NOT EXISTS (SELECT FROM person h WHERE h.id = s.host AND h.active)
""")


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
