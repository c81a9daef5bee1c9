"""Removing a guest: from that moment on nothing of hers succeeds, and nothing under way lands."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from portal import db
from portal.access.actor import actor_of_person
from portal.access.conflicts import WriterGone
from portal.comments import actions as commenting
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.leaving.jobs import let_guests_go
from portal.leaving.queries import get_guest
from portal.leaving.removal import remove
from portal.mydata.jobs import make_export
from portal.notifications.mails import write
from tests.client import text_of
from tests.pages.forms import post_slowly
from tests.pages.locks import until_waiting
from tests.world import NOW, add_invitation, email_of, set_clock


def removal(world, guest="guest_a"):
    """Where the owner of closed_a removes a guest."""
    return f"/spaces/{world.space['closed_a']}/guests/{world.person[guest]}/removal"


async def count(table, **columns):
    """How many rows there are."""
    where = " AND ".join(f"{name} = {{}}" for name in columns)
    return await fetch_value(f"SELECT count(*) FROM {table} WHERE {where}", *columns.values())


async def also_in(world, space):
    """The guest is a member of another space, too."""
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id[space],
        world.person_id["guest_a"],
    )


async def test_an_owner_removes_a_guest_who_is_signed_out_at_once(as_, world):
    owner, guest = await as_("insider_a"), await as_("guest_a")
    idea = f"/ideas/{world.idea['closed_a']}"
    assert (await guest.get(idea)).status_code == 200
    assert "Julie Mercadier" in text_of(await owner.get(removal(world)))
    answer = await owner.post(removal(world))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/spaces/{world.space['closed_a']}/guests")
    assert (await guest.get(idea)).headers["Location"].startswith("/sign-in")
    assert (await guest.post(f"{idea}/comments", {"body": "Still here"})).status_code in (303, 401, 403)
    assert await count("comment", body="Still here") == 0
    assert await count("session", person=world.person_id["guest_a"]) == 0
    event = dict((await execute("SELECT * FROM event ORDER BY id DESC LIMIT 1"))[0])
    assert (event["kind"], event["space"]) == ("space.guest_removed", world.space_id["closed_a"])
    assert event["particulars"] == f'{{"member": {world.person_id["guest_a"]}}}'
    assert (await owner.post(removal(world))).status_code == 404, "a second time there is nobody to remove"


async def test_who_has_another_space_keeps_it_and_her_session(as_, world):
    await also_in(world, "closed_b")
    guest = await as_("guest_a")
    await (await as_("insider_a")).post(removal(world))
    assert (await guest.get(f"/ideas/{world.idea['closed_a']}")).status_code == 404
    assert (await guest.get(f"/ideas/{world.idea['closed_b']}")).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("insider_b", 404), ("employee", 404), ("guest_b", 404), ("guest_a", 403)])
async def test_nobody_else_removes_a_guest(as_, world, who, status):
    browser = await as_(who)
    assert (await browser.get(removal(world))).status_code == status
    assert (await browser.post(removal(world))).status_code == status
    assert await count("membership", person=world.person_id["guest_a"]) == 1


async def test_mail_and_downloads_that_wait_die(rollback, as_, world):
    await also_in(world, "closed_b")
    guest, comment = world.person_id["guest_a"], world.comment_id["closed_a"]
    event = await fetch_value(
        "INSERT INTO event (kind, actor, space, comment) SELECT 'comment.added', author, space, id"
        " FROM comment WHERE id = {} RETURNING id",
        comment,
    )
    await execute("UPDATE comment SET body = {} WHERE id = {}", f"@{{{world.person['guest_a']}}} look", comment)
    await execute(
        "INSERT INTO mention (comment, space, person, event) SELECT id, space, {}, {} FROM comment WHERE id = {}",
        guest,
        event,
        comment,
    )
    assert await write("mention", guest, event) is not None
    export = await fetch_value("INSERT INTO data_export (person) VALUES ({}) RETURNING id", guest)
    await (await as_("insider_a")).post(removal(world))
    assert await write("mention", guest, event) is None
    await make_export(export)
    assert await count("data_export", person=guest) == 0


async def test_no_other_invitation_lets_her_in_again(as_, world):
    """She was invited once more before somebody renewed her time."""
    for space, partner in (("closed_a", "overwater"), ("closed_b", "overwater")):
        await add_invitation(world, space, space=space, partner=partner, email=email_of("guest_a").upper())
    waits = "INSERT INTO mail (kind, invitation) VALUES ('invitation', {})"
    await execute(waits, world.invitation_id["closed_a"])
    await (await as_("insider_a")).post(removal(world))
    assert await count("mail", invitation=world.invitation_id["closed_a"]) == 0
    answers = [await (await as_(None)).post(f"/invitations/invitation-{name}") for name in ("closed_a", "closed_b")]
    assert [answer.status_code for answer in answers] == [404, 303], "to where she was not removed she may come"
    assert await count("membership", person=world.person_id["guest_a"], space=world.space_id["closed_a"]) == 0


async def test_a_guest_whose_time_is_over_is_let_go_by_the_clock(as_, world):
    await execute(
        "UPDATE membership SET until = {} WHERE person = {}", NOW + timedelta(minutes=9), world.person_id["guest_a"]
    )
    guest = await as_("guest_a")
    await let_guests_go()
    assert await count("departure", person=world.person_id["guest_a"]) == 0
    await set_clock(NOW + timedelta(minutes=9, seconds=1))
    assert (await guest.get(f"/ideas/{world.idea['closed_a']}")).status_code == 404, "before any clock"
    for _ in range(2):
        await let_guests_go()
        assert await count("departure", person=world.person_id["guest_a"]) == 1
        assert await count("event", kind="space.guest_left") == 1
    assert await count("session", person=world.person_id["guest_a"]) == 0
    await execute(
        "UPDATE membership SET until = {} WHERE person = {}", NOW + timedelta(days=9), world.person_id["guest_a"]
    )
    assert await count("departure", person=world.person_id["guest_a"]) == 0, "whoever stays longer has not left"


async def test_what_is_sent_while_she_is_removed_does_not_land(rollback, as_, world):
    guest = await as_("guest_a")

    async def meanwhile():
        await rollback.execute(f"RESET ROLE; DELETE FROM membership WHERE person = {world.person_id['guest_a']}")

    answer = await post_slowly(guest, f"/ideas/{world.idea['closed_a']}/comments", {"body": "Just before"}, meanwhile)
    assert answer.status_code == 404
    assert await count("comment", body="Just before") == 0


#: Everything that a guest does in a space.
DEEDS = {
    "idea": "INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
    " SELECT campaign, space, {me}, 'draft', 'T', '', '', '', 'en' FROM idea WHERE id = {idea}",
    "edited idea": "UPDATE idea SET body = 'New', edited_by = {me} WHERE id = {idea}",
    "draft posted": "UPDATE idea SET state = 'published' WHERE author = {me} AND state = 'draft'",
    "comment": "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
    " SELECT id, space, {me}, 'published', 'B', 'B', 'en' FROM idea WHERE id = {idea}",
    "edited comment": "UPDATE comment SET body = 'New' WHERE author = {me} AND state = 'published' AND body = 'Mine'",
    "attachment": "INSERT INTO attachment (idea, space, author, kind, name, file, size)"
    " SELECT id, space, {me}, 'pdf', 'a.pdf', 'x', 1 FROM idea WHERE id = {idea}",
    "correction": "INSERT INTO correction (idea, space, author, body, body_html, language)"
    " SELECT id, space, {me}, 'B', '', 'en' FROM idea WHERE id = {idea}",
    "withdrawal": "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
    " SELECT id, space, {me}, 'withdrawn', 'B', '', 'en' FROM idea WHERE id = {idea}",
    "vote": "INSERT INTO vote (idea, space, person, guest) SELECT id, space, {me}, TRUE FROM idea WHERE id = {idea}",
    "reaction": "INSERT INTO reaction (comment, space, person, kind) SELECT id, space, {me}, 'agree' FROM comment"
    " WHERE id = {comment}",
    "help": "INSERT INTO help_offer (idea, space, person, body) SELECT id, space, {me}, 'B' FROM idea WHERE id = {idea}",
    "co-author": "INSERT INTO co_author (idea, space, person, invited_by)"
    " SELECT id, space, {other}, {me} FROM idea WHERE id = {idea}",
    "co-authorship": "UPDATE co_author SET accepted_at = plein_now() WHERE person = {me}",
    "follow": "INSERT INTO follow (idea, space, person) SELECT id, space, {me} FROM idea WHERE id = {idea}",
    "report": "INSERT INTO report (item, space, reporter, rule, title, body_html)"
    " SELECT id, space, {me}, 'persons', 'T', '' FROM moderation_item WHERE space = {space}",
    "wish": "INSERT INTO colleague_wish (space, person, name, email) VALUES ({space}, {me}, 'N', 'n@x.example')",
}


@pytest.fixture
async def ids(rollback, world):
    """What the deeds are about: a draft, a comment and an invitation of the guest's are there."""
    ids = {"me": world.person_id["guest_a"], "other": world.person_id["insider_a"]}
    ids |= {name: getattr(world, f"{name}_id")["closed_a"] for name in ("idea", "comment", "space")}
    for statement in (
        DEEDS["idea"],
        DEEDS["comment"].replace("'B'", "'Mine'"),
        "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {me}, {other} FROM idea"
        " WHERE id = {idea}",
        "INSERT INTO moderation_item (space, idea, author) SELECT space, id, author FROM idea WHERE id = {idea}",
        "UPDATE comment SET state = 'published' WHERE author = {me}",
    ):
        await rollback.execute(statement.format(**ids))
    return ids


@pytest.mark.parametrize("deed", DEEDS)
async def test_the_database_takes_nothing_of_a_guest_who_left(rollback, ids, deed):
    statement = DEEDS[deed].format(**ids)
    savepoint = rollback.transaction()
    await savepoint.start()
    assert (await rollback.execute(statement)).endswith(" 1"), "it works while she is there"
    await savepoint.rollback()
    await rollback.execute("DELETE FROM membership WHERE person = $1", ids["me"])
    with pytest.raises(asyncpg.PostgresError) as refused:
        await execute(statement)
    assert refused.value.sqlstate == "PL002"


# --- over real connections


async def elsewhere(coroutine):
    """In a connection of its own, outside the transaction of whoever starts it."""
    token = db.DB.current_transaction.set(None)
    try:
        return await coroutine
    finally:
        db.DB.current_transaction.reset(token)


async def _loaded(world):
    guest, owner = [await actor_of_person(world.person_id[who]) for who in ("guest_a", "insider_a")]
    idea = await get_idea(guest, world.idea["closed_a"])
    leaver = await get_guest(owner, world.space["closed_a"], world.person["guest_a"])
    return guest, owner, idea, leaver


async def test_a_post_waits_for_a_removal_under_way_and_does_not_land(fresh_db, world):
    guest, owner, idea, leaver = await _loaded(world)
    watcher = await asyncpg.connect(fresh_db)
    async with db.transaction():
        await remove(owner, leaver)
        post = asyncio.create_task(
            elsewhere(commenting.comment(guest, idea, body="Late", reply_to=None, form_key="late"))
        )
        await until_waiting(watcher, post)
        assert not post.done()
    with pytest.raises(WriterGone):
        await post
    assert await count("comment", body="Late") == 0
    await watcher.close()


async def test_looking_at_her_membership_first_would_let_a_post_through(fresh_db, world):
    """The control: without the trigger the same post comes after the removal was committed."""
    await execute("DROP TRIGGER comment_of_a_member ON comment")
    guest, owner, idea, leaver = await _loaded(world)
    await remove(owner, leaver)
    await commenting.comment(guest, idea, body="Late", reply_to=None, form_key="late")
    assert await count("comment", body="Late") == 1
