"""Mail about clusters: that something counts together with others from now on, or by itself again."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.ideas.cards import address_of
from portal.notifications.of_ideas import WRITERS
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import ClusterItem, Idea
from portal.text.dates import moment
from portal.text.language import lazy

# Who wrote what came to stand under a lead, and who wrote that.
CONCERNED = QueryString(f"""
    {WRITERS} UNION SELECT w.person FROM plein_writers((e.particulars ->> 'lead')::bigint) w (person)
""")
APART = QueryString(WRITERS)
# Who wrote the lead that something left, and who owes its answer.
LEADING = QueryString(f"{WRITERS} UNION SELECT x.owner FROM escalation x WHERE x.id = e.escalation")
#: What happened, by the kind of event; the thing's title stands behind it.
SAID: dict[str, str] = {
    Kind.CLUSTERED: lazy("Counts together with another: %(title)s"),
    Kind.CLUSTER_LEFT: lazy("Counts by itself again: %(title)s"),
    Kind.CLUSTER_LOST: lazy("Fewer count together with it: %(title)s"),
}


class Change(msgspec.Struct, frozen=True):
    """What came to a cluster, left it, or lost something. `lead`: under which it stands now; `reason`: why it came
    there, or left; `own`: the reader wrote it."""

    kind: str
    public_id: str
    item_kind: str
    title: str
    lead: str
    reason: str
    opt_out_until: datetime | None
    own: bool


CHANGE = """
    SELECT e.kind, i.public_id, i.kind AS item_kind, i.title, coalesce(l.title, '') AS lead,
        coalesce(CASE WHEN k.left_at IS NULL THEN k.reason ELSE k.left_reason END, '') AS reason,
        k.opt_out_until, i.author = ANY({}) AS own
    FROM event e JOIN idea i ON i.id = e.idea
    LEFT JOIN cluster_item k ON e.kind <> 'idea.cluster_lost'
        AND k.id = (SELECT max(x.id) FROM cluster_item x WHERE x.idea = i.id AND {})
    LEFT JOIN idea l ON l.id = k.lead AND k.left_at IS NULL AND {} WHERE e.id = {} AND {}
"""


async def write_change(reader: Actor, event: int | None) -> Written | None:
    """What counts together, and until when its author may say no; nothing where that is not so any more."""
    sees = visible(ClusterItem, reader, "x"), visible(Idea, reader, "l"), event, visible(Idea, reader, "i")
    change = await fetch_one(Change, CHANGE, reader.selves, *sees)
    if change is None or bool(change.lead) != (change.kind == Kind.CLUSTERED):
        return None
    until = change.opt_out_until if change.own else None
    return str(SAID[change.kind]) % {"title": change.title}, {
        "said": str(SAID[change.kind]) % {"title": ""},
        "change": change,
        "until": moment(until) if until and until > reader.now else "",
        "address": settings().base_url + address_of(change.item_kind, change.public_id),
    }
