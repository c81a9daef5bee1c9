"""Writing a charter down, and that somebody accepted it; for the actions of spaces, in their transactions."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.db import execute, fetch_value
from portal.text.markdown import rendered

WRITE = """
    INSERT INTO charter (space, version, preset, text, text_html, author)
    SELECT s.id, 1 + coalesce((SELECT max(h.version) FROM charter h WHERE h.space = s.id), 0), {}, {}, {}, {}
    FROM space s WHERE s.id = {} RETURNING version
"""
ACCEPT = """
    INSERT INTO charter_acceptance (space, person, version) VALUES ({}, {}, {}) ON CONFLICT DO NOTHING
"""


async def write_charter(  # access: called by what asked, in its transaction
    actor: Actor, space: int, preset: str, text: str
) -> int:
    """The next version; of two at once the later one waits for the first. Gives its number."""
    await execute("SELECT id FROM space WHERE id = {} FOR NO KEY UPDATE", space)
    return int(await fetch_value(WRITE, preset, text, await rendered(text), actor.id, space))


async def accept_charter(  # access: called by what asked, in its transaction
    actor: Actor, space: int, version: int
) -> None:
    """The actor has read this version, and accepts it."""
    await execute(ACCEPT, space, actor.id, version)
