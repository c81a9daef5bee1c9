"""An answer is heard by everyone who took part, once, in their language, and by nobody else."""

from collections import Counter

import pytest

from portal.app import create_app
from portal.db import execute, fetch_value
from portal.notifications.jobs import deliver_mail, tell_of
from portal.worker import pass_on_events
from tests.client import Browser
from tests.notifications.work import work
from tests.sitemap import ANSWER
from tests.world import add_comment, add_vote_from_before, email_of

ANSWER = ANSWER | {"summary": 'Yes & no <3 "quoted"', "reason": "The secret reason"}


@pytest.fixture
async def answered(as_, world):
    """Who took part in the idea `decide`: author and colleague wrote; these supported it. Then it is answered."""
    for name in ("employee", "colleague", "moderator", "insider_b", "deactivated"):
        await execute(
            "INSERT INTO vote (person, idea, space, guest) VALUES ({}, {}, {}, FALSE)",
            world.person_id[name],
            world.idea_id["decide"],
            world.space_id["organisation"],
        )
    await add_vote_from_before(world, "guest_a", "decide")
    await add_comment(world, "theirs", idea="decide", author="administrator", state="removed")
    await add_comment(world, "decider_asks", idea="decide", author="sponsor")
    await execute("UPDATE identity SET wants_mail = FALSE WHERE person = {}", world.person_id["moderator"])
    await execute("UPDATE person SET last_signed_in_at = NULL WHERE id = {}", world.person_id["insider_b"])
    response = await (await as_("sponsor")).post(f"/ideas/{world.idea['decide']}/answer", ANSWER)
    assert response.status_code == 303


PROMISED = "You see to a promise: Idea decide"  # what comes next is the author's to do: a duty, beside the news


def answers(smtp):
    """Who was sent the answer, with the mail."""
    mails = zip(smtp.recipients, smtp.messages, strict=True)
    return [(who, mail) for who, mail in mails if mail["subject"] != PROMISED]


async def test_whoever_took_part_hears_of_it_once(answered, smtp):
    await work()
    assert sorted(who for who, _ in answers(smtp)) == sorted(
        email_of(name) for name in ("author", "colleague", "employee")
    )
    assert await fetch_value("SELECT count(*) FROM mail WHERE sent_at IS NULL") == 0


async def test_only_who_sees_to_what_is_promised_hears_of_the_promise_besides(answered, smtp):
    """Who took part reads of it in the answer."""
    await work()
    mails = zip(smtp.recipients, smtp.messages, strict=True)
    assert [who for who, mail in mails if mail["subject"] == PROMISED] == [email_of("author")]
    assert len(smtp.messages) == 4


@pytest.mark.parametrize("kind", ["idea.answered", "case.answered", "duty.promise"])
async def test_an_event_that_comes_twice_is_told_once(answered, smtp, kind):
    await work()
    told = sorted(smtp.recipients)
    event = await fetch_value("SELECT max(id) FROM event WHERE kind = {}", kind)
    await tell_of(event)
    await execute("INSERT INTO event_queue (event) VALUES ({})", event)
    await work()
    assert sorted(smtp.recipients) == told
    assert len(told) == 4


async def test_each_in_their_own_language_without_markup(answered, smtp):
    await work()
    mails = dict(answers(smtp))
    english, dutch = mails[email_of("author")], mails[email_of("colleague")]
    assert english["subject"] == "Answered: Idea decide"
    assert english.get_content_type() == "text/plain"
    assert "Hello Wim Schotanus," in english.get_content()
    assert 'Yes & no <3 "quoted"' in english.get_content()  # nothing is escaped in a plain text
    assert "&amp;" not in english.get_content()
    assert "Hello" not in dutch.get_content()
    assert "Joris van Heeswijk" in dutch.get_content()


async def test_the_address_in_it_is_the_houses_own(answered, smtp, world):
    await work()
    assert f"http://127.0.0.1:8000/ideas/{world.idea['decide']}\r\n" in answers(smtp)[0][1].get_content()


async def test_who_lost_sight_of_the_idea_hears_nothing(answered, smtp, world):
    """Rights are read when the message goes out, not when it was queued."""
    await pass_on_events()
    await tell_of(await fetch_value("SELECT max(id) FROM event WHERE kind = 'idea.answered'"))
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["employee"])
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["decide"])
    await deliver_mail()
    assert smtp.recipients == [email_of("author")]
    assert await fetch_value("SELECT count(*) FROM mail WHERE dropped_at IS NOT NULL AND last_error = ''") == 2


async def test_a_message_is_written_when_it_goes_out(answered, smtp, world):
    """What it says is not kept before; nothing of it can leak out of the queue."""
    await pass_on_events()
    for row in await execute("SELECT m::text AS t FROM mail m UNION ALL SELECT j::text FROM procrastinate_jobs j"):
        assert "Yes" not in row["t"]
        assert "@" not in row["t"]


async def kinds_queued():
    """How many events of each kind wait to be passed on."""
    return Counter(
        row["kind"] for row in await execute("SELECT v.kind FROM event_queue q JOIN event v ON v.id = q.event")
    )


async def test_answering_and_telling_are_one(fresh_db, world):
    """An answer that is not saved is not told, nor does it end the case; one that is saved does, whatever dies."""
    browser = Browser(create_app(own_pool=False), world.person_id["sponsor"])
    await browser.start_session()
    await execute("ALTER TABLE answer ADD CONSTRAINT never CHECK (false) NOT VALID")
    queued = await kinds_queued()
    assert (await browser.post(f"/ideas/{world.idea['decide']}/answer", ANSWER)).status_code == 500
    assert await kinds_queued() == queued
    await execute("ALTER TABLE answer DROP CONSTRAINT never")
    assert (await browser.post(f"/ideas/{world.idea['decide']}/answer", ANSWER)).status_code == 303
    assert await kinds_queued() - queued == Counter(["idea.answered", "case.answered"])
    await browser.http.aclose()


async def test_who_writes_an_idea_hears_once_of_each_offer_and_not_of_one_taken_back(as_, world, smtp):
    page = f"/ideas/{world.idea['vote']}/help"
    employee, colleague = await as_("employee"), await as_("moderator")
    for body in ("I can weld.", "I can weld well."):
        assert (await employee.post(page, {"body": body})).status_code == 303
    assert (await colleague.post(page, {"body": "I can paint."})).status_code == 303
    assert (await colleague.post(f"{page}/end")).status_code == 303
    await work()
    (mail,) = smtp.messages
    assert smtp.recipients == [email_of("author")]
    assert "I can weld well." in mail.get_content()
    await employee.post(page, {"body": "I can weld at night, too."})
    await work()
    assert len(smtp.messages) == 1
