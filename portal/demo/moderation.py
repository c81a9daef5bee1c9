"""What was reported in the demo, and what its moderators decided."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value
from portal.moderation import HIDING
from portal.text.markdown import to_html

CONTENT = Path(__file__).parent / "content" / "moderation.toml"

APPOINT = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator') ON CONFLICT DO NOTHING"
SAY = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language, created_at)
    SELECT id, space, {}, 'published', {}, {}, {}, {} FROM idea WHERE title = {} RETURNING id
"""
OPEN = """
    INSERT INTO moderation_item (space, comment, author, created_at)
    SELECT space, id, author, {} FROM comment WHERE id = {} RETURNING id
"""
REPORT = """
    INSERT INTO report (item, space, reporter, rule, words, title, body_html, created_at)
    SELECT x.id, x.space, {}, {}, {}, i.title, k.body_html, {}
    FROM moderation_item x JOIN comment k ON k.id = x.comment JOIN idea i ON i.id = k.idea WHERE x.id = {}
"""
DECIDE = """
    INSERT INTO decision (item, space, person, moderator, action, rule, words, title, body_html, was, created_at)
    SELECT x.id, x.space, x.author, {}, {}, {}, {}, i.title, k.body_html, 'published', {}
    FROM moderation_item x JOIN comment k ON k.id = x.comment JOIN idea i ON i.id = k.idea WHERE x.id = {} RETURNING id
"""
APPEAL = "INSERT INTO appeal (decision, space, words, created_at) SELECT id, space, {}, {} FROM decision WHERE id = {}"


async def report_and_judge(people: dict[str, int], organisation: int, moment: datetime) -> None:
    """The moderators of the organisation's space, with a queue, an appeal, and receipts in both languages."""
    content = tomllib.loads(CONTENT.read_text())
    for key in content["moderators"]:
        await execute(APPOINT, organisation, people[key])
    for entry in content["comment"]:
        await _comment(entry, people, moment)


async def _comment(entry: dict[str, Any], people: dict[str, int], moment: datetime) -> None:
    def at(days: float) -> datetime:
        return moment + timedelta(days=days)

    text, author = entry["text"], people[entry["author"]]
    comment = await fetch_value(SAY, author, text, to_html(text), entry["language"], at(entry["day"]), entry["idea"])
    item = await fetch_value(OPEN, at(entry["reports"][0]["day"]), comment)
    for report in entry["reports"]:
        await execute(REPORT, people[report["by"]], report["rule"], report["words"], at(report["day"]), item)
    if "decision" in entry:
        await _decide(entry["decision"], item, comment, people, at)


async def _decide(entry: dict[str, Any], item: int, comment: int, people: dict[str, int], at: Any) -> None:
    judged = (people[entry["by"]], entry["action"], entry["rule"], entry["words"], at(entry["day"]), item)
    decision = await fetch_value(DECIDE, *judged)
    if entry["action"] in HIDING:
        await execute("UPDATE comment SET state = 'hidden' WHERE id = {}", comment)
    appeal = entry.get("appeal")
    if appeal:
        await execute(APPEAL, appeal["words"], at(appeal["day"]), decision)
    await execute("UPDATE moderation_item SET state = {} WHERE id = {}", "appealed" if appeal else "decided", item)
