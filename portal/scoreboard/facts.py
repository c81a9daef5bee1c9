"""What the events of a case say of it, as SQL: nothing of a number comes from the case's own row, which only says who
may see it."""

from __future__ import annotations

from typing import Any

from portal.db import QueryString
from portal.escalation.states import OWED, TRANSITIONS, State

#: Left out of every number: nothing was owed in the end, or another case stands for it.
LEFT_OUT = (State.DROPPED, State.MERGED, State.WITHDRAWN, State.DIVERTED)
#: To which state each kind of event leads, for those that lead to one; handed to FACTS as two lists, with who sees it.
LEADS = {kind: after for kind, (_, after) in TRANSITIONS.items() if after}

# One row a case: `due_at` as it stood when it was answered; `overdue`: how late it is now, since it is owed anew;
# `stated`, `took`: working minutes from T1 to the first statement (an answer is one, too) and to the answer; `was_due`:
# it was answered, or its date passed without; `kept` and `judged`: promises of which the crowd said that they were
# kept, and all of which it said something. The unit is the one below the root of the organisation's tree; where there
# are several roots, the root.
FACTS = """
    WITH RECURSIVE leads AS (SELECT * FROM unnest({}::text[], {}::text[]) l (kind, state)),
    told AS (
        SELECT v.escalation AS id, v.id AS event, v.kind, l.state, v.occurred_at AS created_at,
            (v.particulars ->> 'due')::timestamptz AS due_at, (v.particulars ->> 'started')::timestamptz AS started_at,
            (v.particulars ->> 'topic')::bigint AS topic, (v.particulars ->> 'unit')::bigint AS unit,
            (v.particulars ->> 'worked')::int AS worked, (v.particulars ->> 'step')::int AS step,
            max(v.id) FILTER (WHERE v.kind IN ('case.answered', 'case.reopened')) OVER w AS again,
            min(v.id) FILTER (WHERE v.kind = 'case.answered') OVER w AS answer
        FROM escalation e JOIN event v ON v.escalation = e.id AND starts_with(v.kind, 'case.')
        LEFT JOIN leads l ON l.kind = v.kind
        WHERE {} WINDOW w AS (PARTITION BY v.escalation)
    ), counted AS (
        SELECT t.id, coalesce(min(t.started_at), min(t.created_at)) AS started_at,
            (array_agg(t.state ORDER BY t.event DESC) FILTER (WHERE t.state IS NOT NULL))[1] AS state,
            (array_agg(t.topic ORDER BY t.event DESC))[1] AS topic,
            (array_agg(t.unit ORDER BY t.event DESC))[1] AS unit,
            (array_agg(t.due_at ORDER BY t.event = t.answer DESC, t.event DESC))[1] AS due_at,
            min(t.created_at) FILTER (WHERE t.event = t.answer) AS answered_at,
            min(t.created_at) FILTER (WHERE t.kind IN ('case.statement', 'case.answered')) AS stated_at,
            min(t.worked) FILTER (WHERE t.kind IN ('case.statement', 'case.answered')) AS stated,
            min(t.worked) FILTER (WHERE t.event = t.answer) AS took,
            coalesce(bool_or(t.kind = 'case.overdue' AND t.event < coalesce(t.answer, t.event + 1)), FALSE) AS passed,
            coalesce(max(t.step) FILTER (WHERE t.kind = 'case.overdue' AND t.event > coalesce(t.again, 0)), 0)
                AS overdue,
            count(*) FILTER (WHERE t.kind = 'case.under_review')::int AS reviews,
            count(*) FILTER (WHERE t.kind = 'case.verified')::int AS kept,
            count(*) FILTER (WHERE t.kind IN ('case.verified', 'case.reopened'))::int AS judged
        FROM told t GROUP BY t.id
    ), facts AS (
        SELECT c.*, c.passed OR c.answered_at IS NOT NULL AS was_due, c.answered_at <= c.due_at AS in_time,
            c.state = ANY ({}) AS owed
        FROM counted c WHERE c.state <> ALL ({})
    ), tops AS (
        SELECT u.id, r.only FROM org_unit u CROSS JOIN (
            SELECT CASE count(*) WHEN 1 THEN min(x.id) END AS only FROM org_unit x WHERE x.parent IS NULL) r
        WHERE u.parent IS NULL OR u.parent = r.only
    ), tree (id, top) AS (
        SELECT t.id, t.id FROM tops t
        UNION ALL
        SELECT u.id, r.top FROM tree r JOIN org_unit u ON u.parent = r.id WHERE u.id NOT IN (SELECT t.id FROM tops t)
    ), placed AS (
        SELECT f.*, coalesce(y.public_id, '') AS topic_key, coalesce(y.name, '') AS topic_name,
            coalesce(d.public_id, '') AS unit_key, coalesce(d.name, '') AS unit_name,
            to_char(f.started_at AT TIME ZONE o.zone, 'YYYY-Q') AS quarter
        FROM facts f CROSS JOIN organisation o LEFT JOIN topic y ON y.id = f.topic AND {}
        LEFT JOIN tree r ON r.id = f.unit LEFT JOIN org_unit d ON d.id = r.top AND {}
    )
"""


def arguments(sees: QueryString, topics: QueryString, units: QueryString) -> list[Any]:
    """What FACTS asks for: which cases, topics and units are in sight."""
    return [
        [kind.value for kind in LEADS],
        [state.value for state in LEADS.values()],
        sees,
        [state.value for state in OWED],
        [state.value for state in LEFT_OUT],
        topics,
        units,
    ]
