"""Answers on their way in the demo: core questions, an answer with its replies, a draft, and texts to begin with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from portal.answers.forms import mark_of
from portal.db import execute, fetch_value
from portal.demo.promises import CASE, SUPPORTED, TOLD

CONTENT = Path(__file__).parent / "content" / "answering.toml"

START = """
    INSERT INTO answer_start (name, language, kind, summary, reason, next_step) VALUES ({}, {}, {}, {}, {}, {})
"""
ASKED = "UPDATE idea SET core_questions = {} WHERE title = {}"
REPLIED = """
    UPDATE answer a SET questions = i.core_questions, replies = {} FROM idea i WHERE i.id = a.idea AND i.title = {}
"""
DRAFT = """
    INSERT INTO answer_draft (escalation, space, kind, summary, reason, from_when, next_step, replies, asked, edited_by,
        edited_at)
    SELECT id, space, {}, {}, {}, {}, {}, {}, {}, {}, {} FROM escalation WHERE id = {}
"""
QUESTIONS = "SELECT i.core_questions FROM idea i JOIN escalation e ON e.idea = i.id WHERE e.id = {}"
ADVISER = """
    INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'adviser' FROM escalation
    WHERE id = {} ON CONFLICT DO NOTHING
"""
NO_CASE = "SELECT NOT EXISTS (SELECT FROM escalation e JOIN idea i ON i.id = e.idea WHERE i.title = {})"


async def answer_some(people: Mapping[str, int], moment: datetime) -> None:
    """What stands in content/answering.toml, told from this moment."""
    content = tomllib.loads(CONTENT.read_text(encoding="utf-8"))
    for one in content["start"]:
        await execute(START, one["name"], one["language"], one["kind"], one["summary"], one["reason"], one["next_step"])
    for one in content["asked"]:
        await execute(ASKED, one["questions"], one["post"])
        if "replies" in one:
            await execute(REPLIED, one["replies"], one["post"])
    for one in content["draft"]:
        if not await fetch_value(NO_CASE, one["post"]):
            continue
        began, owner, adviser = moment - timedelta(days=one["days"]), people[one["owner"]], people[one["adviser"]]
        case = await fetch_value(CASE, "drafting", owner, None, began, one["post"])
        if case is None:
            continue
        for hours, kind, whose in (
            (0, "case.held", None),
            (7, "case.qualified", None),
            (8, "case.assigned", owner),
            (24, "case.acknowledged", owner),
            (48, "case.drafting", owner),
        ):
            await execute(TOLD, kind, whose, began + timedelta(hours=hours), case)
        await execute(SUPPORTED, case, [owner, adviser])
        await execute(ADVISER, adviser, case)
        said = (one["kind"], one["summary"], one["reason"], one["from_when"], one["next_step"], one["replies"])
        asked = mark_of(await fetch_value(QUESTIONS, case))
        await execute(DRAFT, *said, asked, adviser, moment - timedelta(hours=3), case)
