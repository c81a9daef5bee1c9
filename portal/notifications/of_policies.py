"""Mail about policies: one is about to change, has changed, or stays as it is after all."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Policy
from portal.text.dates import last_day, plain_date
from portal.text.language import gettext, lazy

DAY = timedelta(days=1)

# The post in which people spoke, or speak, about the version; to mute it is to hear no more of that version.
VERSION = QueryString("""
    SELECT i.space, NULL::bigint AS campaign, i.id AS idea, NULL::bigint AS comment, NULL::bigint AS answer,
        NULL::bigint AS within
    FROM e JOIN policy p ON p.public_id = e.particulars ->> 'policy'
    JOIN policy_version v ON v.policy = p.id AND v.version = (e.particulars ->> 'version')::integer
    JOIN idea i ON i.id = v.discussion
""")
# Who follows it, who followed or wrote in what was said about any of its versions, and who owns it.
CONCERNED = QueryString("""
    SELECT y.person FROM policy p CROSS JOIN LATERAL (
        SELECT p.owner AS person
        UNION SELECT f.person FROM follow f WHERE f.policy = p.id
        UNION SELECT f.person FROM policy_version v JOIN follow f ON f.idea = v.discussion WHERE v.policy = p.id
        UNION SELECT k.author FROM policy_version v JOIN comment k ON k.idea = v.discussion AND k.state = 'published'
            WHERE v.policy = p.id) y
    WHERE p.public_id = e.particulars ->> 'policy'
""")

#: What happened, by the kind of event; what stands behind it names policy and version.
SAID: dict[str, str] = {
    Kind.POLICY_PROPOSED: lazy("A policy is about to change: %(title)s"),
    Kind.POLICY_IN_FORCE: lazy("This holds from now on: %(title)s"),
    Kind.POLICY_DROPPED: lazy("A policy stays as it is: %(title)s"),
}


class Version(msgspec.Struct, frozen=True):
    """A version of a policy, as far as a mail tells of it."""

    kind: str
    public_id: str
    title: str
    version: int
    summary: str
    comments_until: datetime
    in_force_at: datetime
    dropped_why: str


OF_VERSION = """
    SELECT e.kind, p.public_id, p.title, v.version, v.summary, v.comments_until, v.in_force_at, v.dropped_why
    FROM event e JOIN policy p ON p.public_id = e.particulars ->> 'policy'
    JOIN policy_version v ON v.policy = p.id AND v.version = (e.particulars ->> 'version')::integer
    WHERE e.id = {} AND {}
"""


async def write_policy(reader: Actor, event: int | None) -> Written | None:
    """What changes, until when one can speak about it, and from when it holds. Of a proposal that was taken back
    meanwhile nothing goes out but that."""
    row = await fetch_one(Version, OF_VERSION, event, visible(Policy, reader, "p"))
    if row is None or (row.kind == Kind.POLICY_PROPOSED and row.dropped_why):
        return None
    until, first = (
        plain_date(last_day(row.comments_until)),
        plain_date(last_day(row.in_force_at + DAY)),
    )
    more = {
        Kind.POLICY_PROPOSED: gettext("Everybody can speak about it until %(until)s. It is to hold from %(first)s on."),
        Kind.POLICY_IN_FORCE: gettext("It was open to comments before, and holds since %(first)s."),
        Kind.POLICY_DROPPED: gettext("The proposal was taken back. What holds goes on."),
    }[Kind(row.kind)]
    return str(SAID[row.kind]) % {"title": row.title}, {
        "said": str(SAID[row.kind]) % {"title": ""},
        "row": row,
        "more": more % {"until": until, "first": first},
        "address": f"{settings().base_url}/policies/{row.public_id}?version={row.version}",
    }
