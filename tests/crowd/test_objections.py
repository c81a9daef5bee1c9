"""Objections stand beside the support and take none away: one for each person, with a reason (rule 19)."""

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.comments.actions import object_to
from portal.db import execute, fetch_value
from portal.events.kinds import Kind
from portal.ideas.queries import get_idea
from portal.notifications.jobs import tell_of
from tests.client import text_of

WHY = {"body": "It costs more than it brings."}


async def test_an_objection_stands_beside_the_support_and_in_the_thread(as_, world):
    browser, address = await as_("employee"), f"/ideas/{world.idea['vote']}"
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        world.person_id["employee"],
        world.idea_id["vote"],
    )
    before = await fetch_value("SELECT supporters FROM idea WHERE id = {}", world.idea_id["vote"])
    assert (await browser.post(f"{address}/objection", WHY)).status_code == 303
    assert await fetch_value("SELECT supporters FROM idea WHERE id = {}", world.idea_id["vote"]) == before
    page = text_of(await browser.get(address))
    assert "1 person objects" in page
    assert "You object to it." in page
    assert f'{address}/objection"' not in page  # once
    listed = text_of(await (await as_("moderator")).get(f"{address}/objections"))
    assert WHY["body"] in listed


async def test_a_second_one_is_refused_and_what_was_typed_is_kept_until_the_first_is_removed(as_, world):
    browser, address = await as_("employee"), f"/ideas/{world.idea['vote']}/objection"
    assert (await browser.post(address, WHY)).status_code == 303
    again = await browser.post(address, {"body": "And it is ugly."})
    assert again.status_code == 422
    assert "You object to it already" in text_of(again)
    assert "And it is ugly." in text_of(again)
    mine = await fetch_value("SELECT public_id FROM comment WHERE kind = 'objection'")
    await browser.post(f"/comments/{mine}/removal", {})
    assert (await browser.post(address, {"body": "And it is ugly."})).status_code == 303


async def test_sent_twice_it_is_one(as_, world):
    browser, address = await as_("employee"), f"/ideas/{world.idea['vote']}/objection"
    for _ in range(2):
        assert (await browser.post(address, WHY | {"form_key": "once"})).status_code == 303
    assert await fetch_value("SELECT count(*) FROM comment WHERE kind = 'objection'") == 1


async def test_the_database_refuses_a_second_one_whichever_way(world, rollback):
    actor = await actor_of_person(world.person_id["employee"])
    idea = await get_idea(actor, world.idea["vote"])
    await object_to(actor, idea, body="One", form_key="one")
    with pytest.raises(Changed):
        await object_to(actor, idea, body="Two", form_key="two")


@pytest.mark.parametrize(
    ("who", "idea", "status"),
    [("colleague", "vote", 303), ("author", "vote", 403), ("employee", "done", 403), ("guest_a", "vote", 404)],
)
async def test_whoever_may_comment_objects_but_not_to_her_own(as_, world, who, idea, status):
    browser, address = await as_(who), f"/ideas/{world.idea[idea]}/objection"
    assert (await browser.get(address)).status_code == (200 if status == 303 else status)
    assert (await browser.post(address, WHY)).status_code == status
    if status == 303:
        assert (await browser.post(address, {"body": " "})).status_code == 422


async def test_who_objects_hears_of_the_answer_and_of_its_correction(as_, world):
    """Rule 11."""
    idea, person = world.idea_id["decide"], world.person_id["employee"]
    assert (await (await as_("employee")).post(f"/ideas/{world.idea['decide']}/objection", WHY)).status_code == 303
    answer = await fetch_value(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " SELECT id, space, {}, 'declined', 'No', 'No', 'No', 'Nothing', 'en' FROM idea WHERE id = {} RETURNING id",
        world.person_id["sponsor"],
        idea,
    )
    for kind in (Kind.IDEA_ANSWERED, Kind.ANSWER_CORRECTED):
        event = await fetch_value(
            "INSERT INTO event (kind, space, answer) SELECT {}, space, id FROM answer WHERE id = {} RETURNING id",
            kind.value,
            answer,
        )
        await tell_of(event)
        assert await fetch_value("SELECT count(*) FROM notice WHERE event = {} AND person = {}", event, person) == 1
