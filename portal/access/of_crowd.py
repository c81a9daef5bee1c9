"""The policy's predicates about what comes after an answer: who objects, who is asked, who keeps a promise, who goes on
with what was withdrawn."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.of_ideas import commenting, hers

#: States of a case that was answered and is not over: KEPT of `escalation.states`, which stands above (a test compares
#: them).
ANSWERED = {"answered", "committed", "implemented"}


def objecting(actor: Actor, thing: Any) -> bool:
    """Who may comment, about what is not her own; once, which the database sees to."""
    return commenting(actor, thing) and not hers(actor, thing)


def supporter_in_time(actor: Actor, thing: Any) -> bool:
    """Who supports it, or an item that stands with it, while they are asked."""
    return thing.supports and not actor.guest and thing.outcome is None and actor.now < thing.until


def owner_after_answer(actor: Actor, thing: Any) -> bool:
    """The owner of a case, once it was answered and until all is carried out."""
    return bool(actor.id == thing.owner and not thing.barred and thing.state in ("answered", "committed"))


def sees_to_promise(actor: Actor, thing: Any) -> bool:
    """Who sees to a promise, and the owner of its case, as long as it is open."""
    watched = thing.case_state is None or thing.case_state in ANSWERED
    return thing.state == "open" and watched and actor.id in (thing.owner, thing.case_owner)


def sees_to_promise_in_time(actor: Actor, thing: Any) -> bool:
    """The same, until its day is over."""
    return sees_to_promise(actor, thing) and bool(thing.in_time)


def supporter_of_withdrawn(actor: Actor, thing: Any) -> bool:
    """Who supports what its author withdrew while an answer was owed, for seven days."""
    return thing.supports and not actor.guest and thing.idea_state == "withdrawn" and actor.now < thing.until
