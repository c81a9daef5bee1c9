"""The demo's doors and lists; what waits to be screened, what was led elsewhere, and a post without a name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value
from portal.ideas.announcing import MASK, SIGN
from portal.sensitive import CATEGORIES
from portal.sensitive.actions import DOOR, SCREENERS, WORDS
from portal.sensitive.suggested import suggested
from portal.text.markdown import excerpt, to_html

CONTENT = Path(__file__).parent / "content" / "screening.toml"

RULE = """
    INSERT INTO sensitive_rule (category, version, name_nl, name_en, about_nl, about_en, author, reason, consent_by,
        consent_on, created_at)
    VALUES ({}, 1, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
POST = """
    INSERT INTO idea (campaign, space, kind, author, state, anonymous, title, body, body_html, excerpt, language,
        created_at, updated_at)
    VALUES ({}, {}, 'discussion', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
SCREENED = """
    INSERT INTO screening (space, idea, person, category, found, was, due_at, assigned_to, assigned_at, created_at)
    SELECT space, id, author, {}, 'words', 'draft', plein_working_after(plein_now(), 200), {}, created_at, created_at
    FROM idea WHERE id = {} RETURNING id
"""
DIVERTED = """
    UPDATE screening SET state = 'diverted', decided_by = {}, decided_at = {}, words = {},
        door = (SELECT d.id FROM sensitive_door d JOIN sensitive_rule r ON r.id = d.rule
            WHERE r.category = screening.category AND d.name_en = {})
    WHERE id = {}
"""
SEALED = "INSERT INTO sealed_text (screening, title, body) VALUES ({}, {}, {})"
RECORD = "INSERT INTO sealed_record (outcome, category, person, door, created_at) VALUES ('diverted', {}, {}, {}, {})"
SUPPORT = """
    INSERT INTO vote (person, idea, space, guest, created_at)
    SELECT r.person, i.id, i.space, FALSE, i.created_at + interval '1 hour' FROM idea i
    JOIN readership r ON r.space = i.space AND r.person <> {} JOIN person p ON p.id = r.person AND p.kind = 'employee'
    WHERE i.id = {} ORDER BY r.person DESC LIMIT {}
"""
REPLY = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language, created_at)
    VALUES ({}, {}, {}, 'published', {}, {}, {}, {})
"""


async def screen_posts(people: Mapping[str, int], organisation: int, moment: datetime) -> None:
    """Every category has its list; the rest is one of each."""
    content = tomllib.loads(CONTENT.read_text())
    for category in CATEGORIES:
        await _rule(category, content, people, moment - timedelta(days=60))
    for entry in content["waits"]:
        post = await _post(entry, "draft", people, organisation, moment - timedelta(minutes=20))
        await fetch_value(SCREENED, entry["category"], people[content["screeners"][0]], post)
    for entry in content["diverted"]:
        await _divert(entry, people, organisation, moment)
    await execute("UPDATE space SET anonymous = TRUE WHERE id = {}", organisation)
    for entry in content["anonymous"]:
        await _without_name(entry, people, organisation, moment)


async def _rule(category: str, content: dict[str, Any], people: Mapping[str, int], since: datetime) -> None:
    said = suggested(category)
    about = [said[f"{field}_{language}"] for field in ("name", "about") for language in ("nl", "en")]
    consent = (people[content["author"]], content["reason"], content["consent_by"], since.date(), since)
    rule = await fetch_value(RULE, category, *about, *consent)
    await execute(WORDS, rule, said["words_nl"], said["words_en"])
    for door in content["door"]:
        if category in door["categories"]:
            await execute(DOOR, rule, door["nl"], door["en"], door["contact"], door.get("outside", False))
    await execute(SCREENERS, rule, [people[key] for key in content["screeners"]])


async def _post(
    entry: dict[str, Any], state: str, people: Mapping[str, int], space: int, written: datetime, *, named: bool = True
) -> int:
    texts: tuple[str, ...] = ("", "", "", "")
    if state != "diverted":
        html = to_html(entry["body"])
        texts = (entry["title"], entry["body"], html, excerpt(html))
    made: int = await fetch_value(
        POST, -space, space, people[entry["author"]], state, not named, *texts, entry["language"], written, written
    )
    return made


async def _divert(entry: dict[str, Any], people: Mapping[str, int], space: int, moment: datetime) -> None:
    decided, by = moment + timedelta(days=entry["day"]), people[entry["by"]]
    post = await _post(entry, "diverted", people, space, decided - timedelta(hours=1))
    screening = await fetch_value(SCREENED, entry["category"], by, post)
    await execute(SEALED, screening, entry["title"], entry["body"])
    await execute(DIVERTED, by, decided, entry["words"], entry["door"], screening)
    await execute(RECORD, entry["category"], by, entry["door"], decided)


async def _without_name(entry: dict[str, Any], people: Mapping[str, int], space: int, moment: datetime) -> None:
    author = people[entry["author"]]
    post = await _post(entry, "published", people, space, moment + timedelta(days=entry["day"]), named=False)
    mask = await fetch_value(MASK, post)
    await execute(SIGN, mask, post, mask, post)
    await execute(SUPPORT, author, post, entry["supporters"])
    for reply in entry["replies"]:
        writer = people[reply["author"]] if reply["author"] else mask
        written = moment + timedelta(days=reply["day"])
        await execute(REPLY, post, space, writer, reply["text"], to_html(reply["text"]), reply["language"], written)
