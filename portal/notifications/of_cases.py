"""Mail about duties in a case: what somebody has to do, and where."""

from __future__ import annotations

from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.events.kinds import Kind
from portal.settings import settings
from portal.tables import Idea, Notice
from portal.text.language import lazy

Written = tuple[str, dict[str, Any]]

#: What is to be done, by what happened.
DUTIES: dict[str, str] = {
    Kind.DUTY_WATCH: lazy("Keep an eye on this: %(title)s"),
    Kind.DUTY_TRIAGE: lazy("Look at this before it goes on: %(title)s"),
    Kind.DUTY_ASSIGNED: lazy("You decide about this: %(title)s"),
    Kind.DUTY_REMINDER: lazy("Its time is running: %(title)s"),
    Kind.DUTY_OVERDUE: lazy("Overdue: %(title)s"),
    Kind.DUTY_EXTENSION: lazy("More time is asked for: %(title)s"),
    Kind.DUTY_STAFFED: lazy("You are on the team of a case: %(title)s"),
    Kind.DUTY_CONSULTED: lazy("Your advice is asked: %(title)s"),
    Kind.DUTY_ADVISED: lazy("The advice that you asked for is there: %(title)s"),
    Kind.DUTY_UNOWNED: lazy("Nobody is there to decide about this: %(title)s"),
}


class Duty(msgspec.Struct, frozen=True):
    """What a mail about a duty tells."""

    kind: str
    title: str
    idea_public_id: str
    case_public_id: str


DUTY = """
    SELECT e.kind, i.title, i.public_id AS idea_public_id, coalesce(z.public_id, '') AS case_public_id
    FROM notice n JOIN event e ON e.id = n.event JOIN idea i ON i.id = n.idea AND {}
    LEFT JOIN escalation z ON z.id = e.escalation WHERE e.id = {} AND {}
"""


async def write_duty(reader: Actor, event: int | None) -> Written | None:
    """Subject and address, as long as she sees what it is about."""
    duty = await fetch_one(Duty, DUTY, visible(Idea, reader, "i"), event, visible(Notice, reader, "n"))
    if duty is None:
        return None
    path = f"/cases/{duty.case_public_id}" if duty.case_public_id else f"/ideas/{duty.idea_public_id}"
    said = str(DUTIES[duty.kind]) % {"title": duty.title}
    return said, {"said": said, "address": settings().base_url + path}
