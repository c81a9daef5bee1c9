"""What waits for somebody who is about to leave, and whose it is then: nobody has to name an heir for it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.db import fetch
from portal.tables import Escalation, Identity, Promise


class Waiting(msgspec.Struct, frozen=True):
    """A case that she decides, a promise that she sees to, or something that is asked of her on a case. `title` and
    `address` are empty where the administrator doesn't read it; `heir`: to whom a case passes, empty where nobody is
    there or she is not shown."""

    kind: str
    title: str
    language: str
    address: str
    heir: str
    by: datetime


# To whom a case passes is what the clock will find (rule 5); a promise with a case is watched over by who owns that.
WAITING = """
    SELECT 'case' AS kind, CASE WHEN {} THEN i.title ELSE '' END AS title, i.language,
        CASE WHEN {} THEN '/cases/' || e.public_id ELSE '' END AS address, coalesce(n.name, '') AS heir, e.due_at AS by
    FROM escalation e JOIN idea i ON i.id = e.idea
    CROSS JOIN LATERAL plein_deciders(ARRAY[e], '{{}}', TRUE, plein_now()) x
    LEFT JOIN identity n ON n.person = x.person AND plein_there(x.person, plein_now()) AND {}
    WHERE e.owner = {} AND e.ended_at IS NULL AND e.state <> 'verified'
    UNION ALL SELECT CASE WHEN p.escalation IS NULL THEN 'promise' ELSE 'promise of a case' END,
        CASE WHEN {} THEN i.title ELSE '' END, i.language,
        CASE WHEN {} THEN CASE i.kind WHEN 'idea' THEN '/ideas/' ELSE '/posts/' END || i.public_id ELSE '' END, '',
        p.due_on::timestamptz
    FROM promise p JOIN idea i ON i.id = p.idea WHERE p.owner = {} AND p.state = 'open'
    UNION ALL SELECT 'asked', CASE WHEN {} THEN i.title ELSE '' END, i.language,
        CASE WHEN {} THEN '/cases/' || e.public_id ELSE '' END, '', e.due_at
    FROM escalation e JOIN idea i ON i.id = e.idea
    WHERE e.ended_at IS NULL AND e.id IN (
        SELECT h.escalation FROM handover h WHERE h.person = {} AND h.outcome IS NULL
        UNION SELECT d.escalation FROM answer_draft d WHERE d.approver = {}
        UNION SELECT c.escalation FROM consultation c WHERE c.person = {} AND c.answered_at IS NULL)
    ORDER BY 1, 6, 2
"""


async def waiting_for(actor: Actor, person: int) -> list[Waiting]:
    """All of it, what is due first before the rest."""
    require(actor, Action.PEOPLE_MANAGE)
    case, promise = visible(Escalation, actor, "e"), visible(Promise, actor, "p")
    of_cases = case, case, visible(Identity, actor, "n"), person
    return await fetch(Waiting, WAITING, *of_cases, promise, promise, person, case, case, person, person, person)
