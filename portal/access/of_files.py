"""Who may do what with a file, and with the wish for one."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Right
from portal.access.phases import WHILE_EDITING


def uploader_while_open(actor: Actor, thing: Any) -> bool:
    """Who attached it, as long as the idea's text may change; a moderator judges what was reported, by a rule."""
    return bool(actor.id == thing.author and thing.phase in WHILE_EDITING and not thing.answered)


def uploader_of_what_stands(actor: Actor, thing: Any) -> bool:
    """Who attached it, as long as the idea's text may change; not what a moderator took out of sight: an appeal or an
    undoing puts it back."""
    return uploader_while_open(actor, thing) and (thing.state == "shown" or thing.waits)


def downloading(actor: Actor, thing: Any) -> bool:
    """Who attached it, or was given it; what is internal, every reader; what is confidential, every colleague; what is
    secret, who moderates the space."""
    if thing.given or thing.label == "internal":
        return True
    return thing.space in actor.moderates or (thing.label == "confidential" and not actor.guest)


def asking(actor: Actor, thing: Any) -> bool:
    """Who sees it and may not open it, once until she is answered; what is secret is given to nobody."""
    opens = downloading(actor, thing) and (thing.given or actor.may(thing.space, Right.DOWNLOAD))
    return not opens and thing.label != "secret" and thing.wish != "waiting"


def answers_wishes(actor: Actor, thing: Any) -> bool:
    """Who may invite to the space, or is its host, as long as nobody answered."""
    host = not actor.guest and actor.id == thing.host
    return bool(thing.state == "waiting" and (host or thing.space in actor.invites))
