"""Work of the mail room: spreading news by sets, and delivering what is due."""

from __future__ import annotations

from email.message import EmailMessage

import msgspec
import structlog

from portal.db import UNREACHABLE, execute, fetch, transaction
from portal.events.jobs import queue
from portal.notifications import transport
from portal.notifications.mails import write, write_invitation

log = structlog.get_logger()

#: Minutes until the next attempt, after the first, second, … failure; then the message is given up.
BACKOFF = (1, 5, 15, 60, 240, 720)
BATCH = 50

# Authors, followers, supporters and commenters, once each, but not who answered.
ANNOUNCE = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'answer', x.person, e.id
    FROM event e JOIN answer a ON a.id = e.answer
    CROSS JOIN LATERAL (
        SELECT i.author AS person FROM idea i WHERE i.id = a.idea
        UNION SELECT k.person FROM co_author k WHERE k.idea = a.idea AND k.accepted_at IS NOT NULL
        UNION SELECT v.person FROM vote v WHERE v.idea = a.idea
        UNION SELECT f.person FROM idea i JOIN follow f ON f.idea = i.id OR f.campaign = i.campaign WHERE i.id = a.idea
        UNION SELECT c.author FROM comment c WHERE c.idea = a.idea AND c.state = 'published') x
    JOIN mailed m ON m.person = x.person JOIN readership r ON r.person = m.person AND r.space = a.space
    WHERE e.id = {} AND m.person <> a.author
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def announce_answer(event: int) -> None:
    """One statement for however many took part."""
    async with transaction():
        await execute(ANNOUNCE, event)
        await queue("deliver_mail")


# The members of a closed space, but not who did it.
ANNOUNCE_ROLE = """
    INSERT INTO mail (kind, recipient, event)
    SELECT DISTINCT 'role', m.person, e.id
    FROM event e JOIN space s ON s.id = e.space AND NOT s.open
    JOIN membership k ON k.space = s.id JOIN mailed m ON m.person = k.person
    WHERE e.id = {} AND m.person IS DISTINCT FROM e.actor
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def announce_role(event: int) -> None:
    """One statement for all members."""
    async with transaction():
        await execute(ANNOUNCE_ROLE, event)
        await queue("deliver_mail")


# The owners of an idle group; only who wants mail and ever signed in.
ASK_OWNERS = """
    INSERT INTO mail (kind, recipient, event)
    SELECT DISTINCT 'idle_group', m.person, e.id
    FROM event e JOIN membership m ON m.space = e.space AND m.role = 'owner'
    JOIN person p ON p.id = m.person AND p.active AND p.last_signed_in_at IS NOT NULL
    JOIN identity n ON n.person = p.id AND n.wants_mail
    WHERE e.id = {} ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def ask_owners(event: int) -> None:
    """Whether an idle group is still needed, they say on its page."""
    async with transaction():
        await execute(ASK_OWNERS, event)
        await queue("deliver_mail")


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
        await _failed(mail, str(error), error.final)
    except Exception as error:
        log.error("mail not written", mail=mail.id, kind=mail.kind, exc_info=error)
        await _failed(mail, type(error).__name__)
    else:
        await execute(SENT, mail.id)


async def _failed(mail: Due, why: str, final: bool = False) -> None:
    log.warning("mail not sent", mail=mail.id, attempts=mail.attempts, error=why)
    given_up = final or mail.attempts > len(BACKOFF)
    await execute(DROPPED if given_up else FAILED, why, mail.id)
