"""Work of the mail room: telling people of events, and delivering what is due."""

from __future__ import annotations

from email.message import EmailMessage

import msgspec
import structlog

from portal.db import UNREACHABLE, execute, fetch, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications import transport
from portal.notifications.mails import write, write_invitation
from portal.notifications.telling import DUTY, settle, tell
from portal.notifications.tellings import TELLINGS

log = structlog.get_logger()

#: Minutes until the next attempt, after the first, second, … failure; then the message is given up.
BACKOFF = (1, 5, 15, 60, 240, 720)
BATCH = 50
KIND = "SELECT kind FROM event WHERE id = {}"


async def tell_of(event: int) -> None:
    """Everybody whom the tellings name hears of it, by sets. A duty that it ends is done."""
    kind = Kind(await fetch_value(KIND, event))
    for telling in TELLINGS.get(kind, ()):
        await tell(event, kind, telling)
    await settle(event, kind)


class Due(msgspec.Struct, frozen=True):
    """A message that is to go out now."""

    id: int
    kind: str
    recipient: int | None
    invitation: int | None
    event: int | None
    attempts: int


# Claimed by making it due again later: whatever happens to this worker, it is tried again then, and not before.
CLAIM = """
    UPDATE mail SET attempts = attempts + 1,
        due_at = plein_now() + make_interval(mins => ({}::int[])[least(attempts + 1, {})])
    WHERE id = (
        SELECT id FROM mail WHERE sent_at IS NULL AND dropped_at IS NULL AND due_at <= plein_now()
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, recipient, invitation, event, attempts
"""
SENT = "UPDATE mail SET sent_at = plein_now(), last_error = '' WHERE id = {}"
DROPPED = "UPDATE mail SET dropped_at = plein_now(), last_error = {} WHERE id = {}"
FAILED = "UPDATE mail SET last_error = {} WHERE id = {}"


# What was read a season ago, and what nobody read in a year. A duty stays until it is done.
FORGET = """
    DELETE FROM notice WHERE read_at < plein_now() - interval '90 days'
        OR NOT duty AND created_at < plein_now() - interval '365 days'
"""


async def forget_notices() -> None:
    """Nobody looks so far back; the events themselves stay."""
    await execute(FORGET)


async def deliver_mail() -> None:
    """Sends what is due, one by one and outside any transaction: a slow server holds nothing up but the mail."""
    for _ in range(BATCH):
        due = await fetch(Due, CLAIM, list(BACKOFF), len(BACKOFF))
        if not due:
            return
        await _deliver(due[0])
    async with transaction():
        await queue("deliver_mail")


async def _written(mail: Due) -> EmailMessage | None:
    if mail.recipient is not None:
        return await write(mail.kind, mail.recipient, mail.event)
    assert mail.invitation is not None
    return await write_invitation(mail.invitation)


async def _deliver(mail: Due) -> None:
    try:
        async with transaction():
            message = await _written(mail)
        if message is None:  # what it would tell is out of its reader's sight by now
            await execute(DROPPED, "", mail.id)
            return
        await transport.send(message)
    except UNREACHABLE:
        raise
    except transport.CannotSend as error:
        await _failed(mail, str(error), error.final, error.bounced)
    except Exception as error:
        log.error("mail not written", mail=mail.id, kind=mail.kind, exc_info=error)
        await _failed(mail, type(error).__name__)
    else:
        await execute(SENT, mail.id)


async def _failed(mail: Due, why: str, final: bool = False, bounced: bool = False) -> None:
    log.warning("mail not sent", mail=mail.id, attempts=mail.attempts, error=why)
    given_up = final or mail.attempts > len(BACKOFF)
    async with transaction():
        await execute(DROPPED if given_up else FAILED, why, mail.id)
        if bounced and mail.event and Kind(await fetch_value(KIND, mail.event)) in DUTY:
            await record(Kind.DUTY_BOUNCED, person=mail.recipient, event=mail.event)
