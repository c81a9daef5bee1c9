"""Why the demo's campaigns are asked, and one that waits for its decision owner's yes."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.db import execute, fetch_value
from portal.text.markdown import to_html

CONTENT = Path(__file__).parent / "content" / "proposals.toml"
PURPOSE = """
    UPDATE campaign SET need = {}, goal = {}, measure = {} WHERE title = {}
"""
PROPOSAL = """
    INSERT INTO campaign (space, author, sponsor, decision_owner, state, title, lead, brief, brief_html, promise,
        language, need, goal, measure, tags, expected_readers, proposed_at, collect_from, discuss_from, vote_from,
        decide_from, done_from)
    SELECT {}, {}, {}, {}, 'proposed', {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
        (SELECT count(*)::int FROM readership r WHERE r.space = {}), {}, {}, {}, {}, {}, {} RETURNING id
"""
#: Days from the seeding on which the proposal's phases begin.
BEGINS = (7, 28, 42, 56, 77)


async def propose_campaigns(people: dict[str, int], spaces: dict[str, int], now: datetime) -> None:
    """Writes both."""
    content = tomllib.loads(CONTENT.read_text())
    for one in content["purpose"]:
        await execute(PURPOSE, one["need"], one["goal"], one["measure"], one["title"])
    for one in content["proposal"]:
        await _propose(one, people, spaces[one["space"]], now)


async def _propose(one: dict[str, Any], people: dict[str, int], space: int, now: datetime) -> None:
    author, asked_at = people[one["author"]], now - timedelta(days=1)
    brief = one["brief"].strip()
    campaign = await fetch_value(
        PROPOSAL,
        space,
        author,
        people[one["sponsor"]],
        people[one["decision_owner"]],
        one["title"],
        one["lead"],
        brief,
        to_html(brief),
        one["promise"],
        one["language"],
        one["need"],
        one["goal"],
        one["measure"],
        one["tags"],
        space,
        asked_at,
        *(now + timedelta(days=days) for days in BEGINS),
    )
    await execute(
        "INSERT INTO event (kind, actor, space, campaign, occurred_at) VALUES ('campaign.proposed', {}, {}, {}, {})",
        author,
        space,
        campaign,
        asked_at,
    )
