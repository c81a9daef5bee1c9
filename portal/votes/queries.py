"""Reading votes: an actor's own, and the count."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch_one
from portal.tables import Idea, Vote


class Standing(msgspec.Struct, frozen=True):
    """An idea as far as voting goes: the actor's own support, and how many support it, colleagues and guests apart."""

    id: int
    public_id: str
    title: str
    author: int
    phase: str
    idea_state: str
    supporters: int
    guest_supporters: int
    supported: bool


STANDING = """
    SELECT i.id, i.public_id, i.title, i.author, plein_phase(c, plein_now()) AS phase, i.state AS idea_state,
        i.supporters, i.guest_supporters, EXISTS (SELECT FROM vote v WHERE v.idea = i.id AND {}) AS supported
    FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.public_id = {} AND {}
"""


async def standing(actor: Actor, idea: str) -> Standing | None:
    """How an idea stands at this moment."""
    return await fetch_one(Standing, STANDING, visible(Vote, actor, "v"), idea, visible(Idea, actor, "i"))
