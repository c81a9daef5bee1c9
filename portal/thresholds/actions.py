"""Changing the charter: a new version for what is published from then on, with who consented to it."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of the charter says. Hours and days are working time, caps are percents."""

    k1: float = 1.5
    k2: float = 6
    cap1: int = 30
    cap2: int = 50
    triage1_hours: int = 4
    triage2_hours: int = 2
    acknowledge1_days: int = 1
    acknowledge2_hours: int = 4
    statement1_days: int = 3
    statement2_days: int = 1
    answer_days: int = 10
    news1_days: int = 20
    news2_days: int = 10
    extension_days: int = 10
    overdue2_days: int = 5
    overdue3_days: int = 10


#: The newest row is found after whoever writes one has finished.
ONE_AT_A_TIME = "LOCK TABLE escalation_setting IN SHARE ROW EXCLUSIVE MODE"
CHANGE = """
    WITH held AS (SELECT * FROM escalation_setting ORDER BY id DESC LIMIT 1)
    INSERT INTO escalation_setting (k1, k2, cap1, cap2, triage1_hours, triage2_hours, acknowledge1_days,
        acknowledge2_hours, statement1_days, statement2_days, answer_days, news1_days, news2_days, extension_days,
        overdue2_days, overdue3_days, hold_hours, longer_hold_hours, clarify_days, rating_days, author, reason,
        consent_by, consent_on)
    SELECT {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, hold_hours, longer_hold_hours, clarify_days,
        rating_days, {}, {}, {}, {} FROM held WHERE id = {} RETURNING id
"""


async def change_charter(
    actor: Actor, numbers: Numbers, *, reason: str, consent_by: str, consent_on: date, read: int
) -> None:
    """Another version; posts that are open keep theirs. `read`: the version that it was made from. Raises Changed."""
    require(actor, Action.CHARTER_CHANGE)
    async with transaction():
        await execute(ONE_AT_A_TIME)
        consent = (reason, consent_by, consent_on)
        made = await fetch_value(CHANGE, *msgspec.structs.astuple(numbers), actor.id, *consent, read)
        if made is None:
            raise Changed
        await record(Kind.CHARTER_SET, actor=actor.id, space=actor.organisation_space, setting=made)
