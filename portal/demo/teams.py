"""Case teams of the demo: an adviser, what the team notes for itself, and whose advice is asked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value
from portal.text.markdown import to_html

CONTENT = Path(__file__).parent / "content" / "teams.toml"

CASE = """
    SELECT e.id FROM escalation e JOIN idea i ON i.id = e.idea WHERE i.title = {} AND e.ended_at IS NULL
        AND e.owner IS NOT NULL
"""
ON_IT = """
    INSERT INTO case_role (escalation, space, person, role, since) SELECT id, space, {}, {}, {} FROM escalation
    WHERE id = {} ON CONFLICT (escalation, person, role) WHERE until IS NULL DO NOTHING
"""
NOTE = """
    INSERT INTO case_note (escalation, space, author, body, body_html, created_at)
    SELECT id, space, {}, {}, {}, {} FROM escalation WHERE id = {}
"""
# Expected by the end of a day on the organisation's clock.
ASKED = """
    INSERT INTO consultation (escalation, space, kind, person, body, asked_by, asked_at, due_on, due_at, outcome,
        answer, answer_html, answered_at)
    SELECT e.id, e.space, {}, {}, {}, e.owner, {}, {}, plein_day_over({}), {}, {}, {}, {}
    FROM escalation e WHERE e.id = {}
"""
TOLD = """
    INSERT INTO event (kind, actor, space, escalation, occurred_at, particulars)
    SELECT {}, {}, e.space, e.id, {}, jsonb_build_object('owner', e.owner, 'level', e.level, 'due', e.due_at,
        'about', {}::text, 'on', {}::date, 'member', {}::bigint)
    FROM escalation e WHERE e.id = {}
"""


async def staff_cases(people: Mapping[str, int], moment: datetime) -> None:
    """Each team joins a case that is there. Hours are counted back from the moment of seeding."""
    for entry in tomllib.loads(CONTENT.read_text())["team"]:
        case = await fetch_value(CASE, entry["case"])
        if case is None:
            continue
        for one in entry["members"]:
            since = moment - timedelta(hours=one["ago"])
            await execute(ON_IT, people[one["who"]], one["role"], since, case)
            await execute(TOLD, "case.staffed", None, since, None, None, people[one["who"]], case)
        for one in entry["notes"]:
            words = (one["body"], to_html(one["body"]), moment - timedelta(hours=one["ago"]))
            await execute(NOTE, people[one["by"]], *words, case)
        for one in entry["advice"]:
            await _ask(one, people, case, moment)


async def _ask(one: dict[str, Any], people: Mapping[str, int], case: int, moment: datetime) -> None:
    asked, due_on = moment - timedelta(hours=one["ago"]), (moment + timedelta(days=one["due"])).date()
    answer = one.get("answer", "")
    answered = moment - timedelta(hours=one["answered"]) if answer else None
    said = (one.get("outcome"), answer, to_html(answer) if answer else "", answered)
    await execute(ASKED, one["kind"], people[one["who"]], one["body"], asked, due_on, due_on, *said, case)
    await execute(TOLD, "case.consulted", None, asked, one["kind"], due_on, None, case)
    if answered:
        await execute(TOLD, "case.advised", people[one["who"]], answered, one["kind"], None, None, case)
