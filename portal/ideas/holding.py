"""Holding what counts a thing before the thing itself: the campaign, then the idea, then its comments. Votes and
replies are counted in this order, too, so that none waits for one who waits for it."""

from __future__ import annotations

from portal.db import execute

CAMPAIGN = "SELECT c.id FROM campaign c JOIN idea i ON i.campaign = c.id WHERE i.id = {} FOR NO KEY UPDATE OF c"
IDEA = "SELECT i.id FROM idea i JOIN comment k ON k.idea = i.id WHERE k.id = {} FOR NO KEY UPDATE OF i"
CAMPAIGNS = "SELECT 1 FROM campaign WHERE id = ANY({}) ORDER BY id FOR UPDATE"
OUT_OF_SIGHT = "UPDATE idea SET state = 'draft' WHERE id = {} AND state = 'published'"


async def hold_above(idea: int | None, comment: int | None = None) -> None:
    """The campaign of an idea, or the idea of a comment."""
    await execute(CAMPAIGN if idea else IDEA, idea or comment)


async def hold_campaigns(one: int, other: int) -> None:
    """Both campaigns between which something goes, in one order, whoever holds them."""
    await execute(CAMPAIGNS, [one, other])


async def take_out_of_sight(idea: int) -> None:
    """An idea that stands is a draft again, until it was screened."""
    await execute(OUT_OF_SIGHT, idea)
