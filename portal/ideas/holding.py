"""Holding what counts a thing before the thing itself: the campaign, then the idea, then its comments. Votes and
replies are counted in this order, too, so that none waits for one who waits for it."""

from __future__ import annotations

from portal.db import execute

CAMPAIGN = "SELECT c.id FROM campaign c JOIN idea i ON i.campaign = c.id WHERE i.id = {} FOR NO KEY UPDATE OF c"
IDEA = "SELECT i.id FROM idea i JOIN comment k ON k.idea = i.id WHERE k.id = {} FOR NO KEY UPDATE OF i"


async def hold_above(idea: int | None, comment: int | None = None) -> None:
    """The campaign of an idea, or the idea of a comment."""
    await execute(CAMPAIGN if idea else IDEA, idea or comment)
