"""Work by the clock: whose turn it is to screen, who decides appeals, and when sealed texts go."""

from __future__ import annotations

from typing import Any

from portal.db import execute, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive import APPEAL_DAYS, SCREEN_MINUTES

# In turn, as what is moderated: who has least to screen comes first, and nobody twice while there is somebody else.
# `few`: nobody is left, or, of what has no name, fewer than two as far as everybody knows: else it would be told that
# the only one who screens it wrote it.
ASSIGN = """
    UPDATE screening SET assigned_to = n.person, assigned_at = plein_now(),
        due_at = CASE WHEN n.first THEN due_at ELSE plein_working_after(plein_now(), {}) END
    FROM (
        SELECT x.id, x.assigned_at IS NULL AS first, (
            SELECT s.person FROM plein_screeners_of(x) s (person)
            ORDER BY s.person IS NOT DISTINCT FROM x.assigned_to, (
                SELECT count(*) FROM screening o WHERE o.assigned_to = s.person AND o.state = 'open'), s.person
            LIMIT 1) AS person,
            (i.anonymous OR EXISTS (SELECT FROM mask m WHERE m.idea = i.id)) AND 2 > (
                SELECT count(*) FROM plein_screeners(x.category) s (person)
                WHERE NOT plein_answers_for(s.person, i.topic) AND NOT plein_decides(s.person, i.id)) AS few
        FROM screening x LEFT JOIN comment k ON k.id = x.comment LEFT JOIN idea i ON i.id = coalesce(x.idea, k.idea)
        WHERE x.state = 'open' AND (x.assigned_at IS NULL OR x.due_at <= plein_now())
        ORDER BY x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED) n
    WHERE screening.id = n.id RETURNING screening.public_id, screening.assigned_to AS person,
        n.person IS NULL OR n.few AS few
"""
# The neutral of its topic; where there is none, or she had a part in it, a decision maker of the organisation or an
# administrator who had none, does not answer for its topic, and did not decide the case that ended with it (rule 7).
TO_NEUTRAL = """
    UPDATE screening SET appeal_to = n.person FROM (
        SELECT x.id, (SELECT c.person FROM (
                SELECT 1 AS place, t.id, t.neutral AS person FROM topic t WHERE t.id = i.topic
                UNION ALL SELECT CASE m.role WHEN 'decision_maker' THEN 2 ELSE 3 END, m.id, m.person
                    FROM membership m JOIN space s ON s.id = m.space AND s.kind = 'organisation'
                    WHERE m.role IN ('decision_maker', 'administrator')) c
            WHERE plein_in_office(c.person) AND c.person NOT IN (x.person, x.decided_by)
                AND NOT plein_answers_for(c.person, i.topic)
                AND NOT EXISTS (SELECT FROM escalation e JOIN case_role r ON r.escalation = e.id
                    WHERE e.idea = i.id AND r.person = c.person AND r.role IN ('owner', 'deputy', 'chain'))
            ORDER BY c.place, c.id LIMIT 1) AS person
        FROM screening x LEFT JOIN comment k ON k.id = x.comment JOIN idea i ON i.id = coalesce(x.idea, k.idea)
        WHERE x.appealed_at IS NOT NULL AND x.appeal_to IS NULL AND x.outcome IS NULL
        ORDER BY x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED) n
    WHERE screening.id = n.id AND n.person IS NOT NULL RETURNING screening.public_id, screening.appeal_to AS person,
        FALSE AS few
"""
FORGET = """
    DELETE FROM sealed_text t USING screening x WHERE x.id = t.screening AND x.appealed_at IS NULL
        AND x.decided_at <= plein_now() - make_interval(days => {})
"""


async def assign_screenings() -> None:
    """What waits is somebody's turn, and after four working hours the next one's; each appeal has its neutral; and what
    nobody appealed about in time is sealed no longer, because it is gone."""
    while await _assign_one():
        pass
    while await _name_neutral():
        pass
    await execute(FORGET, APPEAL_DAYS)


async def _assign_one() -> bool:
    async with transaction():
        return await _oblige(await execute(ASSIGN, SCREEN_MINUTES))


async def _name_neutral() -> bool:
    async with transaction():
        return await _oblige(await execute(TO_NEUTRAL))


async def _oblige(rows: list[dict[str, Any]]) -> bool:
    """Whoever it is now hears of it; where too few are left, the administrators do, too."""
    for row in rows:
        if row["person"] is not None:
            await record(Kind.DUTY_SCREEN, person=row["person"], item=row["public_id"])
        if row["few"]:
            await record(Kind.SCREENER_NEEDED, item=row["public_id"])
    return bool(rows)
