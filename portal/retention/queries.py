"""Reading the retention lists, what one of them would destroy today, and what they have destroyed."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch
from portal.tables import RetentionList, RetentionLog, RetentionRule


class ListRow(msgspec.Struct, frozen=True):
    """One version of the list."""

    id: int
    version: int
    reason: str
    consent_by: str
    consent_on: date
    author_name: str
    created_at: datetime


LISTS = """
    SELECT l.id, l.reason, l.consent_by, l.consent_on, l.created_at, row_number() OVER (ORDER BY l.id)::int AS version,
        coalesce(n.name, '') AS author_name
    FROM retention_list l LEFT JOIN identity n ON n.person = l.author WHERE {} ORDER BY l.id DESC LIMIT 50
"""


async def lists(actor: Actor) -> list[ListRow]:
    """Every version, the one that holds first; none where nothing was set yet."""
    return await fetch(ListRow, LISTS, visible(RetentionList, actor, "l"))


class RuleRow(msgspec.Struct, frozen=True):
    """For how many years one kind of thing is kept after its case, and on which ground; none: for good."""

    list: int
    kind: str
    years: int | None
    ground: str


RULES = "SELECT r.list, r.kind, r.years, r.ground FROM retention_rule r WHERE {} AND r.list = ANY({}) ORDER BY r.id"


async def rules_of(actor: Actor, versions: list[ListRow]) -> list[RuleRow]:
    """What these versions say."""
    return await fetch(RuleRow, RULES, visible(RetentionRule, actor, "r"), [one.id for one in versions])


class Over(msgspec.Struct, frozen=True):
    """Things of one kind of a case whose time is over."""

    list: int
    kind: str
    escalation: int
    case_public_id: str
    things: int
    ended_at: datetime


OVER = """
    SELECT r.list, r.kind, e.id AS escalation, e.public_id AS case_public_id, k.things, plein_over_from(e) AS ended_at
    FROM retention_rule r JOIN escalation e ON e.ended_at <= plein_over_since(r.kind)
        AND plein_over_from(e) <= plein_over_since(r.kind)
    CROSS JOIN LATERAL (SELECT CASE r.kind
        WHEN 'notes' THEN (SELECT count(*) FROM case_note x WHERE x.escalation = e.id)
        WHEN 'files' THEN (SELECT count(*) FROM case_file x WHERE x.escalation = e.id)
        WHEN 'consultations' THEN (SELECT count(*) FROM consultation x WHERE x.escalation = e.id)
        ELSE (SELECT count(*) FROM case_role x WHERE x.escalation = e.id) END::int AS things) k
    WHERE r.list = (SELECT max(l.id) FROM retention_list l) AND k.things > 0
    ORDER BY 6, e.id, r.id
"""


async def due() -> list[Over]:  # access: numbers, for the job that destroys and the trial run of administrators
    """Everything whose time is over by now: what goes with the next run."""
    return await fetch(Over, OVER)


class Destroyed(msgspec.Struct, frozen=True):
    """A line of the log: how much of what went, of which case, by which version of the list."""

    kind: str
    case_public_id: str
    things: int
    version: int
    ground: str
    ended_at: datetime
    destroyed_at: datetime


LOG = """
    SELECT g.kind, e.public_id AS case_public_id, g.things,
        (SELECT count(*) FROM retention_list l WHERE l.id <= g.list)::int AS version, r.ground, g.ended_at,
        g.destroyed_at
    FROM retention_log g JOIN escalation e ON e.id = g.escalation
    JOIN retention_rule r ON r.list = g.list AND r.kind = g.kind
    WHERE {} ORDER BY g.id DESC LIMIT 200
"""


async def log_of(actor: Actor) -> list[Destroyed]:
    """What was destroyed last."""
    return await fetch(Destroyed, LOG, visible(RetentionLog, actor, "g"))
