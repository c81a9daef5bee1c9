"""The policy's predicates about spaces: who starts, joins, keeps and looks after them. The thing is a space."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Role


def not_yet_member_of_open(actor: Actor, thing: Any) -> bool:
    """A colleague who does not belong to this open group or project yet, while it lasts."""
    open_now = thing.open and thing.kind in ("group", "project") and thing.id not in actor.still
    return not actor.guest and bool(open_now and not thing.mine)


def member_who_is_no_owner(actor: Actor, thing: Any) -> bool:
    """A member of anything but the organisation; an owner hands over first."""
    return bool(thing.kind != "organisation" and thing.mine) and not actor.has_role(thing.id, Role.OWNER)


def _owns(actor: Actor, thing: Any) -> bool:
    return thing.kind != "organisation" and actor.has_role(thing.id, Role.OWNER)


def owner(actor: Actor, thing: Any) -> bool:
    """An owner of anything but the organisation, while it lasts."""
    return thing.id not in actor.still and _owns(actor, thing)


def keeper(actor: Actor, thing: Any) -> bool:
    """An owner, also of what has ended; of the organisation's own space, an administrator."""
    return actor.administrator if thing.kind == "organisation" else actor.has_role(thing.id, Role.OWNER)


def keeper_of_what_is_in_use(actor: Actor, thing: Any) -> bool:
    """An owner of anything but the organisation, once."""
    return thing.archived_at is None and _owns(actor, thing)


def keeper_of_what_ended(actor: Actor, thing: Any) -> bool:
    """An owner or the host of what has ended or is archived."""
    host = not actor.guest and actor.id == thing.host
    return thing.id in actor.still and (host or _owns(actor, thing))


def keeper_of_what_is_archived(actor: Actor, thing: Any) -> bool:
    """An owner of what was archived."""
    return thing.archived_at is not None and _owns(actor, thing)


def asked_about_idleness(actor: Actor, thing: Any) -> bool:
    """An owner who was asked whether it is still needed."""
    return thing.idle_asked_at is not None and keeper_of_what_is_in_use(actor, thing)


def hosts(actor: Actor, thing: Any) -> bool:
    """Whoever has the right to host guests."""
    return actor.employee and actor.has_role(actor.organisation_space, Role.HOST)


def hosts_here(actor: Actor, thing: Any) -> bool:
    """Who has the right to host guests, in the organisation's space or in a group or project that she owns."""
    internal = thing.kind == "organisation" or (thing.kind in ("group", "project") and owner(actor, thing))
    return internal and hosts(actor, thing)


def reader_of_new_charter(actor: Actor, thing: Any) -> bool:
    """Who belongs to the space and has not accepted the charter that holds now."""
    return bool(thing.mine and thing.accepted < thing.charter)


def community_manager(actor: Actor, thing: Any) -> bool:
    """The space's community manager."""
    return actor.has_role(thing.id, Role.COMMUNITY_MANAGER)


def looks_after(actor: Actor, thing: Any) -> bool:
    """The space's community manager, or an owner; of the organisation's own space, an administrator, too."""
    return (thing.kind == "organisation" and actor.administrator) or actor.has_role(
        thing.id, Role.COMMUNITY_MANAGER, Role.OWNER
    )


def highlights(actor: Actor, thing: Any) -> bool:
    """The community manager of the idea's space, or an owner, while the idea is published."""
    keeps = actor.has_role(thing.space, Role.COMMUNITY_MANAGER, Role.OWNER)
    return keeps and thing.idea_state == "published" and thing.space not in actor.still
