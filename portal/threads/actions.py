"""Writing a digest, and keeping one's own place."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import NO_ROOM, execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.text.markdown import rendered
from portal.threads.queries import VISIT, Overview

WRITE = """
    INSERT INTO digest (idea, space, version, author, body, body_html, how, language)
    SELECT i.id, i.space, {}, {}, {}, {}, {}, {} FROM idea i
    WHERE i.id = {} AND {} = (SELECT coalesce(max(d.version), 0) FROM digest d WHERE d.idea = i.id)
    ON CONFLICT (idea, version) DO NOTHING RETURNING id
"""


async def write_digest(actor: Actor, idea: IdeaRow, *, body: str, how: str, language: str, version: int) -> None:
    """The next version of a thread's digest. Raises Changed when somebody else wrote one meanwhile."""
    require(actor, Action.DIGEST_WRITE, idea)
    html = await rendered(body)
    async with transaction():
        made = await fetch_value(WRITE, version + 1, actor.id, body, html, how, language, idea.id, version)
        if made is None:
            raise Changed
        await record(Kind.DIGEST_WRITTEN, actor=actor.id, space=idea.space, idea=idea.id)


MARK = """
    INSERT INTO read_mark AS m (person, idea, space, comment) VALUES ({}, {}, {}, {})
    ON CONFLICT (person, idea) DO UPDATE SET comment = greatest(m.comment, EXCLUDED.comment),
        since = CASE WHEN m.visited_at < plein_now() - {}::interval THEN m.comment ELSE m.since END,
        visited_at = CASE WHEN m.visited_at < plein_now() - {}::interval THEN plein_now() ELSE m.visited_at END
"""


async def mark_read(actor: Actor, idea: IdeaRow, seen: Overview) -> None:  # access: one's own place in a thread
    """Keeps how far the actor has read, where there is anything new. Reading goes on when there is no room for it."""
    if seen.newest is None or seen.newest <= (seen.marked or 0):
        return
    try:
        await execute(MARK, actor.id, idea.id, idea.space, seen.newest, VISIT, VISIT)
    except NO_ROOM:
        return
