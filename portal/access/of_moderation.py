"""The policy's predicates about moderation: who reports, who judges, who is told."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor


def reader_of_anothers(actor: Actor, thing: Any) -> bool:
    """Every reader but the author, once, while it can be read."""
    return bool(actor.id != thing.author and not thing.reported and thing.state in ("published", "withdrawn"))


def moderator(actor: Actor, thing: Any) -> bool:
    """A moderator or owner of this very space."""
    return thing.id in actor.moderates


def _judges(actor: Actor, thing: Any) -> bool:
    """A moderator or owner of its space, but never who wrote it, or wrote along, nor who decides its case."""
    own = actor.id in thing.writers or actor.id in thing.deciders
    return not own and thing.space in actor.moderates


def judge(actor: Actor, thing: Any) -> bool:
    """A moderator of its space who did not write it, while it waits; for an appeal, one who had no part in it."""
    waits = thing.state == "open" or (thing.state == "appealed" and actor.id not in thing.parties)
    return bool(waits and _judges(actor, thing))


def judge_of_what_is_open(actor: Actor, thing: Any) -> bool:
    """A moderator of its space who did not write it, while nothing is decided, or it is hidden for now."""
    return bool(thing.state == "open" and _judges(actor, thing))


def judge_of_appeals(actor: Actor, thing: Any) -> bool:
    """A moderator of its space who neither wrote nor reported it, and has not judged it before."""
    return bool(thing.state == "appealed" and actor.id not in thing.parties and _judges(actor, thing))


def own_last_decision(actor: Actor, thing: Any) -> bool:
    """The moderator who decided, while it is the last decision, and until there is an appeal or a new text, or the
    file is gone."""
    standing = thing.last and thing.undone_at is None and thing.appealed_at is None and thing.put_back_at is None
    standing = standing and thing.item_state != "closed"
    return bool(standing and actor.id == thing.moderator and thing.space in actor.moderates)


def told_in_time(actor: Actor, thing: Any) -> bool:
    """The person it is about, once, while the decision and its thing stand and the time for appeals lasts."""
    standing = thing.last and thing.undone_at is None and thing.appealed_at is None and thing.put_back_at is None
    standing = standing and thing.item_state != "closed"
    return bool(standing and actor.id == thing.person and actor.now < thing.appeal_until)


def told_to_change_it(actor: Actor, thing: Any) -> bool:
    """The author to whom it was sent back, unless an appeal is under way."""
    waits = thing.action == "send back" and thing.thing_state == "hidden" and thing.item_state != "appealed"
    standing = thing.last and thing.undone_at is None and thing.put_back_at is None
    return bool(waits and standing and actor.id == thing.person)
