"""Mail about who may post for a leader: she hears of it where she did not name or end her herself."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.events.kinds import Kind
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Identity
from portal.text.language import lazy
from portal.text.names import somebody

#: What happened, by the kind of event.
SAID: dict[str, str] = {
    Kind.DELEGATE_NAMED: lazy("Somebody may post in your name now"),
    Kind.DELEGATE_ENDED: lazy("Somebody posts in your name no longer"),
}
#: The same with names.
NAMED: dict[str, str] = {
    Kind.DELEGATE_NAMED: lazy("%(by)s has named %(delegate)s: what is posted in your name says by whom and for whom."),
    Kind.DELEGATE_ENDED: lazy("%(by)s has ended it for %(delegate)s. What was posted stays as it is."),
}


class Delegation(msgspec.Struct, frozen=True):
    """Who was named or ended, by whom, for which leader."""

    kind: str
    leader: str
    delegate: str
    by: str


DELEGATION = """
    SELECT e.kind, p.public_id AS leader, coalesce(d.name, '') AS delegate, coalesce(b.name, '') AS by
    FROM event e JOIN person p ON p.id = e.person
    LEFT JOIN identity d ON d.person = (e.particulars ->> 'delegate')::bigint AND {}
    LEFT JOIN identity b ON b.person = e.actor AND {}
    WHERE e.id = {} AND e.person = {}
"""


async def write_delegate(reader: Actor, event: int | None) -> Written | None:
    """Who posts for her, or does no longer, and where she looks at it."""
    sees = visible(Identity, reader, "d"), visible(Identity, reader, "b")
    row = await fetch_one(Delegation, DELEGATION, *sees, event, reader.id)
    if row is None:
        return None
    return str(SAID[row.kind]), {
        "said": str(NAMED[row.kind]) % {"by": somebody(row.by), "delegate": somebody(row.delegate)},
        "address": f"{settings().base_url}/people/{row.leader}/delegates",
    }
