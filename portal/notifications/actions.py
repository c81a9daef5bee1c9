"""What one does with one's notices, and administrators with mail."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications.listed import Muted, OneNotice
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


READ_OF = """
    UPDATE notice SET read_at = plein_now() WHERE person = {} AND read_at IS NULL AND NOT duty
        AND (idea = {} OR campaign = {})
"""
READ = "UPDATE notice SET read_at = plein_now() WHERE person = {} AND read_at IS NULL AND NOT duty"


async def read_all(actor: Actor) -> None:
    """Nothing is new any more, but what is still to be done."""
    require(actor, Action.SETTINGS_CHANGE)
    await execute(READ, actor.id)


async def read(actor: Actor, notice: OneNotice) -> None:
    """A notice, and those that are shown with it, are not new any more."""
    require(actor, Action.SETTINGS_CHANGE)
    await execute(READ + " AND bundle = {}", actor.id, notice.bundle)


async def read_of(actor: Actor, *, idea: int | None = None, campaign: int | None = None) -> None:
    """Who opens a thing has read what she was told of it."""
    require(actor, Action.SETTINGS_CHANGE)
    if actor.unread:
        await execute(READ_OF, actor.id, idea, campaign)


MUTE = """
    INSERT INTO mute (person, space, campaign, idea) SELECT n.person, n.space, n.campaign, n.idea FROM notice n
    WHERE n.id = {} AND n.person = {} AND n.space IS NOT NULL ON CONFLICT DO NOTHING
"""


async def mute(actor: Actor, notice: OneNotice) -> None:
    """The actor hears no more of what a notice tells of, but duties."""
    require(actor, Action.SETTINGS_CHANGE)
    async with transaction():
        await execute(MUTE, notice.id, actor.id)
        await execute(READ + " AND bundle = {}", actor.id, notice.bundle)


async def unmute(actor: Actor, muted: Muted) -> None:
    """She hears of it again."""
    require(actor, Action.SETTINGS_CHANGE)
    await execute("DELETE FROM mute WHERE id = {} AND person = {}", muted.id, actor.id)
