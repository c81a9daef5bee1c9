"""Writing chapters, offering oneself as a mentor, and moving somebody's first day."""

from __future__ import annotations

from datetime import date, datetime

from portal.access.actor import Actor
from portal.access.conflicts import as_seen, fingerprint
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.invitations import first_day
from portal.invitations.queries import GuestSpace
from portal.preboarding.queries import ChapterRow, get_chapter
from portal.tables.base import new_public_id
from portal.text.markdown import rendered

WRITE = """
    INSERT INTO chapter (public_id, space, title, body, body_html, opens, author) VALUES ({}, {}, {}, {}, {}, {}, {})
"""


async def write_chapter(actor: Actor, space: GuestSpace, *, title: str, body: str, opens: int) -> str:
    """A new chapter; gives its public id."""
    require(actor, Action.CHAPTER_WRITE, space)
    public_id, html = new_public_id(), await rendered(body)
    async with transaction():
        await execute(WRITE, public_id, space.id, title, body, html, opens, actor.id)
        await record(Kind.CHAPTER_WRITTEN, actor=actor.id, space=space.id)
    return public_id


HOLD_CHAPTER = "SELECT id FROM chapter WHERE id = {} FOR NO KEY UPDATE"
EDIT = """
    UPDATE chapter SET title = {}, body = {}, body_html = {}, opens = {}, updated_at = plein_now() WHERE id = {}
"""


async def edit_chapter(actor: Actor, chapter: ChapterRow, *, title: str, body: str, opens: int, seen: str) -> None:
    """Its text, and from which day on it is open. Raises Changed when it is no longer as it was seen."""
    require(actor, Action.CHAPTER_WRITE, chapter)
    html = await rendered(body)
    async with transaction():
        await execute(HOLD_CHAPTER, chapter.id)
        stands = await get_chapter(actor, chapter.public_id)
        if as_seen(seen, stands.seen if stands else "", fingerprint(title, body, opens)):
            await execute(EDIT, title, body, html, opens, chapter.id)
            await record(Kind.CHAPTER_WRITTEN, actor=actor.id, space=chapter.space)


async def remove_chapter(actor: Actor, chapter: ChapterRow) -> None:
    """Nobody reads it any more."""
    require(actor, Action.CHAPTER_WRITE, chapter)
    async with transaction():
        await execute("DELETE FROM chapter WHERE id = {}", chapter.id)
        await record(Kind.CHAPTER_REMOVED, actor=actor.id, space=chapter.space)


OFFER = """
    INSERT INTO mentor (space, person, most, words) VALUES ({}, {}, {}, {})
    ON CONFLICT (space, person) DO UPDATE SET most = excluded.most, words = excluded.words
"""


async def offer(actor: Actor, space: GuestSpace, *, most: int, words: str) -> None:
    """The actor looks after people who start, so many at once; whoever has no mentor yet gets her."""
    require(actor, Action.MENTOR_OFFER, space)
    async with transaction():
        await execute(OFFER, space.id, actor.id, most, words)
        await record(Kind.MENTOR_OFFERED, actor=actor.id, space=space.id)


async def end_offer(actor: Actor, space: GuestSpace) -> None:
    """She does so no longer; whom she looked after gets somebody else."""
    require(actor, Action.MENTOR_END, space)
    async with transaction():
        if await fetch_value("DELETE FROM mentor WHERE space = {} AND person = {} RETURNING id", space.id, actor.id):
            await record(Kind.MENTOR_ENDED, actor=actor.id, space=space.id)


# The person first, as whoever employs her does: an end is never set for somebody who is an employee by then.
HOLD = """
    SELECT p.id FROM person p WHERE p.public_id = {} AND p.kind = 'guest' AND p.active
        AND EXISTS (SELECT FROM membership m WHERE m.person = p.id AND m.space = {}) FOR UPDATE
"""
STAYS = "UPDATE membership SET until = {}, sponsor = {} WHERE person = {} AND space = {}"


async def move_first_day(actor: Actor, space: GuestSpace, guest: str, day: date, until: datetime) -> bool:
    """A guest starts on another day; what is open to her, and until when she can come, follow everywhere. False for
    nobody, and for somebody who starts in another host's space too: that is for an administrator who invites here."""
    require(actor, Action.GUEST_RENEW, space)
    async with transaction():
        person = await fetch_value(HOLD, guest, space.id)
        if person is None:
            return False
        if not actor.administrator and await first_day.starts_with_others(person, space.id, actor.id):
            return False
        await execute(STAYS, until, actor.id, person, space.id)
        await first_day.move(actor.id, person, day)
    return True
