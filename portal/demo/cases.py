"""The cases of the demo: posts that enough people support, and where each of them stands."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value
from portal.text.markdown import excerpt, to_html

CONTENT = Path(__file__).parent / "content" / "cases.toml"

POST = """
    INSERT INTO idea (campaign, space, kind, author, state, title, body, body_html, excerpt, language, topic,
        created_at, updated_at)
    SELECT -x.space, x.space, 'discussion', {}, 'published', {}, {}, {}, {}, {},
        (SELECT t.id FROM topic t WHERE t.name = {}), {}, {}
    FROM (SELECT {}::bigint AS space) x RETURNING id
"""
SUPPORT = """
    INSERT INTO vote (person, idea, space, guest, created_at)
    SELECT x.person, i.id, i.space, FALSE, i.created_at + interval '1 hour' FROM unnest({}::bigint[]) x (person), idea i
    WHERE i.id = {}
"""
# Nothing is reached anew: the case is there.
REACHED = "UPDATE idea SET t1_at = {}, published_at = created_at, qualified_at = {} WHERE id = {}"
# `due`: counted in working minutes from some day on.
CASE = """
    INSERT INTO escalation (idea, space, state, origin, setting, topic, unit, owner, started_at, hold_until,
        triage_due_at, acknowledge_due_at, acknowledged_at, statement_due_at, statement, statement_html, statement_by,
        statement_at, due_at, half_at, soon_at, overdue2_at, overdue3_at, question, clarify_from, clarify_until,
        answered_at)
    SELECT i.id, i.space, {}, 'threshold', s.id, i.topic, p.org_unit, {}, x.began,
        plein_working_after(x.began, 240), plein_working_after(plein_now(), 120),
        greatest(plein_working_days_after(x.began, 1), CASE WHEN {} THEN NULL ELSE plein_working_after(plein_now(), 300)
            END),
        CASE WHEN {} THEN plein_working_days_after(x.began, 1) END, plein_working_days_after(x.began, 3),
        {}, {}, {}, {}, x.due, x.due, x.due, x.due, x.due, {}, {}, {}, {}
    FROM idea i JOIN person p ON p.id = i.author, escalation_setting s
    CROSS JOIN LATERAL (SELECT {}::timestamptz AS began, plein_working_after({}::timestamptz, {}) AS due) x
    WHERE i.id = {} ORDER BY s.id DESC LIMIT 1 RETURNING id
"""
# What the clock would have done is done; what is still to come, comes.
DONE = "UPDATE case_step SET done_at = due_at WHERE escalation = {} AND due_at <= plein_now()"
PASSED = "SELECT due_at FROM escalation WHERE id = {} AND due_at <= plein_now()"
TOLD = """
    INSERT INTO event (kind, actor, space, escalation, occurred_at, particulars)
    SELECT {}, {}, e.space, e.id, x.moment, jsonb_build_object('owner', {}::bigint, 'level', e.level, 'due', e.due_at,
        'topic', e.topic, 'unit', e.unit, 'started', e.started_at,
        'worked', plein_working_minutes(e.started_at, x.moment), 'step', CASE WHEN x.moment >= e.due_at THEN 1 END)
    FROM escalation e CROSS JOIN (SELECT {}::timestamptz AS moment) x WHERE e.id = {}
"""
# What she has to do stands in her notices; who stands above her is told of what is late.
DUTY = """
    WITH told AS (
        INSERT INTO event (kind, space, escalation, person, particulars, occurred_at)
        SELECT {}, e.space, e.id, {}, {}::jsonb, {} FROM escalation e WHERE e.id = {} RETURNING id, occurred_at)
    INSERT INTO notice (person, event, kind, space, idea, duty, bundle, created_at)
    SELECT {}, t.id, 'duty', e.space, e.idea, TRUE, 'e' || t.id || ' duty', t.occurred_at FROM told t, escalation e
    WHERE e.id = {}
"""
ANSWER = """
    INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, next_owner, language,
        created_at)
    SELECT i.id, i.space, {}, {}, {}, {}, {}, {}, {}, i.language, {} FROM idea i WHERE i.id = {}
"""
LATE = '{"about": "answer", "percent": 100}'
#: What happened on the way to each state, and how long after the beginning, in days.
HELD, QUALIFIED, ASSIGNED = ("case.held", 0.0), ("case.qualified", 0.2), ("case.assigned", 0.4)
WAY = {
    "triage": (HELD, QUALIFIED),
    "assigned": (HELD, QUALIFIED, ASSIGNED),
    "acknowledged": (HELD, QUALIFIED, ASSIGNED, ("case.acknowledged", 1.0)),
    "clarifying": (HELD, QUALIFIED, ASSIGNED, ("case.acknowledged", 1.0), ("case.clarifying", 2.0)),
    "answered": (HELD, QUALIFIED, ASSIGNED, ("case.acknowledged", 1.0), ("case.answered", 6.0)),
}


async def open_cases(people: Mapping[str, int], organisation: int, moment: datetime) -> None:
    """Each with its post and its supporters. Days are counted from the moment of seeding."""
    crowd = sorted(person for key, person in people.items() if key.startswith("gen:"))
    for entry in tomllib.loads(CONTENT.read_text())["case"]:
        idea = await _post(entry, people, organisation, moment)
        supporters = random.Random(entry["title"]).sample(crowd, entry["supporters"])
        began = moment + timedelta(days=entry["began"])
        await execute(REACHED, began, began, idea)
        await execute(SUPPORT, supporters, idea)
        await _case(entry, people, idea, began, moment)


async def _post(entry: dict[str, Any], people: Mapping[str, int], organisation: int, moment: datetime) -> int:
    body = entry["body"].strip()
    posted = moment + timedelta(days=entry["began"] - 1)
    words = (entry["title"], body, to_html(body), excerpt(to_html(body)), entry["language"], entry["topic"])
    made: int = await fetch_value(POST, people[entry["author"]], *words, posted, posted, organisation)
    return made


async def _case(entry: dict[str, Any], people: Mapping[str, int], idea: int, began: datetime, moment: datetime) -> None:
    state, owner = entry["state"], people[entry["owner"]] if "owner" in entry else None
    known = state not in ("triage", "assigned")
    statement = entry.get("statement", "")
    asked = began + timedelta(days=2) if state == "clarifying" else None
    case = await fetch_value(
        CASE,
        *(state, owner, known, known),
        *(statement, to_html(statement) if statement else "", owner if statement else None),
        began + timedelta(days=2) if statement else None,
        *(entry.get("question", ""), asked, asked and asked + timedelta(days=7)),
        began + timedelta(days=6) if state == "answered" else None,
        *(began, moment + timedelta(days=entry["due"]), entry.get("minutes", 240), idea),
    )
    await execute(DONE, case)
    for kind, after in [*WAY[state], *([("case.statement", 2.0)] if statement else [])]:
        owns = owner if kind not in ("case.held", "case.qualified") else None
        acts = owner if kind in ("case.acknowledged", "case.statement", "case.clarifying", "case.answered") else None
        await execute(TOLD, kind, acts, owns, began + timedelta(days=after), case)
    if state == "assigned":
        await execute(DUTY, "duty.assigned", owner, "{}", moment - timedelta(hours=2), case, owner, case)
    if entry.get("late") and (due := await fetch_value(PASSED, case)):
        above = people[entry["above"]]
        await execute(DUTY, "duty.reminder", owner, LATE, due, case, owner, case)
        await execute(DUTY, "duty.overdue", above, '{"step": 1}', due, case, above, case)
        await execute(TOLD, "case.overdue", None, owner, due, case)
    if "answer" in entry:
        given = entry["answer"]
        reason = given["reason"].strip()
        await execute(
            ANSWER,
            *(owner, given["kind"], given["summary"], reason, to_html(reason), given["next_step"], owner),
            *(began + timedelta(days=6), idea),
        )
