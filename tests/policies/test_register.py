"""The register: what holds is written down, what changes is proposed in public, and nothing changes in silence."""

from datetime import timedelta

import asyncpg
import pytest

from portal.db import execute, fetch_value, transaction
from portal.worker import pass_on_events
from tests.client import text_of
from tests.escalation.test_sensitive import rule
from tests.pages.forms import errors_of, form_of
from tests.sitemap import POLICY, PROPOSAL
from tests.world import NOW, email_of, set_clock

CHANGED = {**PROPOSAL, "body": "Text 1 of travel, and the train."}


async def propose(as_, world, **words):
    address = f"/policies/{world.policy['travel']}/proposal"
    owner = await as_("sponsor")
    return await owner.post(address, form_of(await owner.get(address), address) | CHANGED | words)


async def test_an_administrator_registers_what_holds(as_, world):
    administrator = await as_("administrator")
    made = await administrator.post("/policies", POLICY)
    assert made.status_code == 303
    page = text_of(await (await as_("employee")).get(made.headers["location"]))
    assert POLICY["title"] in page
    assert "four weeks" in page
    assert "In force" in page


async def test_what_comes_later_is_not_registered_as_what_holds(as_, world):
    refused = await (await as_("administrator")).post(
        "/policies", {**POLICY, "in_force_from": "2026-09-01", "title": ""}
    )
    assert refused.status_code == 422
    assert set(errors_of(refused)) == {"title", "in_force_from"}
    assert "four weeks" in refused.text, "what was typed stays"


async def test_a_change_is_proposed_with_a_post_to_speak_in_and_comes_into_force_by_itself(as_, world, rollback):
    sent = await propose(as_, world)
    assert sent.status_code == 303, sent.text
    reader, home = await as_("employee"), f"/policies/{world.policy['travel']}"
    page = await reader.get(home)
    assert "You can still say something about this" in page.text
    assert "<ins>" in page.text
    post = page.text.split('href="/posts/')[1].split("#")[0]
    assert "The train, too." in (await reader.get(f"/posts/{post}")).text
    assert "until then version 1 holds" in text_of(page).lower()
    await set_clock(NOW + timedelta(days=50))
    later = await (await as_("employee")).get(home)
    assert "You can still say something" not in later.text
    assert "In force" in later.text
    assert "Version 2" in later.text


async def test_people_speak_about_a_change_while_its_notice_runs_whatever_words_it_holds(as_, world, rollback):
    await rule(world, words="train")
    assert (await propose(as_, world)).status_code == 303
    talk = "SELECT i.public_id FROM idea i JOIN policy_version v ON v.discussion = i.id WHERE i.state = 'published'"
    post = await fetch_value(talk)
    assert (await (await as_("employee")).get(f"/posts/{post}")).status_code == 200
    report = {"rule": "private life", "words": "", "sensitive": "y"}
    assert (await (await as_("colleague")).post(f"/ideas/{post}/report", report)).status_code == 303
    await pass_on_events()
    assert await fetch_value(talk) == post, "a moderator looks at it as at any other"
    assert await fetch_value("SELECT count(*) FROM moderation_item WHERE state = 'open' AND idea IS NOT NULL") > 0


async def test_a_proposal_that_is_sent_twice_is_one(as_, world, rollback):
    address = f"/policies/{world.policy['travel']}/proposal"
    owner = await as_("sponsor")
    form = form_of(await owner.get(address), address) | CHANGED
    assert [(await owner.post(address, form)).status_code for _ in range(2)] == [303, 303]
    assert await fetch_value("SELECT count(*) FROM policy_version WHERE policy = {}", world.policy_id["travel"]) == 2


async def test_less_time_takes_a_reason_and_the_same_text_is_no_change(as_, world, rollback):
    soon = {"comments_until": "2026-06-20", "in_force_from": "2026-06-19", "body": "Text 1 of travel", "reason": ""}
    refused = await propose(as_, world, **soon)
    assert set(errors_of(refused)) == {"comments_until", "in_force_from", "body", "reason"}
    assert (await propose(as_, world, comments_until="2026-06-20", in_force_from="2026-06-22")).status_code == 422
    urgent = {"comments_until": "2026-06-20", "in_force_from": "2026-06-22", "urgent": "The strike is on Monday."}
    assert (await propose(as_, world, **urgent)).status_code == 303
    page = await (await as_("employee")).get(f"/policies/{world.policy['travel']}")
    assert "The strike is on Monday." in page.text


async def test_two_who_propose_at_once_are_told(as_, world, rollback):
    address = f"/policies/{world.policy['travel']}/proposal"
    owner = await as_("sponsor")
    one, other = [form_of(await owner.get(address), address) for _ in range(2)]
    assert (await owner.post(address, one | CHANGED)).status_code == 303
    late = await owner.post(address, other | CHANGED | {"form_key": "another-form-key", "summary": "Mine."})
    assert late.status_code == 422
    assert "meanwhile" in errors_of(late)["body"]
    assert "Mine." in late.text


async def test_a_proposal_is_taken_back_in_public_and_what_holds_goes_on(as_, world, rollback):
    home = f"/policies/{world.policy['nights']}"
    owner = await as_("sponsor")
    assert (await owner.post(f"{home}/proposal/end", {"why": "Too dear."})).status_code == 303
    page = await (await as_("employee")).get(f"{home}?version=2")
    assert "Too dear." in page.text
    assert "Taken back" in page.text
    assert "Version 1" in (await owner.get(home)).text
    assert (await owner.post(f"{home}/proposal/end", {"why": "Again."})).status_code == 403


async def test_what_holds_can_not_be_taken_back(as_, world, rollback):
    home = f"/policies/{world.policy['nights']}"
    await set_clock(NOW + timedelta(days=31))
    owner = await as_("sponsor")
    assert (await owner.post(f"{home}/proposal/end", {"why": "Too late."})).status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_version SET body = 'Another text'",
        "UPDATE policy_version SET in_force_at = in_force_at + interval '1 day'",
        "DELETE FROM policy_version",
        "UPDATE policy_version SET dropped_at = now(), dropped_by = author, dropped_why = 'x' WHERE version = 1",
    ],
)
async def test_the_database_lets_no_policy_change_in_silence(rollback, world, statement):
    with pytest.raises(asyncpg.PostgresError):
        async with transaction():
            await execute(statement)


async def test_the_owner_gives_it_away_and_is_its_owner_no_more(as_, world, rollback):
    home = f"/policies/{world.policy['travel']}"
    owner = await as_("sponsor")
    assert (await owner.post(f"{home}/owner", {"owner_called": email_of("decision_maker")})).status_code == 303
    assert (await owner.get(f"{home}/proposal")).status_code == 403
    assert (await (await as_("decision_maker")).get(f"{home}/proposal")).status_code == 200


async def test_guests_see_no_policy(as_, world, rollback):
    guest = await as_("guest_a")
    assert (await guest.get(f"/policies/{world.policy['travel']}")).status_code == 404
    assert "travel" not in (await guest.get("/policies")).text


async def test_a_name_that_is_taken_is_no_way_round_the_notice(as_, world, rollback):
    again = await (await as_("administrator")).post("/policies", {**POLICY, "title": "the RULE for travel"})
    assert again.status_code == 422
    assert "already" in errors_of(again)["title"]
    assert await fetch_value("SELECT count(*) FROM policy") == 2


async def test_while_people_speak_about_a_change_its_post_stays(as_, world, rollback):
    await propose(as_, world)
    post = await fetch_value("SELECT i.public_id FROM policy_version v JOIN idea i ON i.id = v.discussion")
    owner = await as_("sponsor")
    form = form_of(await owner.get(f"/posts/{post}/edit"), f"/posts/{post}/edit")
    assert (await owner.post(f"/posts/{post}/edit", form | {"title": "Nothing to see"})).status_code == 403
    assert (await owner.post(f"/ideas/{post}/withdrawal", {"reason": "Enough."})).status_code == 403
    assert "Nothing to see" not in (await owner.get(f"/posts/{post}")).text


async def test_what_was_dropped_may_come_again_and_what_holds_is_no_change(as_, world, rollback):
    await propose(as_, world)
    home = f"/policies/{world.policy['travel']}"
    await (await as_("sponsor")).post(f"{home}/proposal/end", {"why": "Not yet."})
    same = await propose(as_, world, version="3", body="Text 1 of travel")
    assert "Change something first" in errors_of(same)["body"]
    assert (await propose(as_, world, version="3")).status_code == 303
