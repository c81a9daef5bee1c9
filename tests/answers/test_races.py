"""Several people who decide at once, over real connections."""

import asyncio

from msgspec.structs import replace

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.answers import actions
from portal.db import fetch_value
from portal.ideas.queries import get_idea

DECISION = actions.Decision(
    kind="pilot", summary="s", reason="r", from_when="", next_step="n", next_owner=0, next_date=None
)


async def test_of_ten_answers_at_once_one_is_published(fresh_db, world):
    actor = await actor_of_person(world.person_id["sponsor"])
    idea = await get_idea(actor, world.idea["decide"])
    done = await asyncio.gather(
        *(actions.answer(actor, idea, replace(DECISION, summary=str(n), next_owner=actor.id)) for n in range(10)),
        return_exceptions=True,
    )
    assert {type(result) for result in done} == {type(None), Changed}
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'idea.answered'") == 1
