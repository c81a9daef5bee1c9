"""What stands at home: what is open, what people talk about, one's own, and what waits for one, in one statement."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.campaigns.queries import open_campaigns
from portal.crowd.queries import what_became
from portal.db import Reading, read_together
from portal.ideas.cards import ideas_of_author, lively_ideas
from portal.pages.todo import asked_of, to_do
from portal.proposals.queries import waiting_for
from portal.votes.queries import left_to_vote


async def at_home(actor: Actor) -> dict[str, Any]:
    """Also the campaigns that are not open yet and are hers, and what became of what she supports."""
    return await _read(actor, 6, waiting=waiting_for(actor), became=what_became(actor, 3))


async def at_home_of_guest(actor: Actor) -> dict[str, Any]:
    """The same as far as it is a guest's; her spaces are read beside it."""
    return await _read(actor, 4)


async def _read(actor: Actor, most: int, **more: Reading[Any]) -> dict[str, Any]:
    wanted: dict[str, Reading[Any]] = {
        "campaigns": open_campaigns(actor, most),
        "lively": lively_ideas(actor, most),
        "own": ideas_of_author(actor, 5),
        "to_vote": left_to_vote(actor, 3),
        **more,
    }
    found = await read_together(**wanted, **asked_of(actor))
    return {name: found[name] for name in wanted} | {"asked": to_do(found)}
