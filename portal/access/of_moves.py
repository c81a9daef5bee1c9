"""The policy's predicates about moving; what the other place asks is asked there."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Role
from portal.access.of_campaigns import leads
from portal.access.phases import WHILE_EDITING


def _keeps(actor: Actor, thing: Any) -> bool:
    return actor.has_role(thing.space, Role.OWNER, Role.MODERATOR)


def moves_idea(actor: Actor, thing: Any) -> bool:
    """The author of an idea or a discussion, if she is a colleague, or who owns or moderates the space, until voting
    begins, a case is open, or it is answered. What a leader said stays where she said it."""
    stands = thing.kind != "leader" and thing.idea_state == "published" and thing.phase in WHILE_EDITING
    settled = thing.answered or thing.open_case
    return bool(stands and not settled and not actor.guest and (actor.id == thing.author or _keeps(actor, thing)))


def moves_campaign(actor: Actor, thing: Any) -> bool:
    """Who leads it, or owns or moderates the space, once it is open and until voting begins."""
    before = thing.state == "open" and thing.phase in {"planned", *WHILE_EDITING}
    return bool(before and not actor.guest and (leads(actor, thing) or _keeps(actor, thing)))
