"""What follows from events. Each reaction may come twice and does its work once."""

from __future__ import annotations

from portal.db import execute
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.holding import hold_above, take_out_of_sight
from portal.sensitive import SCREEN_MINUTES

# Who decides about it, would decide, or answers for its topic, hides nothing by reporting it (rules 7 and 15); nor does
# anybody what was screened before, or restored by the neutral, and has not changed since; or the post in which people
# speak about a policy while its notice runs: what it says stands in the register anyway.
HOLD = """
    INSERT INTO screening (space, idea, comment, person, category, found, was, due_at)
    SELECT x.space, x.idea, x.comment, coalesce(m.behind, x.author), NULL, 'report', 'published',
        plein_working_after(plein_now(), {})
    FROM event e JOIN moderation_item x ON x.public_id = e.particulars ->> 'item'
    JOIN report r ON r.item = x.id AND r.sensitive AND NOT r.beyond
    LEFT JOIN comment k ON k.id = x.comment JOIN idea i ON i.id = coalesce(x.idea, k.idea)
    JOIN campaign c ON c.id = i.campaign LEFT JOIN mask m ON m.person = x.author
    WHERE e.id = {} AND x.state = 'open' AND coalesce(k.state, i.state) = 'published'
        AND NOT plein_decides(r.reporter, i.id) AND NOT plein_answers_for(r.reporter, i.topic)
        AND NOT coalesce(r.reporter IN (c.sponsor, c.decision_owner), FALSE)
        AND NOT EXISTS (SELECT FROM membership d
            WHERE d.space = x.space AND d.person = r.reporter AND d.role = 'decision_maker')
        AND NOT EXISTS (SELECT FROM person p, plein_candidates(i.topic, p.org_unit, plein_now()) d
            WHERE p.id = i.author AND d.person = r.reporter AND d.part IN ('owner', 'deputy', 'chain', 'neutral'))
        AND NOT EXISTS (SELECT FROM policy_version v
            WHERE v.discussion = x.idea AND v.dropped_at IS NULL AND v.in_force_at > plein_now())
        AND NOT EXISTS (SELECT FROM screening o CROSS JOIN LATERAL (SELECT CASE WHEN o.state = 'published'
                THEN o.decided_at WHEN o.outcome = 'granted' THEN o.outcome_at END) l (at)
            WHERE (o.idea = x.idea OR o.comment = x.comment)
                AND l.at >= coalesce(k.edited_at, CASE WHEN k.id IS NULL THEN i.updated_at END, l.at))
    LIMIT 1
    ON CONFLICT DO NOTHING RETURNING public_id, person, idea, comment
"""
HIDE_COMMENT = "UPDATE comment SET state = 'hidden' WHERE id = {} AND state = 'published'"


async def hold_reported(event: int) -> None:
    """What a reader reported as sensitive is out of sight until it was screened; its author is told."""
    for row in await execute(HOLD, SCREEN_MINUTES, event):
        await hold_above(row["idea"], row["comment"])
        if row["idea"]:
            await take_out_of_sight(row["idea"])
        else:
            await execute(HIDE_COMMENT, row["comment"])
        await record(Kind.SCREENING_BEGUN, person=row["person"], item=row["public_id"])
