"""That a comment is there, or says something else, once it was screened."""

from __future__ import annotations

from portal.db import execute
from portal.events.kinds import Kind
from portal.events.log import record

# Who is called in it stands there by her public id.
CALL = r"""
    INSERT INTO mention (comment, space, person, event)
    SELECT k.id, k.space, p.id, {} FROM comment k, regexp_matches(k.body, '@\{{([A-Za-z0-9]{{12}})\}}', 'g') called
    JOIN person p ON p.public_id = called[1] WHERE k.id = {}
    ON CONFLICT (comment, person) DO NOTHING
"""


async def announce(comment: int, space: int, author: int, *, new: bool) -> None:
    """Whoever hears of comments, or is called in it, hears of it now; in the caller's transaction."""
    kind = Kind.COMMENT_ADDED if new else Kind.COMMENT_EDITED
    event = await record(kind, actor=author, space=space, comment=comment)
    await execute(CALL, event, comment)
