"""Reading the charter."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch
from portal.tables import EscalationSetting

#: The sizes of audiences that the charter shows.
AUDIENCES = (25, 200, 600, 4_000, 9_000, 65_000, 400_000)


class SettingRow(msgspec.Struct, frozen=True):
    """One version of the charter. Hours and days are working time, caps are percents."""

    id: int
    version: int
    k1: float
    k2: float
    cap1: int
    cap2: int
    hold_hours: int
    triage1_hours: int
    triage2_hours: int
    acknowledge1_days: int
    acknowledge2_hours: int
    statement1_days: int
    statement2_days: int
    answer_days: int
    news1_days: int
    news2_days: int
    clarify_days: int
    extension_days: int
    overdue2_days: int
    overdue3_days: int
    rating_days: int
    reason: str
    consent_by: str
    consent_on: date | None
    author_name: str
    created_at: datetime


HISTORY = """
    SELECT s.id, s.k1::float8 AS k1, s.k2::float8 AS k2, s.cap1, s.cap2, s.hold_hours, s.triage1_hours, s.triage2_hours,
        s.acknowledge1_days, s.acknowledge2_hours, s.statement1_days, s.statement2_days, s.answer_days, s.news1_days,
        s.news2_days, s.clarify_days, s.extension_days, s.overdue2_days, s.overdue3_days, s.rating_days, s.reason,
        s.consent_by, s.consent_on, s.created_at, row_number() OVER (ORDER BY s.id)::int AS version,
        coalesce(n.name, '') AS author_name
    FROM escalation_setting s LEFT JOIN identity n ON n.person = s.author WHERE {} ORDER BY s.id DESC LIMIT 50
"""


async def history(actor: Actor) -> list[SettingRow]:
    """Every version of the charter, the one that holds first. A guest reads that one, and not who agreed on it."""
    rows = await fetch(SettingRow, HISTORY, visible(EscalationSetting, actor, "s"))
    if actor.guest:
        return [msgspec.structs.replace(rows[0], reason="", consent_by="", consent_on=None, author_name="")]
    return rows


class Threshold(msgspec.Struct, frozen=True):
    """How many people it takes where so many can read it: for an answer, and for the next level, if any."""

    audience: int
    t1: int
    t2: int | None


THRESHOLDS = """
    SELECT a.size AS audience, t.t1, t.t2
    FROM unnest(ARRAY[{}]::integer[]) WITH ORDINALITY a (size, place)
    JOIN escalation_setting s ON s.id = {}, plein_thresholds(a.size, a.size, s) t
    WHERE t.t1 IS NOT NULL AND {} ORDER BY a.place
"""


async def thresholds(actor: Actor, setting: SettingRow, *sizes: int | QueryString) -> list[Threshold]:
    """What the formula gives for audiences of these sizes; none for fewer than five."""
    places = ", ".join(["{}"] * len(sizes))
    wanted = QueryString(places, *sizes)
    return await fetch(Threshold, THRESHOLDS, wanted, setting.id, visible(EscalationSetting, actor, "s"))
