"""The demo's register: policies with the texts that they had, one that is about to change, and what led to one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.db import execute, fetch_value
from portal.text.markdown import excerpt, to_html

POLICY = """
    INSERT INTO policy (space, title, about, language, owner, created_by, created_at)
    VALUES ({}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
VERSION = """
    INSERT INTO policy_version (policy, space, version, body, body_html, summary, reason, reason_html, author,
        created_at, comments_until, in_force_at, discussion, told_at)
    SELECT {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, x.first, {}, CASE WHEN x.first <= plein_now() THEN x.first END
    FROM (SELECT {}::timestamptz AS first) x RETURNING id
"""
POST = """
    INSERT INTO idea (campaign, space, kind, author, state, title, body, body_html, excerpt, language, created_at,
        updated_at)
    VALUES ({}, {}, 'discussion', {}, 'published', {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
LED = "UPDATE answer a SET policy_version = {} FROM idea i WHERE i.id = a.idea AND i.title = {}"


async def register_policies(
    content: dict[str, Any], people: Mapping[str, int], organisation: int, moment: datetime
) -> None:
    """Each with its versions; `days` from today on which one came, or comes, into force."""
    for entry in content["policy"]:
        owner, first = people[entry["owner"]], moment + timedelta(days=entry["version"][0]["days"])
        words = (entry["title"], entry["about"], entry["language"])
        policy = await fetch_value(POLICY, organisation, *words, owner, owner, first)
        for number, version in enumerate(entry["version"], 1):
            made = await _version(entry, version, number, policy, owner, organisation, moment)
            if "answer" in version:
                await execute(LED, made, version["answer"])


async def _version(
    entry: dict[str, Any],
    version: dict[str, Any],
    number: int,
    policy: int,
    owner: int,
    organisation: int,
    moment: datetime,
) -> int:
    in_force = _midnight(moment + timedelta(days=version["days"]))
    comments = _midnight(moment + timedelta(days=version["comments"])) if "comments" in version else in_force
    written = min(comments - timedelta(days=20), moment - timedelta(days=2))
    body, reason = version["body"].strip(), version.get("reason", "").strip()
    discussion = None
    if "comments" in version:
        title, text = f"Version {number} of “{entry['title']}”", f"{version['summary']}\n\n{reason}"
        dates = (entry["language"], written, written)
        discussion = await fetch_value(
            POST, -organisation, organisation, owner, title, text, to_html(text), excerpt(text), *dates
        )
    texts = (body, to_html(body), version["summary"], reason, to_html(reason) if reason else "")
    when = (written, comments if number > 1 else None, discussion, in_force)
    made: int = await fetch_value(VERSION, policy, organisation, number, *texts, owner, *when)
    return made


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=0, second=0, microsecond=0)
