"""Promises that somebody has to see to now: nothing was told for long, the day is over, or it comes near."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.of_crowd import ANSWERED
from portal.access.scope import visible
from portal.db import QueryString
from portal.tables import Promise

NEAR = 7  # days before its own, from which on a promise stands at home

# Of those whom the clock reminds. `n`: news is owed, as the clock of its case says; without a case there is the day.
DUE = """
    SELECT CASE WHEN n.due_at IS NOT NULL THEN 'news' WHEN p.due_on < plein_day({}) THEN 'late' ELSE 'near' END, e.id,
        p.idea, CASE WHEN n.due_at IS NOT NULL THEN '/promises/' || p.public_id || '/news'
            ELSE coalesce('/cases/' || e.public_id, '/ideas/' || i.public_id) || '#promise-' || p.public_id END,
        coalesce(n.due_at, plein_day_over(p.due_on) - interval '1 minute'), p.body
    FROM (SELECT o.id FROM promise o WHERE o.owner = {} AND o.state = 'open'
        UNION SELECT o.id FROM escalation c JOIN promise o ON o.escalation = c.id AND o.state = 'open'
            WHERE c.owner = {} AND c.state = ANY({})) x
    JOIN promise p ON p.id = x.id JOIN idea i ON i.id = p.idea LEFT JOIN escalation e ON e.id = p.escalation
    LEFT JOIN LATERAL (SELECT m.due_at FROM case_step m JOIN case_step s ON s.escalation = m.escalation
            AND s.kind = 'promise_news_soon' AND s.nth = m.nth AND s.due_at <= {}
        WHERE m.escalation = p.escalation AND m.kind = 'promise_news_missed' AND m.done_at IS NULL
            AND m.nth = coalesce((SELECT max(w.id) FROM promise_news w WHERE w.promise = p.id), -p.id)) n ON TRUE
    WHERE (e.id IS NULL OR e.state = ANY({})) AND {} AND (n.due_at IS NOT NULL OR p.due_on <= plein_day({}) + {}::int)
"""

NOTHING = QueryString("SELECT '', NULL::bigint, NULL::bigint, '', NULL::timestamptz, '' WHERE FALSE")


def promises_due(actor: Actor) -> QueryString:
    """What whoever may tell of a promise is asked about it; one thing of each: its kind, case (or none), item, address,
    until when, and the promise. Guests see to none, and their own login reads no clock of a case."""
    if actor.guest:
        return NOTHING
    me, now, watched = actor.id, actor.now, sorted(ANSWERED)
    return QueryString(DUE, now, me, me, watched, now, watched, visible(Promise, actor, "p"), now, NEAR)
