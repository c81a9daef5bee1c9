"""Who would get a case, and why, as a moderator is about to say what it is about."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch
from portal.escalation.queries import CaseRow
from portal.tables import Escalation


class Placed(msgspec.Struct, frozen=True):
    """What a moderator says of a case."""

    topic: int | None
    unit: int | None
    complaint: bool
    named: list[int]
    owner: int | None


class WouldGetIt(msgspec.Struct, frozen=True):
    """Somebody who could get a case, and why; `barred`: she may not decide it (rule 6), and everybody may know."""

    public_id: str
    name: str
    part: str
    in_office: bool
    absent: bool
    barred: bool
    gets_it: bool


# The case as it would be; a decision owner of its campaign comes before all rules.
WOULD = """
    SELECT p.public_id, coalesce(n.name, '') AS name, c.part, c.in_office, c.absent, c.person = x.decider AS gets_it,
        c.person = ANY (plein_openly_barred(w) || {}::bigint[]) AS barred
    FROM escalation e
    CROSS JOIN LATERAL jsonb_populate_record(e, jsonb_build_object('topic', {}::bigint, 'unit',
        coalesce({}::bigint, e.unit), 'complaint', {}::boolean)) w
    CROSS JOIN LATERAL (SELECT d.person AS decider FROM plein_deciders(ARRAY[w], {}::bigint[], FALSE, plein_now()) d) x
    CROSS JOIN LATERAL (
        SELECT 0 AS place, x.decider AS person, 'campaign' AS part, TRUE AS in_office, FALSE AS absent
        WHERE NOT EXISTS (SELECT FROM plein_candidates(w.topic, w.unit, plein_now()) k WHERE k.person = x.decider)
        UNION ALL SELECT k.* FROM plein_candidates(w.topic, w.unit, plein_now()) k) c
    JOIN person p ON p.id = c.person LEFT JOIN identity n ON n.person = c.person
    WHERE e.id = {} AND {} ORDER BY c.place LIMIT 20
"""


async def would_get_it(actor: Actor, case: CaseRow, placed: Placed) -> list[WouldGetIt]:
    """Who would decide it, one after the other."""
    about = placed.topic, placed.unit, placed.complaint, placed.named
    return await fetch(WouldGetIt, WOULD, placed.named, *about, case.id, visible(Escalation, actor, "e"))
