"""Posts of the demo that ask for the same: put together by a moderator, or proposed to them."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.demo.cases import POST, SUPPORT
from portal.escalation.clusters import merge
from portal.escalation.queries import Clustered, get_clustered
from portal.text.markdown import excerpt, to_html

CONTENT = Path(__file__).parent / "content" / "clusters.toml"
NAMED = "SELECT public_id FROM idea WHERE title = {}"
PUBLISHED = "UPDATE idea SET published_at = created_at WHERE id = {}"
# Nobody is told of what was there when the demo began.
NOT_PASSED_ON = "DELETE FROM event_queue q USING event e WHERE e.id = q.event AND e.kind = 'idea.clustered'"


async def put_together(people: Mapping[str, int], organisation: int, moment: datetime) -> None:
    """Each with its supporters, some of whom support the other one, too."""
    crowd = sorted(person for key, person in people.items() if key.startswith("gen:"))
    for entry in tomllib.loads(CONTENT.read_text())["post"]:
        await _post(entry, people, organisation, moment, crowd)
        if "under" in entry:
            await _merge(people["malik"], entry)
    await execute(NOT_PASSED_ON)


async def _post(
    entry: dict[str, Any], people: Mapping[str, int], organisation: int, moment: datetime, crowd: list[int]
) -> None:
    html, posted = to_html(entry["body"]), moment + timedelta(days=entry["posted"])
    words = (entry["title"], entry["body"], html, excerpt(html), entry["language"], entry["topic"])
    idea = await fetch_value(POST, people[entry["author"]], *words, posted, posted, organisation)
    await execute(PUBLISHED, idea)
    await execute(SUPPORT, random.Random(entry["title"]).sample(crowd, entry["supporters"]), idea)


async def _merge(moderator: int, entry: dict[str, Any]) -> None:
    actor = await actor_of_person(moderator)
    assert actor is not None, "of the cast"

    async def named(title: str) -> Clustered:
        item = await get_clustered(actor, await fetch_value(NAMED, title))
        assert item is not None, "of the demo"
        return item

    await merge(actor, await named(entry["title"]), await named(entry["under"]), entry["reason"])
