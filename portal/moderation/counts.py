"""What every reader may know of moderation: how much was taken away."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.moderation import HIDING
from portal.tables import Space


class Removals(msgspec.Struct, frozen=True):
    """How often moderators took something away in the last twelve months, and how often an appeal reversed it."""

    taken: int
    reversed: int


REMOVALS = """
    SELECT count(DISTINCT d.item)::int AS taken,
        count(DISTINCT d.item) FILTER (WHERE a.outcome = 'granted')::int AS reversed
    FROM decision d JOIN space s ON s.id = d.space LEFT JOIN appeal a ON a.decision = d.id
    WHERE d.space = ANY({}) AND d.action = ANY({}) AND d.undone_at IS NULL
        AND d.created_at > {}::timestamptz - interval '12 months' AND {}
"""


async def removals(actor: Actor, spaces: list[int]) -> Removals:
    """For every reader: a number that names nobody."""
    counted = await fetch_one(Removals, REMOVALS, spaces, list(HIDING), actor.now, visible(Space, actor, "s"))
    assert counted is not None
    return counted
