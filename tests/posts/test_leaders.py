"""Leader posts: by leaders, and by those whom they named, which readers see."""

from __future__ import annotations

import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.ideas.actions import Content
from portal.posts import actions
from portal.posts.queries import get_stream
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import email_of


async def form(browser, world, space="organisation", **other):
    address = f"/spaces/{world.space[space]}/posts/new"
    page = await browser.get(address)
    return (
        address,
        form_of(page, address) | {"title": "The rule is paused", "body": "Until May."} | other,
        text_of(page),
    )


async def test_a_leader_posts_as_one_and_readers_see_it(as_, world):
    leader = await as_("sponsor")
    address, typed, _ = await form(leader, world, voice="leader")
    sent = await leader.post(address, typed)
    page = text_of(await (await as_("employee")).get(sent.headers["Location"]))
    assert ">Leader</span>" in page.replace("\n", "")
    assert "by a delegate" not in page


async def test_a_delegate_posts_for_her_and_that_is_said_wherever_it_stands(as_, world):
    delegate = await as_("colleague")
    address, typed, _ = await form(delegate, world, voice=world.person["sponsor"], language="en")
    sent = await delegate.post(address, typed)
    assert sent.status_code == 303
    reader, post = await as_("employee"), sent.headers["Location"]
    await execute("UPDATE idea SET comments = 50 WHERE kind = 'leader'")
    for place in (post, f"/spaces/{world.space['organisation']}/posts", f"/spaces/{world.space['organisation']}", "/"):
        assert "by a delegate, for Yara Haddouch" in text_of(await reader.get(place)), place
    row = (await execute("SELECT kind, author, speaks_for FROM idea WHERE kind = 'leader'"))[0]
    assert tuple(row) == ("leader", world.person_id["colleague"], world.person_id["sponsor"])
    edit = f"{post}/edit"
    again = form_of(await delegate.get(edit), edit)
    assert (await delegate.post(edit, again | {"body": "Until June."})).status_code == 303
    assert await fetch_value("SELECT speaks_for FROM idea WHERE kind = 'leader'") == world.person_id["sponsor"]


@pytest.mark.parametrize("voice", ["leader", "{person}"])
async def test_nobody_else_does(as_, world, voice):
    browser = await as_("employee")
    address, typed, page = await form(browser, world)
    assert "Who speaks?" not in page
    sent = await browser.post(address, typed | {"voice": voice.format(person=world.person["sponsor"])})
    assert sent.status_code == 303
    assert await fetch_value("SELECT kind FROM idea WHERE title = 'The rule is paused'") == "discussion"


GONE = {
    "she named her no more": "DELETE FROM delegate",
    "she leads no more": "DELETE FROM membership WHERE role = 'leader'",
    "she left": "UPDATE person SET active = FALSE WHERE id = (SELECT leader FROM delegate)",
}


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
async def test_a_draft_for_a_leader_is_not_posted_once_that_is_over(as_, world, gone):
    browser = await as_("colleague")
    address, typed, _ = await form(browser, world, voice=world.person["sponsor"])
    edit = (await browser.post(address, typed | {"draft": "1"})).headers["Location"]
    offered = form_of(await browser.get(edit), edit)
    await execute(gone)
    await browser.post(edit, offered | {"voice": world.person["sponsor"]})
    assert await fetch_value("SELECT count(*) FROM idea WHERE kind = 'leader' AND state <> 'draft'") == 0


async def test_for_a_leader_nobody_posts_where_she_does_not_read(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        *(world.space_id["closed_a"], world.person_id["colleague"]),
    )
    _, _, page = await form(await as_("colleague"), world, "closed_a")
    assert "Yara Haddouch" not in page


@pytest.mark.parametrize(
    ("who", "status"), [("sponsor", 303), ("administrator", 303), ("employee", 403), ("guest_a", 404)]
)
async def test_delegates_are_named_and_taken_out_by_her_or_an_administrator(as_, world, who, status):
    browser, page = await as_(who), f"/people/{world.person['sponsor']}/delegates"
    assert (await browser.get(page)).status_code == (200 if status == 303 else status)
    sent = await browser.post(page, {"colleague": email_of("employee")})
    assert sent.status_code == status
    named = "SELECT count(*) FROM delegate WHERE person = {}"
    assert await fetch_value(named, world.person_id["employee"]) == (status == 303)
    assert (await browser.post(f"{page}/{world.person['colleague']}/end", {})).status_code == status
    assert await fetch_value(named, world.person_id["colleague"]) == (status != 303)


async def test_only_a_leader_has_delegates_and_not_herself(as_, world):
    administrator = await as_("administrator")
    assert (await administrator.get(f"/people/{world.person['employee']}/delegates")).status_code == 403
    sent = await administrator.post(f"/people/{world.person['sponsor']}/delegates", {"colleague": email_of("sponsor")})
    assert set(errors_of(sent)) == {"colleague"}
    own = {"colleague": email_of("administrator")}
    sent = await administrator.post(f"/people/{world.person['sponsor']}/delegates", own)
    assert set(errors_of(sent)) == {"colleague"}
    assert await fetch_value("SELECT count(*) FROM delegate WHERE person = {}", world.person_id["administrator"]) == 0


@pytest.mark.parametrize("for_whom", [None, "sponsor"])
async def test_whatever_the_form_says_nobody_else_speaks_as_a_leader(world, for_whom):
    actor = await actor_of_person(world.person_id["employee"])
    stream = await get_stream(actor, world.space["organisation"])
    said = Content(
        title="t", body="b", tags=[], language="en", kind="leader", speaks_for=for_whom and world.person_id[for_whom]
    )
    with pytest.raises(Forbidden):
        await actions.publish(actor, stream, said, (), form_key="k")
    with pytest.raises(Forbidden):
        await actions.begin_draft(actor, stream, said, (), key="k", version=1)
