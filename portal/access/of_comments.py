"""The policy's predicates about comments: who changes, removes and answers them with a sign."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.phases import WHILE_COMMENTING


def own_comment(actor: Actor, thing: Any) -> bool:
    """Who wrote it, while the thread is open and the comment stands, or waits to be screened."""
    stands = thing.state == "published" or bool(thing.screening)
    return bool(actor.id == thing.author and stands and thing.phase in WHILE_COMMENTING)


def own_standing_comment(actor: Actor, thing: Any) -> bool:
    """Who wrote it, at any time, unless it is removed or hidden already."""
    return bool(actor.id == thing.author and thing.state == "published")


def reacting(actor: Actor, thing: Any) -> bool:
    """Every reader but the author, while the thread is open and the comment stands."""
    standing = thing.state == "published" and thing.idea_state == "published"
    return bool(standing and actor.id != thing.author and thing.phase in WHILE_COMMENTING)
