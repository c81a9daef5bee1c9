"""Mail about duties in a case: what somebody has to do, until when, and where."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.notifications.duties import ABOUT, duty_of
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Idea, Identity, Notice
from portal.text.cases import STILL, working_time
from portal.text.dates import moment
from portal.text.language import gettext


class Duty(msgspec.Struct, frozen=True):
    """What a mail about a duty tells of its case, as it stands when the mail goes out; without a case, of its item.
    `still`: why its clock stands still, if it does; `left`: working minutes until the answer is due; `day`: of a
    working day."""

    kind: str
    about: str
    title: str
    idea_public_id: str
    case_public_id: str
    owner_name: str
    acknowledge_due_at: datetime | None
    triage_due_at: datetime | None
    statement_due_at: datetime | None
    due_at: datetime | None
    overdue2_at: datetime | None
    clarify_until: datetime | None
    question: str
    extension_days: int | None
    extension_reason: str
    still: str | None
    left: int | None
    day: int


DUTY = f"""
    SELECT e.kind, {ABOUT} AS about, i.title, i.public_id AS idea_public_id,
        coalesce(z.public_id, '') AS case_public_id, coalesce(o.name, '') AS owner_name, z.acknowledge_due_at,
        z.triage_due_at, z.statement_due_at, z.due_at, z.overdue2_at, z.clarify_until,
        coalesce(z.question, '') AS question, z.extension_days, coalesce(z.extension_reason, '') AS extension_reason,
        plein_still(z) AS still, plein_working_minutes(plein_clock(z, plein_now()), z.due_at) AS left,
        plein_working_day() AS day
    FROM notice n JOIN event e ON e.id = n.event JOIN idea i ON i.id = n.idea AND {{}}
    LEFT JOIN escalation z ON z.id = e.escalation LEFT JOIN identity o ON o.person = z.owner AND {{}}
    WHERE e.id = {{}} AND {{}}
"""


async def write_duty(reader: Actor, event: int | None) -> Written | None:
    """What is to be done and by when, as long as she sees what it is about."""
    sees = visible(Idea, reader, "i"), visible(Identity, reader, "o")
    duty = await fetch_one(Duty, DUTY, *sees, event, visible(Notice, reader, "n"))
    if duty is None:
        return None
    words = duty_of(duty.kind, duty.about)
    item = f"/ideas/{duty.idea_public_id}"
    path = f"/cases/{duty.case_public_id}{words.where}" if duty.case_public_id and words.where is not None else item
    told = str(words.tells) % _facts(duty)
    return f"{words.head}: {duty.title}", {
        "said": f"{words.head}: {duty.title}",
        "told": told,
        "still": str(STILL[duty.still]) if duty.still and duty.about != "question" else "",
        "address": settings().base_url + path,
    }


def _facts(duty: Duty) -> dict[str, str]:
    """The words that stand in for names and moments."""
    moments = {
        "acknowledge": duty.acknowledge_due_at,
        "triage": duty.triage_due_at,
        "statement": duty.statement_due_at,
        "due": duty.due_at,
        "next": duty.overdue2_at,
        "until": duty.clarify_until,
    }
    return {name: moment(at) if at else "" for name, at in moments.items()} | {
        "left": working_time(duty.left or 0, duty.day),
        "owner": duty.owner_name or gettext("A colleague"),
        "question": duty.question,
        "days": working_time((duty.extension_days or 0) * duty.day, duty.day),
        "reason": duty.extension_reason,
    }
