"""Mail about what is screened as sensitive: never what it says, nor where it stands."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Screening
from portal.text.language import gettext, lazy

CONCERNED = QueryString("SELECT e.person")
BEHIND = QueryString("SELECT m.behind AS person FROM mask m WHERE m.idea = e.idea")
#: What happened, for the one person who hears of it.
SAID: dict[str, str] = {
    Kind.DUTY_SCREEN: lazy("Somebody waits for you: something sensitive is to be looked at"),
    Kind.SCREENING_BEGUN: lazy("Something that you wrote is out of sight until somebody has looked at it"),
    Kind.SCREENING_SETTLED: lazy("What you wrote was looked at"),
}


class Told(msgspec.Struct, frozen=True):
    """What a mail leads to."""

    kind: str
    public_id: str


TOLD = """
    SELECT e.kind, x.public_id FROM event e JOIN screening x ON x.public_id = e.particulars ->> 'item' AND {}
    WHERE e.id = {}
"""


async def write_screening(reader: Actor, event: int | None) -> Written | None:
    """What is to be done or was decided, as long as it is hers to read."""
    told = await fetch_one(Told, TOLD, visible(Screening, reader, "x"), event)
    if told is None:
        return None
    said = str(SAID[told.kind])
    return said, {"said": said, "address": f"{settings().base_url}/screenings/{told.public_id}"}


async def write_unmasked(reader: Actor, event: int | None) -> Written | None:
    """That two people asked who is behind something of hers, and were told."""
    said = gettext("Two people in two roles asked who wrote a post of yours without a name, and were told")
    return said, {"said": said, "address": f"{settings().base_url}/notifications"}


async def write_needed(reader: Actor, event: int | None) -> Written | None:
    """That nobody is there to screen, or to decide an appeal, for administrators."""
    if not reader.administrator:
        return None
    said = gettext("Something sensitive waits, and too few people are there to screen it")
    return said, {"said": said, "address": f"{settings().base_url}/admin/sensitive"}
