"""What is sent twice happens once, and the log says so once."""

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.services.actions import add_service
from portal.starts.actions import add_start
from portal.starts.queries import Words
from portal.topics.actions import save_topic
from portal.topics.queries import Content
from portal.workshops.actions import refuse
from portal.workshops.queries import get_capture


async def a_service(actor, world):
    """A new service."""
    await add_service(actor, name="Once", description="", form_key="k")


async def a_starting_text(actor, world):
    """A starting text of answers."""
    words = Words(name="Once", language="en", kind="yes", summary="S", reason="R", next_step="N")
    await add_start(actor, words, form_key="k")


async def a_topic(actor, world):
    """A new topic."""
    owner = world.person_id["employee"]
    content = Content(name="Once", explanation="", state="draft", neutral=None, owner=owner, deputy=None)
    await save_topic(actor, None, content, form_key="k")


@pytest.mark.parametrize(
    ("add", "kind", "table"),
    [
        (a_service, "service.added", "service"),
        (a_starting_text, "answer_start.saved", "answer_start"),
        (a_topic, "topic.saved", "topic"),
    ],
)
async def test_a_form_that_comes_twice_adds_one_and_is_written_down_once(rollback, world, add, kind, table):
    actor = await actor_of_person(world.person_id["administrator"])
    before = await fetch_value(f"SELECT count(*) FROM {table}")
    for _ in range(2):
        await add(actor, world)
    assert await fetch_value(f"SELECT count(*) FROM {table}") == before + 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = {}", kind) == 1


async def test_what_was_settled_meanwhile_is_refused_by_nobody(rollback, world):
    who = await fetch_value("SELECT person FROM capture WHERE public_id = {}", world.capture["discuss"])
    actor = await actor_of_person(who)
    noted = await get_capture(actor, world.capture["discuss"])
    await execute("UPDATE capture SET state = 'refused', settled_at = plein_now() WHERE id = {}", noted.id)
    await refuse(actor, noted)
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'idea.capture_refused'") == 0
