"""Leader posts: by leaders, and by those whom they named, which readers see."""

from __future__ import annotations

import pytest

from portal.access.actor import actor_of_person
from portal.access.policy import Forbidden
from portal.db import execute, fetch_value
from portal.escalation.queries import get_actionable
from portal.ideas.actions import Content
from portal.notifications.mails import write
from portal.posts import actions
from portal.posts.queries import get_stream
from tests.client import text_of
from tests.notifications.work import tell_all
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


@pytest.mark.parametrize("gone", GONE.values(), ids=GONE)
async def test_what_stands_in_her_name_is_changed_by_nobody_once_that_is_over(as_, world, gone):
    browser = await as_("colleague")
    address, typed, _ = await form(browser, world, voice=world.person["sponsor"])
    post = (await browser.post(address, typed)).headers["Location"]
    offered = form_of(await browser.get(f"{post}/edit"), f"{post}/edit")
    await execute(gone)
    assert (await browser.post(f"{post}/edit", offered | {"body": "Never."})).status_code == 403
    assert (await browser.get(f"{post}/edit")).status_code == 403
    assert f"{post}/edit" not in text_of(await browser.get(post))
    idea = post.replace("/posts/", "/ideas/")
    assert (await browser.post(f"{idea}/withdrawal", {"reason": "Over."})).status_code == 303
    assert (await browser.post(f"{idea}/return", {"reason": "Not over."})).status_code == 403
    assert await fetch_value("SELECT body FROM idea WHERE kind = 'leader'") == "Until May."


ITS_ITEM = """
    INSERT INTO moderation_item (space, idea, author, state) SELECT space, id, author, 'open' FROM idea WHERE id = {}
    RETURNING public_id
"""


@pytest.fixture
async def in_her_name(rollback, world):
    """The post is the colleague's, for the sponsor, who moderates and decides there."""
    sponsor, post = world.person_id["sponsor"], world.idea_id["post"]
    await execute(
        "INSERT INTO membership (space, person, role) SELECT {}, {}, r FROM unnest(ARRAY['moderator', 'decision_maker']) r"
        " ON CONFLICT DO NOTHING",
        *(world.space_id["organisation"], sponsor),
    )
    await execute(
        "UPDATE idea SET kind = 'leader', author = {}, speaks_for = {} WHERE id = {}",
        *(world.person_id["colleague"], sponsor, post),
    )
    return post


async def test_a_leader_is_no_stranger_to_what_stands_in_her_name(as_, world, in_her_name):
    await (await as_("employee")).post(f"/posts/{world.idea['post']}/request", {"reason": "This can be repaired."})
    item = await fetch_value(ITS_ITEM, in_her_name)
    leader, moderator = await as_("sponsor"), await as_("moderator")
    post, queue = world.idea["post"], f"/spaces/{world.space['organisation']}"
    assert (await leader.post(f"/ideas/{post}/vote", {})).status_code == 403
    assert (await leader.get(f"/posts/{post}/action")).status_code == 403
    assert (await leader.get(f"/ideas/{post}/answer")).status_code == 403
    assert (await moderator.get(f"/moderation/items/{item}")).status_code == 200
    assert (await leader.get(f"/moderation/items/{item}")).status_code == 404
    assert "repaired" in text_of(await moderator.get(f"{queue}/requests"))
    assert "repaired" not in text_of(await leader.get(f"{queue}/requests"))
    row = await get_actionable(await actor_of_person(world.person_id["sponsor"]), post)
    assert row.barred


async def test_whichever_way_a_vote_comes_a_leader_supports_nothing_in_her_name(world, in_her_name):
    given = (
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {} RETURNING id"
    )
    assert not await execute(given, world.person_id["sponsor"], in_her_name)
    assert await execute(given, world.person_id["employee"], in_her_name)


CASE = """
    INSERT INTO escalation (idea, space, state, origin, setting, owner, started_at, acknowledge_due_at,
        statement_due_at, due_at, half_at, soon_at, overdue2_at, overdue3_at)
    SELECT i.id, i.space, 'assigned', 'moderator', 1, {}, t, t, t, t, t, t, t, t
    FROM idea i, plein_now() t WHERE i.id = {} RETURNING id
"""


async def test_a_leader_decides_no_case_in_her_name(world, in_her_name):
    case = await fetch_value(CASE, world.person_id["decision_maker"], in_her_name)
    barred = await fetch_value("SELECT plein_barred(e) FROM escalation e WHERE e.id = {}", case)
    assert set(barred) == {world.person_id["sponsor"], world.person_id["colleague"]}


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
async def test_whatever_the_form_says_nobody_else_speaks_as_a_leader(rollback, world, for_whom):
    actor = await actor_of_person(world.person_id["employee"])
    stream = await get_stream(actor, world.space["organisation"])
    said = Content(
        title="t", body="b", tags=[], language="en", kind="leader", speaks_for=for_whom and world.person_id[for_whom]
    )
    with pytest.raises(Forbidden):
        await actions.publish(actor, stream, said, (), form_key="k")
    with pytest.raises(Forbidden):
        await actions.begin_draft(actor, stream, said, (), key="k", version=1)


async def test_a_leader_hears_whom_an_administrator_named_or_ended_and_it_is_new_until_she_looked(as_, world, rollback):
    page, leader = f"/people/{world.person['sponsor']}/delegates", world.person_id["sponsor"]
    await execute("UPDATE identity SET wants_mail = FALSE")
    administrator = await as_("administrator")
    await administrator.post(page, {"colleague": email_of("employee")})
    await administrator.post(f"{page}/{world.person['employee']}/end", {})
    await tell_all()
    told = "SELECT person, duty, read_at IS NULL AS new FROM notice WHERE kind = 'delegate' ORDER BY id"
    assert [tuple(row) for row in await execute(told)] == [(leader, True, True)] * 2
    for event in await execute("SELECT event FROM mail WHERE kind = 'delegate' ORDER BY id"):
        text = (await write("delegate", leader, event["event"])).get_content()
        assert "Noor Dijkman" in text
        assert page in text
        assert await write("delegate", world.person_id["employee"], event["event"]) is None
    assert page in (await (await as_("sponsor")).get("/notifications")).text
    await administrator.get(page)
    assert [row["new"] for row in await execute(told)] == [True, True], "another looked"
    await (await as_("sponsor")).get(page)
    assert [row["new"] for row in await execute(told)] == [False, False]


async def test_whom_she_names_herself_is_no_news_to_a_leader(as_, world, rollback):
    page = f"/people/{world.person['sponsor']}/delegates"
    await (await as_("sponsor")).post(page, {"colleague": email_of("employee")})
    await tell_all()
    assert await fetch_value("SELECT count(*) FROM notice WHERE kind = 'delegate'") == 0
