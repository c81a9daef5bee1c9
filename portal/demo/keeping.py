"""What the demo's people did as on the product's own pages: the charter adopted with consent, a retention list, and an
idea that was taken outside its group."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from portal.access.actor import Actor, actor_of_person
from portal.campaigns.queries import get_campaign
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.moves.actions import move_idea
from portal.retention.actions import set_list
from portal.text.retention import CATEGORIES
from portal.thresholds.actions import Numbers, change_charter
from portal.thresholds.queries import history

CONTENT = Path(__file__).parent / "content" / "keeping.toml"
IDEA = "SELECT public_id FROM idea WHERE title = {}"
CAMPAIGN = "SELECT public_id FROM campaign WHERE title = {}"

# All of it is long past: nobody is told.
NO_MAIL = "DELETE FROM mail WHERE kind = 'moved'"
NOT_PASSED_ON = """
    DELETE FROM event_queue q USING event e
    WHERE e.id = q.event AND e.kind IN ('charter.set', 'retention.set', 'idea.moved')
"""


async def _actor(person: int) -> Actor:
    actor = await actor_of_person(person)
    assert actor is not None, "of the cast"
    return actor


async def adopt_charter(people: Mapping[str, int], moment: datetime) -> None:
    """As Plein brings it along, with the works council's consent."""
    charter = tomllib.loads(CONTENT.read_text())["charter"]
    actor = await _actor(people[charter["by"]])
    consent_on = (moment - timedelta(days=charter["days"])).date()
    words = {"reason": charter["reason"], "consent_by": charter["consent_by"], "consent_on": consent_on}
    await change_charter(actor, Numbers(), **words, read=(await history(actor))[0].id)


async def keep_and_move(people: Mapping[str, int], moment: datetime) -> None:
    """A retention list; and an idea goes to a campaign that everybody reads."""
    content = tomllib.loads(CONTENT.read_text())
    kept, moved = content["retention"], content["moved"]
    rules = {kind: (kept[kind]["years"], kept[kind]["ground"]) for kind in CATEGORIES}
    consent = {"consent_by": kept["consent_by"], "consent_on": (moment - timedelta(days=kept["days"])).date()}
    await set_list(await _actor(people[kept["by"]]), rules, reason=kept["reason"], **consent, read=0)
    actor = await _actor(people[moved["by"]])
    idea = await get_idea(actor, await fetch_value(IDEA, moved["idea"]))
    to = await get_campaign(actor, await fetch_value(CAMPAIGN, moved["to"]))
    assert idea is not None, "read by who moves it"
    assert to is not None, "read by everybody"
    await move_idea(actor, idea, to)
    await execute(NO_MAIL)
    await execute(NOT_PASSED_ON)
