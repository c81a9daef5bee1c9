"""The policy's predicates about campaigns: who leads them, and how far."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.phases import WHILE_ARCHIVING, WHILE_RUNNING


def leads(actor: Actor, thing: Any) -> bool:
    """Who proposed the campaign, who sponsors it, who decides, or an administrator."""
    return actor.id in (thing.author, thing.sponsor, thing.decision_owner) or actor.administrator


def leads_what_stands(actor: Actor, thing: Any) -> bool:
    """Who leads the campaign, until it is cancelled or archived."""
    return thing.state not in ("cancelled", "archived") and leads(actor, thing)


def author_of_draft(actor: Actor, thing: Any) -> bool:
    """Who began it, as long as nobody was asked."""
    return bool(thing.state == "draft" and actor.id == thing.author)


def decision_owner_while_proposed(actor: Actor, thing: Any) -> bool:
    """The decision owner, and nobody for her, while she is asked."""
    return bool(thing.state == "proposed" and actor.id == thing.decision_owner)


def decision_owner_who_decided(actor: Actor, thing: Any) -> bool:
    """The decision owner, once she said yes or no."""
    return bool(thing.state not in ("draft", "proposed") and actor.id == thing.decision_owner)


def leads_what_runs(actor: Actor, thing: Any) -> bool:
    """Who leads the campaign, while it runs; one that is always open has no end to move."""
    return bool(not thing.always_open and thing.phase in WHILE_RUNNING and leads(actor, thing))


def leads_what_is_open(actor: Actor, thing: Any) -> bool:
    """Who leads the campaign, once it is accepted and until it is done; what is always open stays."""
    open_ = thing.state == "open" and thing.phase != "done" and not thing.always_open
    return bool(open_ and leads(actor, thing))


def leads_what_is_over(actor: Actor, thing: Any) -> bool:
    """Who leads the campaign, once it is done or cancelled, until it is archived."""
    return bool(thing.state != "archived" and thing.phase in WHILE_ARCHIVING and leads(actor, thing))
