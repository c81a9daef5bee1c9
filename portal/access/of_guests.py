"""The policy's predicates about guests: who invites them, and for what they may ask."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Role


def invites(actor: Actor, thing: Any) -> bool:
    """An owner or community manager of a space with guests, or its host, while it lasts."""
    host = not actor.guest and actor.id == thing.host
    return thing.space not in actor.still and (host or thing.space in actor.invites)


def invites_there(actor: Actor, thing: Any) -> bool:
    """Who invites there, where guests may be: a guest space, or a section."""
    return thing.kind in ("guest", "section") and invites(actor, thing)


def invites_while_open(actor: Actor, thing: Any) -> bool:
    """Who invites there, until somebody has accepted or refused it, or it was taken back."""
    return bool(thing.state == "open" and invites(actor, thing))


def decides_what_is_wished(actor: Actor, thing: Any) -> bool:
    """Who invites there, once."""
    return bool(thing.state == "waiting" and invites(actor, thing))


def writes_chapters(actor: Actor, thing: Any) -> bool:
    """Who invites there, where people are who start soon."""
    return bool(thing.preboarding and invites(actor, thing))


def offers_to_mentor(actor: Actor, thing: Any) -> bool:
    """An employee, where people are who start soon, while it lasts."""
    return bool(actor.employee and thing.preboarding and thing.space not in actor.still)


def guest_there(actor: Actor, thing: Any) -> bool:
    """A guest who belongs to it."""
    return bool(actor.guest and thing.mine)


def keeps_partners(actor: Actor, thing: Any) -> bool:
    """An administrator, or who has the right to host."""
    return actor.administrator or actor.has_role(actor.organisation_space, Role.HOST)


def answers_for_guests(actor: Actor, thing: Any) -> bool:
    """An owner of the space, or its host, also after its end."""
    return not actor.guest and (actor.id == thing.host or actor.has_role(thing.space, Role.OWNER))


def sees_as_guest(actor: Actor, thing: Any) -> bool:
    """An owner or community manager of a space with guests, or its host, also when it has ended."""
    host = not actor.guest and actor.id == thing.host
    return thing.kind in ("guest", "section") and (host or thing.id in actor.invites)
