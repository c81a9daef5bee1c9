"""Telling: one notice for each who hears of an event, and a mail where mail reaches her. Duties pass by every switch."""

import asyncio

import pytest

from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications.jobs import deliver_mail, forget_notices, tell_of
from portal.notifications.mails import write
from portal.notifications.telling import DUTY
from tests.notifications.work import tell_all, work
from tests.world import add_comment, email_of

REPLY = {"body": "We could weld it."}
VOTE = "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}"
MUTE = "INSERT INTO mute (person, space, campaign, idea) SELECT {}, i.space, {}, {} FROM idea i WHERE i.id = {}"


async def heard(kind=None):
    """Who has which notice, by name of kind."""
    rows = await execute(
        "SELECT person, kind FROM notice WHERE kind <> 'help' AND ({}::text IS NULL OR kind = {}) ORDER BY id",
        kind,
        kind,
    )
    return [(row["person"], row["kind"]) for row in rows]


async def asked(world, who="decision_maker"):
    """A decision owner is asked: a duty."""
    async with transaction():
        return await record(
            Kind.CAMPAIGN_PROPOSED,
            actor=world.person_id["campaign_owner"],
            space=world.space_id["organisation"],
            campaign=world.campaign_id["proposed"],
        )


async def commented(world, idea="vote", by="employee", **event):
    """A comment that is there, and its event."""
    name = f"new {idea} {by} {await fetch_value('SELECT count(*) FROM comment')}"
    await add_comment(world, name, idea=idea, author=by)
    async with transaction():
        return await record(
            Kind.COMMENT_ADDED,
            actor=world.person_id[by],
            space=await fetch_value("SELECT space FROM idea WHERE id = {}", world.idea_id[idea]),
            comment=world.comment_id[name],
            **event,
        )


async def test_who_wrote_the_idea_hears_of_a_comment_and_who_wrote_a_comment_of_a_reply(as_, world, smtp):
    page, to = f"/ideas/{world.idea['vote']}/comments", world.comment["vote"]
    assert (await (await as_("employee")).post(page, REPLY | {"reply_to": to})).status_code == 303
    await work()
    assert await heard() == [(world.person_id["colleague"], "reply"), (world.person_id["author"], "comment")]
    mails = dict(zip(smtp.recipients, smtp.messages, strict=True))
    assert set(mails) == {email_of("colleague"), email_of("author")}
    assert mails[email_of("author")]["subject"] == "Noor Dijkman commented on: Idea vote"
    assert "We could weld it." in mails[email_of("author")].get_content()
    assert "reageert op jou" in mails[email_of("colleague")]["subject"]


async def test_one_hears_of_an_event_once_by_its_nearest_kind(as_, world):
    """The author of the idea, who is mentioned, and replied to."""
    words = {"body": f"@{{{world.person['author']}}} look", "reply_to": world.comment["vote_reply"]}
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/comments", words)
    await tell_all()
    author = world.person_id["author"]
    assert [kind for person, kind in await heard() if person == author] == ["mention"]


async def test_a_busy_thread_fills_the_list_and_not_the_mailbox(rollback, world):
    for _ in range(3):
        await commented(world)
    await tell_all()
    mails = "SELECT count(*) FROM mail WHERE kind = 'comment'"
    assert len(await heard("comment")) == 3
    assert await fetch_value(mails) == 1
    await execute("UPDATE notice SET read_at = plein_now()")
    await commented(world)
    await tell_all()
    assert await fetch_value(mails) == 2


@pytest.mark.parametrize("what", ["idea", "campaign", "space"])
async def test_what_is_muted_is_neither_listed_nor_mailed(rollback, world, what):
    author, idea = world.person_id["author"], world.idea_id["vote"]
    campaign = world.campaign_id["vote"] if what == "campaign" else None
    await execute(MUTE, author, campaign, idea if what == "idea" else None, idea)
    await commented(world)
    await tell_all()
    assert await heard() == []
    await execute("DELETE FROM mute")
    await commented(world)
    await tell_all()
    assert await heard() == [(author, "comment")]


async def test_of_another_idea_who_muted_one_still_hears(rollback, world):
    await execute(MUTE, world.person_id["author"], None, world.idea_id["vote"], world.idea_id["vote"])
    await commented(world, "discuss")
    await tell_all()
    assert await heard("comment") == [(world.person_id["author"], "comment")]


async def test_a_duty_passes_by_every_switch_and_other_mail_by_none(rollback, world, smtp):
    owner = world.person_id["decision_maker"]
    await execute("UPDATE identity SET wants_mail = FALSE")
    await execute("UPDATE person SET last_signed_in_at = NULL")
    await execute(
        "INSERT INTO mute (person, space) SELECT p.id, {} FROM person p WHERE p.active", world.space_id["organisation"]
    )
    await asked(world)
    await commented(world)
    await work()
    assert Kind.CAMPAIGN_PROPOSED in DUTY
    assert smtp.recipients == [email_of("decision_maker")]
    assert await heard() == [(owner, "campaign")]
    await execute("DELETE FROM mute")
    await commented(world)
    await work()
    assert len(await heard("comment")) == 1, "the list is there without mail"
    assert len(smtp.recipients) == 1


async def test_a_duty_stays_new_until_it_is_done_whichever_comes_first(rollback, world):
    unread = "SELECT count(*) FROM notice WHERE duty AND read_at IS NULL"
    first = await asked(world)
    await tell_all()
    assert await fetch_value(unread) == 1
    await asked(world)  # somebody else is asked, or anew
    await tell_all()
    assert await fetch_value(unread) == 1
    async with transaction():
        await record(Kind.CAMPAIGN_OPENED, space=1, campaign=world.campaign_id["vote"])  # another one
    await tell_all()
    assert await fetch_value(unread) == 1
    async with transaction():
        done = await record(Kind.CAMPAIGN_OPENED, space=1, campaign=world.campaign_id["proposed"])
    await tell_all()
    assert await fetch_value(unread) == 0
    await execute("DELETE FROM notice")
    await tell_of(done)
    await tell_of(first)  # told after what ended it
    assert await fetch_value(unread) == 0


async def test_a_mailbox_that_refuses_a_duty_is_recorded_and_administrators_hear_of_it(rollback, world, smtp):
    duty = await asked(world)
    await tell_all()
    smtp.replies["RCPT"] = "550 no such mailbox"
    await deliver_mail()
    events = await execute("SELECT person, particulars::text AS p FROM event WHERE kind = 'duty.bounced'")
    assert [(row["person"], row["p"]) for row in events] == [
        (world.person_id["decision_maker"], f'{{"event": {duty}}}')
    ]
    smtp.replies.clear()
    await work()
    assert smtp.recipients == [email_of("administrator")]
    assert "Femke Rijnders" in smtp.messages[0].get_content()
    assert await heard("duty_bounced") == [(world.person_id["administrator"], "duty_bounced")]


@pytest.mark.parametrize(("command", "reply"), [("RCPT", "450 later"), ("END", "554 spam"), ("MAIL", "451 busy")])
async def test_what_is_no_refusal_of_the_mailbox_is_no_bounce(rollback, world, smtp, command, reply):
    await asked(world)
    await tell_all()
    smtp.replies[command] = reply
    await deliver_mail()
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.bounced'") == 0


async def test_other_mail_that_is_refused_is_no_bounced_duty(rollback, world, smtp):
    await commented(world)
    await tell_all()
    smtp.replies["RCPT"] = "550 no such mailbox"
    await deliver_mail()
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'duty.bounced'") == 0


MANY = """
    WITH p AS (INSERT INTO person (kind, last_signed_in_at) SELECT 'employee', plein_now()
        FROM generate_series(1, 4500) RETURNING id),
    n AS (INSERT INTO identity (person, name, email, language, zone)
        SELECT id, 'x', 'x' || id || '@world.example', 'en', 'Europe/Amsterdam' FROM p RETURNING person)
    INSERT INTO follow (person, space, idea) SELECT n.person, i.space, i.id FROM n, idea i WHERE i.id = {}
"""


async def test_many_are_told_by_sets_in_batches(rollback, world):
    from tests.conftest import statements

    await execute(MANY, world.idea_id["done"])
    async with transaction():
        event = await record(Kind.IDEA_WITHDRAWN, space=world.space_id["organisation"], idea=world.idea_id["done"])
    async with statements() as sent:
        await tell_of(event)
    assert len(await heard("idea_news")) == await fetch_value("SELECT count(*) FROM mail") == 4501
    assert len(sent) < 15


async def test_two_workers_tell_once(fresh_db, world):
    event = await commented(world)
    await asyncio.gather(*(tell_of(event) for _ in range(6)))
    assert len(await heard()) == 1
    assert await fetch_value("SELECT count(*) FROM mail WHERE kind = 'comment'") == 1
    unguarded = (
        "INSERT INTO mail (kind, recipient) VALUES ('comment', 1)"  # the control: without an event nothing holds
    )
    await asyncio.gather(*(execute(unguarded) for _ in range(2)))
    assert await fetch_value("SELECT count(*) FROM mail WHERE event IS NULL") == 2


async def test_who_leaves_hears_nothing_any_more_at_once(rollback, world):
    await commented(world, "closed_a", by="insider_a")
    await execute(
        "INSERT INTO follow (person, space, idea) SELECT {}, space, id FROM idea WHERE id = {}",
        world.person_id["guest_a"],
        world.idea_id["closed_a"],
    )
    async with transaction():
        await record(Kind.IDEA_WITHDRAWN, space=world.space_id["closed_a"], idea=world.idea_id["closed_a"])
    await tell_all()
    hers = "SELECT count(*) FROM notice WHERE person = {}"
    assert await fetch_value(hers, world.person_id["guest_a"]) == 1
    async with transaction():
        await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
        assert await fetch_value(hers, world.person_id["guest_a"]) == 0
    assert await fetch_value("SELECT count(*) FROM mail WHERE recipient = {}", world.person_id["guest_a"]) == 0


async def test_nobody_is_told_of_who_voted(rollback, world):
    """A voter's own rows are the only ones that name her, and no kind tells them from a follower's."""
    await execute(VOTE, world.person_id["employee"], world.idea_id["vote"])
    async with transaction():
        await record(Kind.IDEA_CORRECTED, space=world.space_id["organisation"], idea=world.idea_id["vote"])
    await tell_all()
    rows = await execute(
        "SELECT n.*, e.particulars::text AS p FROM notice n JOIN event e ON e.id = n.event WHERE n.kind <> 'help'"
    )
    told = {row["person"]: row for row in rows}
    assert {world.person_id["employee"], world.person_id["author"]} <= set(told)
    assert len({(row["kind"], row["bundle"], row["p"]) for row in rows}) == 1


async def test_a_mail_has_no_address_that_tells_who_opened_it(rollback, world):
    await commented(world)
    await tell_all()
    row = (await execute("SELECT recipient, event FROM mail"))[0]
    words = (await write("comment", row["recipient"], row["event"])).get_content().split()
    addresses = sorted(word for word in words if word.startswith("http"))
    newest = await fetch_value("SELECT public_id FROM comment ORDER BY id DESC LIMIT 1")
    base = "http://127.0.0.1:8000"
    assert addresses == [base, f"{base}/comments/{newest}", f"{base}/settings"]


async def test_what_was_read_long_ago_is_forgotten_and_a_duty_is_not(rollback, world):
    await asked(world)
    await commented(world)
    await tell_all()
    await execute("UPDATE notice SET created_at = created_at - interval '400 days'")
    await forget_notices()
    assert [kind for _, kind in await heard()] == ["campaign"]
