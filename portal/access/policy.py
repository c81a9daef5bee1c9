"""Whether something may be done. `rules` is the page that says who may.

A thing that the actor can't see never gets here: that is a 404. What she sees and may not do is a 403.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.action import Action
from portal.access.actor import Actor
from portal.access.rules import RIGHTS, RULES, WRITING

__all__ = ["Action", "Forbidden", "Paused", "allowed", "can", "require"]


class Forbidden(Exception):
    """The actor sees the thing and may not do this to it; the page says 403."""

    def __init__(self, action: Action) -> None:
        super().__init__(action.value)
        self.action = action


class Paused(Forbidden):
    """The actor may not write in this space for a while: until when, the page says."""

    def __init__(self, action: Action, until: datetime) -> None:
        super().__init__(action)
        self.until = until


def can(actor: Actor, action: Action, thing: Any = None) -> bool:
    """Whether the actor may do this to a thing that she sees; for templates, and for `require`."""
    return RULES[action](actor, thing) and _granted(actor, action, thing) and _pause(actor, action, thing) is None


def allowed(actor: Actor, thing: Any, *actions: Action) -> tuple[str, ...]:
    """Those of these actions that the actor may do to a thing, by name; parts of pages are kept by such values."""
    return tuple([action.value for action in actions if can(actor, action, thing)])


def require(actor: Actor, action: Action, thing: Any = None) -> None:
    """The first line of every action: raises Forbidden unless the rule allows it and the actor has the right that it
    takes, and Paused where it would."""
    if not (RULES[action](actor, thing) and _granted(actor, action, thing)):
        raise Forbidden(action)
    if until := _pause(actor, action, thing):
        raise Paused(action, until)


def _granted(actor: Actor, action: Action, thing: Any) -> bool:
    if action is Action.ATTACHMENT_DOWNLOAD and thing.given:
        return True
    return action not in RIGHTS or actor.may(thing.space, RIGHTS[action])


def _pause(actor: Actor, action: Action, thing: Any) -> datetime | None:
    return actor.pause_in(thing.space) if action in WRITING and actor.paused_in else None
