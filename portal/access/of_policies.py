"""The policy's predicates about policies: whose they are, and what may be done to a version that waits."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor


def owns_policy(actor: Actor, thing: Any) -> bool:
    """Its owner."""
    return bool(actor.id == thing.owner)


def owns_proposal(actor: Actor, thing: Any) -> bool:
    """Its owner, while a version of it waits to come into force."""
    return bool(actor.id == thing.owner and thing.proposed is not None)


def hands_policy_over(actor: Actor, thing: Any) -> bool:
    """Its owner, or an administrator."""
    return bool(actor.id == thing.owner or actor.administrator)
