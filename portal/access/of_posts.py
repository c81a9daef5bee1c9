"""The policy's predicates about posts: who posts for whom, who asks that something is done, and who does it."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Role
from portal.access.of_ideas import hers


def leader(actor: Actor) -> bool:
    """Whether she speaks for the organisation."""
    return actor.has_role(actor.organisation_space, Role.LEADER)


def speaking(actor: Actor, thing: Any) -> bool:
    """A leader for herself; for a leader, whom she named."""
    return leader(actor) if thing.speaks_for is None else thing.speaks_for in thing.leaders


def leader_or_administrator(actor: Actor, thing: Any) -> bool:
    """The leader herself, or an administrator for one."""
    return bool(thing.leads and (actor.id == thing.id or actor.administrator))


def asking_to_act(actor: Actor, thing: Any) -> bool:
    """Every reader, once at a time, while the post is published, and nobody answered it or owes it an answer."""
    stands = thing.kind != "idea" and thing.idea_state == "published" and not thing.answered
    return bool(stands and not thing.open_case and not thing.asked)


def acting(actor: Actor, thing: Any) -> bool:
    """A moderator or owner of its space whose it is not and who does not decide its case (rule 7), while the post is
    published and has no answer."""
    stands = thing.kind != "idea" and thing.idea_state == "published" and not thing.answered
    apart = not hers(actor, thing) and not thing.barred and not thing.decides_case
    return bool(stands and thing.space in actor.moderates and apart)
