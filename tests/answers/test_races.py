"""Several people who decide at once, over real connections."""

import asyncio
from contextvars import Context

from msgspec.structs import replace

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.answers import actions
from portal.db import fetch_value, transaction
from portal.escalation.opening import open_case
from portal.ideas.queries import get_idea
from tests.escalation.stage import make_stage

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


async def test_a_case_that_begins_while_its_answer_is_published_does_not_stay_open(fresh_db, world):
    stage = await make_stage(world, 1)
    post, author = await stage.post(), await stage.actor(stage.people[0])
    idea = await get_idea(author, await fetch_value("SELECT public_id FROM idea WHERE id = {}", post))
    async with transaction():
        await actions.publish(author.id, "en", idea, replace(DECISION, next_owner=author.id), 0)
        begins = asyncio.create_task(open_case(post, "unasked", actor=author.id), context=Context())
        await asyncio.sleep(0.05)
    await begins
    assert await fetch_value("SELECT count(*) FROM escalation WHERE idea = {} AND ended_at IS NULL", post) == 0
