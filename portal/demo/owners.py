"""Who leads which unit of the demo, who answers for its topics, and who is away."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value

CONTENT = Path(__file__).parent / "content" / "topics.toml"

LEAD = "UPDATE org_unit SET head = {} WHERE id = {}"
TOPIC = "INSERT INTO topic (name, explanation, neutral, demo) VALUES ({}, {}, {}, TRUE) RETURNING id"
RULE = """
    INSERT INTO topic_rule (topic, unit, owner, deputy) VALUES ({}, {}, {}, {})
    ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0)) DO UPDATE SET owner = excluded.owner, deputy = excluded.deputy
"""
STATE = "UPDATE topic SET state = {} WHERE id = {}"
ABOUT = """
    UPDATE idea SET topic = {} FROM campaign c
    WHERE c.id = idea.campaign AND (c.title = ANY({}) OR idea.title = ANY({}))
"""
AWAY = "INSERT INTO absence (person, from_day, until_day) VALUES ({}, {}, {})"


async def name_owners(people: Mapping[str, int], units: Mapping[str, int], moment: datetime) -> None:
    """Says who leads, who answers and who is away, and what the ideas and posts that are there are about."""
    content = tomllib.loads(CONTENT.read_text())
    for unit, head in content["heads"].items():
        await execute(LEAD, people[head], units[unit])
    await _rule(None, content["default"], people, units)
    for entry in content["topic"]:
        await _topic(entry, people, units)
    for away in content["absence"]:
        days = [(moment + timedelta(days=away[day])).date() for day in ("from_day", "until_day")]
        await execute(AWAY, people[away["person"]], *days)


async def _topic(entry: dict[str, Any], people: Mapping[str, int], units: Mapping[str, int]) -> None:
    neutral = people[entry["neutral"]] if "neutral" in entry else None
    topic = await fetch_value(TOPIC, entry["name"], entry["explanation"], neutral)
    for rule in [entry, *entry.get("rule", [])]:
        await _rule(topic, rule, people, units)
    await execute(STATE, entry.get("state", "published"), topic)
    await execute(ABOUT, topic, entry.get("campaigns", []), entry.get("posts", []))


async def _rule(topic: int | None, rule: dict[str, Any], people: Mapping[str, int], units: Mapping[str, int]) -> None:
    unit = units[rule["unit"]] if "unit" in rule else None
    deputy = people[rule["deputy"]] if "deputy" in rule else None
    await execute(RULE, topic, unit, people[rule["owner"]], deputy)
