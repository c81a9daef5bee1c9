"""Delivering mail: nobody waits for a mail server, nothing is lost to one, and what can't be delivered is shown."""

import asyncio
from datetime import timedelta
from email.utils import parseaddr

import pytest

from portal.db import execute, fetch_value
from portal.notifications import transport
from portal.notifications.jobs import BACKOFF, deliver_mail
from portal.notifications.mails import write
from portal.settings import settings
from tests.client import text_of
from tests.world import NOW, email_of, set_clock

STATE = "SELECT attempts, sent_at, dropped_at, due_at, last_error FROM mail ORDER BY id LIMIT 1"


async def queue_mail(world, *names, kind="password_reset"):
    for name in names or ("employee",):
        await execute("INSERT INTO mail (kind, recipient) VALUES ({}, {})", kind, world.person_id[name])


async def state():
    return (await execute(STATE))[0]


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """No mail server: mail is written into a folder."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path / "mail"
    settings.cache_clear()


async def test_mail_leaves_once_through_the_server(rollback, world, smtp):
    await queue_mail(world, "employee", "colleague")
    await deliver_mail()
    assert smtp.recipients == [email_of("employee"), email_of("colleague")]
    assert (await state())["sent_at"] == NOW
    await deliver_mail()
    assert len(smtp.messages) == 2


async def test_without_a_server_mail_goes_into_a_folder_that_only_the_owner_reads(rollback, world, folder):
    await queue_mail(world, "employee", "colleague")
    await deliver_mail()
    assert len(list(folder.glob("*.eml"))) == 2
    assert not list(folder.glob(".*"))
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("RCPT", "550 no such mailbox"),
        ("RCPT", "553 not allowed"),
        ("END", "554 this looks like spam"),
        ("DATA", "554 no"),
    ],
)
async def test_a_refusal_for_good_is_not_tried_again(rollback, world, smtp, command, reply):
    smtp.replies = {command: reply}
    await queue_mail(world)
    await deliver_mail()
    mail = await state()
    assert mail["dropped_at"] == NOW
    assert reply[4:] in mail["last_error"]
    smtp.replies = {}
    await set_clock(NOW + timedelta(days=2))
    await deliver_mail()
    assert smtp.messages == []


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("RCPT", "450 busy"),
        ("END", "451 greylisted"),
        ("MAIL", "421 closing"),
        ("HELLO", "554 no"),
        ("MAIL", "530 sign in"),
    ],
)
async def test_a_refusal_for_now_is_tried_again(rollback, world, smtp, command, reply):
    smtp.replies = {command: reply}
    await queue_mail(world)
    await deliver_mail()
    mail = await state()
    assert (mail["attempts"], mail["dropped_at"], mail["due_at"]) == (1, None, NOW + timedelta(minutes=1))
    await deliver_mail()
    assert (await state())["attempts"] == 1  # it is not due yet
    smtp.replies = {}
    await set_clock(NOW + timedelta(minutes=1))
    await deliver_mail()
    assert len(smtp.messages) == 1
    assert (await state())["last_error"] == ""


async def test_a_server_that_is_down_is_asked_less_and_less_often_and_then_given_up(rollback, world, monkeypatch):
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    settings.cache_clear()
    await queue_mail(world)
    at = NOW
    for minutes in BACKOFF:
        await deliver_mail()
        at += timedelta(minutes=minutes)
        assert (await state())["due_at"] == at
        await set_clock(at)
    await deliver_mail()
    mail = await state()
    assert (mail["attempts"], mail["dropped_at"]) == (len(BACKOFF) + 1, at)
    assert at - NOW > timedelta(hours=16)
    settings.cache_clear()


async def test_a_server_that_says_nothing_is_left(rollback, world, smtp, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", 0.2)
    smtp.stall = "END"
    await queue_mail(world)
    await asyncio.wait_for(deliver_mail(), 5)
    mail = await state()
    assert (mail["attempts"], mail["sent_at"], mail["dropped_at"]) == (1, None, None)


async def test_a_folder_that_cannot_be_written_is_tried_again(rollback, world, folder):
    folder.write_text("in the way")
    await queue_mail(world)
    await deliver_mail()
    assert (await state())["attempts"] == 1


async def test_one_message_that_cannot_be_written_holds_up_no_other(rollback, world, smtp):
    await queue_mail(world, "employee", kind="a kind of a later version")
    await execute("UPDATE mail SET due_at = plein_now() - interval '1 hour'")
    await queue_mail(world, "colleague")
    await deliver_mail()
    assert smtp.recipients == [email_of("colleague")]
    mail = await state()
    assert (mail["attempts"], mail["sent_at"]) == (1, None)
    assert mail["last_error"]
    assert "later version" not in mail["last_error"], "administrators read to whom and why, not what it was about"


async def test_while_a_server_says_nothing_its_message_holds_nobody_up(fresh_db, world, smtp):
    smtp.stall = "END"
    await queue_mail(world)
    sending = asyncio.create_task(deliver_mail())
    await smtp.stalled.wait()
    assert await execute("SELECT id FROM mail FOR UPDATE NOWAIT")
    assert await execute("SELECT id FROM person WHERE id = {} FOR UPDATE NOWAIT", world.person_id["employee"])
    assert await fetch_value("SELECT max(xact_start) FROM pg_stat_activity WHERE state = 'idle in transaction'") is None
    await deliver_mail()  # another worker leaves it alone meanwhile
    assert (await state())["attempts"] == 1
    smtp.goes_on.set()
    await sending
    assert len(smtp.messages) == 1
    assert (await state())["sent_at"]


def test_a_message_is_given_up_well_before_its_next_attempt():
    assert BACKOFF[0] * 60 > 1.2 * transport.LONGEST


async def test_a_long_queue_goes_on(rollback, world, smtp):
    await execute(
        "INSERT INTO mail (kind, recipient) SELECT 'password_reset', {} FROM generate_series(1, 60)",
        world.person_id["employee"],
    )
    await deliver_mail()
    assert len(smtp.messages) == 50
    assert await fetch_value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver_mail'") == 1
    await deliver_mail()
    assert len(smtp.messages) == 60


async def test_two_at_the_same_time_send_nothing_twice(fresh_db, world, smtp):
    await queue_mail(world, *["employee", "colleague", "author", "sponsor"] * 5)
    await asyncio.gather(deliver_mail(), deliver_mail(), deliver_mail())
    assert len(smtp.messages) == 20
    assert await fetch_value("SELECT count(*) FROM mail WHERE sent_at IS NOT NULL AND attempts = 1") == 20


# --- the administrator ---------------------------------------------------------------------------------------


async def test_dead_letters_are_shown_to_the_administrator_who_tries_again(as_, world, smtp):
    smtp.replies = {"RCPT": "550 no such <mailbox>"}
    await queue_mail(world)
    await deliver_mail()
    administrator = await as_("administrator")
    said = text_of(await administrator.get("/admin"))
    assert "Noor Dijkman" in said
    assert "no such <mailbox>" in said
    public_id = await fetch_value("SELECT public_id FROM mail")
    assert (await (await as_("employee")).post(f"/admin/mail/{public_id}/retry")).status_code == 403
    smtp.replies = {}
    response = await administrator.post(f"/admin/mail/{public_id}/retry")
    assert (response.status_code, response.headers["location"]) == (303, "/admin")
    await deliver_mail()
    assert smtp.recipients == [email_of("employee")]
    assert "no such" not in text_of(await administrator.get("/admin"))
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'mail.retried'") == 1


async def test_a_message_that_went_out_is_not_sent_again(as_, world, smtp):
    await queue_mail(world)
    await deliver_mail()
    public_id = await fetch_value("SELECT public_id FROM mail")
    assert (await (await as_("administrator")).post(f"/admin/mail/{public_id}/retry")).status_code == 404


# --- how it is written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Lowland Works",
        "Smith, Jones & Co",
        'The "Square" <x@evil.example>',
        "Büro für Größe",
        "a\r\nBcc: b@evil.example",
        "中" * 80,
    ],
)
async def test_it_comes_from_this_house_alone_whatever_its_name(rollback, world, name):
    await execute("UPDATE organisation SET name = {}", name)
    message = await write("password_reset", world.person_id["employee"], None)
    assert [address.addr_spec for address in message["from"].addresses] == ["plein@localhost"]
    assert message["from"].addresses[0].display_name == f"{' '.join(name.split())} – Plein"
    assert message["bcc"] is None
    assert parseaddr(str(message["to"]))[1] == email_of("employee")
    assert message["message-id"].endswith("@localhost>")
    assert b"\r\nBcc:" not in message.as_bytes()


async def test_a_title_cannot_add_headers(rollback, world, smtp):
    await execute("UPDATE idea SET title = {} WHERE id = {}", "a\r\nBcc: b@evil.example\n\nBody", world.idea_id["done"])
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
        " VALUES ({}, {}, {}, 'changed', 's', 'r', 'r', 'n', 'en')",
        world.idea_id["done"],
        world.space_id["organisation"],
        world.person_id["sponsor"],
    )
    event = await fetch_value(
        "INSERT INTO event (kind, answer, space) SELECT 'idea.answered', id, space FROM answer WHERE idea = {}"
        " RETURNING id",
        world.idea_id["done"],
    )
    message = await write("answer", world.person_id["author"], event)
    assert message["subject"] == "Answered: a Bcc: b@evil.example Body"
    assert message["bcc"] is None


async def test_nobody_deactivated_is_written_to(rollback, world):
    assert await write("password_reset", world.person_id["deactivated"], None) is None


async def test_whoever_never_had_a_password_is_invited_to_choose_one(rollback, world):
    told = await write("password_reset", world.person_id["employee"], None)
    await execute("DELETE FROM credential WHERE person = {}", world.person_id["employee"])
    invited = await write("password_reset", world.person_id["employee"], None)
    assert (told["subject"], invited["subject"]) == ("Choose a new password", "Welcome to Plein: choose your password")
    assert "asked for a new password" in told.get_content()
    assert "asked for a new password" not in invited.get_content()
    assert "/password-reset/" in invited.get_content()
