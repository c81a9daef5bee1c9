"""The policy's predicates about sensitive posts: who writes the rules, who screens, who is told."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor


def administrator_without_topics(actor: Actor, thing: Any) -> bool:
    """An administrator, unless she answers for a topic (rule 15)."""
    return actor.administrator and not thing.answers_for_a_topic


def moderator_or_administrator_of_anonymous(actor: Actor, thing: Any) -> bool:
    """A moderator of its space, or an administrator, about something anonymous that is not hers."""
    role = thing.space in actor.moderates or actor.administrator
    return bool(role and thing.anonymous and actor.id != thing.author and thing.idea_state != "draft")


def screens(actor: Actor, thing: Any) -> bool:
    """Who screens its category, while it waits; never who wrote it, nor who answers for its topic (rule 15)."""
    return bool(thing.screens and actor.id != thing.person and thing.state == "open")


def wrote_what_waits(actor: Actor, thing: Any) -> bool:
    """Who wrote it, while it waits; but for what others rely on, because an answer to it is owed or given."""
    return bool(actor.id == thing.person and thing.state == "open" and not thing.answering)


def diverted_in_time(actor: Actor, thing: Any) -> bool:
    """Who wrote it, once, while the time for appeals lasts."""
    may = actor.id == thing.person and thing.state == "diverted" and thing.appealed_at is None
    return bool(may and actor.now < thing.appeal_until)


def neutral_of_appeal(actor: Actor, thing: Any) -> bool:
    """The neutral to whom it was appealed, once."""
    return bool(actor.id == thing.appeal_to and thing.appealed_at is not None and thing.outcome is None)
