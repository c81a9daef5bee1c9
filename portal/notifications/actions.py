"""What administrators do with mail."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications.queries import Undelivered


async def retry_mail(actor: Actor, mail: Undelivered) -> None:
    """Sends a message again that was given up."""
    require(actor, Action.MAIL_RETRY)
    async with transaction():
        await execute(
            "UPDATE mail SET attempts = 0, dropped_at = NULL, due_at = plein_now() WHERE id = {} AND sent_at IS NULL",
            mail.id,
        )
        await queue("deliver_mail")
        await record(Kind.MAIL_RETRIED, actor=actor.id, mail=mail.public_id)
