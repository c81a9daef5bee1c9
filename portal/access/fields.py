"""Who sees which field of a profile. A condition on the profile's row, beside the scope's that shows the row at all."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.db import QueryString


def circle(actor: Actor, a: str) -> QueryString:
    """Of those with whom the actor works: in the same unit, or in a group that both belong to."""
    return QueryString(
        "(EXISTS (SELECT FROM membership vm JOIN membership vn ON vn.space = vm.space JOIN space vs ON vs.id = vm.space"
        f" WHERE vm.person = {{}} AND vn.person = {a}.person AND vs.kind <> 'organisation'"
        " OFFSET 0) OR (SELECT vp.org_unit FROM person vp WHERE vp.id = {})"
        f" = (SELECT vq.org_unit FROM person vq WHERE vq.id = {a}.person))",
        actor.id,
        actor.id,
    )


def address(actor: Actor, a: str) -> QueryString:
    """The mail address of the identity `a`: a guest reads nobody's."""
    return QueryString("NULL::text") if actor.guest else QueryString(f"{a}.email")


def profiles(actor: Actor) -> QueryString:
    """Where profiles are read: a guest's own SQL, too, finds there what is for everybody, and what is hers."""
    return QueryString("wall_profile" if actor.guest else "profile")


#: The fields of a profile.
FIELDS = ("phone", "place", "skills", "about", "hours", "status")


def visible_field(field: str, actor: Actor, a: str) -> QueryString:
    """The condition under which one field of the profile `a` comes into sight, where the profile itself does: to its
    owner; to colleagues as she chose (none, her unit and groups, all); to guests where she said "everyone", which the
    database takes of no phone and no place."""
    assert field in FIELDS, field
    if actor.guest:
        return QueryString(f"({a}.person = {{}} OR {a}.{field}_for = 'everyone')", actor.id)
    return QueryString(
        f"({a}.person = {{}} OR {a}.{field}_for IN ('colleagues', 'everyone')"
        f" OR {a}.{field}_for IS NOT DISTINCT FROM 'circle' AND {{}})",  # false, not unknown, where there is no profile
        actor.id,
        circle(actor, a),
    )
