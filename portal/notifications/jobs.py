"""Work of the mail room: spreading news by sets, and delivering what is due."""

from __future__ import annotations

import msgspec
import structlog

from portal.db import UNREACHABLE, execute, fetch, transaction
from portal.events.jobs import queue
from portal.notifications import transport
from portal.notifications.mails import write

log = structlog.get_logger()

#: Minutes until the next attempt, after the first, second, … failure; then the message is given up.
BACKOFF = (1, 5, 15, 60, 240, 720)
BATCH = 50

# Author, supporters and commenters, once each, but not who answered; only who wants mail and ever signed in.
ANNOUNCE = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'answer', x.person, e.id
    FROM event e JOIN answer a ON a.id = e.answer
    CROSS JOIN LATERAL (
        SELECT i.author AS person FROM idea i WHERE i.id = a.idea
        UNION SELECT v.person FROM vote v WHERE v.idea = a.idea
        UNION SELECT c.author FROM comment c WHERE c.idea = a.idea AND c.state = 'published') x
    JOIN person p ON p.id = x.person AND p.active AND p.last_signed_in_at IS NOT NULL
    JOIN identity n ON n.person = p.id AND n.wants_mail
    JOIN readership r ON r.person = p.id AND r.space = a.space
    WHERE e.id = {} AND p.id <> a.author
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def announce_answer(event: int) -> None:
    """One statement for however many took part."""
    async with transaction():
        await execute(ANNOUNCE, event)
        await queue("deliver_mail")


class Due(msgspec.Struct, frozen=True):
    """A message that is to go out now."""

    id: int
    kind: str
    recipient: int
    event: int | None
    attempts: int


DUE = """
    SELECT id, kind, recipient, event, attempts FROM mail
    WHERE sent_at IS NULL AND dropped_at IS NULL AND due_at <= plein_now()
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
SENT = "UPDATE mail SET sent_at = plein_now(), attempts = attempts + 1, last_error = '' WHERE id = {}"
DROPPED = "UPDATE mail SET dropped_at = plein_now(), last_error = {} WHERE id = {}"
AGAIN = """
    UPDATE mail SET attempts = attempts + 1, last_error = {}, due_at = plein_now() + make_interval(mins => {})
    WHERE id = {}
"""
GIVEN_UP = "UPDATE mail SET attempts = attempts + 1, last_error = {}, dropped_at = plein_now() WHERE id = {}"


async def deliver_mail() -> None:
    """Sends what is due, one message a transaction: a kill in between repeats at most the one under way."""
    for _ in range(BATCH):
        async with transaction():
            due = await fetch(Due, DUE)
            if not due:
                return
            await _deliver(due[0])
    await queue("deliver_mail")


async def _deliver(mail: Due) -> None:
    try:
        async with transaction():
            message = await write(mail.kind, mail.recipient, mail.event)
        if message is None:  # what it would tell is out of its reader's sight by now
            await execute(DROPPED, "", mail.id)
            return
        await transport.send(message)
    except UNREACHABLE:
        raise
    except transport.CannotSend as error:
        await _try_again(mail, str(error), error.final)
    except Exception as error:
        log.error("mail not written", mail=mail.id, kind=mail.kind, exc_info=error)
        await _try_again(mail, f"{type(error).__name__} ({mail.kind})")
    else:
        await execute(SENT, mail.id)


async def _try_again(mail: Due, why: str, final: bool = False) -> None:
    log.warning("mail not sent", mail=mail.id, attempts=mail.attempts + 1, error=why)
    if final or mail.attempts >= len(BACKOFF):
        await execute(GIVEN_UP, why, mail.id)
    else:
        await execute(AGAIN, why, BACKOFF[mail.attempts], mail.id)
