"""Forgetting how far somebody had read."""

from __future__ import annotations

from portal.db import execute

#: Days after which one's place in a thread is forgotten; the privacy page names them.
KEPT = 180


async def forget_marks() -> None:
    """Takes the marks away that nobody needs any more, and those in spaces that she does not read now."""
    await execute("DELETE FROM read_mark WHERE visited_at < plein_now() - make_interval(days => {})", KEPT)
    await execute(
        "DELETE FROM read_mark m WHERE NOT EXISTS"
        " (SELECT FROM readership r WHERE r.person = m.person AND r.space = m.space)"
    )
