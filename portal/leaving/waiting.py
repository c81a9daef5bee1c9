"""What waits for somebody who is about to leave, and whose it is then: nobody has to name an heir for it."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.db import QueryString, Reading, read_together
from portal.ideas.cards import address_of
from portal.tables import Escalation, Identity, Promise

MOST = 20  # that are named, the first due; the others are counted


class Waiting(msgspec.Struct, frozen=True):
    """A case that she decides, a promise that she sees to, or something that is asked of her on a case, which the
    administrator reads. `case_public_id`: empty of a promise; `heir`: to whom a case passes, empty where nobody is
    there or she is not shown."""

    kind: str
    title: str
    language: str
    item_kind: str
    item_public_id: str
    case_public_id: str
    heir: str

    @property
    def address(self) -> str:
        """Its case, or the item that a promise was made about."""
        return (
            f"/cases/{self.case_public_id}" if self.case_public_id else address_of(self.item_kind, self.item_public_id)
        )


class Counted(msgspec.Struct, frozen=True):
    """How many the administrator reads, and how many she doesn't."""

    read: int
    hidden: int


class Waits(msgspec.Struct, frozen=True):
    """All that waits for her: the first of it, how many more there are, and how many the administrator doesn't read."""

    first: list[Waiting]
    more: int
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.first or self.hidden)


FOUND = """
    SELECT 'case' AS kind, e.id AS case, e.idea, e.due_at AS by, {} AS read
    FROM escalation e WHERE e.owner = {} AND e.ended_at IS NULL AND e.state <> 'verified'
    UNION ALL SELECT CASE WHEN p.escalation IS NULL THEN 'promise' ELSE 'promise of a case' END, NULL, p.idea,
        p.due_on::timestamptz, {}
    FROM promise p WHERE p.owner = {} AND p.state = 'open'
    UNION ALL SELECT 'asked', e.id, e.idea, e.due_at, {}
    FROM escalation e
    WHERE e.ended_at IS NULL AND e.id IN (
        SELECT h.escalation FROM handover h WHERE h.person = {} AND h.outcome IS NULL
        UNION SELECT d.escalation FROM answer_draft d WHERE d.approver = {}
        UNION SELECT c.escalation FROM consultation c WHERE c.person = {} AND c.answered_at IS NULL)
"""
# To whom a case passes is what the clock will find (rule 5); a promise with a case is watched over by who owns that.
FIRST = """
    WITH first AS MATERIALIZED (
        SELECT f.* FROM ({}) f WHERE f.read ORDER BY f.by, f.kind, f.idea LIMIT {}
    )
    SELECT f.kind, i.title, i.language, i.kind AS item_kind, i.public_id AS item_public_id,
        coalesce(e.public_id, '') AS case_public_id, coalesce(n.name, '') AS heir
    FROM first f JOIN idea i ON i.id = f.idea LEFT JOIN escalation e ON e.id = f.case
    LEFT JOIN plein_deciders(ARRAY(SELECT c FROM first o JOIN escalation c ON c.id = o.case WHERE o.kind = 'case'),
        '{{}}', TRUE, plein_now()) x ON f.kind = 'case' AND x.id = f.case
    LEFT JOIN identity n ON n.person = x.person AND plein_there(x.person, plein_now()) AND {}
    ORDER BY f.by, f.kind, f.idea
"""
COUNTED = """
    SELECT (count(*) FILTER (WHERE f.read))::int AS read, (count(*) FILTER (WHERE NOT f.read))::int AS hidden
    FROM ({}) f
"""


async def waiting_for(actor: Actor, person: int) -> Waits:
    """All of it, what is due first before the rest."""
    require(actor, Action.PEOPLE_MANAGE)
    case, promise = visible(Escalation, actor, "e"), visible(Promise, actor, "p")
    found = QueryString(FOUND, case, person, promise, person, case, person, person, person)
    known = await read_together(
        first=Reading(Waiting, FIRST, found, MOST, visible(Identity, actor, "n")),
        counted=Reading(Counted, COUNTED, found),
    )
    first, counted = known["first"], known["counted"][0]
    return Waits(first, counted.read - len(first), counted.hidden)
